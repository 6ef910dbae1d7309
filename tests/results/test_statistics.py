"""The statistics: exact where they are exact, simulated where they promise a probability."""

import math
import random

import pytest

from conc.records import Estimate
from conc.results import statistics


def test_hodges_lehmann_is_the_median_of_all_pairwise_means() -> None:
    """Of 1, 2 and 9 the six means are 1, 1.5, 2, 5, 5.5 and 9."""
    assert statistics.hodges_lehmann([9.0, 1.0, 2.0]) == pytest.approx(3.5)
    assert statistics.hodges_lehmann([4.0]) == 4.0


def test_an_outlier_hardly_moves_the_centre_of_a_run() -> None:
    """One spike among five rounds of about 1 counts as a value that is merely high."""
    calm, spiked = [0.9, 1.0, 1.1, 1.0, 1.05], [0.9, 1.0, 1.1, 1.0, 100.0]
    moved = statistics.hodges_lehmann(spiked) - statistics.hodges_lehmann(calm)
    assert 0 <= moved < 0.1


def test_the_centre_of_a_contributed_run_of_any_length_is_soon_found() -> None:
    """A hundred thousand values have five billion pairs."""
    values = [float(value) for value in range(100_001)]
    assert statistics.hodges_lehmann(values) == 50_000


def test_the_interval_is_students_t_between_runs() -> None:
    """Four runs of a round each: mean 2.5, deviation 1.291, t 3.182."""
    found = statistics.centre([[0.0], [2.0], [3.0], [5.0]])
    half = 3.182446 * math.sqrt(13 / 3) / 2
    assert found.value == pytest.approx(2.5)
    assert (found.low, found.high) == pytest.approx((2.5 - half, 2.5 + half))
    assert (found.runs, found.rounds) == (4, 4)


def test_positive_values_are_put_together_by_logarithms() -> None:
    """A cost twice as high is as far off as one half as high."""
    found = statistics.centre([[1.0], [4.0], [2.0], [2.0]])
    assert found.value == pytest.approx(2.0)
    assert found.high / found.value == pytest.approx(found.value / found.low)


def test_a_long_run_counts_as_one_observation() -> None:
    """Another hundred rounds of the same process say little of the next process."""
    short = statistics.centre([[1.0, 1.1], [2.0, 2.1], [3.0, 3.1]])
    long = statistics.centre([[1.0, 1.1] * 50, [2.0, 2.1], [3.0, 3.1]])
    assert long.value == pytest.approx(short.value, rel=0.001)
    assert long.high == pytest.approx(short.high, rel=0.001)


def test_runs_that_agree_by_chance_do_not_agree_better_than_their_rounds_allow() -> None:
    """Rounds that differ twofold can't give a centre to a thousandth."""
    found = statistics.centre_ratio([[-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.501], [-0.5, 0.5]])
    assert statistics.half_width(found) > 0.3


def test_runs_that_differ_are_not_told_by_their_quiet_rounds() -> None:
    """What differs between processes is in the interval, however steady each is."""
    steady = [[0.0, 0.001], [0.5, 0.501], [1.0, 1.001]]
    assert math.log(statistics.centre_ratio(steady).high) == pytest.approx(
        0.5005 + 4.302653 * 0.5 / math.sqrt(3)
    )


def test_a_time_is_not_known_better_than_one_sample_more_could_tell() -> None:
    """Eight samples that agree may all have met fast cores."""
    same = [[2.0, 2.0]] * 4
    found = statistics.centre_time(same)
    assert found.value == pytest.approx(2.0)
    assert found.high == pytest.approx(2.0 * 1.65 ** (1 / 8))
    assert statistics.centre(same).high == pytest.approx(2.0)


def test_runs_do_not_agree_better_than_the_clock_can_tell() -> None:
    """A clock that tells a tenth of what it times gives no narrower interval."""
    found = statistics.centre_ratio([[0.0]] * 4, resolution=0.1)
    assert math.log(found.high) == pytest.approx(3.182446 * 0.1 / 2)


def test_one_run_is_a_value_without_an_interval() -> None:
    """It says nothing of what differs from process to process."""
    found = statistics.centre([[1.0, 2.0, 3.0, 4.0, 5.0]])
    assert (found.low, found.high) == (0.0, math.inf)
    assert found.runs == 1
    assert statistics.half_width(found) == math.inf
    assert statistics.centre([[0.0, 1.0]]).low == -math.inf


def test_two_values_are_no_interval() -> None:
    """Two runs of a round each give none, with one round more they do."""
    assert statistics.centre([[1.0], [2.0]]).high == math.inf
    assert statistics.centre([[1.0], [2.0, 2.0]]).high < math.inf


@pytest.mark.parametrize(
    ("runs", "rounds", "enough"),
    [(4, 4, True), (3, 6, False), (3, 7, True), (2, 7, True), (2, 6, False), (1, 90, False)],
)
def test_four_runs_or_seven_rounds_in_two_suffice(runs: int, rounds: int, *, enough: bool) -> None:
    """Fewer decide nothing."""
    found = Estimate(value=1.0, low=0.9, high=1.1, runs=runs, rounds=rounds)
    assert statistics.suffices(found) is enough


def test_simultaneous_intervals_of_many_equal_things_rarely_err_at_all() -> None:
    """Among ten comparisons at the widened level hardly any leaves 1 out."""
    dealt, level, wrong = random.Random(5), statistics.simultaneous_level(10), 0
    for _ in range(200):
        found = [
            statistics.centre_ratio(
                [[dealt.gauss(0, 0.08) for _ in range(3)] for _ in range(7)], level=level
            )
            for _ in range(10)
        ]
        wrong += any(not e.low <= 1 <= e.high for e in found)
    assert wrong <= 0.05 * 200


def test_more_runs_narrow_the_interval() -> None:
    """Measuring longer pays."""
    dealt = random.Random(1)
    few, many = (
        statistics.half_width(
            statistics.centre_ratio([[dealt.gauss(0, 0.1)] * 2 for _ in range(runs)])
        )
        for runs in (4, 64)
    )
    assert many < 0.5 * few


def test_the_ratio_is_the_exponential_of_the_centre_of_the_logarithms() -> None:
    """Between 2 and 8 lies 4."""
    ratios = [[math.log(2.0)], [math.log(8.0)]]
    assert statistics.centre_ratio(ratios).value == pytest.approx(4.0)


def test_empty_runs_are_left_out() -> None:
    """An estimate says what it rests on."""
    found = statistics.centre([[1.0, 2.0, 4.0], [], [3.0]])
    assert (found.runs, found.rounds) == (2, 4)


def test_values_without_spread_have_a_point_as_interval() -> None:
    """Counts that never differ are certain."""
    for count in (0.0, 3.0):
        found = statistics.centre([[count, count], [count, count]])
        assert (found.low, found.high) == pytest.approx((count, count))


def test_extreme_ratios_end_in_infinity_and_not_in_an_error() -> None:
    """A contributed file may hold times from one end of the scale to the other."""
    found = statistics.centre_ratio([[-900.0], [900.0], [0.0]])
    assert found.high == math.inf
    assert found.low == pytest.approx(0.0)


def test_no_values_are_an_error() -> None:
    """There is no centre of nothing."""
    for estimate in (statistics.centre, statistics.centre_time, statistics.centre_ratio):
        with pytest.raises(ValueError, match="no values"):
            estimate([[], []])


def test_a_higher_level_gives_a_wider_interval() -> None:
    """Certainty costs width."""
    values = [[1.0, 2.0, 4.0], [1.5, 3.0, 3.5], [2.0, 2.5, 3.0]]
    usual, certain = statistics.centre(values), statistics.centre(values, level=0.999)
    assert certain.low < usual.low
    assert certain.high > usual.high


def test_the_simultaneous_level_shares_the_error_out() -> None:
    """Bonferroni: twenty comparisons get a twentieth of the error each."""
    assert statistics.simultaneous_level(20) == pytest.approx(1 - 0.05 / 20)
    assert statistics.simultaneous_level(1) == statistics.LEVEL
    assert statistics.simultaneous_level(0) == statistics.LEVEL


@pytest.mark.parametrize(
    ("level", "degrees", "quantile"),
    [
        (0.95, 1, 12.706),
        (0.95, 2, 4.303),
        (0.95, 10, 2.228),
        (0.99, 5, 4.032),
        (0.9975, 20, 3.455),
        (0.98, 1, 31.82),
        (0.95, 10**9, 1.962),
    ],
)
def test_students_t_is_the_tables(level: float, degrees: float, quantile: float) -> None:
    """The quantiles are those of any table."""
    assert statistics.student_t(level, degrees) == pytest.approx(quantile, rel=1e-3)


def test_the_half_width_is_the_longer_side_as_a_share() -> None:
    """An interval from 1.8 to 2.4 about 2 is ±20 %."""
    found = Estimate(value=2.0, low=1.8, high=2.4, runs=3, rounds=9)
    assert statistics.half_width(found) == pytest.approx(0.2)
    nothing = Estimate(value=0.0, low=0.0, high=0.0, runs=3, rounds=9)
    assert statistics.half_width(nothing) == math.inf


def test_percentiles_are_interpolated_between_neighbours() -> None:
    """A known list has known percentiles."""
    values = [float(value) for value in range(100, -1, -1)]
    assert statistics.percentile(values, 95) == pytest.approx(95.0)
    assert statistics.percentile([1.0, 2.0], 50) == pytest.approx(1.5)
    found = [statistics.percentile(values, q) for q in (50, 95, 99)]
    assert found == pytest.approx([50.0, 95.0, 99.0])


def test_no_percentile_without_a_value_beyond_it() -> None:
    """The 99th of fewer than 100 values would be about the largest of them."""
    values = [float(value) for value in range(99)]
    assert statistics.percentile(values, 99) is None
    assert statistics.percentile(values, 1) is None
    assert statistics.percentile([*values, 99.0], 99) is not None
    assert statistics.percentile(values, 99) is None


def test_a_median_and_the_extremes_need_one_value_only() -> None:
    """They say nothing of a tail."""
    assert [statistics.percentile([7.0], q) for q in (0, 50, 100)] == [7.0, 7.0, 7.0]
    assert statistics.percentile([], 50) is None
