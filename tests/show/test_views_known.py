"""What is said of functions of known nature, and how often that was right."""

import re

import pytest

from conc import figures
from conc.errors import MissingError
from conc.experiments.tries import EXAMPLES, FURTHER
from conc.records import Result
from conc.results.evidence import Evidence
from conc.show.shown import Shown
from conc.show.tries import said_of_known
from conc.show.views import VIEWS
from conc.show.views.known import ABOUT, tried
from tests.invented.tries import BUSY_S, examples_tried
from tests.show.views_reading import rows_of

HALF = BUSY_S / 2
OF_TWO = "Of 2 functions of known nature, tried with this build, it "


def score_of(result: Result) -> str:
    return figures.read(VIEWS.sentences["own-function/known"](Evidence(result)))


def test_every_function_has_a_word_of_what_is_known_and_another_name() -> None:
    names = [one.call.function.partition(":")[2] for one in (*EXAMPLES.values(), *FURTHER)]
    assert sorted(names) == sorted({*ABOUT})
    assert len(names) == 8


def test_a_build_says_how_many_were_named_right() -> None:
    found = score_of(examples_tried({"processes": HALF, "asyncio": HALF}))
    # Invented times compute, whatever the function does: what it is was not named.
    assert found == OF_TWO + "named 1 right and left 1 undecided."


def test_another_model_than_the_known_one_is_wrong() -> None:
    assert (
        score_of(examples_tried({"threads": HALF})) == OF_TWO + "named 0 right and named 2 wrong."
    )


def test_a_table_lists_what_is_known_and_what_was_said() -> None:
    table = VIEWS.tables["own-function/known"](Evidence(examples_tried({"processes": HALF})))
    first, second = ({key: cell.text for key, cell in row.items()} for row in rows_of(table))
    assert first["function"] == "count_primes"
    assert (first["advice"], first["score"]) == ("processes with 2 workers", "right")
    assert second["right"] == "asyncio"


def test_what_was_said_of_further_functions_is_a_list_and_without_them_a_line() -> None:
    assert "profile <code>full</code>" in str(said_of_known(Shown(examples_tried({}))))
    page = str(said_of_known(Shown(examples_tried({"threads": HALF}, FURTHER[:2]))))
    first, second = re.findall("<li>(.*?)</li>", page)
    assert first.startswith("wait computes")
    assert second.startswith("wait_in_turn computes")


def test_a_file_from_before_functions_were_scored_says_how_to_try_them() -> None:
    with pytest.raises(MissingError, match="conc measure own-function"):
        tried(Evidence(examples_tried({}, looked=False)))
