"""How often intervals hold the truth: ``python -m tests.bench.coverage [HOURS]``."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from statistics import fmean

from conc.claims import simulate
from conc.claims.coverage import BASELINE, PLANS, REPEATED, THREADS, coverages
from conc.claims.simulate import LOGNORMAL, SPIKED, TWO_STATE, Noise, Plan, Truth
from conc.results import samples
from tests.bench.figures import Figure, show
from tests.invented.stopped import until_narrow

HOURS = 50
LEAST = 0.93

BETWEEN = (0.015, 0.03, 0.045, 0.06)
"""How far the runs of a case deviate, by logarithms: the more, the more runs it takes."""

MOST_RUNS = 48

SHAPES = {
    "two states": TWO_STATE,
    "two states, renewed every 3 s": replace(TWO_STATE, renewed_s=3.0),
    "two states, renewed every 40 s": replace(TWO_STATE, renewed_s=40.0),
    "lognormal": LOGNORMAL,
    "spikes": SPIKED,
}


def figures(hours: int) -> Iterator[Figure]:
    """Yield the coverage of each quantity, by the shape of the noise and the plan."""
    for shape, noise in SHAPES.items():
        for (runs, rounds), sample_s in PLANS:
            for found in coverages(Plan(runs, rounds, noise), hours=hours, sample_s=sample_s):
                name = f"coverage: {shape}, {runs} × {rounds}, {found.quantity}"
                width = f"at least {LEAST:.0%}, ±{found.half_width:.1%}".replace("%", " %")
                yield Figure(name, 100 * found.share, "%", width, found.share >= LEAST)
    for between in BETWEEN:
        yield stopped(between, hours * REPEATED)


def stopped(between: float, count: int) -> Figure:
    """Say how often an interval holds the truth at which a block ended by itself.

    Two equal cases, whose runs deviate by ``between``: they are 1 time as fast as each other.
    """
    noise = Noise(run=between, sample=between / 2, spikes=0.0)
    plan, truths = Plan(MOST_RUNS, 3, noise), (Truth(BASELINE, 0.08), Truth(THREADS, 0.08))
    held, runs = [], []
    for seed in range(count):
        made = simulate.measure("cpu-bound", truths, plan, seed=seed)
        found = samples.speedup(until_narrow(made), THREADS.id)
        assert found is not None
        held.append(found.low <= 1 <= found.high)
        runs.append(found.runs)
    name = f"coverage: ended by itself after {fmean(runs):.1f} runs that deviate by {between:.1%}"
    share = fmean(held)
    return Figure(
        name.replace("%", " %"), 100 * share, "%", f"at least {LEAST:.0%}", share >= LEAST
    )


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else HOURS)))
