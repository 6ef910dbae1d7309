"""How often the advice of a try is wrong, simulated and on functions of known nature.

``python -m tests.bench.tries [PART [NUMBER]]``; a part alone, or all once:

- ``simulated``: in so many tries each on a noisy machine, whether a model is advised wrongly;
- ``known``, ``further``: so many passes of each function of both sets of
  :mod:`tests.bench.tries_set`;
- ``beside``: so many passes of the first set beside two processes that spin;
- ``times``: how long it takes to decide, in so many tries.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import chain, product
from statistics import median

from conc.results.differences import WORTH_IT
from tests.bench.figures import Figure, at_least, at_most, show
from tests.bench.load import spinning
from tests.bench.tries_set import DECIDED, FIRST, SECOND, SECONDS, Known, Score, score
from tests.invented.tries import NOT_WORTH_IT, outcomes, taken

TRIES = 200
MOST_WRONG = 0
CLEAR_GAIN = 1.8
LEAST_RIGHT = 66 / 72
"""The share of tries of the first set that name the right model and nature."""

OVERTIME = 1.1
MOST_OUTSIDE = 15
"""What a try that uses its time does outside of calls, in per cent of the time of its calls."""

SPINNERS = 2


def simulated(tries: int = TRIES) -> Iterator[Figure]:
    """Yield in how many tries a model is advised where none is worth it, then the reverse."""
    for (models, kind, waits), gain in product(NOT_WORTH_IT, (1.0, WORTH_IT)):
        wrong = taken(outcomes(dict.fromkeys(models, gain), tries, kind, waits=waits))
        name = f"tries: {kind} that {'waits' if waits else 'computes'}, advised at {gain:g}×"
        yield at_most(name, wrong, f"of {tries}", MOST_WRONG)
    clear = outcomes({"processes": CLEAR_GAIN}, tries)
    name = f"tries: the loop advised where processes give {CLEAR_GAIN:g}×"
    yield at_most(name, clear["keep", ""], f"of {tries}", MOST_WRONG)
    yield Figure("tries: processes advised there", clear["take", "processes"], f"of {tries}")


def known(passes: int = 1) -> Iterator[Figure]:
    """Yield the score of the first set."""
    found = list(_scored(FIRST, passes))
    right = sum(one.outcome == "right" for one in found)
    yield at_least("known functions: right", 100 * right / len(found), "%", 100 * LEAST_RIGHT)
    yield from _wrong_and_slow("known functions", found)


def further(passes: int = 1) -> Iterator[Figure]:
    """Yield the score of the second set, which no rule was made by."""
    found = list(_scored(SECOND, passes))
    right = sum(one.outcome == "right" for one in found)
    yield Figure("further functions: right", 100 * right / len(found), "%")
    yield from _wrong_and_slow("further functions", found)


def beside(passes: int = 1) -> Iterator[Figure]:
    """Yield the score of the first set beside processes that spin, where none may be wrong."""
    with spinning(SPINNERS):
        found = list(_scored(FIRST, passes))
    name = f"known functions beside {SPINNERS}"
    yield Figure(f"{name}: right", sum(one.outcome == "right" for one in found), f"of {len(found)}")
    yield from _wrong_and_slow(name, found)


def times(tries: int = 3) -> Iterator[Figure]:
    """Yield how long it takes to decide what is easily decided."""
    for one, limit_s in DECIDED:
        found = list(_scored((one,), tries))
        late = [score.seconds if score.outcome == "right" else SECONDS for score in found]
        yield at_most(f"decided: {one.name}", median(late), "s", limit_s)


PARTS: dict[str, Callable[..., Iterator[Figure]]] = {
    "simulated": simulated,
    "times": times,
    "known": known,
    "further": further,
    "beside": beside,
}


def _scored(known: tuple[Known, ...], passes: int) -> Iterator[Score]:
    for _ in range(passes):
        for one in known:
            found = score(one)
            print(f"  {found}", flush=True)
            yield found


def _wrong_and_slow(name: str, found: list[Score]) -> Iterator[Figure]:
    wrong = sum(one.outcome == "wrong" for one in found)
    yield at_most(f"{name}: wrong", wrong, f"of {len(found)}", 0)
    undecided = sum(one.outcome == "undecided" for one in found)
    yield Figure(f"{name}: undecided", undecided, f"of {len(found)}")
    longest = max(found, key=lambda one: one.seconds)
    limit_s = OVERTIME * SECONDS
    yield at_most(f"{name}: the longest, {longest.function}", longest.seconds, "s", limit_s)
    yield Figure(f"{name}: half took less than", median(one.seconds for one in found), "s")
    whole = [one for one in found if one.uses_its_time]
    if whole:
        most = max(100 * one.outside for one in whole)
        yield at_most(f"{name}: outside of calls", most, "%", MOST_OUTSIDE)


if __name__ == "__main__":
    part, *number = sys.argv[1:] or ["all"]
    each = PARTS.values() if part == "all" else [PARTS[part]]
    sys.exit(not show(chain.from_iterable(one(*map(int, number)) for one in each)))
