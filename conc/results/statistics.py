"""Pure numbers: the centre of runs of rounds with its interval, and percentiles.

Samples come in runs (fresh processes) of rounds. Rounds of one run share what that process was
dealt, so a run counts as one observation, however many rounds it has: the Hodges-Lehmann centre of
its rounds, which a few outliers hardly move and which is nearly as sharp as a mean. What differs
from run to run, by Student's t, gives the interval. How often it holds the truth is simulated:
``tests.bench.coverage``.
"""

import math
import sys
from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement
from statistics import fmean, median

import msgspec

from conc.records import Estimate

LEVEL = 0.95
"""The confidence level of an interval that nothing else is said of."""

LEAST_RUNS = 4
"""So many runs suffice to judge by, whatever their rounds: Student's t is 3.2 then."""

FEWEST_RUNS, LEAST_ROUNDS = 2, 7
"""With fewer than :data:`LEAST_RUNS`, two runs that have so many rounds together suffice."""

ENOUGH = f"{LEAST_RUNS} runs, or {LEAST_ROUNDS} rounds in {FEWEST_RUNS} runs"
"""The same in words; see :func:`suffices`."""

STATES_APART = math.log(1.65)
"""How far apart the speeds of a core can be that it changes between, by a logarithm."""

_LEAST_VALUES = 3
_MOST_PAIRED = 200
_MOST_DEGREES = 1000
_GREATEST_LOGARITHM = math.log(sys.float_info.max)

Runs = Sequence[Sequence[float]]


def centre(values_by_run: Runs, *, level: float = LEVEL) -> Estimate:
    """Estimate the centre of values that came in runs, with its interval.

    It is the mean of the runs' Hodges-Lehmann centres; of values that are all positive, that of
    their logarithms. One run, or fewer than three values, have an unbounded interval. Raises
    ``ValueError`` where there is no value.
    """
    runs = [run for run in values_by_run if len(run)]
    if not _positive(runs):
        return _centre(runs, level)
    return _exponential(_centre(_logarithms(runs), level))


def centre_time(
    values_by_run: Runs, *, level: float = LEVEL, resolution: float = 0.0, busy: float = 1.0
) -> Estimate:
    """Estimate the centre of times that are not paired with others; else as :func:`centre`.

    The few samples of a time may all have met cores in one state. So the interval reaches as much
    further as a sample more in the other state could have moved the centre. ``busy`` is the share
    of the times that a CPU decides: what waits takes as long on a slow core.
    """
    runs = [run for run in values_by_run if len(run)]
    if not _positive(runs):
        return _centre(runs, level)
    unseen = busy * STATES_APART / sum(map(len, runs))
    return _exponential(_centre(_logarithms(runs), level, resolution, unseen))


def centre_ratio(
    log_ratios_by_run: Runs, *, level: float = LEVEL, resolution: float = 0.0, busy: float = 0.0
) -> Estimate:
    """Estimate the centre of ratios from their logarithms; else as :func:`centre`.

    ``resolution`` is the smallest difference that a clock tells, as a share of what it timed: runs
    are not taken to agree better than that. Runs of a lone round do not tell how much rounds vary,
    and may all have met cores in like states: then the interval reaches further, half as far as
    that of a time does, for both sides of a ratio are timed close together. ``busy`` is as there,
    and 0 where nothing was timed in rounds.
    """
    runs = [run for run in log_ratios_by_run if len(run)]
    lone = all(len(run) == 1 for run in runs)
    unseen = busy * STATES_APART / len(runs) / 2 if runs and lone else 0.0
    return _exponential(_centre(runs, level, resolution, unseen))


def hodges_lehmann(values: Sequence[float]) -> float:
    """Return the median of the means of all pairs, each value with itself among them.

    Of a great many values it is their median, which is about as sharp then and soon found. Raises
    ``StatisticsError``, a ``ValueError``, where there is no value.
    """
    if len(values) > _MOST_PAIRED:
        return median(values)
    return median((a + b) / 2 for a, b in combinations_with_replacement(values, 2))


def suffices(estimate: Estimate) -> bool:
    """Tell whether an estimate rests on enough to judge by: :data:`ENOUGH`."""
    return estimate.runs >= LEAST_RUNS or (
        estimate.runs >= FEWEST_RUNS and estimate.rounds >= LEAST_ROUNDS
    )


def simultaneous_level(comparisons: int, level: float = LEVEL) -> float:
    """Return the level at which each of many intervals must stand for all to hold at ``level``.

    Bonferroni's bound: it asks nothing about how the comparisons hang together, and cases that
    share a baseline do.
    """
    return 1 - (1 - level) / max(1, comparisons)


def widened(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate with an interval so many times as wide, by logarithms where it can be."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if low > 0 and high < math.inf:
        low, high = value * (low / value) ** factor, value * (high / value) ** factor
    else:
        low, high = value - factor * (value - low), value + factor * (high - value)
    return msgspec.structs.replace(estimate, low=low, high=high)


def half_width(estimate: Estimate) -> float:
    """Return the longer side of the interval as a share of the value; infinite for a value of 0."""
    if estimate.value == 0:
        return math.inf
    side = max(estimate.high - estimate.value, estimate.value - estimate.low)
    return side / abs(estimate.value)


def percentile(values: Sequence[float], q: float) -> float | None:
    """Return the q-th percentile of ``values`` (0 to 100), interpolated between neighbours.

    ``None`` where no value can lie beyond it: the 99th of fewer than 100 values would be about the
    largest of them. The 50th, and the least and the largest (0 and 100), need one value only.
    """
    beyond = len(values) * min(q, 100 - q) / 100
    if not values or (beyond < 1 and q not in {0, 50, 100}):
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * q / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@cache
def student_t(level: float, degrees: int) -> float:
    """Return the two-sided quantile of Student's t.

    With t = √d · tan θ its distribution is a finite sum of sines and cosines of θ (Abramowitz and
    Stegun, *Handbook of Mathematical Functions*, 26.7.3 and 26.7.4): θ is found by halving.
    """
    degrees = min(degrees, _MOST_DEGREES)
    low, high = 0.0, math.pi / 2
    while (angle := (low + high) / 2) not in {low, high}:
        if _mass(angle, degrees) < level:
            low = angle
        else:
            high = angle
    return math.sqrt(degrees) * math.tan(angle)


def _centre(values_by_run: Runs, level: float, least: float = 0.0, unseen: float = 0.0) -> Estimate:
    """Estimate the centre of values.

    ``least`` is the least deviation that runs are taken to have, ``unseen`` is added to each side.
    """
    runs = [run for run in values_by_run if len(run)]
    if not runs:
        raise ValueError("no values to take the centre of")
    centres = [hodges_lehmann(run) for run in runs]
    rounds = sum(map(len, runs))
    value, half = fmean(centres), math.inf
    if len(runs) > 1 and rounds >= _LEAST_VALUES:
        varied, degrees = _variance(runs, centres)
        deviation = max(math.sqrt(varied), least)
        half = student_t(level, degrees) * deviation / math.sqrt(len(runs)) + unseen
    return Estimate(
        value=value,
        low=value - half,
        high=value + half,
        runs=len(runs),
        rounds=rounds,
        level=level,
    )


def _variance(runs: Runs, centres: Sequence[float]) -> tuple[float, int]:
    """Return how far the centres of runs vary, and with how many degrees of freedom it is known.

    A few runs may agree by chance better than their rounds allow. Then both are told as one.
    """
    of_runs = len(runs) - 1
    between = _squares(centres) / of_runs
    of_rounds = sum(map(len, runs)) - len(runs)
    if of_rounds == 0:
        return between, of_runs
    of_a_round = sum(map(_squares, runs)) / of_rounds
    within = of_a_round * fmean(1 / len(run) for run in runs)
    if within <= between:
        return between, of_runs
    degrees = of_runs + of_rounds
    return (of_runs * between + of_rounds * within) / degrees, degrees


def _squares(values: Sequence[float]) -> float:
    """Return the sum of the squares of what separates values from their mean."""
    mean = fmean(values)
    return math.fsum((value - mean) ** 2 for value in values)


def _positive(runs: Runs) -> bool:
    return bool(runs) and min(map(min, runs)) > 0


def _logarithms(runs: Runs) -> Runs:
    return [[math.log(value) for value in run] for run in runs]


def _mass(angle: float, degrees: int) -> float:
    """Return the probability that |t| is at most √degrees · tan(angle)."""
    odd = degrees % 2
    term = total = 0.0 if degrees == 1 else math.cos(angle) if odd else 1.0
    for power in range(3 if odd else 2, degrees, 2):
        term *= (power - 1) / power * math.cos(angle) ** 2
        total += term
    total *= math.sin(angle)
    return (angle + total) * 2 / math.pi if odd else total


def _exponential(logarithm: Estimate) -> Estimate:
    """Return the estimate of what ``logarithm`` estimates the logarithm of."""
    return Estimate(
        value=_power(logarithm.value),
        low=_power(logarithm.low),
        high=_power(logarithm.high),
        runs=logarithm.runs,
        rounds=logarithm.rounds,
        level=logarithm.level,
    )


def _power(logarithm: float) -> float:
    """Return e to the power of ``logarithm``, infinite where a float ends."""
    return math.exp(logarithm) if logarithm < _GREATEST_LOGARITHM else math.inf
