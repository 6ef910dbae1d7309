"""What axe-core finds wrong with each page of a site, in every scheme and width.

``python -m tests.bench.axe [--site FOLDER] [PAGE…]``: of a site that is built already, or of one
that is built from an invented result; of all its pages, those of machines and rounds among them,
or of those that are named. The schemes: chosen light, chosen dark, and automatic on a system that
is light and on one that is dark. The widths: a desk's, a telephone's, a small telephone's.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from tests.bench.figures import Figure, at_most, show
from tests.bench.sites import Asked
from tests.site import axe
from tests.site.browsing import choose, chromium, served, started

Scheme = Literal["light", "dark"]

CHOICES: tuple[tuple[Scheme, tuple[str, str] | None], ...] = (
    ("light", None),
    ("dark", None),
    ("dark", ("default", "light")),
    ("light", ("slate", "dark")),
)
"""What a reader's system asks for, and what the reader has chosen against it."""

SIZES = ((1280, 900), (390, 844), (320, 640))


def pages(site: Path) -> dict[str, str]:
    """Return the address of every page that was built, by its name."""
    built = sorted(path.relative_to(site).parent.as_posix() for path in site.rglob("index.html"))
    return {"home" if page == "." else page: "" if page == "." else f"{page}/" for page in built}


def looked_at(browser: Browser, base: str, page: str) -> Iterator[str]:
    """Yield what is wrong with a page, for each look anew."""
    for system, chosen in CHOICES:
        context = browser.new_context(color_scheme=system)
        if chosen:
            choose(context, *chosen)
        tab = context.new_page()
        tab.goto(base + page, wait_until="networkidle")
        for width, height in SIZES:
            tab.set_viewport_size({"width": width, "height": height})
            look = f"{chosen[1] if chosen else f'automatic, {system}'}, {width} px"
            yield from (f"{look}: {found}" for found in axe.violations(tab))
        context.close()


def measure(browser: Browser, base: str, asked: dict[str, str]) -> Iterator[Figure]:
    """Yield for each page how much is wrong with it, and print what."""
    looks = len(CHOICES) * len(SIZES)
    for name, page in asked.items():
        wrong = list(looked_at(browser, base, page))
        yield at_most(f"axe: {name[:36]}, {looks} looks", len(wrong), "", 0)
        for line in wrong:
            print(f"  {line}")


def main() -> int:
    """Print the figures; return 1 if one misses what was promised, or cannot be had."""
    asked = Asked("axe")
    program = chromium()
    if program is None:
        print("axe needs a Chromium; install one or name it in CONC_CHROMIUM")
        return 1
    with asked.site() as site, served(site) as base, started(program) as browser:
        wanted = asked.of({"404": "404.html"} | pages(site))
        return 0 if show(measure(browser, base, wanted)) else 1


if __name__ == "__main__":
    sys.exit(main())
