"""How often intervals hold the truth: ``python -m tests.bench.coverage [HOURS]``."""

import sys
from collections.abc import Iterator
from dataclasses import replace

from conc.claims.coverage import PLANS, coverages
from conc.claims.simulate import LOGNORMAL, SPIKED, TWO_STATE, Plan
from tests.bench.figures import Figure, show

HOURS = 50
LEAST = 0.93

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


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else HOURS)))
