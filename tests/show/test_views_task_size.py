"""The break-even of a pool of processes: said only where the intervals say it."""

import pytest

from conc.errors import MissingError
from conc.records import Case
from conc.results.evidence import Evidence
from conc.show.specs import PAPER
from conc.show.views import task_size
from tests.show.views_reading import measured, rows_of, without_samples

HAND_OVER_S = 0.0005


def with_hand_over(case: Case) -> float:
    """A pool does two at once and pays for each hand-over."""
    task_s = float(case.parameters["task_ms"]) / 1000
    if case.model == "sequential":
        return case.items * task_s
    return case.items * (task_s / 2 + HAND_OVER_S)


def test_the_break_even_lies_between_the_last_loss_and_the_first_gain() -> None:
    result = measured("task-size", seconds_of=with_hand_over)
    sentence = task_size.break_even(Evidence(result))
    assert sentence.startswith("From tasks of 10 ms on the pool was faster: 1.8")
    assert "With tasks of 100 µs it reached 0.18" in sentence


def test_where_no_length_gains_none_is_named() -> None:
    result = measured("task-size", seconds_of=lambda case: case.items * 0.001)
    assert "No length" in task_size.break_even(Evidence(result))


def test_where_every_length_gains_no_loss_is_named() -> None:
    result = measured("task-size", seconds_of=lambda c: c.items * (2 if c.against else 4) / 1000)
    sentence = task_size.break_even(Evidence(result))
    assert sentence.startswith("From tasks of 20 µs on")
    assert "No shorter task" in sentence


def test_without_a_speed_up_there_is_no_sentence() -> None:
    result = without_samples(
        measured("task-size"), "task-size", lambda case: case.model == "processes"
    )
    with pytest.raises(MissingError, match="no speed-up here"):
        task_size.break_even(Evidence(result))


def test_the_chart_tells_payloads_apart_by_a_hollow_mark() -> None:
    chart = task_size.speed_up_chart(Evidence(measured("task-size", seconds_of=with_hand_over)))
    hollow = {key.label: key.fill == PAPER for key in chart.legend}
    assert hollow["nothing sent along"] is False
    assert hollow["100 kB sent with each task"] is True


def test_the_table_says_of_each_row_what_it_shows() -> None:
    rows = rows_of(
        task_size.speed_up_table(Evidence(measured("task-size", seconds_of=with_hand_over)))
    )
    readings = {(r["task_ms"].text, r["model"].text): r["reading"].text for r in rows}
    assert readings["50 ms", "sequential"] == "baseline"
    assert readings["50 ms", "processes"] == "faster"
    assert readings["100 µs", "processes"] == "slower"
