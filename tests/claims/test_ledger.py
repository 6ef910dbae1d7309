"""The ledger is complete, and consistent with what it names."""

import re
from pathlib import Path

import pytest

from conc.claims import ledger
from conc.claims.claim import Claim, Page
from conc.errors import ConcError

MENU = Path(__file__).parents[2] / "mkdocs.yml"
DOCS = MENU.with_name("docs")


def test_the_ledger_holds_the_thirty_three_claims_of_the_article_in_order() -> None:
    ids = [claim.id for claim in ledger.CLAIMS if not claim.id.startswith("own-")]

    assert ids == [f"C{number}" for number in range(1, 34)]


def test_an_id_is_a_name_that_an_address_can_hold_and_no_other_claim_has() -> None:
    ids = [claim.id for claim in ledger.CLAIMS]

    assert [id_ for id_ in ids if not re.fullmatch(r"C\d+|own(-[a-z0-9]+)+", id_)] == []
    assert len({id_.casefold() for id_ in ids}) == len(ids)


def test_claims_stand_in_the_order_of_the_sections() -> None:
    assert [claim.id for section in ledger.SECTIONS for claim in section.claims] == [
        claim.id for claim in ledger.CLAIMS
    ]


def test_a_claim_is_of_the_section_that_holds_it() -> None:
    for section in ledger.SECTIONS:
        assert {ledger.section_of(claim).anchor for claim in section.claims} <= {section.anchor}


def test_every_heading_of_the_article_is_a_section_here() -> None:
    titles = [section.title for section in ledger.SECTIONS]

    assert len(titles) == 15
    assert (titles[0], titles[-1]) == ("Introduction", "References")


def test_a_page_knows_its_address() -> None:
    assert Page("article/asyncio.md", "").address == "article/asyncio/"
    assert Page("article/index.md", "").address == "article/"


@pytest.mark.parametrize(
    "page", dict.fromkeys(section.page for section in ledger.SECTIONS), ids=str
)
def test_a_page_of_the_article_is_called_as_in_the_menu_or_by_its_heading(page: Page) -> None:
    (title,) = re.findall(
        rf"- (.+): {re.escape(page.file)}$", MENU.read_text("utf-8"), re.MULTILINE
    )
    heading = (DOCS / page.file).read_text("utf-8").partition("\n# ")[2].partition("\n")[0]

    assert page.title in {title, heading}


def test_no_two_claims_share_a_rule_or_a_wording() -> None:
    assert len({claim.rule for claim in ledger.CLAIMS}) == len(ledger.CLAIMS)
    assert len({claim.says for claim in ledger.CLAIMS}) == len(ledger.CLAIMS)


def test_a_claim_is_found_in_any_case() -> None:
    assert ledger.get("c7").id == "C7"


def test_an_unknown_claim_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConcError, match=r"'C34'; there are: C1, C2, .*C33"):
        ledger.get("C34")


SOURCES = re.compile(
    r"https://(docs\.python\.org/3(\.\d+)?|man7\.org/linux/man-pages|docs\.kernel\.org)/\S+"
)


@pytest.mark.parametrize("claim", ledger.CLAIMS, ids=lambda claim: claim.id)
def test_what_is_known_of_a_claim_names_a_source_and_the_versions_it_is_true_for(
    claim: Claim,
) -> None:
    assert SOURCES.fullmatch(claim.known.url)
    assert claim.known.text.endswith(".")
    assert claim.known.versions
