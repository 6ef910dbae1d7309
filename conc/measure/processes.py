"""Starting a process that leads a group of its own, and ending it with all that it started."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, Protocol

import psutil

from conc.measure.lifeline import Lifeline

UNKNOWN_END = 256
"""Stands for the exit code of a process that nobody could wait for; none has it."""


class Process(Protocol):
    """What is needed of a ``subprocess.Popen`` here, and of what stands in for one."""

    pid: int
    returncode: int | Any

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code; raises ``subprocess.TimeoutExpired``."""

    def kill(self) -> None:
        """Kill it, if it still runs."""

    def send_signal(self, sig: int) -> None:
        """Send it a signal, if it still runs."""


def start(
    command: Sequence[str],
    lifeline: Lifeline,
    *,
    stderr: IO[bytes] | int,
    environment: Mapping[str, str],
    passed: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process in a session (on Windows: a process group) of its own, tied to a lifeline.

    It inherits the file descriptors ``passed``.
    """
    windows = sys.platform == "win32"
    try:
        return subprocess.Popen(  # noqa: S603 - the command is this interpreter's
            [*command, *map(str, lifeline.passed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment,
            pass_fds=(*passed, *lifeline.passed),
            start_new_session=not windows,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if windows else 0,
        )
    finally:
        lifeline.hand_over()


def end_tree(process: Process, patience_s: float) -> int:
    """Give a process that was started here time to end, kill what is left; return its exit code.

    What it started is found below it, in its process group and in its session: a pool whose
    parent has crashed is no longer below it, and a child can leave the group.
    """
    descendants = list(_descendants(process.pid))
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience_s)
    if process.returncode is None:
        process.kill()
    for descendant in descendants:
        with contextlib.suppress(psutil.NoSuchProcess):
            descendant.kill()
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        for pid in _session(process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return int(process.wait())


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a group with all that is in it, and wait for its end."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.kill()
        process.kill()
    process.wait()


def abort(process: Process) -> None:
    """Tell a Python process to dump its frames to standard error and end, where that can be."""
    if sys.platform != "win32":
        process.send_signal(signal.SIGABRT)


def exit_words(code: int) -> str:
    """Say how a process ended: ``ended by SIGSEGV``, ``exited with 3``."""
    if code == UNKNOWN_END:
        return "ended, and so had its template, which alone knew how"
    if code >= 0:
        return f"exited with {code}"
    try:
        return f"ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


if sys.platform != "win32":

    def _session(leader: int) -> Iterator[int]:
        """Yield the processes of the session that ``leader`` led."""
        for pid in psutil.pids():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if pid != leader and os.getsid(pid) == leader:
                    yield pid
