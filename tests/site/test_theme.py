"""What the theme adds to Material, and what it takes away, in Chromium."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.site.browsing import WATCH_SHIFTS, served

SCHEME = "document.body.dataset.mdColorScheme"
INDEX = "search/search_index.json"


def test_the_search_asks_for_its_index_when_somebody_turns_to_it(
    context: BrowserContext, base: str
) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(base)))
    page.goto(base, wait_until="networkidle")
    assert not [url for url in asked if "search" in url]
    with page.expect_request(base + INDEX):
        page.get_by_role("textbox", name="Search").focus()


def test_the_search_finds_a_page(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.goto(base)
    page.get_by_role("textbox", name="Search").click()
    page.keyboard.type("multiprocessing")
    expect(page.locator(".md-search-result__item").first).to_be_visible()


def test_the_keyboard_reaches_search_and_toggle(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.goto(base, wait_until="networkidle")
    reached = set()
    for _ in range(15):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.name"))
    assert {"query", "__palette"} <= reached


def choose(page: Page, times: int) -> None:
    """Press Enter on the toggle so many times: system, light, dark, and from the start again."""
    page.locator("input[name=__palette]").first.focus()
    for _ in range(times):
        page.keyboard.press("Enter")


def test_enter_switches_the_scheme_and_it_stays(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.goto(base, wait_until="networkidle")
    choose(page, 2)
    page.wait_for_function(f"{SCHEME} === 'slate'")
    page.reload()
    assert page.evaluate(SCHEME) == "slate"


def test_a_page_that_is_open_follows_the_system(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.goto(base, wait_until="networkidle")
    schemes = {"light": "default", "dark": "slate"}
    for system in ("dark", "light", "dark"):
        page.emulate_media(color_scheme=system)
        page.wait_for_function(f"{SCHEME} === '{schemes[system]}'")
    page.reload(wait_until="networkidle")
    page.emulate_media(color_scheme="light")
    page.wait_for_function(f"{SCHEME} === 'default'")


@pytest.mark.parametrize(("times", "scheme"), [(1, "default"), (2, "slate")])
def test_a_choice_stays_whatever_the_system_does(
    context: BrowserContext, base: str, times: int, scheme: str
) -> None:
    page = context.new_page()
    page.goto(base, wait_until="networkidle")
    choose(page, times)
    page.wait_for_function(f"{SCHEME} === '{scheme}'")
    for system in ("dark", "light"):
        page.emulate_media(color_scheme=system)
        page.reload(wait_until="networkidle")
        assert page.evaluate(SCHEME) == scheme


def test_after_the_last_choice_the_system_decides_again(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.goto(base, wait_until="networkidle")
    choose(page, 3)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{SCHEME} === 'slate'")


def test_without_a_choice_the_system_decides_before_anything_is_painted(
    browser: Browser, base: str
) -> None:
    context = browser.new_context(color_scheme="dark")
    try:
        page = context.new_page()
        page.route(re.compile(r"bundle.*\.js"), lambda route: route.abort())
        page.goto(base)
        assert page.evaluate(SCHEME) == "slate"
    finally:
        context.close()


def test_the_page_for_a_wrong_address_needs_no_other_file(site: Path) -> None:
    page = (site / "404.html").read_text(encoding="utf-8")
    assert not re.search(r"<(script|img|link[^>]*stylesheet)", page)
    assert "CPU-bound" in page


def test_nothing_moves_when_a_page_comes_in_piece_by_piece(
    context: BrowserContext, site: Path
) -> None:
    page = context.new_page()
    page.add_init_script(WATCH_SHIFTS)
    with served(site, slowly=True) as base:
        page.goto(base + "verdicts/", wait_until="networkidle")
    assert page.evaluate("window.shift") == 0


def test_print_keeps_charts_and_drops_navigation(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.goto(base + "cpu-bound/")
    page.emulate_media(media="print")
    expect(page.locator(".conc-plot").first).to_be_visible()
    expect(page.locator(".md-sidebar--primary")).to_be_hidden()
