"""What the jobs of a scheduled run uploaded, read with suspicion: a folder of folders.

The form of each is that of :mod:`conc.job`: a note, and beside it the result file, or none where
the job did not come so far. Whatever is no folder with a sound note is told in a line.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from conc.errors import ConcError
from conc.job import FILE, Job

MOST_JOBS = 200
MOST_NOTE = 4_000
"""The most bytes of a note."""

MOST_FILES = 10
"""Of a job, which has one result."""

RESULTS = (".json", ".json.gz", ".json.xz")


@dataclass(frozen=True, slots=True)
class Upload:
    """What a job uploaded: the name of its folder, its note, and its result files by name."""

    name: str
    job: Job
    files: tuple[Path, ...]


def uploads(folder: Path) -> tuple[list[Upload], list[str]]:
    """Return what the jobs uploaded, in order, and a line for each folder that can't be read.

    Raises :class:`ConcError` where the folder can't be read, or is none of jobs.
    """
    try:
        found = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError as error:
        raise ConcError(f"{folder}: can't be read: {error.strerror or error}") from error
    if not found:
        raise ConcError(f"{folder}: holds no folder of a job; give what a scheduled run uploaded")
    if len(found) > MOST_JOBS:
        raise ConcError(f"{folder}: more than {MOST_JOBS} folders, which no run has")
    read: list[Upload] = []
    refused = []
    for path in found:
        try:
            read.append(_upload(path))
        except ConcError as error:
            refused.append(str(error))
    read.sort(key=lambda one: (one.job.image, one.job.python, one.name))
    return read, refused


def _upload(folder: Path) -> Upload:
    if folder.is_symlink():
        raise ConcError(f"{_shown(folder.name)}: a link, which is not followed")
    job = _note(folder)
    files = sorted(
        path
        for path in folder.iterdir()
        if path.name != FILE and path.name.endswith(RESULTS) and path.is_file()
    )
    if len(files) > MOST_FILES:
        raise ConcError(f"{_shown(folder.name)}: more than {MOST_FILES} result files of one job")
    for path in files:
        if path.is_symlink():
            raise ConcError(f"{_shown(folder.name)}: a link in place of a result file")
    return Upload(_shown(folder.name), job, tuple(files))


def _note(folder: Path) -> Job:
    path, name = folder / FILE, _shown(folder.name)
    if path.is_symlink() or not path.is_file():
        raise ConcError(f"{name}: has no {FILE}; python -m conc.job writes it")
    with path.open("rb") as file:
        content = file.read(MOST_NOTE + 1)
    if len(content) > MOST_NOTE:
        raise ConcError(f"{name}: its {FILE} is larger than {MOST_NOTE:,} bytes")
    try:
        job = msgspec.json.decode(content, type=Job)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConcError(f"{name}: its {FILE} is no note of a job: {_shown(str(error))}") from error
    if wrong := job.wrong():
        raise ConcError(f"{name}: its {FILE} names a {wrong} that can't be")
    return job


def _shown(text: str) -> str:
    """Return the beginning of a stranger's text as a terminal can show it."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:100])
