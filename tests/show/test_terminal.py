"""The report in a terminal, and as data."""

import json

import msgspec
import pytest

from conc.show import terminal
from conc.show.views import VIEWS
from tests.invented.results import invented_result

RESULT = invented_result(rounds=2)


def test_the_report_holds_every_table_of_what_was_measured() -> None:
    text = terminal.report(RESULT)
    for title in ("CPU-bound: every case", "I/O-bound: throughput", "Overheads: starting"):
        assert title in text
    assert "Invented CPU" in text


def test_the_report_fits_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    assert max(map(len, terminal.report(RESULT).splitlines()[1:])) <= 90


def test_the_report_sends_no_control_character_of_a_strangers_result() -> None:
    evil = msgspec.structs.replace(RESULT.machine, cpu="\x1b[31mred[/bold]")
    text = terminal.report(msgspec.structs.replace(RESULT, machine=evil))
    assert "\x1b" not in text
    assert "[/bold]" in text


def test_the_data_is_plain_json_with_a_table_by_each_name() -> None:
    data = terminal.report_data(RESULT)
    parsed = json.loads(json.dumps(data, allow_nan=False))
    assert set(parsed["tables"]) | set(parsed["missing"]) == set(VIEWS.tables)
    row = parsed["tables"]["cpu-bound/speed-up"]["rows"][0]
    assert row["model"] == "sequential"
    value, low, high = row["wall_s"]
    assert low < value < high
    assert value == pytest.approx(0.014, rel=0.2)


def test_what_is_missing_is_named() -> None:
    empty = msgspec.structs.replace(RESULT, measurements={})
    assert "cpu-bound has not been measured" in terminal.report(empty)
    missing = terminal.report_data(empty)["missing"]
    assert isinstance(missing, dict)
    assert "cpu-bound/speed-up" in missing
