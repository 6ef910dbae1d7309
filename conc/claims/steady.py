"""How often a change is announced of series of rounds in which nothing changed, simulated.

A round is a measurement in known noise. Hosted machines vary from month to month besides: some
months are dealt another speed, drawn anew each time.
"""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conc.claims import history, simulate
from conc.claims.coverage import BASELINE, PROCESSES, SAMPLE_S
from conc.claims.simulate import LOGNORMAL, TWO_STATE, Noise, Plan, Truth
from conc.results import samples
from conc.results.statistics import STATES_APART

ROUNDS = 36
"""Three years."""

RUNS, EACH = 4, 2
"""The runs of a round and the rounds of a run, as an experiment has at least."""


@dataclass(frozen=True, slots=True)
class Months:
    """The noise of measurements, and the share of months in which the ratio is at another level."""

    noise: Noise
    other: float = 0.0


WORLDS: Mapping[str, Months] = {
    "plain noise": Months(LOGNORMAL),
    "cores of two speeds": Months(TWO_STATE),
    "every second month at another level": Months(TWO_STATE, 0.5),
    "every tenth month at another level": Months(TWO_STATE, 0.1),
}


def announced(world: Months, series: int) -> int:
    """Return of how many of so many series a change is announced, though there is none."""
    return sum(bool(history.changed([*_ratios(world, number)])) for number in range(series))


def _ratios(world: Months, number: int) -> Iterator[float]:
    dealt = random.Random(number)  # noqa: S311 - no secret
    plan = Plan(RUNS, EACH, world.noise)
    truths = Truth(BASELINE, SAMPLE_S), Truth(PROCESSES, SAMPLE_S / 2, cores=2.0)
    for place in range(ROUNDS):
        measured = simulate.measure("cpu-bound", truths, plan, seed=number * ROUNDS + place)
        found = samples.speedup(measured, PROCESSES.id)
        level = STATES_APART if dealt.random() < world.other else 0.0
        if found is not None:
            yield math.log(found.value) + level
