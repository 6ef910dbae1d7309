"""From the raw samples of a measurement to estimates of what a reader asks.

Warm-ups never count. A case that returned another answer than its group has no time at all.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, median

import msgspec

from conc.records import Case, Estimate, FailureKind, Measurement, Sample
from conc.results import statistics
from conc.results.quantities import COST_S, TIMES, WALL_TIMES, Quantity

TWIN = "twin"
"""The parameter that marks a baseline's repetition, the A/A arm."""

NO_TIME: frozenset[FailureKind] = frozenset({"wrong answer", "impossible"})
"""The failures after which no time of a case counts, whatever it was."""

RESOLUTION_S = 1e-6
"""No clock is trusted to tell apart less: CPU time is read in microseconds."""

Place = tuple[int, int]
"""The run and the round of a sample."""


def find_case(measurement: Measurement, case_id: str) -> Case:
    """Return a case by its id. Raises ``KeyError`` for an id that the measurement lacks."""
    for case in measurement.cases:
        if case.id == case_id:
            return case
    raise KeyError(case_id)


def is_wrong(measurement: Measurement, case_id: str) -> bool:
    """Tell whether a case shows no time: its answer was another, or its time can't be."""
    return any(
        failure.case == case_id and failure.kind in NO_TIME for failure in measurement.failures
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


def log_ratios(
    measurement: Measurement,
    case_id: str,
    quantity: Quantity = COST_S,
    *,
    against: str = "",
) -> dict[Place, float]:
    """Return log(quantity of the baseline / quantity of the case) of each run and round.

    The baseline is ``against``, or else what the case names; where it has a twin, it is the
    geometric mean of both, unless the case is that twin. Above 0 the case is the better one. A
    round in which either is missing, or is not above zero, has no ratio; a case without a baseline
    has none. Raises ``ValueError`` where the two are of different blocks.
    """
    case = find_case(measurement, case_id)
    if not (against := against or case.against):
        return {}
    baseline = find_case(measurement, against)
    if baseline.block != case.block:
        raise ValueError(f"{case_id} and {against} were not timed in the same rounds")
    theirs = _logarithms(measurement, baseline, quantity)
    twin = _twin_of(measurement, baseline)
    if twin is not None and twin.id != case_id:
        again = _logarithms(measurement, twin, quantity)
        theirs = {place: fmean((one, again.get(place, one))) for place, one in theirs.items()}
    ours = _logarithms(measurement, case, quantity)
    return {place: theirs[place] - one for place, one in ours.items() if place in theirs}


def ratio(
    measurement: Measurement,
    case_id: str,
    quantity: Quantity = COST_S,
    *,
    against: str = "",
    level: float = statistics.LEVEL,
) -> Estimate | None:
    """Estimate how many times less of a quantity a case needs than its baseline.

    ``None`` where it has no baseline, no paired round, or either of the two gave a wrong answer.
    Raises ``ValueError`` where the two were not timed in the same rounds.
    """
    against = against or find_case(measurement, case_id).against
    if is_wrong(measurement, case_id) or is_wrong(measurement, against):
        return None
    ratios = log_ratios(measurement, case_id, quantity, against=against)
    return _centre_ratio(measurement, ratios, level, case_id, against) if ratios else None


def speedup(
    measurement: Measurement, case_id: str, *, level: float = statistics.LEVEL
) -> Estimate | None:
    """Estimate the speed-up of a case over its baseline, by wall time per item.

    ``None`` as for :func:`ratio`.
    """
    return ratio(measurement, case_id, level=level)


def ratio_together(
    measurement: Measurement,
    pairs: Sequence[tuple[str, str]],
    *,
    level: float = statistics.LEVEL,
) -> Estimate | None:
    """Estimate the geometric mean of how many times as fast cases are as others, pair by pair.

    Pairs are averaged within a round before runs are put together, since they share what their
    processes met. A round in which one of them has no figure is left out; ``None`` where none is
    left. Raises ``ValueError`` where two of a pair were not timed in the same rounds.
    """
    cells: dict[Place, list[float]] = {}
    for case_id, against in pairs:
        for place, ratio_ in log_ratios(measurement, case_id, against=against).items():
            cells.setdefault(place, []).append(ratio_)
    whole = {place: fmean(each) for place, each in cells.items() if len(each) == len(pairs)}
    cases = (case_id for case_id, _ in pairs)
    return _centre_ratio(measurement, whole, level, *cases) if whole else None


def relative_speedup(
    measurement: Measurement, case_id: str, than: str, *, level: float = statistics.LEVEL
) -> Estimate | None:
    """Estimate the speed-up of a case as a multiple of another's, each over its own baseline.

    Both speed-ups are taken in the same rounds, so that what befell a round befell both. ``None``
    where they share no round, as those of different blocks do, or either has no speed-up.
    """
    if any(is_wrong(measurement, one) for one in (case_id, than)):
        return None
    case, other = find_case(measurement, case_id), find_case(measurement, than)
    theirs = log_ratios(measurement, than) if case.block == other.block else {}
    ours = log_ratios(measurement, case_id)
    ratios = {place: one - theirs[place] for place, one in ours.items() if place in theirs}
    return _centre_ratio(measurement, ratios, level, case_id, than) if ratios else None


def estimate(
    measurement: Measurement,
    case_id: str,
    quantity: Quantity = COST_S,
    *,
    level: float = statistics.LEVEL,
    most: float = math.inf,
) -> Estimate | None:
    """Estimate the centre of a quantity of a case; its interval is not taken below zero.

    Nor is it taken above ``most``, unless all of it lies there: then something is wrong, and shows.
    ``None`` where no timed sample gives the quantity or the case gave a wrong answer.
    """
    values = values_by_run(measurement, case_id, quantity)
    if not values or is_wrong(measurement, case_id):
        return None
    if quantity in TIMES:
        share, busy = _resolution(measurement, case_id), _busy(measurement, case_id, quantity)
        return statistics.centre_time(values, level=level, resolution=share, busy=busy)
    found = statistics.centre(values, level=level)
    if found.low > most:
        return found
    low, value, high = max(0.0, found.low), min(most, found.value), min(most, found.high)
    return msgspec.structs.replace(found, low=low, value=value, high=high)


def throughput(
    measurement: Measurement, case_id: str, *, level: float = statistics.LEVEL
) -> Estimate | None:
    """Estimate the items a second of a case; ``None`` as for :func:`estimate`."""
    cost = estimate(measurement, case_id, level=level)
    if cost is None:
        return None
    return msgspec.structs.replace(
        cost,
        value=1 / cost.value,
        low=1 / cost.high,
        high=1 / cost.low if cost.low > 0 else math.inf,
    )


def _twin_of(measurement: Measurement, baseline: Case) -> Case | None:
    twins = (
        case
        for case in measurement.cases
        if case.parameters.get(TWIN) and case.against == baseline.id
    )
    return next((twin for twin in twins if not is_wrong(measurement, twin.id)), None)


def _logarithms(measurement: Measurement, case: Case, quantity: Quantity) -> dict[Place, float]:
    """Return the logarithm of a quantity by run and round, where it is above zero."""
    return {
        (sample.run, sample.round): math.log(value)
        for sample in timed(measurement, case.id)
        if (value := quantity.read(sample, case)) is not None and value > 0
    }


def _by_run(by_place: Mapping[Place, float]) -> dict[int, list[float]]:
    runs: dict[int, list[float]] = {}
    for (run, _), value in by_place.items():
        runs.setdefault(run, []).append(value)
    return runs


def _centre_ratio(
    measurement: Measurement, ratios: Mapping[Place, float], level: float, *case_ids: str
) -> Estimate:
    resolution = sum(_resolution(measurement, case_id) for case_id in case_ids)
    busy = max(_busy(measurement, case_id, COST_S) for case_id in case_ids)
    return statistics.centre_ratio(
        list(_by_run(ratios).values()), level=level, resolution=resolution, busy=busy
    )


def _busy(measurement: Measurement, case_id: str, quantity: Quantity) -> float:
    """Return the share of a time that CPUs decide; all of it where the system does not tell."""
    taken = timed(measurement, case_id)
    shares = [min(1.0, one.cpu_s / one.wall_s) for one in taken if one.cpu_s is not None]
    return median(shares) if quantity in WALL_TIMES and shares else 1.0


def _resolution(measurement: Measurement, case_id: str) -> float:
    """Return the least difference that a clock tells, as a share of what a sample takes."""
    return RESOLUTION_S / median(sample.wall_s for sample in timed(measurement, case_id))
