"""How long everything takes with the profile ``quick``, by experiment."""

import sys
from collections.abc import Iterator

from tests.bench.duration import figures_of
from tests.bench.figures import Figure, show


def figures() -> Iterator[Figure]:
    """Measure with the profile ``quick``."""
    yield from figures_of("quick")


if __name__ == "__main__":
    sys.exit(not show(figures()))
