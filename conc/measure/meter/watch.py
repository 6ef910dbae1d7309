"""What is seen of a worker's processes from outside, while it works: how many, and their memory.

It is the parent that looks, so that the worker spends nothing on it.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TypeVar

import psutil

from conc.measure.meter.tree import PROC, Processes, descendants, has_proc

LOOK_FIRST_S = 0.02
LOOK_EVERY_S = 0.05
LOOK_AT_MEMORY_EVERY_S = 0.02
BYTES_PER_KB = 1024

Received = TypeVar("Received")


@dataclass(frozen=True, slots=True)
class Seen:
    """The most threads and processes seen at once; ``None`` if no look fell into the time.

    What was there more briefly than the time between two looks can have been missed. Helpers that
    Python starts are counted, such as its fork server and its resource tracker.
    """

    threads: int | None = None
    processes: int | None = None


class Watch:
    """Look at a process and all below it every ``every_s``, while something of it is awaited.

    The first look comes earlier, for the sake of short samples. A look takes some 0.2 ms on Linux,
    which reads ``/proc``, and milliseconds elsewhere. Who waits looks: a thread for it would be
    started and ended for each sample.
    """

    def __init__(self, pid: int, every_s: float = LOOK_EVERY_S) -> None:
        """Watch the tree of ``pid``, which this process may see."""
        self._pid = pid
        self._processes = Processes()
        self._every_s = every_s
        self.seen = Seen()
        """The most seen in the last wait."""

    def wait(self, receive: Callable[[float], Received], limit_s: float) -> Received:
        """Return what ``receive(seconds)`` returns, and look each time it raises ``queue.Empty``.

        Raises ``queue.Empty`` after ``limit_s``.
        """
        self.seen = Seen()
        ends_s = time.monotonic() + limit_s
        pause_s = min(LOOK_FIRST_S, self._every_s)
        while (left_s := ends_s - time.monotonic()) > pause_s:
            try:
                return receive(pause_s)
            except queue.Empty:
                self.seen = _most(self.seen, count(self._pid, self._processes))
            pause_s = self._every_s
        return receive(max(0.0, left_s))


def count(pid: int, processes: Processes) -> Seen:
    """Count the threads and processes now: those of ``pid`` and of all below it."""
    below = descendants(pid, processes)
    if below is None:
        return Seen()
    threads = [n for each in (pid, *below) if (n := _threads(each, processes)) is not None]
    processes.forget_all_but((pid, *below))
    return Seen(sum(threads), len(threads)) if threads else Seen()


def _threads(pid: int, processes: Processes) -> int | None:
    """Count the threads of a process, ``None`` if it has ended, waited for or not."""
    try:
        if has_proc():
            fields = processes[pid].stat()
            return None if fields[0] == b"Z" else int(fields[17])
        return int(psutil.Process(pid).num_threads())
    except (OSError, psutil.Error):
        return None


def _most(a: Seen, b: Seen) -> Seen:
    return Seen(_larger(a.threads, b.threads), _larger(a.processes, b.processes))


def _larger(a: int | None, b: int | None) -> int | None:
    return max((number for number in (a, b) if number is not None), default=None)


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """The memory of a process tree in bytes; ``None`` is what the system does not tell.

    ``rss`` counts a page that several processes share once for each of them, ``pss`` once in all,
    ``uss`` not at all.
    """

    rss: int
    uss: int | None = None
    pss: int | None = None


def peak_memory(pid: int, act: Callable[[], object]) -> MemoryUse | None:
    """Look at the memory of a process tree while ``act`` runs here; return each quantity's peak.

    Meant for a pass that is not timed: a look takes milliseconds and holds up the process. There
    are at least two looks, before and after; ``None`` if the process had ended before both.
    """
    ended = threading.Event()
    uses = [memory(pid)]

    def look_on() -> None:
        while not ended.wait(LOOK_AT_MEMORY_EVERY_S):
            uses.append(memory(pid))
        uses.append(memory(pid))

    looking = threading.Thread(target=look_on, name="conc-memory", daemon=True)
    looking.start()
    try:
        act()
    finally:
        ended.set()
        looking.join()
    return reduce(_higher, uses)


def memory(pid: int) -> MemoryUse | None:
    """Return the memory of ``pid`` and all below it now, ``None`` if nothing of it is left."""
    below = descendants(pid, Processes()) or []
    uses = [use for each in (pid, *below) if (use := _memory_of(each)) is not None]
    if not uses:
        return None
    return MemoryUse(
        rss=sum(use.rss for use in uses),
        uss=_sum_if_all_known([use.uss for use in uses]),
        pss=_sum_if_all_known([use.pss for use in uses]),
    )


def _memory_of(pid: int) -> MemoryUse | None:
    try:
        return _memory_on_linux(pid) if has_proc() else _memory_by_psutil(pid)
    except (OSError, psutil.NoSuchProcess):
        return None


def _memory_on_linux(pid: int) -> MemoryUse | None:
    # Opened anew each time: an open one stays with the memory from before an exec.
    lines = Path(f"{PROC}/{pid}/smaps_rollup").read_bytes().splitlines()[1:]
    kb = {words[0]: int(words[1]) for words in map(bytes.split, lines)}
    if b"Pss:" not in kb:  # it has ended and was not waited for yet
        return None
    private = kb[b"Private_Clean:"] + kb[b"Private_Dirty:"]
    return MemoryUse(
        rss=kb[b"Rss:"] * BYTES_PER_KB, uss=private * BYTES_PER_KB, pss=kb[b"Pss:"] * BYTES_PER_KB
    )


def _memory_by_psutil(pid: int) -> MemoryUse:
    process = psutil.Process(pid)
    try:
        return MemoryUse(rss=process.memory_info().rss, uss=process.memory_full_info().uss)
    except psutil.AccessDenied:
        return MemoryUse(rss=process.memory_info().rss)


def _sum_if_all_known(parts: list[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _higher(a: MemoryUse | None, b: MemoryUse | None) -> MemoryUse | None:
    if a is None or b is None:
        return a or b
    return MemoryUse(rss=max(a.rss, b.rss), uss=_larger(a.uss, b.uss), pss=_larger(a.pss, b.pss))
