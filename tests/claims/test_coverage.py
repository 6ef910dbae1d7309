"""Simulated intervals hold the truth as often as they promise: a bounded part of the simulation.

All plans and shapes: ``python -m tests.bench.coverage``. Seeds are fixed, so the shares are what
they are.
"""

import pytest

from conc.claims.coverage import coverages
from conc.claims.simulate import LOGNORMAL, SPIKED, TWO_STATE, Noise, Plan

LEAST = 0.93


@pytest.mark.parametrize(
    ("runs", "rounds", "noise"),
    [(4, 2, TWO_STATE), (6, 2, TWO_STATE), (8, 4, TWO_STATE), (4, 3, SPIKED), (4, 2, LOGNORMAL)],
)
def test_intervals_cover_what_is_true(runs: int, rounds: int, noise: Noise) -> None:
    found = [*coverages(Plan(runs, rounds, noise), hours=12)]
    assert {one.quantity: one.share for one in found if one.share < LEAST} == {}


def test_an_interval_is_not_wide_for_nothing() -> None:
    """Among lognormal rounds it is at most a fifth wider than that of one who knows the noise."""
    (threads,) = (
        one
        for one in coverages(Plan(8, 5, Noise(run=0.0, sample=0.1, spikes=0.0)), hours=10)
        if one.quantity == "speed-up of threads"
    )
    assert threads.half_width < 1.2 * 1.96 * 0.1 * (1.5 / 40) ** 0.5
