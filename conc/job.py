"""What a job of a scheduled run leaves behind: a note of what it measures and how far it came.

A job uploads one folder, whatever becomes of it::

    ANY-NAME/job.json    this note
    ANY-NAME/*.json      the result file, as ``conc measure --results ANY-NAME`` wrote it, if it did

It writes the note before each of its steps, so that a job that fails, hangs or is cut off has said
which step it was in. Nothing but the standard library is needed for that::

    python -m conc.job results --image ubuntu-24.04 --python 3.14t --at installing

Commit and run are those that the hosting service names in ``GITHUB_SHA`` and ``GITHUB_RUN_ID``.
``conc gather`` reads such folders; see :mod:`conc.results.jobs`.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "job.json"

STEPS = ("setting up Python", "installing", "measuring", "done")
"""Where a job can be; of one that is not done the column says where it ended."""

PATTERNS: Mapping[str, str] = {
    "image": r"[a-z][a-z0-9.-]{0,39}",
    "python": r"3\.\d{1,2}t?",
    "commit": r"[0-9a-f]{40}",
    "at": "|".join(STEPS),
}
"""What the texts of a note look like; any other is refused."""

MOST_RUN = 2**53


@dataclass(frozen=True)
class Job:
    """A note. ``image`` and ``python`` are what was asked for, ``at`` is the step it came to.

    ``run`` is the number of the run that measured, ``commit`` what it measured with.
    """

    image: str
    python: str
    commit: str
    run: int
    at: str

    def wrong(self) -> str:
        """Return the name of a field that can't be; empty where all of them can."""
        for name, pattern in PATTERNS.items():
            if not re.fullmatch(pattern, getattr(self, name)):
                return name
        return "" if 0 < self.run <= MOST_RUN else "run"


def write(job: Job, folder: Path) -> Path:
    """Write a note into a folder. Raises ValueError for one that can't be, OSError."""
    if name := job.wrong():
        raise ValueError(f"{name} can't be {getattr(job, name)!r}")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    path.write_text(json.dumps(asdict(job), sort_keys=True) + "\n", encoding="utf-8")
    return path


def main(arguments: Sequence[str] | None = None) -> "int | str":
    """Write the note that the arguments and the environment tell; return what is wrong, or 0."""
    parser = argparse.ArgumentParser(prog="python -m conc.job", description="Note a job's step.")
    parser.add_argument("folder", type=Path, help="what the job uploads")
    parser.add_argument("--image", required=True, help="the runner's image, such as ubuntu-24.04")
    parser.add_argument("--python", required=True, help="as it was asked for, such as 3.14t")
    parser.add_argument("--at", required=True, choices=STEPS, help="the step that begins now")
    asked = parser.parse_args(arguments)
    run = os.environ.get("GITHUB_RUN_ID", "")
    job = Job(
        image=asked.image,
        python=asked.python,
        commit=os.environ.get("GITHUB_SHA", ""),
        run=int(run) if run.isdecimal() else 0,
        at=asked.at,
    )
    try:
        write(job, asked.folder)
    except (OSError, ValueError) as error:
        return f"conc: no note was written: {error}"
    return 0


if __name__ == "__main__":
    sys.exit(main())
