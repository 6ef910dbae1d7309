"""Arithmetic on estimates: the ends of intervals are set against each other."""

import math

import pytest

from conc.records import Estimate
from conc.results.estimates import inverse, quotient, slope


def estimate(value: float, low: float, high: float, rounds: int = 30) -> Estimate:
    return Estimate(value=value, low=low, high=high, runs=3, rounds=rounds)


def test_the_inverse_of_twice_as_fast_is_half_as_long() -> None:
    assert inverse(estimate(2, 1, 4)) == estimate(0.5, 0.25, 1)


def test_the_inverse_of_an_interval_that_reaches_zero_has_no_bound() -> None:
    assert inverse(estimate(2, 0, 4)).high == math.inf


def test_a_quotient_is_least_where_the_part_is_least_and_the_whole_greatest() -> None:
    found = quotient(estimate(4, 2, 6, rounds=9), estimate(2, 1, 4))

    assert found == estimate(2, 0.5, 6, rounds=9)


def test_a_quotient_by_what_may_be_nothing_has_no_bound() -> None:
    assert quotient(estimate(4, 2, 6), estimate(0, 0, 0)) == estimate(math.inf, 0, math.inf)


def test_a_slope_is_the_rise_for_each_unit_in_between() -> None:
    found = slope(estimate(1, 0.9, 1.1), estimate(3, 2.8, 3.2), 2)

    assert (found.value, found.low, found.high) == pytest.approx((1.0, 0.85, 1.15))
