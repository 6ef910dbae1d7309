"""What short loops around an execution would tell of the cores' speed during it.

A loop of known work directly before and after an execution sees how fast the core is then, so the
time that a slow core adds could be taken off. It was tried, and is not built in. The loops do
foresee most of what single times vary by: 88 % of the variance, on a virtual machine of two cores.
That helps a loop against itself (in two trials ±3.7 % became ±3.0 %, and ±6.1 % ±2.3 %), which no
verdict rests on. It does not help threads against a loop (±13.0 % became ±12.2 %, and ±7.5 %
±7.9 %). Work on several cores has no such loop at all, so most ratios could be adjusted on one side
only.
"""

import json
import math
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import correlation, quantiles
from typing import NamedTuple

from conc.results import statistics
from tests.bench.figures import Figure, show

RUNS, ROUNDS = 10, 8
SPIN = 12_000
CHUNK, CHUNKS = 50_000, 12


class Spun(NamedTuple):
    """An execution: its wall and CPU time, and the mean CPU time of the loops around it."""

    wall_s: float
    cpu_s: float
    spin_s: float


Rounds = list[dict[str, Spun]]


def figures() -> Iterator[Figure]:
    """Compare the half-widths of ratios with and without what the loops take off."""
    runs = [_run(seed) for seed in range(RUNS)]
    every = [spun for run in runs for each in run for spun in each.values()]
    fast_s = quantiles((spun.spin_s for spun in every), n=10)[0]
    alone = [each["sequential"] for run in runs for each in run]
    told = correlation(
        [math.log(spun.spin_s) for spun in alone], [math.log(spun.wall_s) for spun in alone]
    )
    yield Figure("spins: of the variance of a loop's time, foreseen", 100 * told**2, "%")

    def adjusted(spun: Spun) -> float:
        return spun.wall_s - spun.cpu_s * (1 - fast_s / spun.spin_s)

    reads: dict[str, Callable[[Spun], float]] = {
        "as it is": lambda spun: spun.wall_s,
        "adjusted": adjusted,
    }
    for arm in ("twin", "threads"):
        for how, read in reads.items():
            width = 100 * _half_width(runs, arm, read)
            yield Figure(f"spins: half-width, {arm} against sequential, {how}", width, "%")


def _half_width(runs: Sequence[Rounds], arm: str, read: Callable[[Spun], float]) -> float:
    ratios = [
        [math.log(read(each["sequential"]) / read(each[arm])) for each in run] for run in runs
    ]
    return statistics.half_width(statistics.centre_ratio(ratios))


def _run(seed: int) -> Rounds:
    """Execute the arms in rounds in a child process."""
    command = [sys.executable, "-m", "tests.bench.spins", str(seed)]
    root = Path(__file__).parents[2]
    told = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    return [{arm: Spun(*spun) for arm, spun in each.items()} for each in json.loads(told)]


def execute(seed: int) -> Rounds:
    """Be the child."""
    order = random.Random(seed)
    with ThreadPoolExecutor(2) as pool:
        arms: dict[str, Callable[[], object]] = {
            "sequential": lambda: [_work(CHUNK) for _ in range(CHUNKS)],
            "twin": lambda: [_work(CHUNK) for _ in range(CHUNKS)],
            "threads": lambda: [*pool.map(_work, [CHUNK] * CHUNKS)],
        }
        arms["threads"]()
        return [
            {arm: _spun(arms[arm]) for arm in order.sample(sorted(arms), len(arms))}
            for _ in range(ROUNDS)
        ]


def _spun(act: Callable[[], object]) -> Spun:
    before_s = _spin()
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    act()
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    return Spun(wall_s, cpu_s, (before_s + _spin()) / 2)


def _spin() -> float:
    began_s = time.thread_time()
    _work(SPIN)
    return time.thread_time() - began_s


def _work(numbers: int) -> int:
    return sum(number * number for number in range(numbers))


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(execute(int(sys.argv[1]))))
    else:
        sys.exit(not show(figures()))
