"""A free-threaded build, invented: its pages say what follows from threads that run at once."""

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest

from conc.claims import ledger
from conc.claims.judge import judge_all
from conc.errors import MissingError
from conc.records import Case, Outcome, Result, Value
from conc.results.evidence import Evidence
from conc.show.views import VIEWS
from tests.invented.ledger import counted
from tests.invented.machines import free_threaded_seconds
from tests.invented.results import invented_result

OF_THE_GIL = (
    "has a GIL",
    "holds the GIL",
    "held the GIL",
    "released the GIL",
    "waits for the GIL",
    "lets go of the GIL",
    "one thread at a time",
)
"""What is true only where threads take turns."""


def racing(case: Case, seconds: float, random: np.random.Generator) -> dict[str, Value]:
    """Return what a case counts where every way to write an update loses some without a lock."""
    if case.workload != "lost_updates":
        return counted(case, seconds, random)
    lost = 0.0 if case.parameters["fixed"] else case.items / 4
    return {"expected": float(case.items), "lost": lost}


@pytest.fixture(scope="module")
def free() -> Result:
    return invented_result(
        cores=4,
        seconds_of=lambda case: free_threaded_seconds(case, 4),
        values_of=racing,
        interpreters=True,
        gil=False,
        noise=0.01,
    )


@pytest.mark.parametrize(
    ("claim", "outcome", "says"),
    [
        ("C5", "does not hold", "without the GIL"),
        ("C7", "does not hold", "One process with threads on pure Python used"),
        ("C8", "does not hold", "hreads on pure Python in one process"),
        ("C11", "does not hold", "as fast as one"),
        ("C18", "holds", "7 lost some without the GIL, 25 % of the updates at worst"),
        ("C23", "not tested here", "runs without the GIL"),
    ],
)
def test_the_claims_about_the_gil_fall(
    free: Result, claim: str, outcome: Outcome, says: str
) -> None:
    verdicts = {one.claim: one for one in judge_all(ledger.CLAIMS, Evidence(free))}
    assert (verdicts[claim].outcome, says in str(verdicts[claim].sentence)) == (outcome, True)


def test_no_sentence_or_caption_speaks_as_if_threads_took_turns(free: Result) -> None:
    for name, text in _texts(Evidence(free)):
        for phrase in OF_THE_GIL:
            assert phrase not in text, f"{name}: {text}"


def test_with_the_gil_some_of_them_do() -> None:
    with_gil = Evidence(invented_result(values_of=counted))
    said = " ".join(text for _, text in _texts(with_gil))
    assert sum(phrase in said for phrase in OF_THE_GIL) > 2


def _texts(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield each sentence, and what is written around every chart and table, with its name."""
    for name, say in VIEWS.sentences.items():
        with suppress(MissingError):
            yield name, say(evidence)
    for name, draw in VIEWS.charts.items():
        with suppress(MissingError):
            yield name, " ".join(draw(evidence).caption)
    for name, make in VIEWS.tables.items():
        with suppress(MissingError):
            yield name, " ".join(make(evidence).notes)
