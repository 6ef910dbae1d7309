"""Words for ratios: each needs an effect and an interval."""

import math

import pytest

from conc.records import Estimate
from conc.results.differences import difference
from conc.results.statistics import suffices


def estimate(value: float, low: float, high: float, runs: int = 3, rounds: int = 30) -> Estimate:
    return Estimate(value=value, low=low, high=high, runs=runs, rounds=rounds)


@pytest.mark.parametrize(
    ("value", "low", "high", "word"),
    [
        (1.5, 1.2, 1.8, "faster"),
        (0.7, 0.6, 0.8, "slower"),
        (1.0, 0.95, 1.05, "no difference"),
        (1.01, 1.005, 1.015, "no difference"),
        (1.1, 0.9, 1.3, "undecided"),
        (1.5, -math.inf, math.inf, "undecided"),
    ],
)
def test_a_word_needs_an_effect_and_an_interval(
    value: float, low: float, high: float, word: str
) -> None:
    assert difference(estimate(value, low, high)) == word


@pytest.mark.parametrize(
    ("runs", "rounds", "enough"), [(2, 7, True), (1, 30, False), (2, 6, False)]
)
def test_a_decision_needs_rounds_and_more_than_one_process(
    runs: int, rounds: int, *, enough: bool
) -> None:
    assert suffices(estimate(1.5, 1.2, 1.8, runs, rounds)) is enough
