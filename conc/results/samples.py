"""From the raw samples of a measurement to estimates of what a reader asks.

Warm-ups never count. A case that returned another answer than its group has no time at all.
"""

import math
from collections.abc import Iterable

from conc.records import Case, Estimate, Measurement, Sample
from conc.results import statistics
from conc.results.quantities import COST_S, Quantity

TWIN = "twin"
"""The parameter that marks a baseline's repetition, the A/A arm."""


def find_case(measurement: Measurement, case_id: str) -> Case:
    """Return a case by its id. Raises ``KeyError`` for an id that the measurement lacks."""
    for case in measurement.cases:
        if case.id == case_id:
            return case
    raise KeyError(case_id)


def is_wrong(measurement: Measurement, case_id: str) -> bool:
    """Tell whether a case returned another answer than its group, so that it shows no time."""
    return any(
        failure.case == case_id and failure.kind == "wrong answer"
        for failure in measurement.failures
    )


def timed(measurement: Measurement, case_id: str) -> list[Sample]:
    """Return the samples of a case without its warm-ups, in the order they were taken."""
    return [s for s in measurement.samples if s.case == case_id and not s.warmup]


def by_run(samples: Iterable[Sample]) -> dict[int, list[Sample]]:
    """Group samples by the run that they belong to."""
    runs: dict[int, list[Sample]] = {}
    for sample in samples:
        runs.setdefault(sample.run, []).append(sample)
    return runs


def values_by_run(
    measurement: Measurement, case_id: str, quantity: Quantity = COST_S
) -> list[list[float]]:
    """Return a quantity of each timed sample of a case, a list a run; absent ones are left out."""
    case = find_case(measurement, case_id)
    return [
        values
        for run in by_run(timed(measurement, case_id)).values()
        if (values := [v for s in run if (v := quantity.read(s, case)) is not None])
    ]


def paired_log_ratios(
    measurement: Measurement, case_id: str, *, against: str = ""
) -> list[list[float]]:
    """Return log(cost of the baseline / cost of the case) by round, a list a run.

    The cost is the wall time of an item. The baseline is ``against``, or else what the case names;
    both samples are of the same run and round. Above 0 the case is the better one. A round in which
    either is missing has no ratio; a case without a baseline has none.
    Raises ``ValueError`` where the two are of different blocks.
    """
    case = find_case(measurement, case_id)
    if not (against := against or case.against):
        return []
    baseline = find_case(measurement, against)
    if baseline.block != case.block:
        raise ValueError(f"{case_id} and {against} were not timed in the same rounds")
    costs = {(s.run, s.round): s.wall_s / baseline.items for s in timed(measurement, against)}
    runs: dict[int, list[float]] = {}
    for sample in timed(measurement, case_id):
        if theirs := costs.get((sample.run, sample.round)):
            ratio = math.log(theirs) - math.log(sample.wall_s / case.items)
            runs.setdefault(sample.run, []).append(ratio)
    return list(runs.values())


def ratio(
    measurement: Measurement,
    case_id: str,
    *,
    against: str = "",
    level: float = statistics.LEVEL,
) -> Estimate | None:
    """Estimate how many times as fast a case is as its baseline, by wall time of an item.

    ``None`` where it has no baseline, no paired round, or either of the two gave a wrong answer.
    Raises ``ValueError`` where the two were not timed in the same rounds.
    """
    against = against or find_case(measurement, case_id).against
    if is_wrong(measurement, case_id) or is_wrong(measurement, against):
        return None
    ratios = paired_log_ratios(measurement, case_id, against=against)
    return statistics.median_ratio(ratios, level=level) if ratios else None


def speedup(
    measurement: Measurement, case_id: str, *, level: float = statistics.LEVEL
) -> Estimate | None:
    """Estimate the speed-up of a case over its baseline, by wall time per item.

    ``None`` as for :func:`ratio`.
    """
    return ratio(measurement, case_id, level=level)


def estimate(
    measurement: Measurement,
    case_id: str,
    quantity: Quantity = COST_S,
    *,
    level: float = statistics.LEVEL,
) -> Estimate | None:
    """Estimate the median of a quantity of a case.

    ``None`` where no timed sample gives the quantity or the case gave a wrong answer.
    """
    values = values_by_run(measurement, case_id, quantity)
    if not values or is_wrong(measurement, case_id):
        return None
    return statistics.median(values, level=level)


def throughput(
    measurement: Measurement, case_id: str, *, level: float = statistics.LEVEL
) -> Estimate | None:
    """Estimate the items a second of a case; ``None`` as for :func:`estimate`."""
    values = values_by_run(measurement, case_id)
    if not values or is_wrong(measurement, case_id):
        return None
    return statistics.median_ratio([[-math.log(v) for v in run] for run in values], level=level)
