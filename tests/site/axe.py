"""What axe-core finds wrong with a page that is open. Its file is kept as it was published."""

import hashlib
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

FILE = Path(__file__).parents[1] / "vendored" / "axe-core" / "axe.min.js"
VERSION = "4.14.1"
SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
"""The hash that axe-core's own ``sri-history.json`` gives for this version."""

_RUN = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


@cache
def script() -> str:
    """Return axe-core. Raises ValueError if the file is not the one that was published."""
    content = FILE.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ValueError(f"{FILE.name} is not axe-core {VERSION} as it was published")
    return content.decode()


def violations(page: Page) -> list[str]:
    """Return a line for each element that breaks a rule: the rule, and the element's HTML."""
    page.evaluate(script())
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in page.evaluate(_RUN)
        for node in violation["nodes"]
    ]
