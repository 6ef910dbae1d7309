"""How often the advice of a try is wrong, simulated and on functions of known nature.

``python -m tests.bench.tries [TRIES]``, then each function of :mod:`tests.bench.tries_set`.
"""

import sys
from collections.abc import Iterator
from itertools import product

from conc.results.differences import WORTH_IT
from tests.bench.figures import Figure, at_least, at_most, show
from tests.bench.tries_set import FIRST, SECOND, Known, Score, score
from tests.invented.tries import NOT_WORTH_IT, outcomes, taken

TRIES = 200
MOST_WRONG = 0
CLEAR_GAIN = 1.8
LEAST_RIGHT = 66 / 72
"""The share of tries of the first set that name the right model and nature."""


def simulated(tries: int) -> Iterator[Figure]:
    """Yield in how many tries a model is advised where none is worth it, then the reverse."""
    for (models, kind, waits), gain in product(NOT_WORTH_IT, (1.0, WORTH_IT)):
        wrong = taken(outcomes(dict.fromkeys(models, gain), tries, kind, waits=waits))
        name = f"tries: {kind} that {'waits' if waits else 'computes'}, advised at {gain:g}×"
        yield at_most(name, wrong, f"of {tries}", MOST_WRONG)
    clear = outcomes({"processes": CLEAR_GAIN}, tries)
    name = f"tries: the loop advised where processes give {CLEAR_GAIN:g}×"
    yield at_most(name, clear["keep", ""], f"of {tries}", MOST_WRONG)
    yield Figure("tries: processes advised there", clear["take", "processes"], f"of {tries}")


def scored(name: str, known: tuple[Known, ...], passes: int) -> Iterator[Figure]:
    """Try each function of a set and yield how many tries were right, wrong and undecided."""
    found = [score(one) for _ in range(passes) for one in known]
    for one in found:
        print(f"  {one}", flush=True)
    count = {outcome: sum(one.outcome == outcome for one in found) for outcome in Score.OUTCOMES}
    yield at_least(f"{name}: right", 100 * count["right"] / len(found), "%", 100 * LEAST_RIGHT)
    yield at_most(f"{name}: wrong", count["wrong"], f"of {len(found)}", 0)
    yield Figure(f"{name}: undecided", count["undecided"], f"of {len(found)}")
    longest = max(found, key=lambda one: one.seconds)
    yield at_most(f"{name}: the longest, {longest.function}", longest.seconds, "s", 22)


def figures(tries: int) -> Iterator[Figure]:
    """Yield the figures of simulated tries, and of both sets, one pass of each."""
    yield from simulated(tries)
    yield from scored("known functions", FIRST, 1)
    yield from scored("further functions", SECOND, 1)


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else TRIES)))
