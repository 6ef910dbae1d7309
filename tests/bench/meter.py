"""What metering costs: executions metered and watched, against bare ones, in pairs.

It costs twice: what it adds to the time that is reported, and what it adds beside that, to the
time until the next execution can begin.

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
from itertools import product
from pathlib import Path

import msgspec

from conc.experiments.cpu_bound import EXPERIMENT
from conc.experiments.experiment import Service, Trial
from conc.measure import machine, meter
from conc.measure.watch import Watch
from conc.records import Case, Profile
from conc.results import statistics
from tests.bench.figures import Figure, at_most, show

RUNS = 6
ROUNDS = 30
LIMIT_PERCENT = 1.0
PROFILES: tuple[Profile, ...] = ("quick", "full")


def figures() -> Iterator[Figure]:
    """Compare the two arms for the simplest case and for one with a tree of processes.

    The samples of ``full`` are longer than those of ``quick``, and a reading takes as long.
    """
    for profile, case in product(PROFILES, (sequential, warm_pool)):
        yield from figures_of(profile, case(profile))


def figures_of(profile: Profile, case: Case) -> Iterator[Figure]:
    """Compare the two arms of a case."""
    runs = [run(profile, case, random.Random(seed)) for seed in range(RUNS)]
    for part, what in enumerate(("in the time that it reports", "in all")):
        estimate = statistics.median_ratio([[pair[part] for pair in pairs] for pairs in runs])
        name = f"meter: {profile}, {case.model} ×{case.workers}, {what}"
        yield at_most(name, 100 * (estimate.value - 1), "%", LIMIT_PERCENT)
        yield Figure(f"{name}, its interval ±", 100 * statistics.half_width(estimate), "%")


def sequential(profile: Profile) -> Case:
    """Return the baseline of a profile."""
    return EXPERIMENT.cases(machine.setting(profile))[0]


def warm_pool(profile: Profile) -> Case:
    """Return the warm process pool of a profile with a worker a core."""
    setting = machine.setting(profile)
    return next(
        case
        for case in EXPERIMENT.cases(setting)
        if (case.model, case.workers) == ("processes", setting.cores)
        and case.parameters.get("pool") == "warm"
    )


def run(profile: Profile, case: Case, order: random.Random) -> list[tuple[float, float]]:
    """Return the log ratios metered/bare of each round of a child process: reported, in all."""
    command = [sys.executable, "-m", "tests.bench.meter", profile, case.id]
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
                    seconds[arm] = [float(s) for s in child.stdout.readline().split()]
            (reported, in_all), (_, bare) = seconds["metered"], seconds["bare"]
            ratios.append((math.log(reported / bare), math.log(in_all / bare)))
        child.stdin.close()
    return ratios


def execute(profile: Profile, case_id: str) -> None:
    """Be the child: execute the case in the arm that each line of input names."""
    case = next(c for c in EXPERIMENT.cases(machine.setting(profile)) if c.id == case_id)
    with EXPERIMENT.open(case, Service()) as trial:
        trial.act()
        print("ready", flush=True)
        for line in sys.stdin:
            began_s = time.perf_counter()
            reported_s = metered(trial) if line == "metered\n" else bare(trial)
            print(reported_s, time.perf_counter() - began_s, flush=True)


def metered(trial: Trial) -> float:
    """Execute the case between two readings; return the seconds that they tell."""
    opening = meter.read()
    trial.act()
    return opening.until(meter.read()).wall_s


def bare(trial: Trial) -> float:
    """Execute the case; return its seconds by the clock."""
    began_s = time.perf_counter()
    trial.act()
    return time.perf_counter() - began_s


if __name__ == "__main__":
    if sys.argv[1:]:
        execute(msgspec.convert(sys.argv[1], Profile), sys.argv[2])
    else:
        sys.exit(not show(figures()))
