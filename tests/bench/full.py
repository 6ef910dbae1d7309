"""Three builds with the profile ``full``: their times, what stays open, and where they agree.

``python -m tests.bench.full FILE…`` judges results that were measured before.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from conc.results import store
from tests.bench.agreement import agreement
from tests.bench.build import build
from tests.bench.figures import Figure, show

BUILDS = 3
MOST_OPEN = 4


def figures(paths: Sequence[Path]) -> Iterator[Figure]:
    """Yield the times of each build unless it was measured before, then what became of claims."""
    results = [store.load(path) for path in paths]
    while not paths and len(results) < BUILDS:
        built = build("full")
        results.append(built.result)
        yield from built.figures
    builds = {f"build {i}": result for i, result in enumerate(results, start=1)}
    yield from agreement("full", builds, MOST_OPEN)


if __name__ == "__main__":
    sys.exit(not show(figures([Path(name) for name in sys.argv[1:]])))
