"""What the processes below this one have used: those that live, and those it has waited for.

Sources. Children that this process has waited for: ``getrusage``. Children that live (a warm pool,
a fork server): ``/proc`` on Linux, psutil on macOS. Windows counts them with this process.
"""

import os
import sys
from functools import lru_cache

import psutil

from conc.measure.meter import tree
from conc.measure.meter.linux import Tree
from conc.measure.meter.totals import UNKNOWN, UNKNOWN_TOTALS, Delays, Totals, total
from conc.measure.meter.tree import has_proc

if sys.platform != "win32":
    import resource

if sys.platform == "win32":

    def read() -> tuple[Totals, Delays | None]:
        """Return nothing more than what Windows counts with this process."""
        return Totals(), None

else:

    def read() -> tuple[Totals, Delays | None]:
        """Return what all processes below this one have used, and all delays.

        The delays are those of this process as well, ``None`` where the system tells none.
        """
        waited_for = rusage(resource.RUSAGE_CHILDREN)
        while True:
            living, delays_ns = _living()
            before, waited_for = waited_for, rusage(resource.RUSAGE_CHILDREN)
            if before == waited_for:  # else a child went over from those that live
                return total((waited_for, *living)), delays_ns

    def rusage(who: int) -> Totals:
        """Return what ``getrusage`` tells."""
        used = resource.getrusage(who)
        return Totals(
            used.ru_utime + used.ru_stime,
            used.ru_utime,
            used.ru_stime,
            used.ru_nvcsw,
            used.ru_nivcsw,
        )

    def _living() -> tuple[list[Totals], Delays | None]:
        if has_proc():
            return _tree_of(os.getpid()).read()
        return _living_by_psutil() if _has_children() else [], None

    def _has_children() -> bool:
        """Whether there is any child, living or not waited for: a question that costs 1 µs."""
        if not hasattr(os, "waitid"):  # macOS before Python 3.13
            return True
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        return True

    @lru_cache(maxsize=1)
    def _tree_of(pid: int) -> Tree:
        """Return the tree of this process: a forked one has its own."""
        return Tree(pid)


def _living_by_psutil() -> list[Totals]:
    pids = tree.descendants(os.getpid(), tree.Processes())
    if pids is None:
        return [UNKNOWN_TOTALS]
    return [totals for pid in pids if (totals := _used_by_psutil(pid)) is not None]


def _used_by_psutil(pid: int) -> Totals | None:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return UNKNOWN_TOTALS
    return Totals(times.user + times.system, times.user, times.system, UNKNOWN, UNKNOWN)
