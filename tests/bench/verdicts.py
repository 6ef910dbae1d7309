"""How often each rule is wrong where no effect is: ``python -m tests.bench.verdicts [RUNS]``."""

import sys
import time
from collections.abc import Iterator

from conc.claims.nulls import NULLS
from tests.bench.figures import Figure, at_most, show

RUNS = 1000
MOST_WRONG = 2.5
LIMIT_S = 1500.0


def figures(runs: int) -> Iterator[Figure]:
    """Yield the share of wrong verdicts of each rule; what the time does not allow is said."""
    until = time.monotonic() + LIMIT_S
    for null in NULLS:
        name = f"{null.claim} wrong in two states, {null.at} {null.line:.3g}"
        if time.monotonic() > until:
            yield Figure(f"{name}: not simulated, out of time", 0.0, "", "", met=False)
        else:
            yield at_most(name, 100 * null.wrong_of(runs) / runs, "%", MOST_WRONG)


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)))
