"""Every page of the built site, in light and dark, on a desk and on a telephone."""

import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from conc.results import store
from tests.site.browsing import CHOSEN, ELSEWHERE, LOOKS, PAGES, Visit

FIRST_VIEW_BYTES = 110 * 1024

Visiting = Callable[[str, str], Visit]

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.strip("/") or "home")
every_look = pytest.mark.parametrize("look", LOOKS)


@every_page
@every_look
def test_the_browser_has_nothing_to_complain_about(page: str, look: str, visit: Visiting) -> None:
    assert visit(page, look).complaints == []


@every_page
@every_look
def test_nobody_else_is_asked_for_anything(
    page: str, look: str, visit: Visiting, base: str
) -> None:
    assert [url for url in visit(page, look).addresses if not url.startswith(base)] == []


@every_page
@every_look
def test_the_page_does_not_scroll_sideways(page: str, look: str, visit: Visiting) -> None:
    assert visit(page, look).overflow <= 0


@every_page
@every_look
def test_nothing_moves_while_the_page_loads(page: str, look: str, visit: Visiting) -> None:
    assert visit(page, look).shift <= 0.01


@every_look
def test_a_reader_s_choice_of_colours_counts_more_than_the_system_s(
    look: str, visit: Visiting
) -> None:
    system = {"light": "default", "dark": "slate"}[LOOKS[look]["color_scheme"]]
    chosen, _ = CHOSEN.get(look, (system, ""))
    assert visit("", look).scheme == chosen


@every_page
@every_look
def test_axe_finds_no_violation(page: str, look: str, visit: Visiting) -> None:
    assert visit(page, look).violations == []


@every_look
def test_axe_finds_no_violation_on_the_page_for_a_wrong_address(look: str, visit: Visiting) -> None:
    assert visit("404.html", look).violations == []


@every_look
def test_axe_finds_no_violation_on_the_page_of_a_machine(
    look: str, visit: Visiting, site: Path
) -> None:
    machine = next((site / "machines").glob("*/index.html"))
    assert visit(f"machines/{machine.parent.name}/", look).violations == []


ANSWERS = {
    "": ".conc-answer .conc-kinds",
    "article/": ".conc-sections",
    "changes/": "h1 ~ p",
    "machines/": "h1 ~ p",
    "rounds/": "h1 ~ p, h1 ~ div p",
    "verdicts/": ".conc-bar",
    "drawings/": "h1 ~ p",
    "your-own-code/": ".highlight code",
    "versions/": "h1 ~ p",
    "method/": "h1 ~ p",
    "glossary/": "dd",
    "notebook/": ".jupyter-wrapper p",
}
"""What answers the question of a page, where it is not the page in short."""

MAY_BE_CUT = {"article/"}
"""A table that is longer than a telephone: its first rows answer."""


@every_page
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["desk", "phone"])
def test_the_first_screen_holds_the_answer(
    page: str, size: tuple[int, int], browser: Browser, base: str
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    try:
        opened = context.new_page()
        opened.goto(base + page)
        box = opened.locator(ANSWERS.get(page, ".conc-short")).first.bounding_box()
    finally:
        context.close()
    assert box is not None
    assert box["y"] + (0 if page in MAY_BE_CUT else box["height"]) <= size[1]


@every_page
def test_the_first_view_is_light(page: str, visit: Visiting) -> None:
    assert visit(page, "light").gzipped <= FIRST_VIEW_BYTES


@every_page
@pytest.mark.parametrize("look", ["light", "phone"])
def test_each_chart_is_there_without_a_script(
    page: str, look: str, browser: Browser, base: str
) -> None:
    context = browser.new_context(java_script_enabled=False, **LOOKS[look])
    try:
        opened = context.new_page()
        opened.goto(base + page)
        plots = opened.locator(".conc-plot").all()
        drawings = [plot.locator("> svg:visible") for plot in plots]
        assert [drawing.count() for drawing in drawings] == [1] * len(plots)
        boxes = [drawing.bounding_box() for drawing in drawings]
    finally:
        context.close()
    assert all(box is not None and box["width"] > 250 and box["height"] > 40 for box in boxes)


def test_pages_have_charts(site: Path) -> None:
    assert "conc-plot" in (site / "cpu-bound" / "index.html").read_text(encoding="utf-8")


def test_each_page_has_a_description_of_its_own(site: Path) -> None:
    pages = [(site / page / "index.html").read_text(encoding="utf-8") for page in PAGES]
    descriptions = [re.search(r'<meta name="description" content="([^"]+)"', p) for p in pages]
    texts = [found[1] for found in descriptions if found]
    assert len(set(texts)) == len(PAGES)


@pytest.mark.parametrize(
    "anchor",
    [
        "Introduction",
        "CPU-Bound-VS-I-O-Bound",
        "CPU-Bound",
        "I-O-Bound",
        "Process-VS-Thread-in-Python",
        "Process-in-Python",
        "Thread-in-Python",
        "Multiprocessing-VS-Threading-VS-AsyncIO-in-Python",
        "Multiprocessing",
        "Threading",
        "AsyncIO",
        "Summary",
        "Caveats",
        "HTOP-vs-TOP",
        "References",
    ],
)
def test_each_heading_of_the_article_has_its_anchor_on_one_page(anchor: str, site: Path) -> None:
    pages = [(site / page / "index.html").read_text(encoding="utf-8") for page in PAGES]
    assert sum(f'id="{anchor}"' in page for page in pages) == 1


def test_no_file_names_the_folder_the_user_or_the_machine(site: Path) -> None:
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in site.rglob("*")
        if path.suffix in {".html", ".json", ".csv", ".js", ".xml", ".ipynb"}
    }
    assert [path for path, text in texts.items() if ELSEWHERE in text] == []


def test_the_raw_data_is_there(site: Path) -> None:
    result = json.loads((site / "data" / "result.json").read_text(encoding="utf-8"))
    assert result["machine"]["cpu"] == "Invented CPU @ 3.00GHz"
    assert {path.name for path in (site / "data").iterdir()} >= {
        "result.schema.json",
        "try.schema.json",
        "samples.csv",
        "pyperf.json",
    }


def test_each_experiment_has_a_result_file_of_its_own(site: Path) -> None:
    for name, whole in store.load(site / "data" / "result.json").measurements.items():
        alone = store.load(site / "data" / "experiments" / f"{name}.json")
        assert alone.measurements == {name: whole}


def test_the_notebook_opens_the_data_behind_a_verdict(site: Path) -> None:
    verdicts = json.loads((site / "data" / "verdicts.json").read_text(encoding="utf-8"))
    opened = next(verdict for verdict in verdicts if verdict["claim"] == "C8")
    page = (site / "notebook" / "index.html").read_text(encoding="utf-8")
    assert escape(f"C8: {opened['says']}") in page
    assert re.search(r"utilisation: .+ ms, median of \d+", page)


def test_no_link_leads_to_a_file_that_is_missing(site: Path) -> None:
    for page in PAGES:
        folder = site / page
        html = (folder / "index.html").read_text(encoding="utf-8")
        for target in set(re.findall(r'href="([^"#?:]+)["#?]', html)):
            path = (folder / target).resolve()
            assert path.is_file() or (path / "index.html").is_file(), f"{page}: {target}"
