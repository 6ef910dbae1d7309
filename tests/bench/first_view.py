"""What a page's first view weighs, gzipped, with every request, and what Lighthouse says of it.

Once for the site as it is, and the weight again with as many pages as the finished site may have.
Lighthouse comes from npm through npx; where that can't be had, its figures are left out and said.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, at_most, show
from tests.site.browsing import (
    CHROMIUM_ARGUMENTS,
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
LIGHTHOUSE = "lighthouse@12.8.2"
RUNS = 3
PERFORMANCE = 95
SCORES = ("performance", "accessibility", "best-practices", "seo")


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


def scores(base: str, program: str, page: str) -> Iterator[Figure]:
    """Return the median of Lighthouse's scores for a mobile device."""
    runs = [_lighthouse(base + page, program) for _ in range(RUNS)]
    for score in SCORES:
        median = statistics.median(run[score] for run in runs)
        least = PERFORMANCE if score == "performance" else 100
        name = f"Lighthouse {score}, {page.strip('/') or 'home'}"
        yield Figure(name, median, "", f"at least {least}", median >= least)


def _lighthouse(url: str, program: str) -> dict[str, float]:
    flags = f"--chrome-flags={' '.join(['--headless=new', *CHROMIUM_ARGUMENTS])}"
    done = subprocess.run(
        ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", flags],
        env={**os.environ, "CHROME_PATH": program},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    found = json.loads(done.stdout)["categories"]
    return {score: round(100 * found[score]["score"]) for score in SCORES}


def measure(folder: Path, program: str) -> Iterator[Figure]:
    """Yield every figure as soon as it is there."""
    with served(build_site(make_project(folder / "project"))) as base:
        yield from weights(base, program, PAGES, "")
        if shutil.which("npx") is None:
            print("Lighthouse needs npx, which is not here: its scores are left out")
        else:
            for page in PAGES:
                yield from scores(base, program, page)
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
