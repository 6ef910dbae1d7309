"""How long each tool measures until a speed-up is known to ±5 %: conc, pyperf and hyperfine.

All three time the same workload: a process pool, its start included, against a plain loop. conc's
time is that of its whole measurement, process starts and warm-ups included. pyperf and hyperfine
measure as they do by default, all of one arm and then all of the other; theirs is the time after
which as many runs of each arm would have sufficed, by a bootstrap of the ratio of medians. That
favours them: they do not know when to stop. hyperfine's arms contain the start of Python, which a
third arm tells and which is taken off, or its answer would be another one.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyperf  # type: ignore[import-untyped] # it has no types

from conc.measure import session
from conc.measure.launcher import ProcessLauncher
from conc.measure.progress import QuietProgress
from conc.measure.world import World
from conc.records import Estimate
from conc.results import samples, statistics
from tests.bench.figures import Figure, show
from tests.bench.narrow_experiment import EXPERIMENT, PROCESSES

ROOT = Path(__file__).parents[2]
HALF_WIDTH = EXPERIMENT.effort["smoke"].half_width
FEWEST = 5
"""Fewer runs of an arm have no interval worth its name."""
HYPERFINE_RUNS = 80
RESAMPLES = 2000
END = {True: "until ±5 %", False: "ended without ±5 % after"}


def figures() -> Iterator[Figure]:
    """Measure with each tool that is there."""
    ours, speedup = by_conc()
    known = statistics.half_width(speedup) <= HALF_WIDTH
    yield Figure("narrow: conc, speed-up", speedup.value, "×")
    yield Figure("narrow: conc, half-width", 100 * statistics.half_width(speedup), "%")
    yield Figure(f"narrow: conc, {END[known]}", ours, "s")
    others = {"pyperf": by_pyperf}
    if shutil.which("hyperfine"):
        others["hyperfine"] = by_hyperfine
    for name, measure in others.items():
        ratio, width, seconds = reached(measure())
        yield Figure(f"narrow: {name}, speed-up", ratio, "×")
        yield Figure(f"narrow: {name}, half-width", 100 * width, "%")
        theirs = width <= HALF_WIDTH
        same = abs(ratio / speedup.value - 1) <= width + statistics.half_width(speedup)
        slower = known and (seconds > ours or not (theirs and same))
        end = END[theirs] if same else "an answer apart after"
        yield Figure(f"narrow: {name}, {end}", seconds, "s", "more than conc", slower)


def by_conc() -> tuple[float, Estimate]:
    """Return how long conc measured, and the speed-up it found."""
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        began_s = time.monotonic()
        world = World(ProcessLauncher(), QuietProgress(nowhere))
        _, result = session.measure((EXPERIMENT,), "smoke", Path(folder), world)
        seconds = time.monotonic() - began_s
    speedup = samples.speedup(result.measurements[EXPERIMENT.name], PROCESSES.id)
    assert speedup is not None, result.measurements[EXPERIMENT.name].failures
    return seconds, speedup


Arm = Sequence[tuple[float, float]]
"""Runs of an arm: the value that each gave, and the seconds it took."""


def by_pyperf() -> list[Arm]:
    """Return the runs of both arms as pyperf makes them by default."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pyperf.json"
        command = [sys.executable, "-m", "tests.bench.workload", "--quiet", "-o", str(path)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        suite = pyperf.BenchmarkSuite.load(str(path))
    return [
        [
            (float(np.mean(run.values)) if run.values else 0.0, run.get_metadata()["duration"])
            for run in suite.get_benchmark(name).get_runs()
        ]
        for name in ("sequential", "processes")
    ]


def by_hyperfine() -> list[Arm]:
    """Return the runs of both arms, and of Python alone, as hyperfine makes them.

    Their warm-ups are included.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hyperfine.json"
        commands = [
            f"'{sys.executable}' -m tests.bench.workload {arm}"
            for arm in ("sequential", "processes", "nothing")
        ]
        options = ["--warmup", "1", "--runs", str(HYPERFINE_RUNS), "--style", "none", "-N"]
        subprocess.run(
            ["hyperfine", *options, "--export-json", str(path), *commands],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        results = json.loads(path.read_text())["results"]
    return [[(0.0, one["mean"]), *((t, t) for t in one["times"])] for one in results]


def reached(arms: Sequence[Arm]) -> tuple[float, float, float]:
    """Return speed-up, half-width and seconds for as few runs of each arm as give ±5 %, or all.

    A run without a value (calibration, warm-up) costs its time and counts as none.
    """
    most = min(sum(value > 0 for value, _ in arm) for arm in arms)
    for count in range(FEWEST, most + 1):
        first = [taken(arm, count) for arm in arms]
        ratio, width = speed_up([values for values, _ in first])
        if width <= HALF_WIDTH:
            break
    return ratio, width, sum(seconds for _, seconds in first)


def taken(arm: Arm, count: int) -> tuple[list[float], float]:
    """Return the first values of an arm, and the seconds that it took to have them."""
    values: list[float] = []
    seconds = 0.0
    for value, cost_s in arm:
        seconds += cost_s
        if value > 0:
            values.append(value)
        if len(values) == count:
            break
    return values, seconds


def speed_up(arms: Sequence[list[float]]) -> tuple[float, float]:
    """Return the speed-up and the relative half-width of its 95 % interval, by the bootstrap.

    It is that of medians, from which the median of a third arm is taken off.
    """
    random = np.random.default_rng(0)
    medians = [
        np.append(
            np.median(random.choice(values, (RESAMPLES, len(values))), axis=1), np.median(values)
        )
        for values in arms
    ]
    start = medians[2] if len(medians) > 2 else 0.0
    ratios = (medians[0] - start) / (medians[1] - start)
    low, high = np.quantile(ratios[:-1], (0.025, 0.975))
    return float(ratios[-1]), float((high - low) / 2 / ratios[-1])


if __name__ == "__main__":
    sys.exit(not show(figures()))
