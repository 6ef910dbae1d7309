"""What the whole machine did around a sample: the work of other programs, and of the host.

Linux counts it in ``/proc/stat``, in ticks of 10 ms. So of one short sample the figures are coarse,
and those of others may be below zero. Nothing is cut off: over many samples such errors cancel.
"""

import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from conc.measure.meter import linux

STAT = Path("/proc/stat")
NS_PER_S = 1_000_000_000
_MOST_BYTES = 512  # more than the first line has


class Counted(NamedTuple):
    """What a machine's CPUs have done since it started, but for ``served_s``, which is a process's.

    ``busy_s`` is the time of all processes, ``stolen_s`` what the host of a virtual machine kept
    while one of them could have run, ``at_s`` when that was read.
    """

    busy_s: float
    stolen_s: float
    served_s: float
    at_s: float


class Around(NamedTuple):
    """What others did around a sample, as :class:`conc.records.Timing` has it."""

    others_cores: float | None = None
    stolen: float | None = None


def read(server: int = 0) -> Counted | None:
    """Read what the machine has done, and how much of it a server of ours.

    ``None`` where the system does not tell, as off Linux.
    """
    try:
        with STAT.open("rb", buffering=0) as stat:
            at_s = time.perf_counter()
            user, nice, system, _idle, _waits, _irq, _softirq, stolen = map(
                int, stat.read(_MOST_BYTES).split(maxsplit=9)[1:9]
            )
    except (OSError, ValueError):
        return None
    served_s = 0.0
    with suppress(OSError):  # it has ended
        served_s = linux.clock_ns(server) / NS_PER_S if server else 0.0
    tick_s = linux.tick_s()
    return Counted((user + nice + system) * tick_s, stolen * tick_s, served_s, at_s)


def between(then: Counted | None, now: Counted | None, own_s: float | None) -> Around:
    """Return what others did between two readings, in which ``own_s`` of CPU time were ours."""
    if then is None or now is None or own_s is None:
        return Around()
    passed = Counted(*(b - a for a, b in zip(then, now, strict=True)))
    wanted_s = passed.busy_s + passed.stolen_s
    return Around(
        others_cores=(passed.busy_s - passed.served_s - own_s) / passed.at_s,
        stolen=max(0.0, passed.stolen_s) / wanted_s if wanted_s > 0 else 0.0,
    )
