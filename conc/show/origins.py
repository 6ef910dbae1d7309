"""Which run of a workflow made a raw file, as the rounds of the repository say.

What a file says of itself anybody can write; what a round says a maintainer has committed.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import htpy as h

from conc.claims import rounds
from conc.claims.rounds import Column
from conc.show import project
from conc.show.page import DATA
from conc.show.shown import Shown
from conc.show.verdicts import MACHINES


def origin(shown: Shown, file: str) -> h.Element | None:
    """Say which run of a workflow made a raw file; nothing where no round names it."""
    columns = (column for one in shown.rounds for column in one.measured)
    column = next((column for column in columns if column.file == file), None)
    if column is None:
        return None
    return h.p(".conc-origin")[
        "Measured by a workflow of this project: ",
        _run(column),
        f" on {column.image}, SHA-256 of the raw data ",
        h.code[column.digest],
        ".",
    ]


def checksums(site: Path) -> Iterator[str]:
    """Yield digest and name of each file of a built site that a run of this project stands for.

    Those are its own data, the rounds, and the raw files as rounds name them. What people have
    contributed is left out: no run made that.
    """
    ours = [site / DATA / name for name in ("result.json", "verdicts.json")]
    ours += sorted((site / rounds.FOLDER.name).glob("*.json"))
    named = rounds.digests(rounds.load_all(site / rounds.FOLDER.name))
    for path in (*ours, *sorted((site / MACHINES).glob("*.json*"))):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if path in ours or digest in named:
                yield f"{digest}  {path.relative_to(site).as_posix()}"


def _run(column: Column) -> h.Renderable:
    source = project.address()
    run, commit = f"run {column.run}", column.commit[:12]
    if not source:
        return h.fragment[f"{run} at commit ", h.code[commit]]
    return h.fragment[
        h.a(href=f"{source}/actions/runs/{column.run}")[run],
        " at commit ",
        h.a(href=f"{source}/commit/{quote(column.commit)}")[h.code[commit]],
    ]
