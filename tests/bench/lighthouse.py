"""What Lighthouse says of each page on a mobile device: the median of three runs.

``python -m tests.bench.lighthouse [--site FOLDER] [PAGE…]``: of a site that is built already, or of
one that is built from an invented result; of all its pages, or of those that are named, such as
``home`` and ``article/asyncio``. Lighthouse comes from npm through npx.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, at_least, show
from tests.bench.sites import Asked
from tests.check_site import addresses
from tests.site.browsing import CHROMIUM_ARGUMENTS, chromium, served

LIGHTHOUSE = "lighthouse@12.8.2"
RUNS = 3
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
PARTS = {
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "speed-index": "speed index",
    "total-blocking-time": "blocked",
    "cumulative-layout-shift": "layout shift",
}
"""What the performance is made of, and how it is called here."""

Run = dict[str, Any]


def named(page: str) -> str:
    """Return how a page is called here."""
    return page.strip("/") or "home"


def run(url: str, program: str) -> Run:
    """Return what Lighthouse found of a page that is opened anew."""
    flags = f"--chrome-flags={' '.join(['--headless=new', *CHROMIUM_ARGUMENTS])}"
    done = subprocess.run(
        ["npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", flags],
        env={**os.environ, "CHROME_PATH": program},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"lighthouse: {url}: {done.stderr.strip()[-500:]}")
    found: Run = json.loads(done.stdout)
    return found


def scores(base: str, program: str, page: str) -> Iterator[Figure]:
    """Yield the scores of a page, and what its performance is made of where that misses."""
    runs = [run(base + page, program) for _ in range(RUNS)]
    for score, least in LEAST.items():
        median = statistics.median(100 * one["categories"][score]["score"] for one in runs)
        figure = at_least(f"{named(page)}: {score}", median, "", least)
        yield figure
        if score == "performance" and not figure.met:
            yield from parts(page, runs)


def parts(page: str, runs: Sequence[Run]) -> Iterator[Figure]:
    """Yield what the performance of a page is made of."""
    for audit, name in PARTS.items():
        value = statistics.median(one["audits"][audit]["numericValue"] for one in runs)
        unit = "" if audit == "cumulative-layout-shift" else "ms"
        yield Figure(f"  {named(page)}: {name}", value, unit)


def main() -> int:
    """Print the figures; return 1 if one misses what was promised, or cannot be had."""
    asked = Asked("lighthouse")
    program = chromium()
    if program is None or shutil.which("npx") is None:
        print("lighthouse needs a Chromium and npx; install them, or name one in CONC_CHROMIUM")
        return 1
    every = addresses(Path(__file__).parents[2] / "docs")
    wanted = asked.of({named(page): page for page in every})
    with asked.site() as site, served(site) as base:
        found = (scores(base, program, page) for page in wanted.values())
        return 0 if show(figure for page in found for figure in page) else 1


if __name__ == "__main__":
    sys.exit(main())
