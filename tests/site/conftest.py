"""One build of the site and one browser for all tests of the site."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.site.browsing import (
    ELSEWHERE,
    LOOKS,
    Visit,
    build_site,
    chromium,
    make_project,
    reader,
    see,
    served,
    started,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put these tests last: Playwright keeps an event loop running, beside which no other can."""
    items.sort(key=lambda item: Path(__file__).parent in item.path.parents)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build this project's site from an invented result."""
    return build_site(make_project(tmp_path_factory.mktemp("site") / ELSEWHERE))


@pytest.fixture(scope="session")
def base(site: Path) -> Iterator[str]:
    """Serve the site, and give its address."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    program = chromium()
    if program is None:
        pytest.skip("there is no Chromium; install one or name it in CONC_CHROMIUM")
    with started(program) as launched:
        yield launched


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a reader who was never here."""
    opened = browser.new_context(**LOOKS["light"])
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def visit(browser: Browser, base: str) -> Callable[[str, str], Visit]:
    """Open a page in a look; each is opened once, and what was seen is kept."""

    @functools.cache
    def seen(page: str, look: str) -> Visit:
        context = reader(browser, look)
        try:
            return see(context, base, page)
        finally:
            context.close()

    return seen
