"""The way to the project itself: its address is known to whoever publishes the site."""

import os
from urllib.parse import urlencode

from conc.records import Verdict
from conc.show.shown import Shown

ADDRESS = "CONC_REPO_URL"
"""The environment variable that holds the address of the repository."""

FOLDER = "conc"
"""What a clone is called on the pages."""

DISPUTE_FORM = "dispute.yml"
"""The form of an issue against a verdict, in ``.github/ISSUE_TEMPLATE``."""


def clone() -> str:
    """Return the commands that clone the project and measure a machine, as Markdown."""
    first = f"$ git clone {address} {FOLDER}\n$ cd {FOLDER}\n" if (address := _address()) else ""
    before = "" if first else "In a clone of this project:\n\n"
    return f"{before}```console\n{first}$ make serve\n```"


def without_clone(*, beside: bool = False) -> str:
    """Return the line that tries a function without a clone, as Markdown.

    It has an environment of its own, or with ``beside`` that of the reader's project.
    """
    source = _address() or "<address of this repository>"
    program = "uv run --with" if beside else "pipx run --spec"
    return f"```console\n$ {program} git+{source} conc try work:resize cat.png dog.png\n```"


def dispute(shown: Shown, verdict: Verdict) -> str | None:
    """Return where to dispute a verdict: the form, with claim, rules and result filled in.

    ``None`` where the address is not known.
    """
    address = _address()
    if not address:
        return None
    fields = {
        "template": DISPUTE_FORM,
        "title": f"Dispute: {verdict.claim}",
        "claim": verdict.claim,
        "rules": verdict.rules,
        "digest": shown.digest,
    }
    return f"{address}/issues/new?{urlencode(fields)}"


def _address() -> str:
    return os.environ.get(ADDRESS, "").rstrip("/")
