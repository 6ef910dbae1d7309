"""The views of the experiments behind the claims: they say something true of whatever there is."""

import re
from collections.abc import Callable

import msgspec
import pytest

from conc import show
from conc.errors import MissingError
from conc.records import Failure, Result
from conc.results.evidence import Evidence
from conc.show import tables
from conc.show.views import VIEWS
from tests.invented.ledger import CHARTS, SENTENCES, TABLES, ledger_result

Shower = Callable[[Result], None]
Ask = Callable[[str], str]

FULL = ledger_result()
HOSTILE = '<script>alert("1")</script>'
NAMES = [
    (ask, name)
    for ask, registry in (
        (show.chart, CHARTS),
        (show.table, TABLES),
        (show.sentence, SENTENCES),
    )
    for name in registry
]
everything = pytest.mark.parametrize(
    ("ask", "name"), NAMES, ids=[f"{ask.__name__} {name}" for ask, name in NAMES]
)


def failing(result: Result) -> Result:
    return msgspec.structs.replace(
        result,
        measurements={
            name: msgspec.structs.replace(
                measured,
                samples=[],
                memory=[],
                failures=[
                    Failure(case=case.id, run=0, kind="crashed", detail=HOSTILE)
                    for case in measured.cases
                ],
            )
            for name, measured in result.measurements.items()
        },
    )


def poisoned(result: Result) -> Result:
    """Return a result with a script tag for every text parameter, as a stranger could send it."""
    measurements = {}
    for name, measured in result.measurements.items():
        cases = [
            msgspec.structs.replace(
                case,
                parameters={
                    key: HOSTILE if isinstance(value, str) else value
                    for key, value in case.parameters.items()
                },
            )
            for case in measured.cases
        ]
        ids = {old.id: new.id for old, new in zip(measured.cases, cases, strict=True)}
        measurements[name] = msgspec.structs.replace(
            measured,
            cases=[
                msgspec.structs.replace(case, against=ids.get(case.against, "")) for case in cases
            ],
            samples=[
                msgspec.structs.replace(sample, case=ids[sample.case])
                for sample in measured.samples
            ],
        )
    return msgspec.structs.replace(result, measurements=measurements)


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


@pytest.mark.parametrize(
    "result",
    [
        FULL,
        ledger_result(cores=1),
        ledger_result(runs=1, rounds=1),
        failing(FULL),
        poisoned(FULL),
        msgspec.structs.replace(FULL, measurements={}),
    ],
    ids=["full", "one core", "one round", "failed", "hostile", "nothing measured"],
)
def test_whatever_was_measured_each_view_has_something_to_say(
    shown: Shower, result: Result
) -> None:
    shown(result)
    for ask, name in NAMES:
        html = ask(name)
        assert text_of(html).strip(), name
        assert "<script" not in html, name
        assert not re.search(r"\b(nan|inf|None|undefined)\b", text_of(html)), name


@everything
def test_a_view_whose_experiment_is_missing_says_how_to_measure_it(
    shown: Shower, ask: Ask, name: str
) -> None:
    shown(msgspec.structs.replace(FULL, measurements={}))
    experiment = name.partition("/")[0]
    asked = f"conc measure {experiment}" in ask(name)
    assert asked or name == "summary/models"


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_failed_cases_says_why_there_is_no_figure(name: str) -> None:
    try:
        made = VIEWS.tables[name](Evidence(failing(FULL)))
    except MissingError:
        return
    cells = [cell.text for row in made.rows for cell in row]
    assert any("crashed" in cell for cell in cells) or "not measured" in " ".join(cells)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_failed_cases_is_not_drawn_empty(shown: Shower, name: str) -> None:
    shown(failing(FULL))
    assert "<svg" not in show.chart(name)
    assert "here" in text_of(show.chart(name)) or "could not be read" in show.chart(name)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_table_has_a_cell_for_every_column(name: str) -> None:
    for result in (FULL, failing(FULL), ledger_result(cores=1)):
        try:
            made = VIEWS.tables[name](Evidence(result))
        except MissingError:
            continue
        assert {len(row) for row in made.rows} == {len(made.columns)}
        assert tables.to_text(made)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_in_words_what_it_shows_and_what_it_rests_on(shown: Shower, name: str) -> None:
    shown(FULL)
    html = show.chart(name)
    description = re.findall(r"<desc>(.*?)</desc>", html, re.DOTALL)
    assert len(description) == 2
    assert len(description[0]) > 40
    caption = text_of(re.findall(r"<figcaption.*?</figcaption>", html)[0])
    assert "Invented CPU @ 3.00GHz" in caption
    assert "<table " in html
