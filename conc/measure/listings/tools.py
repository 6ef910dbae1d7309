"""The tools that list processes, and the views of each that are captured.

htop draws on a screen; the others write text. A view is told the program and what the kernel
knows of it, and gives what the tool wrote.

htop rewrites its configuration when it ends, so it always gets a file in a temporary folder: the
user's own is neither read nor written. Its factory settings are what it writes where it found no
file; only the column USER is taken out, so that no name is shown.
"""

import functools
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import psutil

from conc.measure.listings.programs import Live, NotCaptured, environment, snippet_file
from conc.records import KernelThread
from conc.results.screen import header_line, listed

Lists = Literal["processes", "threads"]
"""What a view has a row for."""

WIDTH = 100
HEIGHT = 10
TEXT_LIMIT_S = 5.0

DELAY_TENTHS = 3
"""htop's time between two frames, in the unit of its option."""

FIRST_FRAME_LIMIT_S = 3.0
SETTLE_DELAYS = 2.3
"""CPU% needs two readings: so many delays after the first frame the screen is worth keeping."""

LATE_LIMIT_S = 1.0
QUIET_S = 0.12
OLDEST_HTOP = (3, 2)

KEPT_SETTINGS = ("hide_userland_threads", "highlight_threads", "show_thread_names", "tree_view")


@dataclass(frozen=True, slots=True)
class Expected:
    """The ids of which a listing must have a row each, as the kernel knows them."""

    processes: tuple[int, ...]
    threads: tuple[int, ...]

    @classmethod
    def of(cls, truth: Iterable[KernelThread]) -> "Expected":
        """Sort the kernel's threads into the two kinds of listing."""
        known = list(truth)
        return cls(
            tuple(sorted(thread.id for thread in known if thread.is_process)),
            tuple(sorted(thread.id for thread in known)),
        )

    def agrees(self, lines: list[str], lists: Lists) -> bool:
        """Whether the screen has exactly the rows that it must have."""
        wanted = self.threads if lists == "threads" else self.processes
        return tuple(sorted(row for _, row in listed(lines))) == wanted

    @property
    def pids(self) -> str:
        """The processes as the option ``-p`` of most tools takes them."""
        return ",".join(map(str, self.processes))


@dataclass(frozen=True, slots=True)
class Printed:
    """What a tool wrote, the command line that a reader would type, and the tool's settings."""

    raw: bytes
    command: str
    lists: Lists
    height: int = HEIGHT
    settings: dict[str, str] = field(default_factory=dict)


class View(Protocol):
    """One way to look at a program: a tool with its options."""

    @property
    def tool(self) -> str:
        """The tool's name."""

    @property
    def name(self) -> str:
        """What the tool is asked for, in words or options."""

    def version(self) -> str:
        """Return the tool's version. Raises NotCaptured where there is no such tool."""

    def show(self, live: Live, expected: Expected) -> Printed:
        """Let the tool print. Raises NotCaptured where it does not."""


@dataclass(frozen=True, slots=True)
class HtopView:
    """htop with its factory settings, some of them changed."""

    name: str
    changes: dict[str, str] = field(default_factory=dict)
    tool: str = "htop"

    def version(self) -> str:
        """Return htop's version. Raises NotCaptured where it is missing or too old."""
        found = tool_version("htop", "--version")
        if tuple(map(int, found.split(".")[:2])) < OLDEST_HTOP:
            oldest = ".".join(map(str, OLDEST_HTOP))
            raise NotCaptured(f"htop {found} is too old: {oldest} or newer is needed")
        return found

    def show(self, live: Live, expected: Expected) -> Printed:
        """Draw until the screen has the rows that the kernel knows, or it is late."""
        from conc.measure.listings.terminal import Terminal  # noqa: PLC0415 - there is no pty on Windows

        executable = find_tool("htop")
        file = live.folder / "htoprc"
        file.write_text(changed(factory_settings(executable), self.changes), encoding="utf-8")
        lists = htop_lists(file)
        command = ["-d", str(DELAY_TENTHS), "-p", expected.pids]
        with Terminal(
            [*live.isolation.join(live.pid), executable, *command],
            environment(live.folder),
            live.folder,
            (WIDTH, HEIGHT),
        ) as terminal:
            if not terminal.read_until(has_header, FIRST_FRAME_LIMIT_S):
                raise NotCaptured(f"htop drew no list within {FIRST_FRAME_LIMIT_S:.0f} s")
            terminal.type(b"#\x1b")  # hide the meters; unmark the selected row
            terminal.read_for(SETTLE_DELAYS * DELAY_TENTHS / 10)
            terminal.read_until(lambda lines: expected.agrees(lines, lists), LATE_LIMIT_S)
            terminal.read_until_quiet(QUIET_S, LATE_LIMIT_S)
            raw = bytes(terminal.raw)
            terminal.quit(b"q")
        values = settings(file.read_text(encoding="utf-8"))
        kept = {name: values[name] for name in KEPT_SETTINGS if name in values}
        return Printed(raw, " ".join(["htop", *command]), lists, settings=kept)


@dataclass(frozen=True, slots=True)
class TextView:
    """A tool that writes its list as text and ends."""

    tool: str
    name: str
    lists: Lists
    arguments: Callable[[Expected], list[str]]

    def version(self) -> str:
        """Return the version of procps; BSD's tools name none, and have macOS's."""
        macos = sys.platform == "darwin"
        return f"macOS {platform.mac_ver()[0]}" if macos else tool_version(self.tool, "-V")

    def show(self, live: Live, expected: Expected) -> Printed:
        """Run the tool once."""
        arguments = self.arguments(expected)
        raw = output(
            [*live.isolation.join(live.pid), find_tool(self.tool), *arguments], live.folder
        )
        if not live.isolation:
            raw = without_user(raw)
        return Printed(raw, " ".join([self.tool, *arguments]), self.lists, height_of(raw))


@dataclass(frozen=True, slots=True)
class PsutilView:
    """The snippet that counts processes and threads from Python."""

    tool: str = "psutil"
    name: str = "num_threads()"

    def version(self) -> str:
        """Return psutil's version."""
        return str(psutil.__version__)

    def show(self, live: Live, expected: Expected) -> Printed:
        """Run the snippet on the demonstration program."""
        snippet = snippet_file("listing_count")
        script = str(shutil.copy(snippet, live.folder))
        # The program's own id: the first process, where it is counted from 1.
        pid = str(expected.processes[0] if live.isolation else live.pid)
        raw = output([*live.isolation.join(live.pid), sys.executable, script, pid], live.folder)
        return Printed(raw, f"python {snippet.name} {pid}", "processes", height_of(raw))


def find_tool(name: str) -> str:
    """Return a tool's file. Raises NotCaptured where there is none."""
    found = shutil.which(name)
    if found is None:
        raise NotCaptured(f"{name} is not installed")
    return found


@functools.cache
def tool_version(name: str, option: str) -> str:
    """Return the version that a tool names, which tells it from BusyBox's tool of the same name."""
    with tempfile.TemporaryDirectory(prefix="conc-") as folder:
        said = output([find_tool(name), option], Path(folder)).decode(errors="replace")
    found = re.search(r"(?:htop|procps(?:-ng)?)(?: version)? (\d+\.\d+[\w.-]*)", said)
    if found is None:
        raise NotCaptured(f"the {name} here is another program of that name, with other options")
    return found[1][:40]


def output(command: list[str], folder: Path) -> bytes:
    """Run a command to its end and return what it wrote. Raises NotCaptured where it fails."""
    try:
        ended = subprocess.run(  # noqa: S603 - a tool, with our own words
            command,
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TEXT_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotCaptured(f"it did not end within {TEXT_LIMIT_S:.0f} s") from error
    if ended.returncode:
        words = ended.stderr.decode(errors="replace").strip().splitlines()
        raise NotCaptured(f"it failed: {words[-1] if words else f'exit status {ended.returncode}'}")
    return ended.stdout


def height_of(raw: bytes) -> int:
    """Return how many lines a terminal needs for a text: it ends with the cursor on a new one."""
    return raw.count(b"\n") + 1


def without_user(raw: bytes) -> bytes:
    """Write ``user`` in the column of the users, where it would show a person's name."""
    lines = raw.decode(errors="replace").splitlines()
    start = header_line(lines)
    if start is None:
        return raw
    column = next((name for name in ("USER", "UID") if name in lines[start].split()), None)
    if column is None:
        return raw
    place = lines[start].index(column)
    for number in range(start + 1, len(lines)):
        line = lines[number]
        if name := re.match(r"\S+\s*(?=\s)", line[place:]):
            width = name.end()
            lines[number] = line[:place] + "user".ljust(width)[:width] + line[place + width :]
    return ("\n".join(lines) + "\n").encode()


def has_header(lines: list[str]) -> bool:
    """Whether the list has been drawn."""
    return header_line(lines) is not None


@functools.cache
def factory_settings(executable: str) -> str:
    """Return the configuration that htop writes where it found none."""
    from conc.measure.listings.terminal import Terminal  # noqa: PLC0415 - there is no pty on Windows

    with tempfile.TemporaryDirectory(prefix="conc-") as name:
        folder = Path(name)
        with Terminal([executable], environment(folder), folder, (WIDTH, HEIGHT)) as terminal:
            if not terminal.read_until(has_header, FIRST_FRAME_LIMIT_S):
                raise NotCaptured(f"htop drew no list within {FIRST_FRAME_LIMIT_S:.0f} s")
            terminal.quit(b"q")
        try:
            return (folder / "htoprc").read_text(encoding="utf-8")
        except FileNotFoundError as error:
            raise NotCaptured("htop wrote no configuration where it found none") from error


def settings(text: str) -> dict[str, str]:
    """Return the settings of an htop configuration; of those that every screen has, the first."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            found.setdefault(name, value)
    return found


def changed(text: str, changes: dict[str, str]) -> str:
    """Return an htop configuration with other values for some settings, and no column USER."""
    lines = []
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if name.startswith("screen:"):
            value = " ".join(word for word in value.split() if word != "USER")
        lines.append(f"{name}{equals}{changes.get(name, value)}")
    return "\n".join(lines) + "\n"


def htop_lists(file: Path) -> Lists:
    """Return what htop has a row for under a configuration."""
    hidden = settings(file.read_text(encoding="utf-8")).get("hide_userland_threads") == "1"
    return "processes" if hidden else "threads"


def procps_top(*options: str) -> Callable[[Expected], list[str]]:
    """Return the arguments of procps' top, in its batch mode."""
    return lambda expected: [*options, "-b", "-n", "1", "-w", str(WIDTH), "-p", expected.pids]


def bsd_top(expected: Expected) -> list[str]:
    """Return the arguments of macOS' top, in its logging mode, with columns that name nobody."""
    named = [word for pid in expected.processes for word in ("-pid", str(pid))]
    return ["-l", "1", "-stats", "pid,ppid,th,cpu,state,command", *named]


PSUTIL = PsutilView()
LINUX: tuple[View, ...] = (
    HtopView("as installed"),
    HtopView("threads hidden", {"hide_userland_threads": "1"}),
    HtopView(
        "tree",
        {
            "hide_userland_threads": "0",
            "show_thread_names": "1",
            "tree_view": "1",
            ".tree_view": "1",
            "screen:Main": "PID TGID PPID NLWP STATE PERCENT_CPU TIME Command",
        },
    ),
    TextView("top", "-b", "processes", procps_top()),
    TextView("top", "-H -b", "threads", procps_top("-H")),
    TextView("ps", "-f", "processes", lambda expected: ["-f", "-p", expected.pids]),
    TextView("ps", "-Lf", "threads", lambda expected: ["-L", "-f", "-p", expected.pids]),
    PSUTIL,
)
MACOS: tuple[View, ...] = (
    TextView("top", "-l", "processes", bsd_top),
    # ps -M has a line for each thread, but an id only on the first of a process.
    TextView("ps", "-M", "processes", lambda expected: ["-M", "-p", expected.pids]),
    PSUTIL,
)


def views_here(system: str) -> tuple[View, ...]:
    """Return what can be captured on a system, named as ``sys.platform`` does."""
    if system.startswith("linux"):
        return LINUX
    return MACOS if system == "darwin" else (PSUTIL,)
