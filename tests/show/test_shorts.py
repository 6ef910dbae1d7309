"""Pages in short: words for each outcome, and what is known where nothing was decided."""

import re
from pathlib import Path

import msgspec
import pytest

from conc import figures, show
from conc.claims import ledger
from conc.errors import ConcError
from conc.records import Estimate, Outcome, Result, Verdict
from conc.show import blocks, shorts
from conc.show.advice.pages import SHORTS, USE, Line
from conc.show.shown import Shown
from tests.claims.test_rules import OUTCOMES
from tests.invented.claims import verdict
from tests.invented.machines import free_threaded_seconds
from tests.invented.results import invented_result
from tests.show.conftest import Shower
from tests.show.test_advice import ADVICE

DOCS = Path(__file__).parents[2] / "docs"
PLACES = [*(line for one in SHORTS.values() for line in (*one.says, one.do)), *USE.values()]
INSTEAD = [line.unless for line in PLACES if line.unless]
EVERY = [*PLACES, *INSTEAD]
LINES = tuple(dict.fromkeys((line.claim, line.known) for line in EVERY))


RATIO = Estimate(value=1.5, low=1.4, high=1.6, runs=8, rounds=40)


@pytest.mark.parametrize("name", SHORTS)
def test_a_page_in_short_says_at_most_three_sentences_and_what_to_do(
    shown: Shower, name: str
) -> None:
    shown(invented_result(noise=0.01))
    html = show.in_short(name)
    assert 1 <= html.count("<li>") <= 3
    assert "Do this:" in html


@pytest.mark.parametrize(("claim", "known"), LINES)
def test_what_is_known_advises_for_no_model(claim: str, known: str) -> None:
    assert known.endswith(".")
    if claim:
        assert ledger.get(claim).id == claim
        assert not ADVICE.search(known)


@pytest.mark.parametrize(("claim", "outcome", "says", "of"), OUTCOMES)
def test_each_outcome_that_a_rule_gives_has_its_words_with_the_numbers_of_that_verdict(
    claim: str, outcome: Outcome, says: str, of: Result
) -> None:
    for line in (one for one in EVERY if one.claim == claim):
        if line in INSTEAD and outcome not in line.by_outcome:
            continue
        words = figures.read(shorts.said(line, verdict(claim, of)))
        assert (words == line.known) is (outcome in shorts.OPEN)
        assert words.endswith(".")
        assert not re.search("[{}]", words), says


@pytest.mark.parametrize(("claim", "known"), LINES)
def test_what_is_known_of_holding_the_gil_is_said_of_builds_that_have_one(
    claim: str, known: str
) -> None:
    for sentence in known.split(". "):
        assert "holds the GIL" not in sentence or "GIL-enabled" in sentence, claim
        assert "lets go of the GIL" not in sentence, claim


def test_where_threads_sped_up_pure_python_they_are_what_to_take(shown: Shower) -> None:
    shown(
        invented_result(
            cores=4,
            seconds_of=lambda case: free_threaded_seconds(case, 4),
            interpreters=True,
            gil=False,
            noise=0.01,
        )
    )
    use = str(show.what_to_use())
    assert re.search(r"Pure Python that computes:</strong> Take threads", use)
    assert re.search(r"Waiting and computing:</strong> Compute in threads", use)
    assert "Take threads for pure Python" in show.in_short("multiprocessing")


def test_where_they_did_not_processes_are(shown: Shower) -> None:
    shown(invented_result(noise=0.01))
    assert "Take processes for pure Python" in show.in_short("multiprocessing")
    assert "Take threads for pure Python" not in str(show.what_to_use())


def test_a_number_in_a_line_is_the_figure_of_the_verdict() -> None:
    line = Line("C1", "Known.", {"holds": "It took {ratio:ratio}, from {length, s:seconds} on."})
    ratio = msgspec.structs.replace(RATIO, quantity="a: ratio")
    answer = Verdict(
        claim="C1", outcome="holds", sentence="", numbers={"ratio": ratio, "length, s": 0.02}
    )
    words = figures.read(shorts.said(line, answer))
    assert words == "It took 1.50× (1.40–1.60), from 20 ms on."
    assert [one.quantity for one in words.figures] == ["a: ratio", "C1: length, s"]


def test_what_is_not_decided_here_is_said_first(shown: Shower) -> None:
    shown(msgspec.structs.replace(invented_result(), measurements={}))
    html = show.in_short("multiprocessing")
    assert "<em>Not tested here.</em> Known: " in html
    assert "Take processes" not in html


def test_without_any_result_what_is_known_is_said() -> None:
    blocks.use(Shown(None))
    assert "Known: Guard what threads change" in show.in_short("threading")


def test_what_rests_on_no_verdict_names_none() -> None:
    blocks.use(Shown(None))
    (do,) = re.findall(r"Do this:.*", show.in_short("overheads"))
    assert "conc-source" not in do


def test_what_to_use_is_said_by_kind_of_work_and_not_where_it_is_open(shown: Shower) -> None:
    shown(invented_result(noise=0.005))
    assert show.what_to_use().count("<li>") == len(USE)
    shown(msgspec.structs.replace(invented_result(), measurements={}))
    assert "Take " not in show.what_to_use()


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
