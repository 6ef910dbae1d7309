"""The way to the project itself: its address is known to whoever publishes the site."""

import os
from urllib.parse import urlencode, urlsplit

from conc.records import Verdict
from conc.show.shown import Shown

ADDRESS = "CONC_REPO_URL"
"""The environment variable that holds the address of the repository."""

FOLDER = "conc"
"""What a clone is called on the pages."""

ACTION = ".github/actions/try"
"""Where in the repository the action lies that tries a function in a workflow."""

DISPUTE_FORM = "dispute.yml"
"""The form of an issue against a verdict, in ``.github/ISSUE_TEMPLATE``."""


def clone() -> str:
    """Return the commands that clone the project and measure a machine, as Markdown."""
    first = f"$ git clone {source} {FOLDER}\n$ cd {FOLDER}\n" if (source := address()) else ""
    before = "" if first else "In a clone of this project:\n\n"
    return f"{before}```console\n{first}$ make serve\n```"


def without_clone(*, beside: bool = False) -> str:
    """Return the line that tries a function without a clone, as Markdown.

    It has an environment of its own, or with ``beside`` that of the reader's project.
    """
    source = address() or "<address of this repository>"
    program = "uv run --with" if beside else "pipx run --spec"
    return f"```console\n$ {program} git+{source} conc try work:resize cat.png dog.png\n```"


def in_a_workflow() -> str:
    """Return the job that tries a function in somebody's workflow, as Markdown."""
    source = urlsplit(address()).path.strip("/") or "<owner>/<repository>"
    return f"""```yaml
permissions:
  contents: read
jobs:
  try:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - uses: {source}/{ACTION}@main
        with:
          function: work:resize
          items-from: photos
          python-version: "3.14"
          install: -r requirements.txt
          expect: threads
          fail-on: changed
```"""


def dispute(shown: Shown, verdict: Verdict) -> str | None:
    """Return where to dispute a verdict: the form, with claim, rules and result filled in.

    ``None`` where the address is not known.
    """
    source = address()
    if not source:
        return None
    fields = {
        "template": DISPUTE_FORM,
        "title": f"Dispute: {verdict.claim}",
        "claim": verdict.claim,
        "rules": verdict.rules,
        "digest": shown.digest,
    }
    return f"{source}/issues/new?{urlencode(fields)}"


def address() -> str:
    """Return the address of the repository, empty where it is not known."""
    return os.environ.get(ADDRESS, "").rstrip("/")
