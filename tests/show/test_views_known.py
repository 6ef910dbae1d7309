"""What is said of functions of known nature, and how often that was right."""

import pytest
from msgspec.structs import replace

from conc import figures
from conc.errors import MissingError
from conc.experiments import tries
from conc.experiments.parts.looking import Look
from conc.experiments.tries import EXAMPLES, FURTHER
from conc.records import Result, Sample
from conc.results.evidence import Evidence
from conc.show.views import VIEWS
from conc.show.views.known import ABOUT, tried
from tests.invented.results import invented_result
from tests.invented.tries import BUSY_S, role
from tests.show.views_reading import rows_of

HALF = BUSY_S / 2


def built(seconds: dict[str, float], *, looked: bool = True) -> Result:
    """Return what a build found of both examples, by the seconds of each role."""
    result = invented_result(
        (tries.EXPERIMENT,),
        seconds_of=lambda case: seconds.get(role(case), BUSY_S),
        noise=0.0,
    )
    return _with_looks(result) if looked else result


def _with_looks(result: Result) -> Result:
    measurement = result.measurements[tries.NAME]
    looks = [(tries.first_look(one.call), one) for one in EXAMPLES.values()]
    samples = [
        Sample(
            case=case.id,
            run=0,
            round=0,
            position=0,
            warmup=True,
            started_s=0.0,
            wall_s=1.0,
            values=Look(coroutine=float(one.nature == "waits")).values,
        )
        for case, one in looks
    ]
    measurement = replace(
        measurement,
        cases=[*(case for case, _ in looks), *measurement.cases],
        samples=[*samples, *measurement.samples],
    )
    return replace(result, measurements={tries.NAME: measurement})


def score_of(result: Result) -> str:
    return figures.read(VIEWS.sentences["own-function/known"](Evidence(result)))


def test_every_function_has_a_word_of_what_is_known_and_another_name() -> None:
    names = [one.call.function.partition(":")[2] for one in (*EXAMPLES.values(), *FURTHER)]
    assert sorted(names) == sorted({*ABOUT})
    assert len(names) == 8


def test_a_build_says_how_many_were_named_right() -> None:
    found = score_of(built({"processes": HALF, "asyncio": HALF}))
    # Invented times compute, whatever the function does: what it is was not named.
    assert found == "1 of 2 functions named right, 1 undecided."


def test_another_model_than_the_known_one_is_wrong() -> None:
    assert score_of(built({"threads": HALF})) == "0 of 2 functions named right, 2 wrong."


def test_a_table_lists_what_is_known_and_what_was_said() -> None:
    table = VIEWS.tables["own-function/known"](Evidence(built({"processes": HALF})))
    first, second = ({key: cell.text for key, cell in row.items()} for row in rows_of(table))
    assert first["function"] == "count_primes"
    assert (first["advice"], first["score"]) == ("processes with 2 workers", "right")
    assert second["right"] == "asyncio"


def test_a_file_from_before_functions_were_scored_says_how_to_try_them() -> None:
    with pytest.raises(MissingError, match="conc measure own-function"):
        tried(Evidence(built({}, looked=False)))
