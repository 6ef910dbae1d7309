"""The plain loop of a try against pyperf: ``python -m tests.bench.loop [TURNS]``.

Both time the same function in turn. Cores change their speed, so each turn gives a ratio, and their
median is what counts.

No function here fills more than a block of Python's memory (1 MiB). Whether a larger one gives the
last block back after each call and takes it anew hangs on what else lies in there, by chance and in
either tool: ``parse`` of the set takes 10 % longer then.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pyperf  # type: ignore[import-untyped]  # it has no types

from conc.experiments.tries import NAME
from conc.results import store
from conc.results.evidence import Measured
from tests.bench.figures import Figure, at_most, show
from tests.bench.tries_set import Known, known, run

TURNS, SECONDS = 5, 8
MOST_APART = 5
"""How far the median of the ratios may be from 1, in per cent."""

FUNCTIONS = tuple(
    known(function, item, (), "computes")
    for function, item in (("count", 60_000), ("parse_lines", 500), ("hash_block", 4))
)


def figures(turns: int) -> Iterator[Figure]:
    """Yield how far a call of a try's plain loop is from pyperf's, for each function."""
    for one in FUNCTIONS:
        ratios = [_by_try_s(one) / _by_pyperf_s(one) for _ in range(turns)]
        print(f"  {one.name}:", " ".join(f"{ratio:.3f}" for ratio in ratios), flush=True)
        apart = 100 * abs(median(ratios) - 1)
        yield at_most(f"plain loop against pyperf: {one.name}", apart, "%", MOST_APART)


def _by_try_s(one: Known) -> float:
    with tempfile.TemporaryDirectory() as folder:
        run(one, folder, SECONDS).check_returncode()
        (path,) = Path(folder, "tries").glob("*.json")
        measured = Measured(store.load(path).measurements[NAME])
    found = measured.cost_s(measured.select(model="sequential")[0])
    assert found is not None
    return found.value


def _by_pyperf_s(one: Known) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "found.json"))
        command = [sys.executable, "-m", "pyperf", "timeit", "--fast", "--quiet", "--output", path]
        setup = f"from {one.module} import {one.function}"
        call = f"{one.function}({one.items[0]})"
        subprocess.run([*command, "--setup", setup, call], check=True, stdout=subprocess.DEVNULL)
        return float(pyperf.Benchmark.load(path).median())


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else TURNS)))
