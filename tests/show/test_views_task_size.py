"""The speed-up of a pool by the length of a task."""

from conc.records import Case
from conc.results.evidence import Evidence
from conc.show.specs import PAPER
from conc.show.views import task_size
from tests.show.views_reading import measured, rows_of

HAND_OVER_S = 0.0005


def with_hand_over(case: Case) -> float:
    """A pool does two at once and pays for each hand-over."""
    task_s = float(case.parameters["task_ms"]) / 1000
    if case.model == "sequential":
        return case.items * task_s
    return case.items * (task_s / 2 + HAND_OVER_S)


def test_the_chart_tells_payloads_apart_by_a_hollow_mark() -> None:
    chart = task_size.speed_up_chart(Evidence(measured("task-size", seconds_of=with_hand_over)))
    hollow = {key.label: key.fill == PAPER for key in chart.legend}
    assert hollow["nothing sent along"] is False
    assert hollow["100,000 bytes sent with each task"] is True


def test_pools_of_several_models_are_told_apart_by_name_and_look() -> None:
    result = measured("task-size", seconds_of=with_hand_over, interpreters=True)
    chart = task_size.speed_up_chart(Evidence(result))
    labels = [key.label for key in chart.legend]
    assert "processes, nothing sent along" in labels
    assert "interpreters, 100,000 bytes sent with each task" in labels
    assert chart.title.startswith("What a pool of processes or interpreters gains")


def test_the_table_says_of_each_row_what_it_shows() -> None:
    rows = rows_of(
        task_size.speed_up_table(Evidence(measured("task-size", seconds_of=with_hand_over)))
    )
    readings = {(r["task_ms"].text, r["model"].text): r["reading"].text for r in rows}
    assert readings["50 ms", "sequential"] == "baseline"
    assert readings["50 ms", "processes"] == "faster"
    assert readings["100 µs", "processes"] == "slower"
