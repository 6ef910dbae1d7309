"""How often intervals hold what is true, in simulated noise.

What is true of a measurement is what it gives in the mean, were it repeated at the same hour: no
interval can know how fast the cores are at another.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import fmean, median

from conc.claims import simulate
from conc.claims.simulate import Plan, Truth
from conc.records import Case, Estimate, Measurement
from conc.results import samples, statistics
from conc.results.quantities import CPU_PER_ITEM_S

SAMPLE_S = 0.08
"""How long a sample takes where nothing disturbs it: as short as those of the profile quick."""

LONG_S = 0.2
"""A lone round in few runs tells nothing of what differs between rounds: its sample has to last."""

PLANS = (
    ((4, 1), LONG_S),
    *(
        ((runs, rounds), SAMPLE_S)
        for runs, rounds in (
            *((4, 2), (4, 3), (4, 4)),
            *((6, 2), (6, 5), (8, 1), (8, 2), (8, 5), (8, 8), (12, 4)),
        )
    ),
)
"""Each pair of runs and rounds that experiments use, with the seconds of a sample."""

REPEATED = 40
"""How often a measurement is made at one hour."""

BASELINE = Case(workload="work", model="sequential")
AGAIN = Case(
    workload="work", model="sequential", parameters={samples.TWIN: True}, against=BASELINE.id
)
THREADS = Case(workload="work", model="threads", workers=2, against=BASELINE.id)
PROCESSES = Case(workload="work", model="processes", workers=2, against=BASELINE.id)

Look = Callable[[Measurement], Estimate | None]

QUANTITIES: dict[str, Look] = {
    "speed-up of processes": partial(samples.speedup, case_id=PROCESSES.id),
    "speed-up of threads": partial(samples.speedup, case_id=THREADS.id),
    "noise floor": partial(samples.speedup, case_id=AGAIN.id),
    "wall time": partial(samples.estimate, case_id=BASELINE.id),
    "CPU time of processes": partial(
        samples.estimate, case_id=PROCESSES.id, quantity=CPU_PER_ITEM_S
    ),
}
"""What is looked at: cases that use the cores differently, one that does not, and times."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often the intervals of a quantity held the truth, and their median half-width."""

    quantity: str
    share: float
    half_width: float


def coverages(
    plan: Plan, *, hours: int, sample_s: float = SAMPLE_S, first_hour: int = 0
) -> Iterator[Coverage]:
    """Yield the coverage of each quantity, of ``hours`` times :data:`REPEATED` measurements."""
    found: dict[str, list[list[Estimate]]] = {name: [] for name in QUANTITIES}
    for hour in range(first_hour, first_hour + hours):
        measurements = [*_measurements(plan, sample_s, hour)]
        for name, look in QUANTITIES.items():
            found[name].append([one for made in measurements if (one := look(made)) is not None])
    for name, of_hours in found.items():
        held = [*(one for estimates in of_hours for one in _held(estimates))]
        widths = [statistics.half_width(one) for estimates in of_hours for one in estimates]
        yield Coverage(name, fmean(held), median(widths))


def _measurements(plan: Plan, sample_s: float, hour: int) -> Iterator[Measurement]:
    truths = (
        Truth(BASELINE, sample_s),
        Truth(AGAIN, sample_s),
        Truth(THREADS, sample_s),
        Truth(PROCESSES, sample_s / 2, cores=2.0),
    )
    for repeat in range(REPEATED):
        yield simulate.measure("cpu-bound", truths, plan, seed=hour * REPEATED + repeat, hour=hour)


def _held(estimates: list[Estimate]) -> Iterator[bool]:
    """Yield whether each interval holds the mean of all the others."""
    total = sum(one.value for one in estimates)
    for one in estimates:
        truth = (total - one.value) / (len(estimates) - 1)
        yield one.low <= truth <= one.high
