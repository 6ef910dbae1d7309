"""A process namespace for a demonstration program, where the system allows one.

Inside it the program is process 1 and nothing else is to be seen: no other process, no user.
"""

import functools
import shutil
import subprocess
import time
from dataclasses import dataclass

import psutil

from conc.measure.processes import kill_group

PROBE_LIMIT_S = 5


@dataclass(frozen=True, slots=True)
class Isolation:
    """The commands that start a program in new namespaces, and a tool in the program's own."""

    starting: tuple[str, ...] = ()
    joining: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any isolation."""
        return bool(self.starting)

    def join(self, pid: int) -> list[str]:
        """Return what to put before a command that is to see what process ``pid`` sees."""
        return [*self.joining, "--target", str(pid)] if self.joining else []


NONE = Isolation()
START = ("--pid", "--fork", "--mount-proc", "--kill-child=KILL")
JOIN = ("--pid", "--mount", "--root", "--wd")
CHOICES = (
    Isolation(
        ("unshare", "--user", "--map-root-user", *START),
        ("nsenter", "--user", "--preserve-credentials", *JOIN),
    ),
    # Root needs no user namespace, and may have it where those are forbidden.
    Isolation(("unshare", *START), ("nsenter", *JOIN)),
)


@functools.cache
def find_isolation() -> Isolation:
    """Return the first way to isolate a program that works here, or ``NONE``."""
    if shutil.which("unshare") is None or shutil.which("nsenter") is None:
        return NONE
    return next((choice for choice in CHOICES if works(choice)), NONE)


def works(isolation: Isolation) -> bool:
    """Whether the system lets this user make these namespaces, and join them."""
    process = subprocess.Popen(  # noqa: S603 - our own words
        [*isolation.starting, "sleep", str(PROBE_LIMIT_S)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        inside = first_child(process)
        return inside is not None and joins(isolation, inside)
    finally:
        kill_group(process)


def first_child(process: subprocess.Popen[bytes]) -> int | None:
    """Wait for the program that ``unshare`` starts and return its PID; None where it failed."""
    end = time.monotonic() + PROBE_LIMIT_S
    while process.poll() is None and time.monotonic() < end:
        try:
            children = psutil.Process(process.pid).children()
        except psutil.NoSuchProcess:
            return None
        if children and children[0].name() == "sleep":
            return children[0].pid
        time.sleep(0.005)
    return None


def joins(isolation: Isolation, pid: int) -> bool:
    """Whether a command runs in the namespaces of a process."""
    try:
        ended = subprocess.run(  # noqa: S603 - our own words
            [*isolation.join(pid), "true"], capture_output=True, timeout=PROBE_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
