"""How long everything takes with the profile ``full``, by experiment."""

import sys
from collections.abc import Iterator

from tests.bench.duration import figures_of
from tests.bench.figures import Figure, show


def figures() -> Iterator[Figure]:
    """Measure with the profile ``full``."""
    yield from figures_of("full")


if __name__ == "__main__":
    sys.exit(not show(figures()))
