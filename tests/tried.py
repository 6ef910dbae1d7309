"""Invented tries of a function: a test names how long a sample of each case takes."""

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec

from conc.advise import advise
from conc.experiments import tries
from conc.experiments.tries import Call, Kind, Plan, Terms
from conc.records import Case, Failure, FailureKind, Measurement, Result, Sample
from conc.results.evidence import Measured
from tests.invented import invented_result

FUNCTION = "work:resize"
CORES, CALLS = 2, 12

BUSY_S = 0.012
"""How long a CPU works in each invented sample: a loop that takes as long does nothing else."""


NOISE = 0.05
"""Of a sample, in simulated tries."""

NOT_WORTH_IT: tuple[tuple[tuple[str, ...], Kind], ...] = (
    (("threads", "many_threads", "processes"), "function"),
    (("asyncio",), "coroutine function"),
)
"""Models that a function is tried under, in simulations of a gain too small to be worth it."""


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
    plan = Plan(kind, CALLS)
    experiment = tries.experiment(Call(function, "['cat.png']"), plan, Terms())
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


def outcomes(gains: Mapping[str, float], tries_: int, kind: Kind = "function") -> Counter[str]:
    """Count the outcomes of many noisy tries in which models gain so much over the loop."""
    seconds = {name: BUSY_S / gain for name, gain in gains.items()}
    return Counter(
        advise(Measured(of(tried(seconds, kind, noise=NOISE, seed=seed))), FUNCTION).outcome
        for seed in range(tries_)
    )


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


def failed(result: Result, its_role: str, kind: FailureKind, detail: str = "") -> Result:
    """Return the result with a case that failed: one that was wrong keeps its samples."""
    failing = case_of(result, its_role).id
    if kind != "wrong answer":
        result = changed(result, lambda sample: None if sample.case == failing else sample)
    failure = Failure(case=failing, run=0, kind=kind, detail=detail)
    return _with(result, msgspec.structs.replace(of(result), failures=[failure]))


def _with(result: Result, measurement: Measurement) -> Result:
    return msgspec.structs.replace(result, measurements={tries.NAME: measurement})
