"""The demonstration programs: what they are, how they start, and what the kernel says of them."""

import importlib.util
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from conc.measure.listings.isolation import Isolation
from conc.measure.meter.tree import ON_LINUX
from conc.measure.processes import kill_group
from conc.records import KernelThread

START_LIMIT_S = 10.0
LIFE_S = 60
"""A program ends by itself after this time, should whoever started it be killed."""

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"


class NotCaptured(Exception):  # noqa: N818 - a reason to try again or to give up, no fault
    """Why a listing could not be captured, in words for the page."""


def snippet_file(name: str) -> Path:
    """Return the file of a snippet module."""
    spec = importlib.util.find_spec(f"conc.snippets.{name}")
    if spec is None or spec.origin is None:
        raise NotCaptured(f"the snippet {name} is not installed")
    return Path(spec.origin)


@dataclass(frozen=True, slots=True)
class Program:
    """A program that is started to be looked at, and the arguments it gets."""

    name: str
    script: Path
    arguments: tuple[str, ...] = (str(LIFE_S),)


PROGRAMS = tuple(
    Program(name, snippet_file(f"listing_{name.replace(' ', '_')}"))
    for name in ("threads", "processes", "asyncio", "idle pool")
)


@dataclass(frozen=True, slots=True)
class Live:
    """A demonstration program that runs: its PID as conc sees it, and a folder of its own."""

    pid: int
    folder: Path
    isolation: Isolation

    def kernel_threads(self) -> list[KernelThread]:
        """Read every thread of the program and of its descendants, ids as the program sees them.

        Off Linux, where the threads of another process are not to be had, one for each process.
        Raises NotCaptured where the program has ended.
        """
        try:
            parent = psutil.Process(self.pid)
            pids = [self.pid, *(child.pid for child in parent.children(recursive=True))]
            if not ON_LINUX:
                return [psutil_process(pid, pids) for pid in pids]
            found = [status for pid in pids for status in task_statuses(pid)]
        except (OSError, psutil.Error) as error:
            raise NotCaptured("the program ended during the capture") from error
        if any(status["State"].startswith("Z") for status in found):
            raise NotCaptured("the program ended during the capture")
        inner = {status["Pid"]: status["NSpid"].split()[-1] for status in found}
        return [
            KernelThread(
                id=int(inner[status["Pid"]]),
                tgid=int(inner[status["Tgid"]]),
                ppid=int(inner.get(status["PPid"], "0")),
                name=status["Name"],
            )
            for status in found
        ]


def task_statuses(pid: int) -> list[dict[str, str]]:
    """Return ``/proc/PID/task/*/status`` as name and value, in the order of the thread ids."""
    tasks = sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda task: int(task.name))
    texts = [(task / "status").read_text(errors="replace") for task in tasks]
    return [
        {name: value.strip() for name, value in re.findall(r"^(\w+):(.*)$", text, re.MULTILINE)}
        for text in texts
    ]


def psutil_process(pid: int, family: list[int]) -> KernelThread:
    """Return a process as psutil knows it."""
    process = psutil.Process(pid)
    parent = process.ppid()
    return KernelThread(
        id=pid, tgid=pid, ppid=parent if parent in family else 0, name=process.name()[:64]
    )


@contextmanager
def running(program: Program, isolation: Isolation) -> Iterator[Live]:
    """Start the program, wait until it says that all of it is there, and end it on leaving.

    Its command line shows no path: it is called ``python`` and stands in a folder of its own.
    """
    with tempfile.TemporaryDirectory(prefix="conc-") as name:
        folder = Path(name)
        shutil.copy(program.script, folder)
        command = [
            *isolation.starting,
            python_name(folder),
            program.script.name,
            *program.arguments,
        ]
        process = subprocess.Popen(  # noqa: S603 - our own snippet
            command,
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until_there(process)
            yield Live(program_pid(process.pid, isolation), folder, isolation)
        finally:
            end(process)


def python_name(folder: Path) -> str:
    """Make this interpreter callable as ``python``, where links can be made; return its name."""
    if os.name != "posix":
        return sys.executable
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    return "python"


def environment(folder: Path) -> dict[str, str]:
    """Return an environment without the user's: nobody's configuration, and a plain terminal.

    htop reads and writes the file that ``HTOPRC`` names; top and ps look in ``HOME``.
    """
    keep = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if "SYSTEMROOT" in os.environ else {}
    home = str(folder)
    return keep | {
        "PATH": os.pathsep.join([str(folder / "bin"), SYSTEM_PATH, os.environ.get("PATH", "")]),
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "HTOPRC": str(folder / "htoprc"),
        "TERM": "linux",
        "LC_ALL": "C.UTF-8",
    }


def wait_until_there(process: subprocess.Popen[bytes]) -> None:
    """Wait for the line that a demonstration program prints when all its parts run."""
    assert process.stdout is not None
    if os.name == "posix":
        ready, _, _ = select.select([process.stdout], [], [], START_LIMIT_S)
        if not ready:
            raise NotCaptured(f"the program did not start within {START_LIMIT_S:.0f} s")
    if not process.stdout.readline():
        raise NotCaptured("the program ended before it was to be seen")


def program_pid(pid: int, isolation: Isolation) -> int:
    """Return the PID of the program itself: ``unshare`` stays in front of it as its parent."""
    if not isolation:
        return pid
    try:
        return psutil.Process(pid).children()[0].pid
    except (psutil.Error, IndexError) as error:
        raise NotCaptured("the program ended before it was to be seen") from error


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill the program with all its processes."""
    kill_group(process)
    assert process.stdout is not None
    process.stdout.close()
