"""Pages in short: a sentence for each outcome, and what is known where nothing was decided."""

import re
from pathlib import Path

import msgspec
import pytest

from conc import show
from conc.claims import ledger
from conc.errors import ConcError
from conc.records import OUTCOMES, Outcome
from conc.show import blocks, shorts
from conc.show.shorts import SHORTS, Line
from conc.show.shown import Shown
from tests.invented.results import invented_result
from tests.show.conftest import Shower

DOCS = Path(__file__).parents[2] / "docs"
LINES = [line for short in SHORTS.values() for line in (*short.says, short.do)]


@pytest.mark.parametrize("name", SHORTS)
def test_a_page_in_short_says_at_most_three_sentences_and_what_to_do(
    shown: Shower, name: str
) -> None:
    shown(invented_result(noise=0.01))
    html = show.in_short(name)
    assert 1 <= html.count("<li>") <= 3
    assert "Do this:" in html


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.claim)
def test_a_line_is_about_a_claim_of_the_ledger_and_its_outcomes(line: Line) -> None:
    assert ledger.get(line.claim).id == line.claim
    assert {*line.by_outcome} <= {"holds", "holds only if", "does not hold"}
    assert all(said.endswith(".") for said in (line.known, *line.by_outcome.values()))


def test_what_is_not_decided_here_is_said_to_be_known_only(shown: Shower) -> None:
    shown(msgspec.structs.replace(invented_result(), measurements={}))
    assert "C13, not decided here" in show.in_short("multiprocessing")
    assert "Take processes" in show.in_short("multiprocessing")


def test_without_any_result_what_is_known_is_said() -> None:
    blocks.use(Shown(None))
    assert "Take threads" in show.in_short("threading")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_decided_verdict_chooses_its_own_words(
    monkeypatch: pytest.MonkeyPatch, outcome: Outcome
) -> None:
    blocks.use(Shown(None))
    monkeypatch.setattr(shorts, "_outcome", lambda *_: outcome)
    text = show.in_short("multiprocessing")
    assert ("not decided here" in text) == (outcome in {"undecided", "not tested here"})
    assert ("did not use all usable cores" in text) == (outcome == "does not hold")


def test_an_unknown_page_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConcError, match="there are: cpu-and-io-bound, "):
        show.in_short("nothing")


def test_every_short_is_below_the_heading_of_its_page() -> None:
    asked = re.compile(
        r'^# .+\n\n```python exec="on" html="on"\nfrom conc import show\n'
        r'print\(show\.in_short\("([^"]+)"\)\)',
        re.MULTILINE,
    )
    found = {
        page.stem: short[1]
        for page in DOCS.rglob("*.md")
        if (short := asked.search(page.read_text(encoding="utf-8")))
    }
    assert found == {name: name for name in SHORTS}
