"""What a page's blocks ask for is put in once the page is written, by whatever process."""

import re
from pathlib import Path

import pytest

from conc import show
from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Result
from conc.results import store
from conc.show import blocks, marks, page
from conc.show.shown import Shown
from tests.invented.results import invented_result

MARKDOWN = {
    "agreement",
    "clone",
    "in_a_workflow",
    "machines_count",
    "made_ready",
    "sentence",
    "verdict_counts",
    "versions_summary",
    "without_clone",
}
HTML = sorted(set(show.__all__) - MARKDOWN)


@pytest.fixture(scope="module")
def result() -> Result:
    return invented_result(EXPERIMENTS[:1])


def test_every_block_of_html_has_its_maker() -> None:
    of_pages_made_by_us = {"machine", "round"}
    assert sorted({*marks._MAKERS} - of_pages_made_by_us) == HTML


def test_a_mark_holds_all_that_was_asked_for(result: Result) -> None:
    blocks.use(Shown(result), in_site=True)
    mark = show.table("method/machine")
    assert "<table" not in mark
    shown = Shown(result)
    put_in = marks.put_in(f"<p>{mark}</p>", shown)
    assert put_in == f"<p>{page.table(shown, 'method/machine')}</p>"


@pytest.mark.parametrize("name", ['a "b" <c>', "a & b", "a'b", "ä ×"])
def test_whatever_a_block_names_comes_back_as_it_was(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "make", lambda _, *asked: repr(asked))
    assert marks.put_in(marks.mark("chart", name), Shown(None)) == repr(("chart", name))


def test_what_two_pages_of_one_depth_ask_for_is_made_once(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def maker(shown: Shown, name: str) -> str:
        made.append(name)
        return shown.link(name)

    monkeypatch.setattr(marks, "_MAKERS", {"table": maker})
    shown = Shown(result, page="a/")
    assert [marks.make(shown, "table", name) for name in "xxy"] == ["../x", "../x", "../y"]
    shown.page = "b/"
    assert marks.make(shown, "table", "x") == "../x"
    assert made == ["x", "y"]
    shown.page = "b/c/"
    assert marks.make(shown, "table", "x") == "../../x", "links differ by depth"


def test_what_was_not_measured_is_said_in_its_place() -> None:
    html = marks.put_in(marks.mark("verdict", "C1"), Shown(None))
    assert "Not measured here" in html
    assert "conc measure" in html


def test_a_name_that_nobody_knows_is_an_error(result: Result) -> None:
    with pytest.raises(ConcError, match=r"named 'speed'; there are: .*cpu-bound/"):
        marks.put_in(marks.mark("chart", "speed"), Shown(result))


def test_outside_a_site_a_block_is_there_at_once(result: Result) -> None:
    blocks.use(Shown(result))
    assert "<table" in show.table("method/machine")


def test_a_sentence_is_there_at_once_in_a_site_too(result: Result) -> None:
    blocks.use(Shown(result), in_site=True)
    said = show.verdict_counts()
    assert re.search(r'^<span class="conc-said">Of <data [^>]+>33</data> claims ', said)


def test_a_sentence_says_that_nothing_was_measured() -> None:
    blocks.use(Shown(None))
    assert "*Not measured here: " in show.sentence("home/cpu-bound")


def test_with_nothing_handed_over_blocks_show_the_newest_file(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(result, tmp_path / "a.json")
    monkeypatch.setenv("CONC_RESULTS", str(tmp_path))
    assert "Invented CPU" in show.table("method/machine")


def test_the_search_finds_a_figure_by_its_title_and_a_verdict_by_its_words() -> None:
    shown = Shown(invented_result())
    assert marks.words(shown, "chart", "cpu-bound/speed-up").startswith("Speed-up of CPU-bound")
    assert marks.words(shown, "table", "method/machine")
    verdict = marks.words(shown, "verdict", "C7")
    assert verdict.startswith("C7: One Python process")
    assert "Verdict: " in verdict
    assert "<" not in verdict
    assert marks.words(shown, "downloads") == ""


def test_what_can_not_be_made_has_no_words_and_its_mark_gives_way_all_the_same() -> None:
    assert marks.words(Shown(None), "verdict", "C7") == ""
    assert marks.words(Shown(None), "chart", "nobody/knows") == ""
    page = marks.mark("verdict", "C7", words="C7: so & so")
    assert "so &amp; so" in page
    assert "so &amp; so" not in marks.put_in(page, Shown(None))
