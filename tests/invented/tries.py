"""Invented tries of a function: a test names how long a sample of each case takes."""

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import msgspec

from conc.advise import Choice, Tried
from conc.claims import simulate
from conc.claims.simulate import Cores, Noise, Truth
from conc.experiments import tries
from conc.experiments.experiment import Setting
from conc.experiments.pairs import pair_of
from conc.experiments.parts.executors import BURST_EACH_S, HOP_S, Asked
from conc.experiments.parts.looking import Look
from conc.experiments.tries import Call, Kind, Known, Plan, Terms
from conc.measure.planning import look
from conc.measure.trying import Trying
from conc.measure.world import World
from conc.records import Case, Failure, FailureKind, Measurement, Result, Sample, Timing, Value
from conc.results.evidence import Measured
from tests.invented.results import invented_machine, invented_result, invented_setting
from tests.measure.fakes import FakeClock, FakeLauncher, RecordingProgress

FUNCTION, OTHER = "work:resize", "work:resize_as_it_was"
CORES, CALLS = 2, 12

BUSY_S = 0.012
"""How long a CPU works in each invented sample: a loop that takes as long does nothing else."""


NOISE = 0.05
"""Of a sample, in invented tries."""

CALL_S, WAITING_CORES = 0.005, 0.02
"""How long a call takes that is simulated, and how many cores one uses that waits."""

START_S, RUN_S = 0.3, 3.0
"""How long simulated workers take to be ready, and about how long they live."""

NOT_WORTH_IT: tuple[tuple[tuple[str, ...], Kind, bool], ...] = (
    (("threads", "processes"), "function", False),
    (("threads", "many_threads", "processes"), "function", True),
    (("asyncio",), "coroutine function", True),
)
"""Models that a function is tried under, in simulations of a gain too small to be worth it, with
what it is and whether it waits."""


def role(case: Case) -> str:
    """Name a case by what it is in the try of a function."""
    if case.model == "sequential":
        return "again" if "twin" in case.parameters else "loop"
    many = "many_" if case.model == "threads" and case.workers > CORES else ""
    cold = "_cold" if case.parameters.get("pool") == "cold" else ""
    return f"{many}{case.model}{cold}"


def tried(  # noqa: PLR0913 - a test names only what it is about
    given: Mapping[str, float] | None = None,
    kind: Kind = "function",
    *,
    function: str = FUNCTION,
    noise: float = 0.0,
    runs: int = 3,
    rounds: int = 5,
    seed: int = 1,
) -> Result:
    """Return the result of trying a function, by the seconds that a sample of each role takes.

    What is not given takes as long as the loop, and that as long as a CPU works. Interpreters are
    tried where their seconds are given.
    """
    seconds = given or {}
    cases = partial(tries.cases_of, Call(function, "['cat.png']"), Plan(kind, CALLS), Terms())
    experiment = replace(tries.EXPERIMENT, cases=cases)
    result = invented_result(
        (experiment,),
        cores=CORES,
        seconds_of=lambda case: seconds.get(role(case), seconds.get("loop", BUSY_S)),
        noise=noise,
        runs=runs,
        rounds=rounds,
        seed=seed,
        interpreters="interpreters" in seconds,
    )
    assert set(seconds) <= {role(case) for case in of(result).cases}
    return result


def examples_tried(
    seconds: Mapping[str, float],
    known: Sequence[Known] = tuple(tries.EXAMPLES.values()),
    *,
    looked: bool = True,
) -> Result:
    """Return what a build found of functions of known nature, by the seconds of each role."""

    def cases(setting: Setting) -> tuple[Case, ...]:
        plans = ((one.call, Plan(one.kind, CALLS, memory=False)) for one in known)
        return tuple(
            case for call, plan in plans for case in tries.cases_of(call, plan, Terms(), setting)
        )

    result = invented_result(
        (replace(tries.EXPERIMENT, cases=cases),),
        seconds_of=lambda case: seconds.get(role(case), BUSY_S),
        noise=0.0,
    )
    for one in known if looked else ():
        found = Look(coroutine=float(one.kind == "coroutine function"))
        result = with_look(result, found, one.call)
    return result


def handed(executor: str, hop_s: float, each_s: float) -> Result:
    """Return a try with an executor that was asked for, whose samples tell what a hop costs."""
    call, plan = Call(FUNCTION, "['cat.png']"), tries.Plan("function", 12)
    terms = tries.Terms(executors=(Asked(executor, 2),))
    setting = invented_setting(cores=2, interpreters=False)
    every = tries.cases_of(call, plan, terms, setting)
    warm = next(case for case in every if case.model == executor)
    result = tried()
    loop = [sample for sample in of(result).samples if sample.case == warm.against]
    values: dict[str, Value] = {HOP_S: [hop_s, hop_s], BURST_EACH_S: each_s}
    samples = [msgspec.structs.replace(one, case=warm.id, values=values) for one in loop]
    return plus(result, warm, *samples)


@dataclass
class Simulated:
    """A function of known gains on a noisy machine: its look, and each execution of a case."""

    gains: Mapping[str, float]
    kind: Kind
    waits: bool
    clock: FakeClock
    seed: int
    noise: Noise = simulate.TWO_STATE
    machine: Cores = field(init=False)
    dealt: random.Random = field(init=False)
    common: dict[tuple[str, int], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Deal the machine its hour."""
        self.dealt = random.Random(self.seed)
        hour = random.Random(f"hour {self.seed}")
        self.machine = Cores(CORES, self.noise, self.dealt, hour)

    def __call__(self, case: Case, _count: int) -> Timing:
        """Execute a case once."""
        if case.model == tries.FIRST_LOOK:
            return Timing(wall_s=1.0, values=self.look.values)
        noise = self.noise
        own = math.exp(self._of_run(case) + self.dealt.gauss(0, noise.sample))
        wall_s, cpu_s = simulate.execute(self._truth(case), own, self.machine, self.clock())
        if self.dealt.random() < noise.spikes:
            wall_s *= 1 + self.dealt.expovariate(1 / noise.spike)
        return Timing(wall_s=wall_s, cpu_s=cpu_s, run_delay_s=0.0, others_cores=0.0, answer="same")

    @property
    def look(self) -> Look:
        """What a look at the function tells."""
        return Look(
            items=200.0,
            largest=0.005,
            seconds_each=CALL_S,
            busy=WAITING_CORES if self.waits else 1.0,
            coroutine=float(self.kind == "coroutine function"),
        )

    def _of_run(self, case: Case) -> float:
        """Return what a case's samples of a run have in common; a run is a second or two."""
        key = (case.id, int(self.clock() / RUN_S))
        return self.common.setdefault(key, self.dealt.gauss(0, self.noise.run))

    def _truth(self, case: Case) -> Truth:
        gain = self.gains.get(role(case), 1.0)
        wall_s = CALL_S * case.items / gain
        if self.waits:
            return Truth(case, wall_s, cores=WAITING_CORES * gain)
        alone = case.model in {"sequential", "asyncio"}
        return Truth(case, wall_s, cores=1.0 if alone else CORES)


def simulated(
    gains: Mapping[str, float], kind: Kind, seed: int, *, waits: bool = False
) -> tuple[Choice, str, float]:
    """Try a function of known gains on a noisy machine, as any is tried, but for its time.

    Returns the outcome, the role of the model to take, and the seconds that it took.
    """
    clock = FakeClock()
    world = World(
        FakeLauncher(clock, Simulated(gains, kind, waits, clock, seed), start_s=START_S),
        RecordingProgress(),
        clock,
        seed=lambda: seed,
        describe_machine=invented_machine,
        setting=lambda _profile: invented_setting(cores=CORES),
    )
    call, terms = Call(FUNCTION), Terms()
    measurement = Trying(world, call, terms, look(call, terms, world)).go()
    told = Tried(Measured(measurement), FUNCTION)
    best = told.best()
    return told.outcome(), role(best) if best else "", measurement.seconds


def outcomes(
    gains: Mapping[str, float], tries_: int, kind: Kind = "function", *, waits: bool = False
) -> Counter[tuple[Choice, str]]:
    """Count what is advised in many noisy tries in which models gain so much over the loop."""
    return Counter(simulated(gains, kind, seed, waits=waits)[:2] for seed in range(tries_))


def taken(found: Counter[tuple[Choice, str]]) -> int:
    """Return in how many tries some model was to be taken."""
    return sum(count for (outcome, _), count in found.items() if outcome == "take")


def of(result: Result) -> Measurement:
    """Return the measurement of the try."""
    return result.measurements[tries.NAME]


def case_of(result: Result, its_role: str) -> Case:
    """Return the only case of a role."""
    (case,) = (case for case in of(result).cases if role(case) == its_role)
    return case


def changed(result: Result, change: Callable[[Sample], Sample | None]) -> Result:
    """Return the result with each sample changed, or left out where that gives ``None``."""
    kept = [new for sample in of(result).samples if (new := change(sample)) is not None]
    return _with(result, msgspec.structs.replace(of(result), samples=kept))


def plus(result: Result, case: Case, *samples: Sample) -> Result:
    """Return the result with a further case and its samples."""
    measurement = of(result)
    cases, taken_ = [*measurement.cases, case], [*measurement.samples, *samples]
    return _with(result, msgspec.structs.replace(measurement, cases=cases, samples=taken_))


def with_look(result: Result, look: Look, call: Call | None = None) -> Result:
    """Return the result of a try that began with such a look."""
    case = tries.first_look(call or Call(FUNCTION))
    sample = Sample(
        case=case.id,
        run=0,
        round=0,
        position=0,
        warmup=True,
        started_s=0.0,
        wall_s=1.0,
        values=look.values,
    )
    return plus(result, case, sample)


def failed(result: Result, its_role: str, kind: FailureKind, detail: str = "") -> Result:
    """Return the result with a case that failed: one that was wrong keeps its samples."""
    failing = case_of(result, its_role).id
    if kind != "wrong answer":
        result = changed(result, lambda sample: None if sample.case == failing else sample)
    failure = Failure(case=failing, run=0, kind=kind, detail=detail)
    return _with(result, msgspec.structs.replace(of(result), failures=[failure]))


def _with(result: Result, measurement: Measurement) -> Result:
    return msgspec.structs.replace(result, measurements={tries.NAME: measurement})


def compared(  # noqa: PLR0913 - a test names only what it is about
    ours_s: float,
    theirs_s: float,
    *,
    runs: int = 8,
    answers: tuple[str, str] = ("same", "same"),
    any_answer: bool = False,
    seed: int = 1,
) -> Result:
    """Return a try whose function was compared with another, by the seconds of a sample of each.

    Each of both answers as said.
    """
    result = tried()
    loop = case_of(result, "loop")
    best = msgspec.structs.replace(loop, answers="" if any_answer else loop.answers)
    pair = pair_of(best, OTHER, ())
    truths = [Truth(case, s) for case, s in zip(pair, (ours_s, theirs_s), strict=True)]
    found = simulate.measure(tries.NAME, truths, simulate.Plan(runs, 4), seed=seed)
    told = {case.id: answer for case, answer in zip(pair, answers, strict=True)}
    taken_ = [msgspec.structs.replace(one, answer=told[one.case]) for one in found.samples]
    return plus(plus(result, pair[0], *taken_), pair[1])
