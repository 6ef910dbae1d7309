"""What can be held of every sentence that code makes, in every outcome; the rest has to be read."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from conc.claims import ledger
from conc.show.views import VIEWS
from tests.show.reading import Said, page, said

EVERY = tuple(said())
SMALL = ("asyncio", "htop")
MOST_WORDS = 60
"""In one sentence: a list of names may make it long."""

STUMBLED_OVER = (
    r"[\d.]+× a thread",
    "one times faster",
    "time is what you wait",
    "stand behind it",
    "of the same from",
    "at level",
    r"\bnan\b",
    "  ",
)
AMERICAN = r"\b(color|behavior|organiz|optimiz|utiliz|analyz|center)\w*"

Faulty = Callable[[Said], bool]


def without_end(one: Said) -> bool:
    """Tell whether a sentence has no full stop."""
    return not one.text.endswith((".", ")"))


def small(one: Said) -> bool:
    """Tell whether it begins small without being the name of a module, or the end of a verdict."""
    goes_on = one.when == "holds only if" or one.by.startswith("own-function")
    return not goes_on and one.text[0].islower() and not one.text.startswith(SMALL)


def too_long(one: Said) -> bool:
    """Tell whether one of its sentences has more words than a reader keeps in mind."""
    return any(len(part.split()) > MOST_WORDS for part in re.split(r"(?<=[.:;]) ", one.text))


def stumbled_over(one: Said) -> bool:
    """Tell whether it has words that readers stumbled over."""
    return any(re.search(words, one.text, re.IGNORECASE) for words in STUMBLED_OVER)


def american(one: Said) -> bool:
    """Tell whether it is spelt as in America."""
    return bool(re.search(AMERICAN, one.text, re.IGNORECASE))


@pytest.mark.parametrize("is_faulty", [without_end, small, too_long, stumbled_over, american])
def test_no_sentence_of_code_has_this_fault(is_faulty: Faulty) -> None:
    assert [one for one in EVERY if is_faulty(one)] == []


def test_the_page_for_reading_has_every_claim_and_every_view() -> None:
    by = {one.by for one in EVERY}
    assert {claim.id for claim in ledger.CLAIMS} <= by
    assert set(VIEWS.sentences) <= by


def test_the_page_for_reading_has_a_line_for_each() -> None:
    assert len(re.findall(r"^- \*", page(), re.MULTILINE)) == len(EVERY)


DOCS = sorted((Path(__file__).parents[2] / "docs").rglob("*.md"))


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.stem)
def test_no_page_is_spelt_as_in_america_or_has_words_that_readers_stumbled_over(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`]*`|\(http[^)]*\)", "", page.read_text("utf-8"), flags=re.DOTALL)
    found = [re.search(words, prose, re.IGNORECASE) for words in (AMERICAN, *STUMBLED_OVER[:5])]
    assert [one[0] for one in found if one] == []
