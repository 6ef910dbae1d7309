"""Generated sentences hold no measured figure outside its element."""

import re

import pytest
from msgspec.structs import replace

from conc import figures
from conc.claims import ledger
from conc.claims.claim import Claim
from conc.errors import MissingError
from conc.records import Figure
from conc.results.evidence import Evidence
from conc.show.shown import Shown
from conc.show.views import VIEWS
from tests.invented.ledger import ledger_result
from tests.invented.tries import handed

MEASURED = re.compile(r"\d(×|(\.\d+)? (%|[KMG]iB|items/s|requests/s)|\.\d+ (ns|µs|ms|s)\b)")
"""A number with a unit; whole seconds, milliseconds and so on are those that somebody has set."""

SET = re.compile(
    r"±\d+ %|\b(95|98) %|“100 %”|\b1×"
    r"|(less than|more than|below|above|the line is|by) \d+(\.\d+)? %"
)
"""Thresholds and levels, which nobody measured."""

LEDGER, TRIED = ledger_result(runs=4), handed("dask", 0.01, 0.001)
RESULT = replace(LEDGER, measurements={**LEDGER.measurements, **TRIED.measurements})


def bare(words: str, found: tuple[Figure, ...] | list[Figure]) -> str:
    """Return the words without their figures."""
    for one in reversed(found):
        words = words[: one.at] + words[one.end :]
    return SET.sub("", words)


@pytest.mark.parametrize("name", VIEWS.sentences)
def test_a_sentence_of_a_view_has_its_figures_as_such(name: str) -> None:
    try:
        said = figures.read(VIEWS.sentences[name](Evidence(RESULT)))
    except MissingError as error:  # captures and tries are no part of an invented ledger
        said = figures.read(str(error))
    assert said
    assert not MEASURED.search(bare(said, said.figures)), said


@pytest.mark.parametrize("claim", ledger.CLAIMS, ids=lambda claim: claim.id)
def test_a_verdict_has_its_figures_as_such(claim: Claim) -> None:
    answer = Shown(RESULT).verdicts[claim.id]
    assert not MEASURED.search(bare(answer.sentence, answer.figures)), answer.sentence


@pytest.mark.parametrize("name", VIEWS.charts)
def test_a_caption_has_its_figures_as_such(name: str) -> None:
    said = figures.read(" ".join(VIEWS.charts[name](Evidence(RESULT)).caption))
    assert not MEASURED.search(bare(said, said.figures)), said
