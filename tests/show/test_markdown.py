"""The extension of Python-Markdown, without any generator of sites."""

import re

import msgspec
import pytest
from markdown import Markdown

from conc.experiments.registry import EXPERIMENTS
from conc.records import Result
from conc.results import store
from conc.show.markdown import scrolling
from conc.show.shown import Shown
from tests.invented.results import invented_result

FIRST = EXPERIMENTS[0]
SNIPPET = f"{FIRST.snippets[0].rpartition('.')[2]}.py"
PAGE = f'# Page\n\nText.\n\n```\n--8<-- "{SNIPPET}:threads"\n```'


@pytest.fixture(scope="module")
def result() -> Result:
    return invented_result(EXPERIMENTS[:1])


def changed(result: Result, **changes: object) -> Result:
    one = msgspec.structs.replace(result.measurements[FIRST.name], **changes)
    return msgspec.structs.replace(result, measurements={FIRST.name: one})


def convert(page: str, result: Result | None) -> str:
    return Markdown(
        extensions=["conc", "tables", "pymdownx.superfences", "pymdownx.highlight"],
        extension_configs={"conc": {"shown": Shown(result)}},
    ).convert(page)


def test_without_a_result_a_page_names_the_command_below_its_heading() -> None:
    html = convert("# Page\n\nText.", None)
    assert html.index("<h1") < html.index("Nothing measured yet") < html.index("Text.")
    assert "<code>conc measure</code>" in html


def test_what_has_no_heading_is_a_block_of_a_page_and_is_not_warned_of() -> None:
    assert convert("Text.", None) == "<p>Text.</p>"


def test_a_page_whose_snippet_changed_names_the_command_that_renews_it(result: Result) -> None:
    html = convert(PAGE, changed(result, snippets=dict.fromkeys(FIRST.snippets, "0" * 64)))
    assert f"<code>conc measure {FIRST.name}</code>" in html


def test_a_page_says_nothing_while_its_snippet_is_the_one_that_was_timed(result: Result) -> None:
    assert "admonition" not in convert(PAGE, result)


@pytest.mark.parametrize("profile", ["quick", "smoke"])
def test_every_page_says_that_figures_of_the_profile_smoke_mean_nothing(
    result: Result, profile: str
) -> None:
    html = convert("# Page", changed(result, profile=profile))
    assert ("mean nothing" in html) == (profile == "smoke")


def test_a_table_can_scroll_and_be_reached_by_keyboard(result: Result) -> None:
    html = convert("| a |\n|---|\n| 1 |", result)
    assert '<div class="conc-scroll" tabindex="0"><table class="conc-grid">' in html


def test_code_can_be_reached_by_keyboard(result: Result) -> None:
    assert '<code tabindex="0">' in convert("```python\na = 1\n```", result)


def test_a_table_that_can_scroll_is_not_wrapped_again(result: Result) -> None:
    html = convert('<div class="conc-scroll"><table><tr><td>1</td></tr></table></div>', result)
    assert html.count("conc-scroll") == 1


def test_what_was_made_to_scroll_stays_as_it_is() -> None:
    once = scrolling("<table></table><pre><span></span><code>a</code></pre><pre>b</pre>")
    assert once.count("tabindex") == 3
    assert scrolling(once) == once


def test_without_being_told_pages_are_about_the_newest_result(
    result: Result, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("results")
    store.save(changed(result, profile="smoke"), folder / "a.json")
    monkeypatch.setenv("CONC_RESULTS", str(folder))
    html = Markdown(extensions=["conc"]).convert("# Page")
    assert re.search("mean nothing", html)
