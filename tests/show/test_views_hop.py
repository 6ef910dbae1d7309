"""What a hop costs, and what it is predicted that more machines bring."""

import pytest

from conc import figures
from conc.errors import MissingError
from conc.records import Result
from conc.results.evidence import Evidence
from conc.show.views import VIEWS
from conc.show.views.hop import CALLS_S
from tests.invented.tries import handed, tried
from tests.show.views_reading import rows_of

DASK = handed("dask", 0.010, 0.001)


def test_a_sentence_says_what_a_hop_costs_and_from_what_length_another_machine_pays() -> None:
    said = figures.read(VIEWS.sentences["own-function/hop"](Evidence(DASK)))
    assert "a call of nothing took 10 ms by way of dask" in said
    assert "of many at once each took 1.0 ms" in said
    # Two machines are a tenth faster than the loop where 2 t = 1.1 (t + 10 ms).
    assert "the bottleneck law predicts that another machine pays from calls of 12 ms on" in said


def test_the_chart_says_that_it_is_predicted_and_draws_a_line_for_each_length_of_a_call() -> None:
    chart = VIEWS.charts["own-function/machines"](Evidence(DASK))
    assert chart.title.startswith("Predicted, not measured")
    assert len(chart.legend) == len(CALLS_S) + 1
    assert "calls of 10 ms: 0.5× with 1 machine, 8× with 16" in chart.description


def test_the_figures_are_those_of_the_law() -> None:
    rows = rows_of(VIEWS.tables["own-function/machines"](Evidence(DASK)))
    by_call = {row["call_s"].text: row for row in rows}
    # What hands out the calls bounds short ones: 1 ms of work in 1 ms of handing out.
    assert by_call["1 ms"]["machines_16"].text == "1×"
    assert by_call["100 ms"]["machines_2"].text == "1.8×"
    assert by_call["1 s"]["machines_16"].text == "16×"


@pytest.mark.parametrize("result", [tried(), handed("loky", 0.01, 0.001)])
def test_without_dask_it_says_how_to_measure_it(result: Result) -> None:
    with pytest.raises(MissingError, match=r"pip install 'conc-measured\[dask\]'"):
        VIEWS.sentences["own-function/hop"](Evidence(result))
