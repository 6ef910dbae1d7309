"""What is being shown, found on disk or handed over."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from conc.errors import ConcError, MissingError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Result
from conc.results import store
from conc.show import current
from tests.invented import invented_result


@pytest.fixture(autouse=True)
def nothing_shown() -> Iterator[None]:
    """Begin and end each test with nothing that is shown."""
    current.use(None)
    yield
    current.use(None)


@pytest.fixture(scope="module")
def result() -> Result:
    return invented_result(EXPERIMENTS[:1])


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (None, "data/a.csv"),
        ("", "data/a.csv"),
        ("method/", "../data/a.csv"),
        ("a/b/", "../../data/a.csv"),
    ],
)
def test_a_link_leads_from_the_page_to_the_file(page: str | None, expected: str) -> None:
    current.use(current.View(result=None, page=page))
    assert current.link("data/a.csv") == expected


def test_turning_to_a_page_keeps_the_result(result: Result) -> None:
    current.use(current.View(result=result))
    current.turn_to("method/")
    assert current.result() is result
    assert current.link("x") == "../x"


def test_without_a_result_the_command_that_makes_one_is_named() -> None:
    current.use(current.View(result=None))
    with pytest.raises(MissingError, match="conc measure"):
        current.result()


def test_what_a_result_lacks_is_named_with_its_command(result: Result) -> None:
    current.use(current.View(result=result))
    with pytest.raises(MissingError, match="conc measure io-bound"):
        current.measurement("io-bound")


def test_outside_a_site_the_newest_file_is_shown(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(result, tmp_path / "b.json")
    (tmp_path / "a.json").write_text("old", encoding="utf-8")
    os.utime(tmp_path / "a.json", (0, 0))
    monkeypatch.setenv("CONC_RESULTS", str(tmp_path))
    assert current.result() == result


def test_a_file_that_is_no_result_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("CONC_RESULTS", str(tmp_path))
    with pytest.raises(ConcError, match=r"bad\.json"):
        current.view()


def test_a_block_waits_for_its_page_to_be_written_and_is_made_once(result: Result) -> None:
    made = []

    @current.put_in_later
    def block(name: str) -> str:
        made.append(name)
        return f"<b>{name} of {current.link('')}</b>"

    current.use(current.View(result=result, page="a/", later={}))
    first, again = block("x"), block("x")
    assert first == again
    assert "<b>" not in first
    assert current.put_in(f"<p>{first}{block('y')}</p>", str.upper) == (
        "<p><B>X OF ../</B><B>Y OF ../</B></p>"
    )
    assert made == ["x", "y"]

    current.turn_to("a/b/")
    assert current.put_in(block("x"), str) == "<b>x of ../../</b>", "links differ by page"


def test_outside_a_site_a_block_is_there_at_once(result: Result) -> None:
    current.use(current.View(result=result))
    assert current.put_in_later(lambda: "<b>now</b>")() == "<b>now</b>"
