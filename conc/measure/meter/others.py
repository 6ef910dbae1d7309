"""What the machine did around a sample: the work of other programs, and of the host.

What counts happened on the CPUs that this process may use; on the others it takes nothing away.

Linux counts it in ``/proc/stat``, in ticks of 10 ms. So of one short sample the figures are coarse,
and those of others may be below zero. Nothing is cut off: over many samples such errors cancel.
"""

import os
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from conc.measure.meter import cpus, linux, tree
from conc.measure.meter.tree import Folder

PROC = Folder(tree.PROC)
NS_PER_S = 1_000_000_000
_LINE_BYTES = 512  # more than a line has

ALL = frozenset({b"cpu"})
"""The name of the first line, which is the sum of all CPUs."""


class Counted(NamedTuple):
    """What the CPUs have done since the machine started, but for ``served_s``, of one process.

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
    names = _lines_that_count()
    most = 1 if names == ALL else 1 + _cpu_count()
    at_s = time.perf_counter()
    try:
        lines = PROC.content("stat", _LINE_BYTES * most).splitlines()
        user, nice, system, _idle, _waits, _irq, _softirq, stolen = _ticks(lines, names)
    except (OSError, ValueError):
        return None
    served_s = 0.0
    with suppress(OSError):  # it has ended
        served_s = linux.clock_ns(server) / NS_PER_S if server else 0.0
    tick_s = linux.tick_s()
    return Counted((user + nice + system) * tick_s, stolen * tick_s, served_s, at_s)


def _lines_that_count() -> Collection[bytes]:
    """Return the names of the lines that tell of the CPUs which this process may use."""
    allowed = cpus.allowed()
    return ALL if len(allowed) == _cpu_count() else {b"cpu%d" % cpu for cpu in allowed}


@cache
def _cpu_count() -> int:
    """Return how many CPUs the machine has; to ask it takes as long as to read what they did."""
    return os.cpu_count() or 1


def _ticks(lines: Sequence[bytes], names: Collection[bytes]) -> list[int]:
    """Return what the lines of those names have counted together, one number a kind of time.

    Raises :class:`ValueError` where there is none.
    """
    wanted = (line.split() for line in lines if line.partition(b" ")[0] in names)
    counted = (map(int, words[1:9]) for words in wanted)
    return [sum(kind) for kind in zip(*counted, strict=True)]


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
