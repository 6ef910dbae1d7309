"""A process and all that live below it, as Linux tells them in ``/proc``: nothing is read twice.

The CPU clock of a process counts its ended threads too. ``/proc/PID/stat`` gives, in ticks of
10 ms, the split into user and system and what a process has waited for; context switches and delay
come from the threads.
"""

import os
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import cache

from conc.measure.meter import tree
from conc.measure.meter.totals import Delays, Totals
from conc.measure.meter.tree import Folder, Process, names_children, tells_delays


class Child:
    """A process below this one, on Linux, as it was when it was looked at.

    ``children`` are the ids of its own, where ``/proc`` names them.
    """

    def __init__(self, pid: int) -> None:
        """Have not looked at it yet."""
        self._pid = pid
        self._process = Process(pid)
        self._cpu_ns = -1
        self.totals = Totals()
        self.delays_ns: Delays = {}
        self.children: list[int] = []

    def look(self) -> None:
        """Read it, unless it has not run since. Raises :class:`OSError` if it has ended.

        The clock is read first. Where it has not moved, to the nanosecond, no thread of the
        process has run since it was read before, and all else is as it was found then.
        """
        cpu_ns = clock_ns(self._pid)
        if cpu_ns != self._cpu_ns:
            self._read(cpu_ns)
            self._cpu_ns = cpu_ns

    def _read(self, cpu_ns: int) -> None:
        user, system, user_below, system_below, faults = _times(self._process.stat())
        voluntary = involuntary = 0
        self.children, self.delays_ns = [], {}
        for thread, folder in self._process.threads().items():
            with suppress(OSError):  # it has ended meanwhile, and takes them along
                status = folder.content("status").rsplit(maxsplit=3)  # switches are told last
                voluntary += int(status[-3])
                involuntary += int(status[-1])
                self.delays_ns |= _delay_ns(thread, folder)
                self.children += _children(folder)
        self.totals = Totals(
            cpu_ns / 1e9 + user_below + system_below,
            user + user_below,
            system + system_below,
            voluntary,
            involuntary,
            faults,
        )


class Tree:
    """A process and all that live below it, on Linux, with their files."""

    def __init__(self, pid: int) -> None:
        """Begin with the process."""
        self._pid = pid
        self._root = Process(pid)
        self._children: dict[int, Child] = {}

    def read(self) -> tuple[list[Totals], Delays | None]:
        """Return what each process below the first has used, and the delays of all.

        The delays are ``None`` where the kernel does not count them.
        """
        delays_ns: Delays = {}
        pids: list[int] = []
        for thread, folder in self._root.threads().items():
            with suppress(OSError):  # it has ended meanwhile
                delays_ns |= _delay_ns(thread, folder)
                pids += _children(folder)
        if not names_children():
            pids = tree.descendants(self._pid, tree.Processes()) or []
        found = {}
        for pid in pids:
            child = self._children.get(pid) or Child(pid)
            with suppress(OSError):  # it has ended meanwhile
                child.look()
                found[pid] = child
                delays_ns |= child.delays_ns
                pids += child.children
        self._children = found
        return [child.totals for child in found.values()], delays_ns if tells_delays() else None


def clock_ns(pid: int) -> int:
    """Return the CPU time of a process. Raises :class:`OSError` if it has ended."""
    if sys.platform != "win32":
        return time.clock_gettime_ns((~pid << 3) | 2)  # as clock_getcpuclockid(3) makes it
    raise ProcessLookupError(pid)  # Windows has no such clock


def _times(stat: list[bytes]) -> tuple[float, float, float, float, int]:
    """Return a process's user and system seconds, those of ended children, and their faults."""
    user, system, user_below, system_below = (int(ticks) * tick_s() for ticks in stat[11:15])
    return user, system, user_below, system_below, int(stat[8])


@cache
def tick_s() -> float:
    """Return how long a tick is, in which ``/proc`` counts CPU time."""
    if sys.platform != "win32":
        return 1 / os.sysconf("SC_CLK_TCK")
    raise NotImplementedError  # Windows shows no ticks


def _delay_ns(thread: str, folder: Folder) -> Delays:
    return {thread: int(folder.content("schedstat").split()[1])} if tells_delays() else {}


def _children(thread: Folder) -> Iterable[int]:
    return tree.children(thread) if names_children() else ()
