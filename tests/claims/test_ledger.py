"""The ledger is complete, and consistent with what it names."""

import pytest

from conc.claims import ledger
from conc.errors import ConcError


def test_the_ledger_holds_thirty_three_claims_in_order() -> None:
    assert [claim.id for claim in ledger.CLAIMS] == [f"C{number}" for number in range(1, 34)]


def test_claims_stand_in_the_order_of_the_sections() -> None:
    places = [ledger.SECTIONS.index(claim.section) for claim in ledger.CLAIMS]

    assert places == sorted(places)
    assert set(places) == set(range(len(ledger.SECTIONS)))


def test_no_two_claims_share_a_rule_or_a_wording() -> None:
    assert len({claim.rule for claim in ledger.CLAIMS}) == len(ledger.CLAIMS)
    assert len({claim.says for claim in ledger.CLAIMS}) == len(ledger.CLAIMS)


def test_a_claim_is_found_in_any_case() -> None:
    assert ledger.get("c7").id == "C7"


def test_an_unknown_claim_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConcError, match="C1 to C33"):
        ledger.get("C34")
