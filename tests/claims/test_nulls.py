"""Where no effect is, a rule sees one in at most 2.5 % of results: a bounded part of that.

All rules, a thousand results each: ``conc simulate --rules``.
"""

import pytest

from conc.claims.nulls import NULLS, Null

RUNS = 160
MOST_WRONG = 0.025
"""The seeds are fixed, so the share is what it is."""

CORE = {"C12", "C13", "C16", "C19", "C26"}
"""One of each kind: waits, a ratio of ratios, many comparisons, a plain ratio, a grid."""


@pytest.mark.parametrize(
    "null",
    [null for null in NULLS if null.claim in CORE],
    ids=lambda null: f"{null.claim} {null.line}",
)
def test_a_rule_sees_no_effect_where_none_is(null: Null) -> None:
    assert null.wrong_of(RUNS) <= MOST_WRONG * RUNS


@pytest.mark.parametrize("null", NULLS, ids=lambda null: f"{null.claim} {null.at} {null.line}")
def test_each_rule_of_the_simulation_can_be_simulated(null: Null) -> None:
    assert null.wrong_of(1) <= 1
