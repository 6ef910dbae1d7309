"""What this process and all below it have used: wall time, CPU time, context switches, delay.

Two readings enclose what is measured::

    opening = read()
    act()
    usage = opening.until(read())

Sources. This process and the children that it has waited for: ``getrusage``. Children that live
(a warm pool, a fork server), on Linux: the CPU clock of each process, which counts its ended
threads too; ``/proc/PID/stat``, in ticks of 10 ms, for the split into user and system and for what
a fork server has waited for; context switches and delay from its threads. On macOS: psutil. On
Windows a job object counts the CPU time of all of them together.
"""

import math
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import psutil

from conc.measure import job
from conc.measure.tree import PROC, Files, descendants, has_proc

if sys.platform != "win32":
    import resource

NS_PER_S = 1_000_000_000
UNKNOWN = math.nan  # whatever it is added to becomes unknown as well
FILES = Files()


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used between two readings; ``None`` is what the system does not tell.

    ``user_s`` and ``system_s`` need not add up to ``cpu_s`` while children live: their split is
    known in ticks of 10 ms only. ``run_delay_s`` is the time that threads were runnable but waited
    for a CPU. A thread takes its delay with it when it ends, so it counts those still there at the
    closing reading: not the workers of a pool that was started and stopped in between. In a child
    that still lives, an ended thread takes its switches with it, too.
    """

    wall_s: float
    cpu_s: float | None
    user_s: float | None
    system_s: float | None
    voluntary: int | None
    involuntary: int | None
    run_delay_s: float | None


class Totals(NamedTuple):
    """What some processes have used since they started.

    ``faults`` are page faults of processes that a child has waited for. They matter only because
    no process lives without one: where they grew, there were processes whose switches nobody told.
    """

    cpu_s: float = 0.0
    user_s: float = 0.0
    system_s: float = 0.0
    voluntary: float = 0
    involuntary: float = 0
    faults: float = 0


UNKNOWN_TOTALS = Totals(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Reading:
    """What this process tree had used at one moment. Make one with :func:`read`.

    Reading the children takes longer than reading this process. So a reading takes the clock and
    this process twice, outermost: what opens a measurement counts from its end, what closes one
    counts to its beginning, and the reading itself is never measured.
    """

    began_s: float
    own_at_beginning: Totals
    others: Totals
    delays_ns: dict[int, int] | None
    own_at_end: Totals
    ended_s: float

    def until(self, later: "Reading") -> Usage:
        """Return what was used from the end of this reading to the beginning of ``later``."""
        then = _sum((self.own_at_end, self.others))
        now = _sum((later.own_at_beginning, later.others))
        untold = now.faults > then.faults
        return Usage(
            wall_s=later.began_s - self.ended_s,
            cpu_s=_increase(then.cpu_s, now.cpu_s),
            user_s=_increase(then.user_s, now.user_s),
            system_s=_increase(then.system_s, now.system_s),
            voluntary=None if untold else _counted(then.voluntary, now.voluntary),
            involuntary=None if untold else _counted(then.involuntary, now.involuntary),
            run_delay_s=_delay_s(self.delays_ns, later.delays_ns),
        )


def read() -> Reading:
    """Read this process and all below it.

    That takes some 30 µs alone and 130 µs with a warm pool of two; two to six times as long where
    the caches hold what was measured before.
    """
    began_s = time.perf_counter()
    own_at_beginning = _own()
    others, children = _others()
    delays_ns = _delays_ns((os.getpid(), *children)) if has_proc() else None
    FILES.close_unwanted()
    return Reading(
        began_s=began_s,
        own_at_beginning=own_at_beginning,
        others=others,
        delays_ns=delays_ns,
        own_at_end=_own(),
        ended_s=time.perf_counter(),
    )


if sys.platform == "win32":

    def _own() -> Totals:
        """Return what this process and, as Windows counts it, all others of its tree have used."""
        user_s, system_s = job.cpu_times() or (UNKNOWN, UNKNOWN)
        return Totals(user_s + system_s, user_s, system_s, UNKNOWN, UNKNOWN)

    def _others() -> tuple[Totals, list[int]]:
        return Totals(), []

else:

    def _own() -> Totals:
        return _rusage(resource.RUSAGE_SELF)

    def _others() -> tuple[Totals, list[int]]:
        """Return what all processes below this one have used, and those of them that live."""
        waited_for = _rusage(resource.RUSAGE_CHILDREN)
        while True:
            live = _live_children()
            before, waited_for = waited_for, _rusage(resource.RUSAGE_CHILDREN)
            if before == waited_for:  # else a child went over from those that live
                return _sum((waited_for, *live.values())), list(live)

    def _rusage(who: int) -> Totals:
        used = resource.getrusage(who)
        return Totals(
            used.ru_utime + used.ru_stime,
            used.ru_utime,
            used.ru_stime,
            used.ru_nvcsw,
            used.ru_nivcsw,
        )

    def _live_children() -> dict[int, Totals]:
        """Return what each living process below this one has used, by its id."""
        if not _has_children():
            return {}
        pids = descendants(os.getpid(), FILES)
        if pids is None:
            return {os.getpid(): UNKNOWN_TOTALS}
        used = {pid: _used_on_linux(pid) if has_proc() else _used_by_psutil(pid) for pid in pids}
        return {pid: totals for pid, totals in used.items() if totals is not None}

    def _has_children() -> bool:
        """Whether there is any child, living or not waited for: a question that costs 1 µs."""
        if not hasattr(os, "waitid"):  # macOS before Python 3.13
            return True
        try:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return False
        return True

    def _used_on_linux(pid: int) -> Totals | None:
        """Return what a process and those it waited for have used, ``None`` if it has ended."""
        try:
            # The process' CPU clock as clock_getcpuclockid(3) makes it: exact, with ended threads.
            cpu_s = time.clock_gettime((~pid << 3) | 2)
            fields = FILES.stat(pid)
            switches = [_switches(pid, thread) for thread in FILES.threads(pid)]
        except OSError:
            return None
        ticks_per_s = os.sysconf("SC_CLK_TCK")
        user, system, user_below, system_below = (
            int(ticks) / ticks_per_s for ticks in fields[11:15]
        )
        return Totals(
            cpu_s + user_below + system_below,
            user + user_below,
            system + system_below,
            sum(voluntary for voluntary, _ in switches),
            sum(involuntary for _, involuntary in switches),
            int(fields[8]),
        )


def _switches(pid: int, thread: str) -> tuple[int, int]:
    """Return the voluntary and involuntary switches of a thread: the last two lines of status."""
    words = FILES.content(f"{PROC}/{pid}/task/{thread}/status").split()
    return int(words[-3]), int(words[-1])


def _used_by_psutil(pid: int) -> Totals | None:
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        return UNKNOWN_TOTALS
    return Totals(times.user + times.system, times.user, times.system, UNKNOWN, UNKNOWN)


def _delays_ns(pids: Iterable[int]) -> dict[int, int]:
    """Return the time that each living thread was runnable but waited for a CPU, by its id."""
    delays = {}
    for pid in pids:
        try:
            for thread in FILES.threads(pid):
                _, waited_ns, _ = FILES.content(f"{PROC}/{pid}/task/{thread}/schedstat").split()
                delays[int(thread)] = int(waited_ns)
        except OSError:  # it ended meanwhile
            continue
    return delays


def _sum(totals: Iterable[Totals]) -> Totals:
    return Totals(*map(sum, zip(*totals, strict=True)))


def _increase(then: float, now: float) -> float | None:
    """Return the increase; 0 where a process has left the tree and taken its part along."""
    return None if math.isnan(now - then) else max(0.0, now - then)


def _counted(then: float, now: float) -> int | None:
    increase = _increase(then, now)
    return None if increase is None else int(increase)


def _delay_s(then: dict[int, int] | None, now: dict[int, int] | None) -> float | None:
    if then is None or now is None:
        return None
    # Less than before is another thread that was given the id of one that has ended.
    return sum(max(0, ns - then.get(thread, 0)) for thread, ns in now.items()) / NS_PER_S
