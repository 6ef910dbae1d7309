"""The page of machines in a browser: with a script a choice of columns, without one all of them."""

from playwright.sync_api import Browser

from tests.site.browsing import LOOKS, OVERFLOW

HEADS = ".conc-matrix thead th[data-key]"
NAMED = "[...document.querySelectorAll('.conc-matrix thead th[data-key]')].map(h => h.dataset.key)"


def test_the_address_chooses_columns_and_a_box_changes_the_address(
    browser: Browser, base: str
) -> None:
    context = browser.new_context(**LOOKS["light"])
    page = context.new_page()
    page.goto(f"{base}machines/")
    first, second, *_ = page.evaluate(NAMED)
    page.goto(f"{base}machines/?show={first},{second}")
    assert page.locator(HEADS).count() == 5
    assert page.locator(f"{HEADS}:visible").count() == 2
    assert page.locator(".conc-ratios tbody tr:visible").count() == 2
    page.locator(".conc-choice summary").click()
    page.locator(".conc-choice input").nth(1).uncheck()
    assert page.url.endswith(f"?show={first}")
    assert page.locator(f"{HEADS}:visible").count() == 1
    context.close()


def test_without_a_script_every_column_stands_there_and_the_first_stays(
    browser: Browser, base: str
) -> None:
    context = browser.new_context(**LOOKS["phone"], java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}machines/?show=here")
    assert page.locator(f"{HEADS}:visible").count() == 5
    assert page.locator(".conc-choice:visible").count() == 0
    context.close()


def test_a_cell_opens_the_evidence_on_the_page_of_its_machine(browser: Browser, base: str) -> None:
    context = browser.new_context(**LOOKS["phone"])
    page = context.new_page()
    page.goto(f"{base}machines/")
    page.locator(".conc-matrix tbody tr[id=C21] td a").nth(1).click()
    assert page.url.endswith("/#C21")
    page.locator("tr[id=C21]:target").wait_for()
    assert page.evaluate(OVERFLOW) == 0
    page.get_by_role("link", name="The raw data", exact=True).wait_for()
    assert page.request.get(
        page.get_by_role("link", name="The raw data", exact=True).evaluate("a => a.href")
    ).ok
    context.close()
