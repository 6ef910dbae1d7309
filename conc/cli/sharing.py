"""The commands that bring results home, and look at those of others."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from conc.cli.common import FAILED, result_of, results_option, say
from conc.errors import ConcError


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs", "machines"),
    metavar="DIR",
    help="Folder of the contributed files.  [default: docs/machines]",
)
@results_option
def contribute(file: Path | None, target: Path, folder: Path | None) -> None:
    """Write a result into the folder of contributed ones, small and without a name in it.

    FILE is a result file; without it, this machine's. The same result gives the same file.
    Propose the file by a pull request: the site then shows this machine beside the others.

    \b
    Examples:
      conc contribute
      conc contribute laptop.json --to docs/machines
    """
    from tempfile import TemporaryDirectory

    from conc.claims.contributed import without_names
    from conc.results import contribution, store

    result = without_names(result_of(file, folder), _own_names())
    kept = contribution.kept_screens(result, target)
    packed = contribution.pack(result, kept)
    name = contribution.file_name(result, packed)
    with TemporaryDirectory() as looked_at:
        Path(looked_at, name).write_bytes(packed)
        if _complain([Path(looked_at, name)], target):
            raise ConcError("nothing was contributed, for the reasons above")
    store.write(packed, target / name)
    click.echo(target / name)


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...]) -> None:
    """Check contributed files, which may come from anybody; all of docs/machines unless named.

    It looks for a broken schema, names and markup in texts, absurd or impossible figures,
    duplicates and other versions of the code that was timed. The exit code is 1 where a file is
    not fit to be shown.

    \b
    Example:
      conc check docs/machines/*.json.gz
    """
    from conc.results import contribution

    if _complain(files or contribution.files(contribution.FOLDER), None):
        context.exit(FAILED)


def _complain(files: Sequence[Path], folder: Path | None) -> bool:
    """Print what is wrong with contributed files; return whether one is refused."""
    from conc.claims.contributed import complaints

    refused = False
    for path in files:
        for complaint in complaints(path, folder or path.parent):
            say(f"{path.name}: {'note: ' if complaint.note else ''}{complaint.says}")
            refused = refused or not complaint.note
    return refused


def _own_names() -> list[str]:
    """Return what this machine and its user are called, where that says who they are."""
    import getpass
    import platform

    names = [platform.node().partition(".")[0]]
    with suppress(OSError, KeyError):  # this user has no name
        names.append(getpass.getuser())
    return [name for name in names if name and name.casefold() not in _NOBODY]


_NOBODY = {
    "root",
    "vm",
    "me",
    "user",
    "admin",
    "runner",
    "runneradmin",
    "localhost",
    "docker",
    "ubuntu",
}
"""What many machines and users are called."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--round",
    "month",
    default="",
    metavar="YYYY-MM",
    help="The month that the round is of.  [default: that of the newest result]",
)
@click.option(
    "--to",
    "docs",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("docs"),
    metavar="DIR",
    help="Folder of the pages.  [default: docs]",
)
@click.pass_context
def gather(context: click.Context, folder: Path, month: str, docs: Path) -> None:
    """Make a round of what the jobs of a scheduled run uploaded, for a maintainer to commit.

    FOLDER holds a folder a job: its note, job.json, and its result file where it came so far. A
    round is docs/rounds/YYYY-MM.json; the raw files that it rests on go into docs/machines, in
    place of older ones of the same machine and Python. What was uploaded is checked as contributed
    files are: what is not fit to be shown is told in a line, leaves its column empty, and makes the
    exit code 1. The same uploads give the same files.

    \b
    Examples:
      gh run download 123456 --dir uploaded && conc gather uploaded
      conc gather uploaded --round 2026-11
    """
    from conc.claims import gathering

    gathered = gathering.gather(folder, docs, month)
    path = gathering.put(gathered, docs)
    for line in gathered.refused:
        say(line)
    for column in gathered.round.columns:
        if column.failed:
            say(f"{column.image}, Python {column.python}: no result: {column.failed}")
    click.echo(path)
    for name in gathered.files:
        click.echo(docs / gathering.MACHINES / name)
    if gathered.refused:
        context.exit(FAILED)
