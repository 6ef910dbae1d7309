"""No word of a drawing is cut off by its edge, in the font of a reader and not of the renderer."""

import pytest
from playwright.sync_api import Browser

from tests.site.browsing import PAGES, reader

CUT_OFF = """
() => [...document.querySelectorAll(".conc-plot > svg, .conc-flow svg")].flatMap(drawing => {
  const edge = drawing.getBoundingClientRect()
  return [...drawing.querySelectorAll("text")].filter(text => {
    const box = text.getBoundingClientRect()
    return box.width && (box.left < edge.left - 1 || box.right > edge.right + 1
      || box.top < edge.top - 1 || box.bottom > edge.bottom + 1)
  }).map(text => text.textContent)
})
"""


@pytest.mark.parametrize("look", ["light", "phone", "light on a small phone"])
def test_no_word_of_a_drawing_is_cut_off(look: str, browser: Browser, base: str) -> None:
    context = reader(browser, look)
    try:
        page = context.new_page()
        found: dict[str, list[str]] = {}
        for path in PAGES:
            page.goto(base + path)
            found[path] = page.evaluate(CUT_OFF)
    finally:
        context.close()
    assert {path: words for path, words in found.items() if words} == {}
