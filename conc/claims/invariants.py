"""Figures that can't be: where a result has one, something went wrong, and it must not be shown.

Every measurement is noisy, so a figure breaks an invariant only where its whole interval lies on
the impossible side. On a busy machine even that can happen without a fault, because many workers
take more from the neighbours than one does: speed-ups are checked on a quiet one only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conc import formats
from conc.claims.evidence import Evidence, Undecided
from conc.experiments import cpu_bound, io_bound
from conc.records import Case, FailureKind, Measurement, Result
from conc.results import samples, statistics

LEVEL = 0.999
"""The confidence of one interval: a result has some hundred, and none may break by chance."""

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


def check(result: Result) -> list[Broken]:
    """Return each figure of a result that can't be."""
    return [
        broken
        for measurement in result.measurements.values()
        for broken in _check(result, measurement)
    ]


def broken_cases(result: Result) -> set[tuple[str, str]]:
    """Return the experiment and the id of each case whose figures can't be."""
    return {(broken.experiment, broken.case) for broken in check(result)}


def _check(result: Result, measurement: Measurement) -> Iterator[Broken]:
    for failure in measurement.failures:
        if failure.kind in ERRORS:
            sentence = f"{failure.case} {ERRORS[failure.kind]}."
            yield Broken(measurement.experiment, failure.case, sentence)
    impossible = {
        cpu_bound.EXPERIMENT.name: _too_fast,
        io_bound.EXPERIMENT.name: _too_soon,
    }.get(measurement.experiment)
    if impossible is None or (impossible is _too_fast and _is_busy(result, measurement)):
        return
    for case in measurement.cases:
        if sentence := impossible(result, measurement, case):
            yield Broken(measurement.experiment, case.id, sentence)


def _is_busy(result: Result, measurement: Measurement) -> bool:
    alone = [case for case in measurement.cases if case.model == "sequential"]
    try:
        Evidence(result).need_quiet(measurement.experiment, alone)
    except Undecided:
        return True
    return False


def _too_fast(result: Result, measurement: Measurement, case: Case) -> str:
    """Say why the speed-up of CPU-bound work can't be; empty where it can.

    Of the yardstick an item is a process, so its speed-up is the parallelism.
    """
    block = {other.id for other in measurement.cases if other.block == case.block}
    speedup = samples.speedup(measurement, case.id, level=LEVEL) if case.against in block else None
    bound, why = _most(result, measurement, case)
    if speedup is None or not statistics.suffices(speedup) or speedup.low <= bound:
        return ""
    return f"{case.id} was {formats.ratio_interval(speedup)} as fast as its baseline, but {why}."


def _most(result: Result, measurement: Measurement, case: Case) -> tuple[float, str]:
    """Return what the speed-up of CPU-bound work can't exceed, and why."""
    gil = result.interpreter.gil if measurement.gil is None else measurement.gil
    if case.model == "asyncio":
        return ASYNCIO_GAIN, "tasks that never wait share one thread and can't gain from it"
    if case.model == "threads" and gil:
        return GIL_GAIN, "only one thread at a time runs bytecode while the GIL is on"
    cores = result.machine.usable_cores
    noun = "core" if cores == 1 else "cores"
    return SLACK * max(1.0, cores), f"this machine has {cores:g} usable {noun}"


def _too_soon(_result: Result, measurement: Measurement, case: Case) -> str:
    """Say where requests came back sooner than the service answers them."""
    latency_ms = case.parameters.get("latency_ms")
    values = samples.values_by_run(measurement, case.id, lambda sample, _: sample.wall_s)
    if not isinstance(latency_ms, int | float) or latency_ms <= 0 or not values:
        return ""
    level = 1 if case.model == "sequential" else case.workers
    waves = -(-case.items // level)
    least_s = waves * float(latency_ms) / 1000
    took = statistics.centre_time(values, level=LEVEL)
    if not statistics.suffices(took) or took.high * SLACK >= least_s:
        return ""
    return (
        f"{case.id} took {formats.seconds_interval(took)}, and {case.items} answers, {level} at a"
        f" time, can't come in less than {formats.seconds(least_s)}."
    )
