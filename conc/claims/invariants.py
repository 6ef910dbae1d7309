"""Figures that can't be: where a result has one, something went wrong, and it must not be shown.

Every measurement is noisy, so a figure breaks an invariant only where its whole interval lies on
the impossible side. On a busy machine even that can happen without a fault, because many workers
take more from the neighbours than one does: speed-ups are checked on a quiet one only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conc import figures, formats
from conc.claims.grounds import Grounds, Undecided
from conc.experiments import cpu_bound, io_bound
from conc.experiments.parts.yardstick import WORKLOAD as YARDSTICK
from conc.records import Case, Failure, FailureKind, Result
from conc.results.differences import IMPOSSIBLE_LEVEL
from conc.results.evidence import Evidence
from conc.results.quantities import CPU_PER_ITEM_S
from conc.results.statistics import suffices

ASYNCIO_GAIN = 1.05
"""More than this one thread that never waits can't gain."""

GIL_GAIN = 1.10
"""More than this threads that run bytecode can't gain while the GIL is on."""

WORK_GAIN = 1.15
"""Less CPU time than this the same work can't take, beyond what cores' changing speed explains."""

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


def sound(result: Result) -> Evidence:
    """Return the evidence of a result without its figures that can't be: they count as failed."""
    raw = Evidence(result)
    withheld = {
        experiment: [
            Failure(case=broken.case, run=0, kind="impossible", detail="")
            for broken in _impossible(raw, experiment)
        ]
        for experiment in result.measurements
    }
    return Evidence(result, withheld)


def _check(evidence: Evidence, experiment: str) -> Iterator[Broken]:
    measured = evidence.of(experiment)
    for failure in measured.measurement.failures:
        if failure.kind in ERRORS:
            sentence = f"{failure.case} {ERRORS[failure.kind]}."
            yield Broken(experiment, failure.case, sentence)
    yield from _impossible(evidence, experiment)


def _impossible(evidence: Evidence, experiment: str) -> Iterator[Broken]:
    """Yield the figures that the speed of a case alone shows to be impossible."""
    measured = evidence.of(experiment)
    checks = {
        cpu_bound.EXPERIMENT.name: (_too_fast, _too_little),
        io_bound.EXPERIMENT.name: (_too_soon,),
    }.get(experiment, ())
    if _too_fast in checks and _is_busy(evidence, experiment):
        return
    for case in measured.cases:
        said = (impossible(evidence, experiment, case) for impossible in checks)
        if sentence := next(filter(None, said), ""):
            yield Broken(experiment, case.id, figures.read(sentence, wide=True))


def _is_busy(evidence: Evidence, experiment: str) -> bool:
    try:
        Grounds(evidence).need_undisturbed(experiment, "")
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
    if case.workers < cores:
        bound = max(GIL_GAIN, SLACK * case.workers)
        return bound, f"it had {formats.plural(case.workers, 'worker')}"
    noun = "core" if cores == 1 else "cores"
    return SLACK * max(1.0, cores), f"this machine has {cores:g} usable {noun}"


def _too_little(evidence: Evidence, experiment: str, case: Case) -> str:
    """Say where several workers took less CPU time, and so were faster than the cores in use."""
    if case.workers == 1 or case.workload == YARDSTICK:  # whose processes have work of their own
        return ""
    less = evidence.of(experiment).less(case, CPU_PER_ITEM_S, level=IMPOSSIBLE_LEVEL)
    if less is None or not suffices(less) or less.low <= WORK_GAIN:
        return ""
    return (
        f"{case.id} took less CPU time than its baseline, which needed"
        f" {formats.ratio_interval(less)} as much, but both did the same work."
    )


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
