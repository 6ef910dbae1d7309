"""Measurements of a machine whose noise and truths are known, to see what rules make of them.

The noise is what recorded series show on virtual machines: a core is fast or slow for a fraction
of a second at a time, and how often it is slow changes every few seconds. Everything is drawn from
a seed, and time is counted, not waited for.
"""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from conc.experiments.experiment import shuffled
from conc.records import Case, Measurement, Sample, Value

Draw = Callable[[float], Value]
"""A value that a sample counts itself, from how many times slower than undisturbed it was."""


@dataclass(frozen=True, slots=True)
class Noise:
    """What befalls the samples of a machine.

    A slow core takes ``factor`` times as long. It is dealt its state anew after ``persistence_s``
    in the mean, slow with a probability between the two of ``slow``, which is drawn anew for all
    cores every ``renewed_s``. ``run`` and ``sample`` are the standard deviations of the logarithm
    of what a case's samples of one run have in common, and of what each has alone. The share
    ``spikes`` of the samples is held up, for an exponential time of mean ``spike`` of its length.
    """

    factor: float = 1.0
    persistence_s: float = 0.2
    slow: tuple[float, float] = (0.0, 0.0)
    renewed_s: float = 12.0
    run: float = 0.015
    sample: float = 0.03
    spikes: float = 0.02
    spike: float = 0.5


TWO_STATE = Noise(factor=1.65, slow=(0.05, 0.75))
"""A busy virtual machine, as it was recorded."""

LOGNORMAL = Noise(run=0.03, sample=0.15, spikes=0.0)
"""What textbooks assume, as wide as the recorded noise."""

SPIKED = Noise(run=0.03, sample=0.08, spikes=0.05)
"""A fast machine on which something else runs now and then."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A case and what one execution is where nothing disturbs it.

    ``cores`` is CPU time over wall time. Below 1 the rest is a wait that the cores' speed does not
    change. Above 1 so many cores, rounded up, are at work at once, and what they lack to full use
    is lost on each other, so that it takes as long as their work lets it; each has its equal part,
    and the last to end decides. With more ``parts`` whoever is free takes the next.
    """

    case: Case
    wall_s: float
    cores: float = 1.0
    parts: int = 1
    values: Mapping[str, Value | Draw] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured, and on what: runs of rounds, on cores with their noise.

    ``start_s`` passes before each run, ``between_s`` after each sample.
    """

    runs: int
    rounds: int
    noise: Noise = TWO_STATE
    cores: int = 2
    start_s: float = 0.5
    between_s: float = 0.002


class Cores:
    """The cores of a machine: what work takes on them, from when on."""

    def __init__(self, count: int, noise: Noise, dealt: random.Random, hour: random.Random) -> None:
        """Have ``count`` cores: ``hour`` deals how often they are slow, ``dealt`` when."""
        self._noise = noise
        self._dealt = dealt
        self._hour = hour
        self._until_s = [0.0] * count
        self._slow = [False] * count
        self._share = 0.0
        self._renewed_s = -hour.random() * noise.renewed_s
        self._draw_share()

    def __len__(self) -> int:
        """Return how many cores there are."""
        return len(self._slow)

    def end_of(self, core: int, start_s: float, work_s: float) -> float:
        """Return when a core has done work that takes ``work_s`` where it is fast.

        Time must not go back from one call for a core to the next.
        """
        if self._noise.factor == 1:
            return start_s + work_s
        now_s = start_s
        while True:
            if now_s >= self._until_s[core]:
                self._deal(core, now_s)
            pace = self._noise.factor if self._slow[core] else 1.0
            if now_s + work_s * pace <= self._until_s[core]:
                return now_s + work_s * pace
            work_s -= (self._until_s[core] - now_s) / pace
            now_s = self._until_s[core]

    def _deal(self, core: int, now_s: float) -> None:
        while now_s >= self._renewed_s + self._noise.renewed_s:
            self._renewed_s += self._noise.renewed_s
            self._draw_share()
        self._slow[core] = self._dealt.random() < self._share
        self._until_s[core] = now_s + self._dealt.expovariate(1 / self._noise.persistence_s)

    def _draw_share(self) -> None:
        self._share = self._hour.uniform(*self._noise.slow)


def measure(
    experiment: str,
    truths: Sequence[Truth],
    plan: Plan,
    *,
    seed: int,
    hour: int | None = None,
) -> Measurement:
    """Measure the cases as an experiment is: each once a round, in the order of such rounds.

    Measurements of one ``hour`` meet cores that are slow as often, each at its own moments.
    """
    dealt = random.Random(seed)  # noqa: S311 - no secret
    of_hour = random.Random(f"hour {seed if hour is None else hour}")  # noqa: S311 - no secret
    noise = plan.noise
    machine = Cores(plan.cores, noise, dealt, of_hour)
    truths_of = {truth.case.id: truth for truth in truths}
    cases = [truth.case for truth in truths]
    now_s = 0.0
    samples = []
    for run in range(plan.runs):
        now_s += plan.start_s
        common = {truth.case.id: dealt.gauss(0, noise.run) for truth in truths}
        for round_ in range(plan.rounds):
            for position, case in enumerate(shuffled(cases, dealt)):
                truth = truths_of[case.id]
                own = math.exp(common[truth.case.id] + dealt.gauss(0, noise.sample))
                wall_s, cpu_s = execute(truth, own, machine, now_s)
                if dealt.random() < noise.spikes:
                    wall_s *= 1 + dealt.expovariate(1 / noise.spike)
                place = (run, round_, position)
                samples.append(_sample(truth, place, now_s, wall_s, cpu_s))
                now_s += wall_s + plan.between_s
    return Measurement(
        experiment=experiment,
        key="simulated",
        profile="quick",
        seed=seed,
        started="2026-01-02T03:04:05Z",
        seconds=now_s,
        complete=True,
        cases=cases,
        samples=samples,
    )


def execute(truth: Truth, own: float, machine: Cores, start_s: float) -> tuple[float, float]:
    """Return the wall time and the CPU time of one execution, ``own`` times as long as usual.

    Time must not go back from one to the next on the same machine.
    """
    used = min(len(machine), max(1, math.ceil(truth.cores)))
    busy = min(1.0, truth.cores)
    free_s = [start_s] * used
    for _ in range(used * truth.parts):
        core = free_s.index(min(free_s))
        part_s = truth.wall_s * busy * own / truth.parts
        free_s[core] = machine.end_of(core, free_s[core], part_s)
    waiting_s = truth.wall_s * (1 - busy) * own
    cpu_s = (sum(free_s) - used * start_s) * max(1.0, truth.cores) / used
    return waiting_s + max(free_s) - start_s, cpu_s


def _sample(
    truth: Truth, place: tuple[int, int, int], started_s: float, wall_s: float, cpu_s: float
) -> Sample:
    slower = wall_s / truth.wall_s
    return Sample(
        case=truth.case.id,
        run=place[0],
        round=place[1],
        position=place[2],
        warmup=False,
        started_s=started_s,
        wall_s=wall_s,
        cpu_s=cpu_s,
        others_cores=0.0,
        values={
            name: value(slower) if callable(value) else value
            for name, value in truth.values.items()
        },
    )
