"""Inputs that nobody would write, many of them: ``python -m tests.bench.fuzz [INPUTS]``."""

import sys
from collections.abc import Iterator

from tests.bench.figures import Figure, at_most, show
from tests.fuzzing import KINDS

INPUTS = 100_000


def figures(inputs: int) -> Iterator[Figure]:
    """Yield how many inputs of each kind break what must hold, and print the first of them."""
    for kind in KINDS:
        broken = list(kind.broken(range(inputs // len(KINDS))))
        print(*broken[:10], sep="\n", end="\n" * bool(broken))
        yield at_most(f"fuzz: {kind.name}, broken", len(broken), "inputs", 0)


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else INPUTS)))
