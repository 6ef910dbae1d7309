"""Pure numbers: medians with intervals from runs of rounds, percentiles, laws of scaling.

Samples come in runs (fresh processes) of rounds. Rounds of one run share what that process was
dealt, so runs are resampled first and rounds within them second: the hierarchical bootstrap
(Davison and Hinkley, *Bootstrap Methods and their Application*, 1997, section 3.8).
"""

import math
import sys
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from conc.records import Estimate

LEVEL = 0.95
"""The confidence level of an interval that nothing else is said of."""

RESAMPLES = 2000

_TAILS = (2.5, 97.5)
_GREATEST_LOGARITHM = math.log(sys.float_info.max)
_MOST_DEGREES = 1000.0
_NOISE_IN_FULL_UP_TO = 2  # runs

Floats = NDArray[np.float64]
Runs = Sequence[Sequence[float]]


def median(
    values_by_run: Runs, *, level: float = LEVEL, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """Estimate the median of values that came in runs, with its interval.

    The hierarchical bootstrap's percentile interval does not fit a handful of runs, so its sides
    are stretched, as in the expanded percentile interval (Hesterberg, *What Teachers Should Know
    About the Bootstrap*, 2015), by Student's t in place of the normal quantile and by a better
    estimate of the variance; see :func:`_stretch`. With one run its rounds alone are resampled:
    what differs between processes is then not in the interval, and ``runs`` is 1. A lone value
    has an unbounded interval. Raises ``ValueError`` where there is no value.
    """
    runs = [np.asarray(run, dtype=np.float64) for run in values_by_run if len(run)]
    if not runs:
        raise ValueError("no values to take the median of")
    pooled = np.concatenate(runs)
    centre = float(np.median(pooled))
    low, high = _interval(runs, centre, level, seed, resamples)
    return Estimate(value=centre, low=low, high=high, runs=len(runs), rounds=len(pooled))


def median_ratio(
    log_ratios_by_run: Runs, *, level: float = LEVEL, seed: int = 0, resamples: int = RESAMPLES
) -> Estimate:
    """Estimate the median ratio from the logarithms of ratios; else as :func:`median`."""
    logarithm = median(log_ratios_by_run, level=level, seed=seed, resamples=resamples)
    return Estimate(
        value=_exponential(logarithm.value),
        low=_exponential(logarithm.low),
        high=_exponential(logarithm.high),
        runs=logarithm.runs,
        rounds=logarithm.rounds,
    )


def simultaneous_level(comparisons: int, level: float = LEVEL) -> float:
    """Return the level at which each of many intervals must stand for all to hold at ``level``.

    Bonferroni's bound: it asks nothing about how the comparisons hang together, and cases that
    share a baseline do.
    """
    return 1 - (1 - level) / max(1, comparisons)


def half_width(estimate: Estimate) -> float:
    """Return the longer side of the interval as a share of the value; infinite for a value of 0."""
    if estimate.value == 0:
        return math.inf
    side = max(estimate.high - estimate.value, estimate.value - estimate.low)
    return side / abs(estimate.value)


def percentile(values: Sequence[float], q: float) -> float:
    """Return the q-th percentile of ``values`` (0 to 100), interpolated between neighbours."""
    return float(np.percentile(values, q))


def percentiles(values: Sequence[float], qs: Sequence[float] = (50, 95, 99)) -> dict[float, float]:
    """Return each of the asked percentiles; count the values beside them wherever they are shown.

    A tail percentile needs values beyond it: the 99th of fewer than 100 values is about the
    largest of them.
    """
    return dict(zip(qs, np.percentile(values, qs).tolist(), strict=True))


def efficiency(speedup: float, workers: int) -> float:
    """Return the speed-up per worker: 1 where every worker does as much as one alone."""
    return speedup / workers


def serial_fraction(speedup: float, workers: int) -> float:
    """Return the share of the work that more workers do not speed up, from a measured speed-up.

    Amdahl's law solved for its serial part (Karp and Flatt, *Measuring Parallel Processor
    Performance*, 1990). Costs that grow with the workers count as serial; negative means faster
    than ``workers`` times. Raises ``ValueError`` below two workers, where nothing is parallel.
    """
    if workers < 2:  # noqa: PLR2004 - the law's own bound
        raise ValueError(f"a serial fraction needs two workers or more, not {workers}")
    return (1 / speedup - 1 / workers) / (1 - 1 / workers)


def _interval(
    runs: list[Floats], centre: float, level: float, seed: int, resamples: int
) -> tuple[float, float]:
    if len(runs) == len(runs[0]) == 1:
        return -math.inf, math.inf
    medians = _resampled_medians(runs, np.random.default_rng(seed), resamples)
    low, high = np.percentile(medians, _TAILS)
    stretch = _stretch(runs, float(medians.var()), level)
    return (
        centre - max(0.0, centre - float(low)) * stretch,
        centre + max(0.0, float(high) - centre) * stretch,
    )


def _resampled_medians(runs: list[Floats], random: np.random.Generator, resamples: int) -> Floats:
    """Draw runs with replacement, then rounds of each drawn run, and take each draw's median."""
    lengths = np.array([len(run) for run in runs])
    table = np.full((len(runs), lengths.max()), np.inf)
    for row, run in zip(table, runs, strict=True):
        row[: len(run)] = run
    drawn = random.integers(len(runs), size=(resamples, len(runs)))
    drawn_lengths = lengths[drawn]
    places = random.random((resamples, len(runs), table.shape[1])) * drawn_lengths[..., None]
    values = table[drawn[..., None], places.astype(np.intp)]
    if lengths.min() == lengths.max():
        return np.asarray(np.median(values.reshape(resamples, -1), axis=1))
    beyond = np.arange(table.shape[1]) >= drawn_lengths[..., None]
    values[beyond] = np.inf  # sorts behind every value that was drawn
    ordered = np.sort(values.reshape(resamples, -1), axis=1)
    counts = drawn_lengths.sum(axis=1)
    rows = np.arange(resamples)
    return np.asarray((ordered[rows, (counts - 1) // 2] + ordered[rows, counts // 2]) / 2)


def _stretch(runs: list[Floats], resampled: float, level: float) -> float:
    """Return how far to stretch the sides of the 95 % percentile interval.

    ``resampled`` is the variance of the bootstrap's medians. It counts the noise of the rounds
    twice, in drawing runs and in drawing rounds, and what is between runs by (R - 1)/R. The
    variance between the medians of the runs is right by itself, but with few runs poorly known:
    the noise within them is added in full for two runs, and ever less for more. Simulations chose
    that measure (the tests repeat them). The degrees of freedom are Satterthwaite's.
    """
    count, rounds = len(runs), sum(map(len, runs))
    if resampled == 0:
        return 1.0
    if count == 1:
        return _student_t(level, rounds - 1) / _normal(LEVEL)
    between = float(np.var([np.median(run) for run in runs], ddof=1)) / count
    within = max(0.0, resampled - between * (count - 1) / count) * _NOISE_IN_FULL_UP_TO / count
    spread = between**2 / (count - 1) + within**2 / max(1, rounds - count)
    degrees = min((between + within) ** 2 / spread, _MOST_DEGREES)
    return _student_t(level, degrees) / _normal(LEVEL) * math.sqrt((between + within) / resampled)


def _student_t(level: float, degrees: float) -> float:
    """Return the two-sided quantile of Student's t.

    With t = √d · tan θ the density is proportional to cos θ to the power of d - 1 on
    0 ≤ θ < π/2: sum it up and read the sum backwards.
    """
    angle = np.linspace(0, math.pi / 2, 20_001)[:-1]
    mass = np.cumsum(np.cos(angle) ** (degrees - 1))
    quantile = np.interp(level, mass / mass[-1], angle)
    return float(math.sqrt(degrees) * np.tan(quantile))


def _exponential(logarithm: float) -> float:
    """Return e to the power of ``logarithm``, infinite where a float ends."""
    return math.exp(logarithm) if logarithm < _GREATEST_LOGARITHM else math.inf


def _normal(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
