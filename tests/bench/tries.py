"""How often the advice of a try is wrong, simulated: ``python -m tests.bench.tries [TRIES]``."""

import sys
from collections.abc import Iterator
from itertools import product

from conc.results.differences import WORTH_IT
from tests.bench.figures import Figure, at_most, show
from tests.tried import NOT_WORTH_IT, outcomes

TRIES = 1000
MOST_WRONG_PERCENT = 5
CLEAR_GAIN = 1.8


def figures(tries: int) -> Iterator[Figure]:
    """Yield the share of tries that advise a model where none is worth it, then the reverse."""
    for (models, kind), gain in product(NOT_WORTH_IT, (1.0, WORTH_IT)):
        taken = outcomes(dict.fromkeys(models, gain), tries, kind)["take"]
        name = f"tries: {kind}, a model advised at {gain:g}×"
        yield at_most(name, 100 * taken / tries, "%", MOST_WRONG_PERCENT)
    clear = outcomes({"processes": CLEAR_GAIN}, tries)
    name = f"tries: the loop advised where processes give {CLEAR_GAIN:g}×"
    yield at_most(name, 100 * clear["keep"] / tries, "%", MOST_WRONG_PERCENT)
    yield Figure("tries: processes advised there", 100 * clear["take"] / tries, "%")


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else TRIES)))
