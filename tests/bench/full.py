"""Builds with the profile ``full``: the times of one, or what becomes of claims in three.

``python -m tests.bench.full NUMBER`` builds and keeps the result; ``python -m tests.bench.full``
judges those that were kept, and ``python -m tests.bench.full FILE…`` any others.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from conc.results import store
from tests.bench.agreement import KEPT, series
from tests.bench.build import build
from tests.bench.figures import Figure, show

BUILDS = 3


def times(number: str) -> Iterator[Figure]:
    """Build once, keep the result, and yield how long it took."""
    built = build("full")
    store.save(built.result, KEPT / f"full-{number}.json")
    yield from built.figures


def verdicts(paths: Sequence[Path]) -> Iterator[Figure]:
    """Yield how many claims stay open in each result, and where the results contradict."""
    results = {path.stem: store.load(path) for path in paths}
    keys = {
        tuple((name, found.key) for name, found in sorted(result.measurements.items()))
        for result in results.values()
    }
    if len(results) < BUILDS or len(keys) > 1:
        kept = ", ".join(results) or "none"
        sys.exit(f"full judges {BUILDS} builds of the same code, and has: {kept}; make them first")
    yield from series("full", results)


def figures(arguments: Sequence[str]) -> Iterator[Figure]:
    """Build where a number is given, else judge."""
    if len(arguments) == 1 and arguments[0].isdecimal():
        return times(arguments[0])
    return verdicts([Path(name) for name in arguments] or sorted(KEPT.glob("full-*.json")))


if __name__ == "__main__":
    sys.exit(not show(figures(sys.argv[1:])))
