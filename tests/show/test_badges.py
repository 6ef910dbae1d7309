"""Badges and cards: they stand alone, say in words what they show, and fit what they hold."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from conc.claims import ledger
from conc.claims.claim import Claim
from conc.records import OUTCOMES, Outcome, Verdict
from conc.show import badges, build
from conc.show.shown import Shown
from tests.invented.results import invented_result

CLAIM = ledger.get("C7")
NAME = "{http://www.w3.org/2000/svg}"


def verdict(outcome: Outcome, sentence: str = "Threads <2> used 1.90 cores.") -> Verdict:
    return Verdict(claim="C7", outcome=outcome, sentence=sentence, numbers={}, experiments=[])


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("make", [badges.badge, badges.card])
def test_a_picture_says_in_words_what_it_shows(
    make: Callable[[Claim, Verdict], str], outcome: Outcome
) -> None:
    drawn = ET.fromstring(make(CLAIM, verdict(outcome)))
    assert drawn.get("role") == "img"
    assert drawn.findtext(f"{NAME}title") == f"C7: {outcome}"
    assert "Threads <2> used" in (drawn.findtext(f"{NAME}desc") or "")


def test_a_picture_asks_for_no_style_sheet_script_or_file() -> None:
    for text in (badges.badge(CLAIM, verdict("holds")), badges.card(CLAIM, verdict("holds"))):
        assert "var(" not in text
        assert "href" not in text
        assert "class=" not in text


def test_a_card_is_cut_where_the_sentence_is_long_and_grows_with_it() -> None:
    short, long = (
        ET.fromstring(badges.card(CLAIM, verdict("holds", "word " * count))) for count in (3, 300)
    )
    assert float(short.get("height", 0)) < float(long.get("height", 0)) < 300
    assert any((text.text or "").endswith("…") for text in long.iter(f"{NAME}text"))


def test_each_verdict_has_both_among_the_raw_data_at_an_address_that_lasts() -> None:
    files = build.data(Shown(invented_result()))
    for claim in ledger.CLAIMS:
        assert f"badges/{claim.id}.svg" in files
        assert f"cards/{claim.id}.svg" in files
