"""What metering costs: executions metered and watched, against bare ones, in pairs.

A child process executes the case; in one of the two arms it reads the meter around the execution
and this process watches it from outside, as in a measurement.
"""

import math
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from conc.experiments.cpu_bound import EXPERIMENT
from conc.experiments.experiment import Service
from conc.measure import machine, meter
from conc.measure.watch import Watch
from conc.records import Case
from conc.results import statistics
from tests.bench.figures import Figure, at_most, show

RUNS = 6
ROUNDS = 30
LIMIT_PERCENT = 1.0


def figures() -> Iterator[Figure]:
    """Compare the two arms for the simplest case and for one with a tree of processes."""
    for case in (sequential(), warm_pool()):
        ratios = [run(case, random.Random(seed)) for seed in range(RUNS)]
        estimate = statistics.median_ratio(ratios)
        name = f"meter: {case.model} ×{case.workers}"
        yield at_most(f"{name}, cost of metering", 100 * (estimate.value - 1), "%", LIMIT_PERCENT)
        yield Figure(f"{name}, its interval ±", 100 * statistics.half_width(estimate), "%")


def sequential() -> Case:
    """Return the baseline of profile quick."""
    return EXPERIMENT.cases(machine.setting("quick"))[0]


def warm_pool() -> Case:
    """Return the warm process pool of profile quick with a worker a core."""
    setting = machine.setting("quick")
    return next(
        case
        for case in EXPERIMENT.cases(setting)
        if (case.model, case.workers) == ("processes", setting.cores)
        and case.parameters.get("pool") == "warm"
    )


def run(case: Case, order: random.Random) -> list[float]:
    """Return the log ratios metered/bare of the rounds of one child process."""
    command = [sys.executable, "-m", "tests.bench.meter", case.id]
    root = Path(__file__).parents[2]
    ratios = []
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        for _ in range(ROUNDS):
            arms = ["bare", "metered"]
            order.shuffle(arms)
            seconds = {}
            for arm in arms:
                with Watch(child.pid) if arm == "metered" else nullcontext():
                    print(arm, file=child.stdin, flush=True)
                    seconds[arm] = float(child.stdout.readline())
            ratios.append(math.log(seconds["metered"]) - math.log(seconds["bare"]))
        child.stdin.close()
    return ratios


def execute(case_id: str) -> None:
    """Be the child: execute the case in the arm that each line of input names."""
    case = next(c for c in EXPERIMENT.cases(machine.setting("quick")) if c.id == case_id)
    with EXPERIMENT.open(case, Service()) as trial:
        trial.act()
        print("ready", flush=True)
        for line in sys.stdin:
            began_s = time.perf_counter()
            if line == "metered\n":
                opening = meter.read()
                trial.act()
                opening.until(meter.read())
            else:
                trial.act()
            print(time.perf_counter() - began_s, flush=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        execute(sys.argv[1])
    else:
        sys.exit(not show(figures()))
