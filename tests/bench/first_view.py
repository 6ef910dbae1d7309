"""What a page's first view weighs, gzipped, with every request.

Once for the site as it is, and again with as many pages as the finished site may have.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, at_most, show
from tests.site.browsing import (
    LOOKS,
    PAGES,
    build_site,
    chromium,
    make_project,
    see,
    served,
    started,
)

LIMIT_KIB = 110
FULL_GROWN = 30


def grown(folder: Path) -> Path:
    """Make a project with copies of its longest page, and return its folder."""
    docs = make_project(folder) / "docs"
    longest = max(docs.glob("*.md"), key=lambda page: page.stat().st_size)
    for number in range(max(1, FULL_GROWN - len(PAGES))):
        shutil.copy(longest, docs / f"copy-{number}.md")
    pages = sorted(
        page.relative_to(docs).as_posix()
        for page in docs.rglob("*")
        if page.suffix in {".md", ".ipynb"}
    )
    settings = {"INHERIT": "mkdocs.yml", "nav": pages}
    (folder / "grown.yml").write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    return folder


def weights(base: str, program: str, pages: list[str], note: str) -> Iterator[Figure]:
    """Weigh the first view of each page."""
    with started(program) as browser:
        for page in pages:
            context = browser.new_context(**LOOKS["phone"])
            visit = see(context, base, page)
            context.close()
            name = f"first view, {page.strip('/') or 'home'}{note}"
            yield at_most(name, visit.gzipped / 1024, "KiB", LIMIT_KIB)


def measure(folder: Path, program: str) -> Iterator[Figure]:
    """Yield every figure as soon as it is there."""
    with served(build_site(make_project(folder / "project"))) as base:
        yield from weights(base, program, PAGES, "")
    with served(build_site(grown(folder / "grown"), "grown.yml")) as base:
        yield from weights(base, program, ["", "copy-0/"], f" of {FULL_GROWN} pages")


def main() -> int:
    """Print the figures; return 1 if one misses what was promised."""
    program = chromium()
    if program is None:
        print("first_view needs a Chromium; install one or name it in CONC_CHROMIUM")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        return 0 if show(measure(Path(folder), program)) else 1


if __name__ == "__main__":
    sys.exit(main())
