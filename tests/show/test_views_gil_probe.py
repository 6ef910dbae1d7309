"""The chart of who holds the GIL: words and marks follow the silence of the ticking thread."""

import pytest

from conc.records import Case
from conc.results.evidence import Evidence
from conc.show.views import gil_probe
from tests.invented.ledger import probed
from tests.show.views_reading import measured, row, rows_of, without_samples

RESULT = measured("gil-probe", probed)


@pytest.mark.parametrize(
    ("share", "word"), [(0.19, "released"), (0.2, "unclear"), (0.8, "unclear"), (0.81, "held")]
)
def test_between_the_two_thresholds_nothing_is_claimed(share: float, word: str) -> None:
    assert gil_probe.WITH_GIL.reading(share) == word


def test_every_function_is_read_by_its_own_silence() -> None:
    table = gil_probe.silence_table(Evidence(RESULT))
    assert row(table, function="hashlib.sha256")["reading"].text == "released"
    assert row(table, function="json.dumps")["reading"].text == "held"


def test_without_the_gil_nothing_is_said_to_hold_or_release_it() -> None:
    free = Evidence(measured("gil-probe", lambda _: {"call_s": 0.02, "silence_s": 1e-4}, gil=False))
    chart = gil_probe.silence_chart(free)
    assert {cells["reading"].text for cells in rows_of(chart.table)} == {"ran on"}
    assert "There is no GIL that a call could hold." in " ".join(chart.caption)
    assert not {"released", "held, or unclear"} & {key.label for key in chart.legend}


def test_the_control_is_called_so() -> None:
    table = gil_probe.silence_table(Evidence(RESULT))
    assert row(table, function="time.sleep (control)")["reading"].text == "released"


def test_the_least_silence_counts_because_a_busy_machine_only_lengthens_it() -> None:
    silences = iter([0.02, 0.019, 0.0002] * 1_000)

    def noisy(_: Case) -> dict[str, float]:
        return {"call_s": 0.02, "silence_s": next(silences)}

    table = gil_probe.silence_table(Evidence(measured("gil-probe", noisy)))
    assert {cells["reading"].text for cells in rows_of(table)} == {"released"}


def test_a_function_that_failed_stands_last_with_the_reason() -> None:
    result = without_samples(
        RESULT, "gil-probe", lambda case: case.parameters["function"] == "json.dumps"
    )
    last = rows_of(gil_probe.silence_table(Evidence(result)))[-1]
    assert last["function"].text == "json.dumps"
    assert last["reading"].text == "failed: crashed"


def test_the_chart_goes_from_the_shortest_silence_to_the_longest() -> None:
    description = gil_probe.silence_chart(Evidence(RESULT)).description
    assert description.index("hashlib.sha256 3.0 %") < description.index("json.dumps 97 %")
