"""Where no effect is, a rule sees one in at most 5 % of results: a bounded part of the simulation.

All rules, a thousand results each: ``python -m tests.bench.verdicts``.
"""

import pytest

from tests.claims.nulls import NULLS, Null

RUNS = 300
MOST_WRONG = 0.05
"""The seeds are fixed, so the share is what it is: 0 to 2.7 % of a thousand results each."""

CORE = {"C12": "speed-up 5", "C16": "speed-up 1", "C17": "0.8 of the ideal", "C26": "level"}
"""One of each kind: a paired ratio, many comparisons, a plain median, a grid."""


@pytest.mark.parametrize(
    "null", [null for null in NULLS if CORE.get(null.claim) == null.at], ids=lambda null: null.claim
)
def test_a_rule_sees_no_effect_where_none_is(null: Null) -> None:
    assert null.rate(RUNS) <= MOST_WRONG


@pytest.mark.parametrize("null", NULLS, ids=lambda null: f"{null.claim} {null.at}")
def test_each_rule_of_the_simulation_can_be_simulated(null: Null) -> None:
    assert null.rate(2) <= 1
