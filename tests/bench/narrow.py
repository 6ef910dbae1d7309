"""How long each tool measures until a speed-up is known to ±5 %: conc, pyperf and hyperfine.

``python -m tests.bench.narrow [TURNS [SPINNERS]]``; with the second, beside processes that spin.

All three time the same workload: a process pool, its start included, against a plain loop. pyperf
and hyperfine measure as they do by default, all of one arm and then all of the other. The time of
each tool is that after which as many runs would have sufficed, by its interval of 95 %: conc's own,
and for the others the bootstrap of a ratio of medians. conc's time contains process starts. Who
looks after each run and stops when it pleases stops too soon; so conc, which does, ends later, with
an interval of 99 % that is as narrow. When it did is told as well. hyperfine's arms contain the
start of Python, which a third arm tells and which is taken off, or its answer would be another one.

How soon an interval is narrow is itself left to chance. So all three measure several times, in
turns whose order rotates, for the cores of a virtual machine can be slower after work; and what is
compared is the median of each. The turns also tell whether an interval of ±5 % is one: a tool whose
answers lie further apart was not done when its interval said so. Beside processes that spin, what
two cores give hangs on who ran before, which each tool does otherwise: there the tools' answers
need not agree.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import pyperf  # type: ignore[import-untyped] # it has no types

from conc.measure import session
from conc.measure.launcher import ProcessLauncher
from conc.measure.progress import QuietProgress
from conc.measure.world import World
from conc.results import samples, statistics
from tests.bench.figures import Figure, at_most, show
from tests.bench.load import spinning
from tests.bench.narrow_experiment import EXPERIMENT, PROCESSES

ROOT = Path(__file__).parents[2]
HALF_WIDTH = EXPERIMENT.effort["smoke"].half_width
FEWEST = 5
"""Fewer runs of an arm have no interval worth its name."""
HYPERFINE_RUNS = 80
RESAMPLES = 2000
TIMES = 5


class Course(NamedTuple):
    """What a tool found: the speed-up, its relative half-width, and the seconds it took.

    ``ended_s`` is when it ended by itself, of a tool that knows when to.
    """

    speedup: float
    half_width: float
    seconds: float
    ended_s: float | None = None

    def until_narrow(self) -> float:
        """Return its seconds, infinite where it ended with a wider interval."""
        return self.seconds if self.half_width <= HALF_WIDTH else math.inf


def figures(turns: int = TIMES, spinners: int = 0) -> Iterator[Figure]:
    """Measure with each tool that is there, in turn, so many times, while some processes spin."""
    with spinning(spinners):
        yield from _compared(turns, calm=not spinners)


def _compared(turns: int, *, calm: bool) -> Iterator[Figure]:
    tools: dict[str, Callable[[], Course]] = {"conc": by_conc, "pyperf": by_pyperf}
    if shutil.which("hyperfine"):
        tools["hyperfine"] = by_hyperfine
    courses: dict[str, list[Course]] = {name: [] for name in tools}
    names = deque(tools)
    for _ in range(turns):
        for name in names:
            course = tools[name]()
            courses[name].append(course)
            yield Figure(f"narrow: {name}, speed-up", course.speedup, "×")
            yield Figure(f"narrow: {name}, its half-width", 100 * course.half_width, "%")
            yield Figure(f"narrow: {name}, measured for", course.seconds, "s")
            if course.ended_s:
                yield Figure(f"narrow: {name}, ended by itself after", course.ended_s, "s")
        names.rotate()
    ours, our_answer, spread = typical(courses.pop("conc"))
    yield Figure("narrow: conc, until ±5 %, median", ours, "s")
    yield at_most("narrow: conc, its answers lie within ±", spread, "%", 100 * HALF_WIDTH)
    for name, found in courses.items():
        theirs, answer, spread = typical(found)
        believed = spread <= 100 * HALF_WIDTH
        yield Figure(f"narrow: {name}, its answers lie within ±", spread, "%")
        yield Figure(
            f"narrow: {name}, until ±5 %, median",
            theirs,
            "s",
            "more, or beyond ±5 %",
            theirs > ours or not believed,
        )
        apart = 100 * abs(answer / our_answer - 1)
        limit = 100 * HALF_WIDTH if believed and calm else math.inf
        yield at_most(f"narrow: {name}, its answer apart from conc's", apart, "%", limit)


def typical(courses: Sequence[Course]) -> tuple[float, float, float]:
    """Return the median seconds until the interval was narrow, and median and spread of answers.

    The spread is half of what lies between the lowest and the highest answer, in percent.
    """
    answers = [course.speedup for course in courses]
    middle = median(answers)
    spread = 100 * (max(answers) - min(answers)) / 2 / middle
    return median(course.until_narrow() for course in courses), middle, spread


def by_conc() -> Course:
    """Let conc measure until it ends by itself, and see how many of its runs would have done."""
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        began_s = time.monotonic()
        world = World(ProcessLauncher(), QuietProgress(nowhere))
        _, result = session.measure((EXPERIMENT,), "smoke", Path(folder), world)
        ended_s = time.monotonic() - began_s
    measurement = result.measurements[EXPERIMENT.name]
    runs = [[ratio] for ratio in samples.log_ratios(measurement, PROCESSES.id).values()]
    assert len(runs) >= FEWEST, measurement.failures
    for count in range(FEWEST, len(runs) + 1):
        speedup = statistics.centre_ratio(runs[:count])
        if statistics.half_width(speedup) <= HALF_WIDTH:
            break
    seconds = ended_s * count / len(runs)
    return Course(speedup.value, statistics.half_width(speedup), seconds, ended_s)


Arm = Sequence[tuple[float, float]]
"""Runs of an arm: the value that each gave, and the seconds it took."""


def by_pyperf() -> Course:
    """Let pyperf measure both arms as it does by default."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pyperf.json"
        command = [sys.executable, "-m", "tests.bench.workload", "--quiet", "-o", str(path)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        suite = pyperf.BenchmarkSuite.load(str(path))
    arms = [
        [
            (float(np.mean(run.values)) if run.values else 0.0, run.get_metadata()["duration"])
            for run in suite.get_benchmark(name).get_runs()
        ]
        for name in ("sequential", "processes")
    ]
    return reached(arms)


def by_hyperfine() -> Course:
    """Let hyperfine measure both arms and the start of Python, with a warm-up of each."""
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
            stderr=subprocess.DEVNULL,
        )
        results = json.loads(path.read_text())["results"]
    return reached([[(0.0, one["mean"]), *((t, t) for t in one["times"])] for one in results])


def reached(arms: Sequence[Arm]) -> Course:
    """Return what is found with as few runs of each arm as give ±5 %, or with all.

    A run without a value (calibration, warm-up) costs its time and counts as none.
    """
    most = min(sum(value > 0 for value, _ in arm) for arm in arms)
    for count in range(FEWEST, most + 1):
        first = [taken(arm, count) for arm in arms]
        ratio, width = speed_up([values for values, _ in first])
        if width <= HALF_WIDTH:
            break
    return Course(ratio, width, sum(seconds for _, seconds in first))


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
    sys.exit(not show(figures(*map(int, sys.argv[1:]))))
