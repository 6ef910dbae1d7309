"""Figures that can't be: where a result has one, something went wrong, and it must not be shown.

Every measurement is noisy, so a figure breaks an invariant only where its whole interval lies on
the impossible side. On a busy machine even that can happen without a fault, because many workers
take more from the neighbours than one does: speed-ups are checked on a quiet one only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conc import formats
from conc.claims.grounds import Grounds, Undecided
from conc.experiments import cpu_bound, io_bound
from conc.records import Case, FailureKind
from conc.results.differences import IMPOSSIBLE_LEVEL
from conc.results.evidence import Evidence
from conc.results.statistics import suffices

ASYNCIO_GAIN = 1.05
"""More than this one thread that never waits can't gain."""

GIL_GAIN = 1.10
"""More than this threads that run bytecode can't gain while the GIL is on."""

SLACK = 1.05
"""What clocks and unequal rounds may add to a bound."""


ERRORS: Mapping[FailureKind, str] = {
    "wrong answer": "returned another answer than the other models",
    "raised": "raised an error",
}
"""The failures that no measurement may have; the others are a machine's, and shown as they are."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A figure that can't be: of which case, and why not. ``case`` is the case's id."""

    experiment: str
    case: str
    sentence: str


def check(evidence: Evidence) -> list[Broken]:
    """Return each figure of a result that can't be."""
    return [
        broken
        for experiment in evidence.result.measurements
        for broken in _check(evidence, experiment)
    ]


def _check(evidence: Evidence, experiment: str) -> Iterator[Broken]:
    measured = evidence.of(experiment)
    for failure in measured.measurement.failures:
        if failure.kind in ERRORS:
            sentence = f"{failure.case} {ERRORS[failure.kind]}."
            yield Broken(experiment, failure.case, sentence)
    impossible = {
        cpu_bound.EXPERIMENT.name: _too_fast,
        io_bound.EXPERIMENT.name: _too_soon,
    }.get(experiment)
    if impossible is None or (impossible is _too_fast and _is_busy(evidence, experiment)):
        return
    for case in measured.cases:
        if sentence := impossible(evidence, experiment, case):
            yield Broken(experiment, case.id, sentence)


def _is_busy(evidence: Evidence, experiment: str) -> bool:
    try:
        Grounds(evidence).need_undisturbed(experiment)
    except Undecided:
        return True
    return False


def _too_fast(evidence: Evidence, experiment: str, case: Case) -> str:
    """Say why the speed-up of CPU-bound work can't be; empty where it can.

    Of the yardstick an item is a process, so its speed-up is the parallelism.
    """
    speedup = evidence.of(experiment).speedup(case, level=IMPOSSIBLE_LEVEL)
    bound, why = _most(evidence, experiment, case)
    if speedup is None or not suffices(speedup) or speedup.low <= bound:
        return ""
    return f"{case.id} was {formats.ratio_interval(speedup)} as fast as its baseline, but {why}."


def _most(evidence: Evidence, experiment: str, case: Case) -> tuple[float, str]:
    """Return what the speed-up of CPU-bound work can't exceed, and why."""
    if case.model == "asyncio":
        return ASYNCIO_GAIN, "tasks that never wait share one thread and can't gain from it"
    if case.model == "threads" and evidence.has_gil(experiment):
        return GIL_GAIN, "only one thread at a time runs bytecode while the GIL is on"
    cores = evidence.cores
    noun = "core" if cores == 1 else "cores"
    return SLACK * max(1.0, cores), f"this machine has {cores:g} usable {noun}"


def _too_soon(evidence: Evidence, experiment: str, case: Case) -> str:
    """Say where requests came back sooner than the service answers them."""
    latency_ms = case.parameters.get("latency_ms")
    if not isinstance(latency_ms, int | float) or latency_ms <= 0:
        return ""
    level = 1 if case.model == "sequential" else case.workers
    waves = -(-case.items // level)
    least_s = waves * float(latency_ms) / 1000
    took = evidence.of(experiment).wall_s(case, level=IMPOSSIBLE_LEVEL)
    if took is None or not suffices(took) or took.high * SLACK >= least_s:
        return ""
    return (
        f"{case.id} took {formats.seconds_interval(took)}, and {case.items} answers, {level} at a"
        f" time, can't come in less than {formats.seconds(least_s)}."
    )
