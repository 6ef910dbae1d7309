"""Exact values on the marks of a chart, by pointer, by keyboard and by touch."""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.site.browsing import LOOKS


@pytest.fixture
def page(context: BrowserContext, base: str) -> Page:
    opened = context.new_page()
    opened.goto(base + "cpu-bound/", wait_until="networkidle")
    return opened


def test_the_pointer_shows_the_exact_value(page: Page) -> None:
    mark = page.locator(".conc-plot > svg:visible [data-tip]").last
    mark.hover()
    expect(page.locator(".conc-tip")).to_have_text(mark.get_attribute("data-tip") or "")


def test_the_tooltip_goes_when_the_pointer_leaves(page: Page) -> None:
    page.locator(".conc-plot > svg:visible [data-tip]").last.hover()
    page.mouse.move(2, 2)
    expect(page.locator(".conc-tip")).to_be_hidden()


def test_a_chart_is_one_stop_of_the_tab_key_and_arrows_go_through_its_marks(page: Page) -> None:
    drawing = page.locator(".conc-plot > svg:visible").first
    marks = drawing.locator("[data-tip]")
    expect(drawing.locator("[tabindex='0']")).to_have_count(1)
    marks.first.focus()
    page.keyboard.press("ArrowRight")
    expect(marks.nth(1)).to_be_focused()
    expect(page.locator(".conc-tip")).to_have_text(marks.nth(1).get_attribute("data-tip") or "")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(marks.last).to_be_focused()


def test_escape_puts_the_tooltip_away(page: Page) -> None:
    page.locator(".conc-plot > svg:visible [data-tip]").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator(".conc-tip")).to_be_hidden()


def test_a_tap_shows_the_value_within_the_screen(browser: Browser, base: str) -> None:
    context = browser.new_context(has_touch=True, **LOOKS["phone"])
    try:
        page = context.new_page()
        page.goto(base + "cpu-bound/", wait_until="networkidle")
        page.locator(".conc-plot > svg:visible [data-tip]").last.tap()
        tip = page.locator(".conc-tip")
        expect(tip).to_be_visible()
        box = tip.bounding_box()
    finally:
        context.close()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
