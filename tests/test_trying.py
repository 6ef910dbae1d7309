"""A try from Python: which functions and items, and how what came of it shows itself."""

import threading
from pathlib import Path

import pytest

import conc
from conc import trying
from conc.errors import ConcError
from conc.trying import TriedFunction, importable, try_function
from tests.invented.tries import BUSY_S, FUNCTION, tried


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONC_RESULTS", str(tmp_path))


def double(number: int) -> int:
    return 2 * number


def test_the_package_offers_it_and_nothing_that_it_lacks() -> None:
    assert conc.try_function is trying.try_function
    with pytest.raises(AttributeError, match="no attribute 'try_all'"):
        conc.try_all  # noqa: B018 - that it raises is what is asked


def test_a_real_function_is_tried_for_items_that_no_command_line_could_hold() -> None:
    found = try_function(double, iter(range(3_000)), seconds=1)
    assert found.function == f"{__name__}:double"
    assert found.advice.look is not None
    assert found.advice.look.items == 3_000
    assert "plain loop" in str(found)


def test_a_function_of_a_notebook_is_sent_to_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(double, "__module__", "__main__")
    with pytest.raises(
        ConcError, match=r"double is defined in this notebook.*%%writefile work\.py"
    ):
        importable(double)


def test_a_function_within_another_can_not_be_imported() -> None:
    with pytest.raises(ConcError, match="at the top of the module"):
        importable(lambda: 5)


def test_items_that_can_not_be_sent_are_said_to_be() -> None:
    with pytest.raises(ConcError, match=r"items of .*double can't be sent.*--items NAME"):
        try_function(double, [threading.Lock()])


def test_a_notebook_shows_advice_chart_and_table_and_a_terminal_text(tmp_path: Path) -> None:
    found = TriedFunction(FUNCTION, tried({"processes": BUSY_S / 2}), tmp_path)
    shown = found._repr_html_()
    assert shown.index("Take processes") < shown.index('class="bar"') < shown.index("<table")
    assert repr(found) == str(found)
    assert "Take processes with 2 workers" in str(found)
