"""How often each rule is wrong where no effect is: ``python -m tests.bench.verdicts [RUNS]``."""

import sys
import time
from collections.abc import Iterator

from tests.bench.figures import Figure, at_most, show
from tests.claims.nulls import BUSY, NULLS

RUNS = 1000
LIMIT_S = 900.0


def figures(runs: int) -> Iterator[Figure]:
    """Yield the share of wrong verdicts of each rule; what the time does not allow is said."""
    until = time.monotonic() + LIMIT_S
    for null in NULLS:
        name = f"{null.claim} wrong, {null.at}"
        if time.monotonic() > until:
            yield Figure(f"{name}: not simulated, out of time", 0.0, "", "", met=False)
        else:
            yield at_most(name, 100 * null.rate(runs), "%", 5)
            yield Figure(f"{name}, in two states", 100 * null.rate(runs // 10, BUSY), "%")


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)))
