"""The statistics: exact where they are exact, simulated where they promise a probability."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from conc.records import Estimate
from conc.results import statistics
from conc.results.statistics import Floats

SIMULATIONS = 400
SHAPES = [(2, 5), (3, 5), (5, 3), (7, 3), (10, 5)]

Simulate = Callable[[np.random.Generator, int, int], Floats]


def realistic(random: np.random.Generator, runs: int, rounds: int) -> Floats:
    """Return log ratios of a busy machine: 3 % between runs, 8 % between rounds, spikes of ×1.5."""
    spikes = (random.random((2, runs, rounds)) < 0.05).astype(float)
    noise = random.normal(0, 0.03, (runs, 1)) + random.normal(0, 0.08, (runs, rounds))
    return np.asarray(noise + math.log(1.5) * (spikes[0] - spikes[1]))


def without_run_effect(random: np.random.Generator, runs: int, rounds: int) -> Floats:
    """Return log ratios of equal processes: 8 % between rounds."""
    return random.normal(0, 0.08, (runs, rounds))


def estimates(simulate: Simulate, effect: float, runs: int, rounds: int) -> list[Estimate]:
    """Return the estimates of many simulated measurements with the given log ratio."""
    random = np.random.default_rng(20260102)
    return [
        statistics.median_ratio(
            (effect + simulate(random, runs, rounds)).tolist(), seed=seed, resamples=500
        )
        for seed in range(SIMULATIONS)
    ]


@pytest.mark.parametrize(("runs", "rounds"), SHAPES)
def test_the_interval_covers_the_true_ratio(runs: int, rounds: int) -> None:
    """At least 93 of 100 intervals hold the truth, with few runs and realistic noise."""
    truth = 1.9
    found = estimates(realistic, math.log(truth), runs, rounds)
    assert np.mean([e.low <= truth <= e.high for e in found]) >= 0.93


@pytest.mark.parametrize("simulate", [realistic, without_run_effect])
@pytest.mark.parametrize(("runs", "rounds"), SHAPES)
def test_equal_things_are_rarely_called_different(
    simulate: Simulate, runs: int, rounds: int
) -> None:
    """Of A/A comparisons at most 6 of 100 leave 1 out."""
    found = estimates(simulate, 0.0, runs, rounds)
    assert np.mean([not e.low <= 1 <= e.high for e in found]) <= 0.06


def test_the_interval_is_not_wide_for_nothing() -> None:
    """With many runs it is at most a quarter wider than an oracle's, who knows the noise."""
    found = estimates(without_run_effect, 0.0, 10, 5)
    oracle = 1.96 * 0.08 * math.sqrt(math.pi / 2 / 50)
    assert np.median([math.log(e.high / e.low) / 2 for e in found]) < 1.25 * oracle


def test_simultaneous_intervals_of_many_equal_things_rarely_err_at_all() -> None:
    """Among ten comparisons at the widened level hardly any leaves 1 out."""
    random = np.random.default_rng(5)
    level = statistics.simultaneous_level(10)
    wrong = 0
    for seed in range(60):
        found = [
            statistics.median_ratio(
                realistic(random, 7, 3).tolist(), level=level, seed=seed, resamples=300
            )
            for _ in range(10)
        ]
        wrong += any(not e.low <= 1 <= e.high for e in found)
    assert wrong <= 0.1 * 60


def test_more_runs_narrow_the_interval() -> None:
    """Measuring longer pays."""
    few, many = (
        np.median([statistics.half_width(e) for e in estimates(realistic, 0.0, runs, 5)])
        for runs in (3, 12)
    )
    assert many < 0.6 * few


def test_the_ratio_is_the_exponential_of_the_median_log_ratio() -> None:
    """The value is exact; only the interval is drawn."""
    ratios = [[math.log(1.0), math.log(2.0)], [math.log(8.0)]]
    assert statistics.median_ratio(ratios).value == pytest.approx(2.0)


def test_the_same_seed_gives_the_same_interval() -> None:
    """Nothing that is shown changes from build to build."""
    values = [[1.0, 2.0, 4.0], [1.5, 3.0]]
    assert statistics.median(values, seed=3) == statistics.median(values, seed=3)
    assert statistics.median(values, seed=3) != statistics.median(values, seed=4)


def test_runs_and_rounds_are_counted_and_empty_runs_left_out() -> None:
    """An estimate says what it rests on."""
    found = statistics.median([[1.0, 2.0, 4.0], [], [3.0]])
    assert (found.runs, found.rounds) == (2, 4)


def test_runs_of_unequal_length_are_drawn_without_bias() -> None:
    """What fills a short run up never counts: symmetric values keep symmetric medians."""
    runs = [np.linspace(-1, 1, 21)] * 3 + [np.linspace(-1, 1, 3)] * 3
    medians = statistics._resampled_medians(runs, np.random.default_rng(1), 4000)
    assert abs(np.mean(medians)) < 0.02
    assert np.abs(medians).max() <= 1


def test_one_run_is_resampled_by_rounds_and_says_so() -> None:
    """A single process gives an interval, and an estimate that names its one run."""
    found = statistics.median([[1.0, 2.0, 3.0, 4.0, 5.0]])
    assert found.runs == 1
    assert found.low < found.value < found.high


def test_a_lone_value_has_no_bounds() -> None:
    """One sample says nothing of the noise, so nothing is decided by it."""
    assert statistics.median([[2.0]]).high == math.inf
    ratio = statistics.median_ratio([[math.log(2.0)]])
    assert (ratio.low, ratio.high) == (0.0, math.inf)
    assert statistics.half_width(ratio) == math.inf


def test_values_without_spread_have_a_point_as_interval() -> None:
    """Counts that never differ are certain."""
    found = statistics.median([[3.0, 3.0], [3.0, 3.0]])
    assert (found.low, found.high) == (3.0, 3.0)


def test_extreme_ratios_end_in_infinity_and_not_in_an_error() -> None:
    """A contributed file may hold times from one end of the scale to the other."""
    found = statistics.median_ratio([[-900.0, 900.0]])
    assert found.high == math.inf
    assert found.low == pytest.approx(0.0)


def test_no_values_are_an_error() -> None:
    """There is no median of nothing."""
    with pytest.raises(ValueError, match="no values"):
        statistics.median([[], []])


def test_a_higher_level_gives_a_wider_interval() -> None:
    """Certainty costs width."""
    values = [[1.0, 2.0, 4.0], [1.5, 3.0, 3.5], [2.0, 2.5, 3.0]]
    usual, certain = statistics.median(values), statistics.median(values, level=0.999)
    assert certain.low < usual.low
    assert certain.high > usual.high


def test_the_simultaneous_level_shares_the_error_out() -> None:
    """Bonferroni: twenty comparisons get a twentieth of the error each."""
    assert statistics.simultaneous_level(20) == pytest.approx(1 - 0.05 / 20)
    assert statistics.simultaneous_level(1) == statistics.LEVEL
    assert statistics.simultaneous_level(0) == statistics.LEVEL


@pytest.mark.parametrize(
    ("level", "degrees", "quantile"),
    [(0.95, 1, 12.706), (0.95, 2, 4.303), (0.95, 10, 2.228), (0.99, 5, 4.032), (0.9975, 20, 3.455)],
)
def test_students_t_is_the_tables(level: float, degrees: float, quantile: float) -> None:
    """The quantiles are those of any table."""
    assert statistics._student_t(level, degrees) == pytest.approx(quantile, rel=2e-3)


def test_the_half_width_is_the_longer_side_as_a_share() -> None:
    """An interval from 1.8 to 2.4 about 2 is ±20 %."""
    found = Estimate(value=2.0, low=1.8, high=2.4, runs=3, rounds=9)
    assert statistics.half_width(found) == pytest.approx(0.2)
    nothing = Estimate(value=0.0, low=0.0, high=0.0, runs=3, rounds=9)
    assert statistics.half_width(nothing) == math.inf


def test_percentiles_are_interpolated_between_neighbours() -> None:
    """A known list has known percentiles."""
    values = [float(value) for value in range(101)]
    assert statistics.percentile(values, 95) == pytest.approx(95.0)
    assert statistics.percentiles(values) == {50: 50.0, 95: 95.0, 99: 99.0}


def test_efficiency_is_the_speed_up_per_worker() -> None:
    """Three times as fast on four workers is three quarters."""
    assert statistics.efficiency(3.0, 4) == pytest.approx(0.75)


@pytest.mark.parametrize("serial", [0.0, 0.1, 1.0])
def test_the_serial_fraction_turns_amdahls_law_round(serial: float) -> None:
    """From the speed-up that the law gives the law's serial part is read back."""
    speedup = 1 / (serial + (1 - serial) / 4)
    assert statistics.serial_fraction(speedup, 4) == pytest.approx(serial)


def test_one_worker_has_no_serial_fraction() -> None:
    """Below two workers nothing is parallel."""
    with pytest.raises(ValueError, match="two workers"):
        statistics.serial_fraction(1.0, 1)
