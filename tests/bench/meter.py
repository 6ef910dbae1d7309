"""What metering costs: executions metered and watched, against bare ones, in pairs.

It costs twice: what it adds to the time that is reported, and what it adds beside that, to the
time until the next execution can begin. The second is told for a run as a whole: a worker process
from its start to its end, with the samples and warm-ups of the profile, alone.

A child process executes the case; in one of the two arms it reads the meter around the execution
and this process watches it from outside, as in a measurement.
"""

import math
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from statistics import median, stdev
from typing import Literal, NamedTuple

import msgspec

from conc.experiments.cpu_bound import EXPERIMENT
from conc.experiments.experiment import Service, Trial
from conc.measure import machine, quiet
from conc.measure.launcher import ProcessLauncher
from conc.measure.meter import others
from conc.measure.meter import reading as meter
from conc.measure.meter.watch import Watch
from conc.records import Case, Estimate, Profile
from conc.results import statistics
from tests.bench.figures import Figure, at_most, show

RUNS, MOST_RUNS = 6, 24
ROUNDS = 30
STANDARD_ERROR = 0.003
"""Runs are added until what is promised is known so well, or there are :data:`MOST_RUNS`.

Four times two arms of 180 pairs take about a minute and a half on a calm machine, and at most four
times that.
"""

LIMIT_PERCENT = 1.0
LIMIT_S = 60.0
PROFILES: tuple[Profile, ...] = ("quick", "full")


class Arm(NamedTuple):
    """An execution: the time that it reports, and that from its order to its end, in seconds."""

    reported_s: float
    whole_s: float


class Pair(NamedTuple):
    """A round: an execution that is metered and watched, and a bare one."""

    metered: Arm
    bare: Arm

    def reported(self) -> float:
        """Return the logarithm of the ratio of the reported times."""
        return math.log(self.metered.reported_s / self.bare.reported_s)

    def whole(self) -> float:
        """Return the logarithm of the ratio of the whole times."""
        return math.log(self.metered.whole_s / self.bare.whole_s)

    def added_s(self) -> float:
        """Return what metering adds beside the reported time."""
        return self._beside(self.metered) - self._beside(self.bare)

    @staticmethod
    def _beside(arm: Arm) -> float:
        return arm.whole_s - arm.reported_s


def figures() -> Iterator[Figure]:
    """Compare the two arms for the simplest case and for one with a tree of processes.

    The samples of ``full`` are longer than those of ``quick``, and a reading takes as long.
    """
    for profile, case in product(PROFILES, (sequential, warm_pool)):
        yield from figures_of(profile, case(profile))


def figures_of(profile: Profile, case: Case) -> Iterator[Figure]:
    """Compare the two arms of a case."""
    runs = enough_runs(profile, case)
    name = f"meter: {profile}, {case.model} ×{case.workers}"
    yield Figure(f"{name}, pairs", sum(map(len, runs)), "")
    reported = statistics.centre_ratio([[pair.reported() for pair in pairs] for pairs in runs])
    yield at_most(f"{name}, in the time that it reports", percent(reported), "%", LIMIT_PERCENT)
    yield Figure(f"{name}, its interval ±", 100 * statistics.half_width(reported), "%")
    of_a_run = statistics.centre([[pair.added_s() for pair in pairs] for pairs in runs])
    share = 100 * samples_of_a_run(profile) / median(seconds_of_a_run(profile, case))
    yield at_most(f"{name}, of a run", share * of_a_run.value, "%", LIMIT_PERCENT)
    yield Figure(f"{name}, its interval ±", share * (of_a_run.high - of_a_run.low) / 2, "%")
    whole = statistics.centre_ratio([[pair.whole() for pair in pairs] for pairs in runs])
    yield Figure(f"{name}, of a sample with its readings", percent(whole), "%")
    yield Figure(f"{name}, its interval ±", 100 * statistics.half_width(whole), "%")


def enough_runs(profile: Profile, case: Case) -> list[list[Pair]]:
    """Compare the two arms in so many runs as tell what metering adds to the reported time."""
    runs: list[list[Pair]] = []
    while len(runs) < MOST_RUNS and (len(runs) < RUNS or standard_error(runs) > STANDARD_ERROR):
        runs.append(run(profile, case, random.Random(len(runs))))
    return runs


def standard_error(runs: list[list[Pair]]) -> float:
    """Return the standard error of what metering adds to the reported time, as a share of it."""
    centres = [statistics.hodges_lehmann([pair.reported() for pair in pairs]) for pairs in runs]
    return stdev(centres) / math.sqrt(len(centres))


def percent(ratio: Estimate) -> float:
    """Return by how much of the bare arm the metered one is longer."""
    return 100 * (ratio.value - 1)


def samples_of_a_run(profile: Profile) -> int:
    """Return how many times a run executes a case."""
    effort = EXPERIMENT.effort[profile]
    return effort.warmups + effort.rounds_per_run


def seconds_of_a_run(profile: Profile, case: Case) -> Iterator[float]:
    """Yield the time of some runs of a case alone, from the start of their process to its end."""
    for _ in range(RUNS):
        began_s = time.monotonic()
        with ProcessLauncher().run_of(EXPERIMENT, fresh=True) as launch:
            worker = launch((case,), Service())
            worker.ready()
            for _ in range(samples_of_a_run(profile)):
                worker.time(case)
            worker.dismiss()
            worker.end()
        yield time.monotonic() - began_s


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


def run(profile: Profile, case: Case, order: random.Random) -> list[Pair]:
    """Compare the two arms in each round of a child process."""
    command = [sys.executable, "-m", "tests.bench.meter", profile, case.id]
    root = Path(__file__).parents[2]
    pairs = []
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        child = Child(process)
        for _ in range(ROUNDS):
            arms: list[Literal["metered", "bare"]] = ["metered", "bare"]
            order.shuffle(arms)
            found = {arm: child.executes(arm) for arm in arms}
            pairs.append(Pair(**found))
        child.dismiss()
    return pairs


class Child:
    """A child process, as the one that measures sees a worker."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        """Wait until it is ready."""
        assert process.stdin is not None
        assert process.stdout is not None
        self._orders, self._output = process.stdin, process.stdout
        self._replies: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._watch = Watch(process.pid)
        threading.Thread(target=self._listen, daemon=True).start()
        assert self._receive(LIMIT_S) == "ready\n"

    def executes(self, arm: Literal["metered", "bare"]) -> Arm:
        """Have it execute the case, watched from here where that is metered."""
        began_s = time.perf_counter()
        if arm == "bare":
            self._order(arm)
            reported_s = float(self._receive(LIMIT_S))
        else:
            quiet.stalled_total_s()
            self._order(arm)
            reported_s = float(self._watch.wait(self._receive, LIMIT_S))
            quiet.stalled_total_s()
        return Arm(reported_s, time.perf_counter() - began_s)

    def dismiss(self) -> None:
        """Tell it to end."""
        self._orders.close()

    def _order(self, arm: str) -> None:
        print(arm, file=self._orders, flush=True)

    def _receive(self, limit_s: float) -> str:
        return self._replies.get(timeout=limit_s)

    def _listen(self) -> None:
        for line in self._output:
            self._replies.put(line)


def execute(profile: Profile, case_id: str) -> None:
    """Be the child: execute the case in the arm that each line of input names."""
    case = next(c for c in EXPERIMENT.cases(machine.setting(profile)) if c.id == case_id)
    with EXPERIMENT.open(case, Service()) as trial:
        trial.act()
        print("ready", flush=True)
        for line in sys.stdin:
            print(metered(trial) if line == "metered\n" else bare(trial), flush=True)


def metered(trial: Trial) -> float:
    """Execute the case between two readings; return the seconds that they tell."""
    before, opening = others.read(), meter.read()
    trial.act()
    usage = opening.until(meter.read())
    others.between(before, others.read(), usage.cpu_s)
    return usage.wall_s


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
