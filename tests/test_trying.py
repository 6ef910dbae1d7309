"""A try from Python: which functions and items, and how what came of it shows itself."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

import conc
from conc import trying
from conc.errors import ConcError
from conc.experiments.tries import NAME
from conc.measure import here, why
from conc.trying import TriedFunction, try_function
from tests.invented.tries import BUSY_S, FUNCTION, tried

CELL = """
import conc

def double(number):
    return 2 * number

conc.try_function(double, range(9), seconds=1)
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONC_RESULTS", str(tmp_path))


def double(number: int) -> int:
    return 2 * number


def twice(number: int) -> int:
    return number + number


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


def test_two_functions_are_compared_and_the_profile_of_threads_is_for_newer_pythons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = try_function(double, range(9), seconds=2, against=twice)
    assert "twice" in str(found)
    monkeypatch.setattr(why, "NEEDS", (9, 0))
    with pytest.raises(ConcError, match=r"needs Python 9\.0 or newer"):
        try_function(double, range(9), why=True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"executors": ["lokky"]}, "did you mean loky"),
        ({"against": lambda number: number}, "which no other process can import: write it to"),
        ({"against": double}, "against names .*:double itself"),
    ],
)
def test_an_option_that_can_not_be_followed_is_refused_in_a_line(
    options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConcError, match=said):
        try_function(double, [1], **options)


@pytest.mark.parametrize("options", [{"executors": ["loky"]}, {"against": double}, {"why": True}])
def test_what_only_this_process_has_is_tried_without_what_needs_others(
    options: dict[str, Any],
) -> None:
    with pytest.raises(ConcError, match="executors, against and why need functions of a module"):
        try_function(lambda number: number, [1], **options)


def test_what_no_other_process_can_import_is_tried_within_this_one_as_far_as_that_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(here, "forks", lambda: False)
    found = try_function(lambda number: number + 1, [1, 2, 3], seconds=1)
    models = {case.model for case in found.result.measurements[NAME].cases}
    assert models >= {"sequential", "threads"}
    assert not models & {"processes", "interpreters"}
    assert found.result.measurements[NAME].failures == []
    assert "within another function or without a name" in found.note
    assert "processes and interpreters begin without it" in str(found)
    assert found.note.partition(",")[0] in found._repr_html_().replace("&lt;", "<").replace(
        "&gt;", ">"
    )


def test_a_coroutine_function_of_a_cell_is_tried_though_a_notebook_has_a_running_loop() -> None:
    async def soon(number: int) -> int:
        await asyncio.sleep(0.001)
        return number

    async def cell() -> TriedFunction:
        return try_function(soon, [1, 2], seconds=1)

    found = asyncio.run(cell())
    models = {case.model for case in found.result.measurements[NAME].cases}
    assert "asyncio" in models
    assert found.result.measurements[NAME].failures == []


def test_a_call_that_hangs_within_this_process_is_given_up_at_its_limit() -> None:
    ended = threading.Event()
    with pytest.raises(ConcError, match=r"timed out: no answer within 0\.2 s"):
        try_function(lambda: ended.wait(60), seconds=1, limit_s=0.2)
    ended.set()


def test_what_a_function_here_raises_is_said_in_a_line() -> None:
    def burn(_item: object) -> None:
        raise ValueError("burnt")

    with pytest.raises(ConcError, match="ValueError: burnt"):
        try_function(burn, [5], seconds=1)


def test_a_notebook_tries_a_function_of_a_cell_and_shows_table_chart_and_advice(
    tmp_path: Path,
) -> None:
    # Not at the top: worker processes import this module too.
    import nbformat  # noqa: PLC0415
    from nbclient import NotebookClient  # noqa: PLC0415

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    client = NotebookClient(notebook, timeout=100, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    (shown,) = [
        one.data for one in notebook.cells[0].outputs if one.output_type == "execute_result"
    ]
    assert "double is defined in this notebook or script" in shown["text/plain"]
    html = shown["text/html"]
    assert html.index("double") < html.index('class="bar"') < html.index("<table")
    assert "plain loop" in html


def test_items_that_can_not_be_sent_are_said_to_be() -> None:
    with pytest.raises(ConcError, match=r"items of .*double can't be sent.*--items NAME"):
        try_function(double, [threading.Lock()])


def test_a_notebook_shows_advice_chart_and_table_and_a_terminal_text(tmp_path: Path) -> None:
    found = TriedFunction(FUNCTION, tried({"processes": BUSY_S / 2}), tmp_path)
    shown = found._repr_html_()
    assert shown.index("Take processes") < shown.index('class="bar"') < shown.index("<table")
    assert repr(found) == str(found)
    assert "Take processes with 2 workers" in str(found)
