"""What is read from one sample. A quantity has a name, which tells it from every other.

What a rule judges and what a page shows of a sample are the same quantities, so that both read
the same estimate.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from conc.experiments.parts.yardstick import OWN_TIMES
from conc.experiments.parts.yardstick import WORKLOAD as YARDSTICK
from conc.records import Case, Sample
from conc.results import statistics


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a sample of a case, ``None`` where the sample does not have it."""

    name: str
    read: Callable[[Sample, Case], float | None]


def _cores_in_use(sample: Sample, case: Case) -> float | None:
    if sample.cpu_s is None:
        return None
    if case.workers > 1:
        return sample.cpu_s / sample.wall_s
    return sample.cpu_s / max(sample.wall_s - (sample.run_delay_s or 0.0), sample.cpu_s, 1e-9)


def _cost_s(sample: Sample, case: Case) -> float:
    own_s = sample.values.get(OWN_TIMES)
    if case.workload == YARDSTICK and isinstance(own_s, list) and min(own_s, default=0.0) > 0:
        return 1 / math.fsum(1 / seconds for seconds in own_s)
    return sample.wall_s / case.items


def _cpu_per_item_s(sample: Sample, case: Case) -> float | None:
    return None if sample.cpu_s is None else sample.cpu_s / case.items


def _switches_per_item(sample: Sample, case: Case) -> float | None:
    if sample.voluntary is None or sample.involuntary is None:
        return None
    return (sample.voluntary + sample.involuntary) / case.items


WALL_S = Quantity("wall time", lambda sample, _: sample.wall_s)
"""The wall time of one execution."""

COST_S = Quantity("wall time of an item", _cost_s)
"""Of the yardstick, whose processes have nothing to do with each other, it is that of their own
times: what they do in a second is added up."""

CPU_S = Quantity("CPU time", lambda sample, _: sample.cpu_s)
"""The CPU time of one execution, children included."""

CPU_PER_ITEM_S = Quantity("CPU time of an item", _cpu_per_item_s)

SWITCHES_PER_ITEM = Quantity("context switches of an item", _switches_per_item)
"""Voluntary and involuntary ones together."""

WALL_TIMES = (WALL_S, COST_S)

TIMES = (*WALL_TIMES, CPU_S, CPU_PER_ITEM_S)
"""The quantities that are times, which vary as the speed of the cores does."""

CORES_IN_USE = Quantity("cores in use", _cores_in_use)
"""CPU time over wall time: 1 is one core in full use.

Time spent runnable but waiting for a CPU is taken out of a lone worker's wall time, so that
other work on the machine does not read as waiting. Several workers delay each other, and that
correction would count the delay of each, so it is left out there.
"""


def counted(name: str) -> Quantity:
    """Read the number ``name`` that a sample counted itself."""

    def read(sample: Sample, _: Case) -> float | None:
        value = sample.values.get(name)
        return float(value) if isinstance(value, int | float) else None

    return Quantity(f"counted {name}", read)


def kept_as(name: str, q: float) -> str:
    """Return under which name a contributed sample keeps the q-th percentile of a list."""
    return f"{name}.p{q:g}"


def percentile_of(name: str, q: float) -> Quantity:
    """Read the q-th percentile of the list ``name`` that a sample kept, or that was kept of it."""

    def read(sample: Sample, _: Case) -> float | None:
        values = sample.values.get(name, sample.values.get(kept_as(name, q)))
        if isinstance(values, list):
            return statistics.percentile(values, q) if values else None
        return float(values) if isinstance(values, int | float) else None

    return Quantity(f"percentile {q} of {name}", read)


def share_of(part: Quantity, whole: Quantity) -> Quantity:
    """Read one quantity as a share of another of the same sample."""

    def read(sample: Sample, case: Case) -> float | None:
        over, under = part.read(sample, case), whole.read(sample, case)
        return None if over is None or not under else over / under

    return Quantity(f"{part.name} as a share of {whole.name}", read)


def throughput_share(ideal_s: float) -> Quantity:
    """Read the throughput as a share of an ideal one that needs ``ideal_s`` for an item."""
    return Quantity(
        f"throughput against an item in {ideal_s} s",
        lambda sample, case: ideal_s * case.items / sample.wall_s,
    )
