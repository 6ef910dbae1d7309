"""What this process and all below it have used: wall time, CPU time, context switches, delay.

Two readings enclose what is measured::

    opening = read()
    act()
    usage = opening.until(read())

This process is told by ``getrusage``. On Windows a job object counts the CPU time of it and of all
below it together.
"""

import math
import sys
import time
from dataclasses import dataclass

from conc.measure.meter import below, job
from conc.measure.meter.totals import UNKNOWN, Delays, Totals, total

if sys.platform != "win32":
    import resource

NS_PER_S = 1_000_000_000


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
    delays_ns: Delays | None
    own_at_end: Totals
    ended_s: float

    def until(self, later: "Reading") -> Usage:
        """Return what was used from the end of this reading to the beginning of ``later``."""
        then = total((self.own_at_end, self.others))
        now = total((later.own_at_beginning, later.others))
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

    That takes some 20 µs alone and 100 µs with a warm pool of two; several times as long where the
    caches hold what was measured before, half as long where the pool has not run since.
    """
    began_s = time.perf_counter()
    own_at_beginning = _own()
    others, delays_ns = below.read()
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

else:

    def _own() -> Totals:
        return below.rusage(resource.RUSAGE_SELF)


def _increase(then: float, now: float) -> float | None:
    """Return the increase; 0 where a process has left the tree and taken its part along."""
    return None if math.isnan(now - then) else max(0.0, now - then)


def _counted(then: float, now: float) -> int | None:
    increase = _increase(then, now)
    return None if increase is None else int(increase)


def _delay_s(then: Delays | None, now: Delays | None) -> float | None:
    if then is None or now is None:
        return None
    # Less than before is another thread that was given the id of one that has ended.
    return sum(max(0, ns - then.get(thread, 0)) for thread, ns in now.items()) / NS_PER_S
