"""The way to the project itself: its address is known to whoever publishes the site."""

import os

ADDRESS = "CONC_REPO_URL"
"""The environment variable that holds the address of the repository."""

FOLDER = "conc"
"""What a clone is called on the pages."""


def clone() -> str:
    """Return the commands that clone the project and measure a machine, as Markdown."""
    first = f"$ git clone {address} {FOLDER}\n$ cd {FOLDER}\n" if (address := _address()) else ""
    before = "" if first else "In a clone of this project:\n\n"
    return f"{before}```console\n{first}$ make serve\n```"


def without_clone() -> str:
    """Return the one line that tries a function without a clone, as Markdown."""
    source = _address() or "<address of this repository>"
    return f"```console\n$ pipx run --spec git+{source} conc try work:resize cat.png dog.png\n```"


def _address() -> str:
    return os.environ.get(ADDRESS, "").rstrip("/")
