"""Invented tries of a function: a test names how long a sample of each case takes."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import msgspec

from conc.advise import Choice, Tried
from conc.claims import simulate
from conc.claims.simulate import Truth
from conc.experiments import tries
from conc.experiments.pairs import pair_of
from conc.experiments.tries import Call, Kind, Plan, Terms
from conc.measure.tries import ROUNDS
from conc.records import Case, Failure, FailureKind, Measurement, Result, Sample
from conc.results.evidence import Measured
from tests.invented.results import invented_result, invented_setting

FUNCTION, OTHER = "work:resize", "work:resize_as_it_was"
CORES, CALLS = 2, 12

BUSY_S = 0.012
"""How long a CPU works in each invented sample: a loop that takes as long does nothing else."""


NOISE = 0.05
"""Of a sample, in invented tries."""

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


def simulated(
    gains: Mapping[str, float], kind: Kind, seed: int, *, waits: bool = False
) -> tuple[Choice, str, int]:
    """Try a function of known gains on a noisy machine, until it is decided or the time is over.

    Returns the outcome, the role of the model to take, and the runs that it took.
    """
    plan = Plan(kind, CALLS, together=5 * CALLS, waits=waits, memory=False)
    cases = tries.cases_of(
        Call(FUNCTION), plan, Terms(), invented_setting(cores=CORES, interpreters=False)
    )
    truths = [_truth(case, gains.get(role(case), 1.0), waits=waits) for case in cases]
    most = simulate.Plan(runs=len(ROUNDS), rounds=max(ROUNDS))
    whole = simulate.measure(tries.NAME, truths, most, seed=seed)
    for runs in range(2, len(ROUNDS) + 1):
        seen = [s for s in whole.samples if s.run < runs and s.round < ROUNDS[s.run]]
        told = Tried(Measured(msgspec.structs.replace(whole, samples=seen)), FUNCTION)
        if told.is_settled():
            break
    best = told.best()
    return told.outcome(), role(best) if best else "", runs


def _truth(case: Case, gain: float, *, waits: bool) -> Truth:
    wall_s = 0.1 * case.items / CALLS / gain
    if waits:
        return Truth(case, wall_s, cores=0.02 * gain)
    return Truth(case, wall_s, cores=1.0 if case.model in {"sequential", "asyncio"} else CORES)


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
