"""What several commands share: names that are checked, options, and how they read and write."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conc.errors import ConcError

if TYPE_CHECKING:
    from conc.records import Result

FAILED = 1
USAGE = 2
INTERRUPTED = 130


class Name(click.ParamType[str]):
    """One of a few known names; an unknown one is answered with the nearest."""

    name = "name"

    def __init__(self, kind: str, known: Callable[[], Sequence[str]]) -> None:
        """Take the known names as a call, which is made only when a name has to be checked."""
        self.kind = kind
        self.known = known

    def convert(
        self,
        value: str,
        param: click.Parameter | None,  # noqa: ARG002 - click's signature
        ctx: click.Context | None,
    ) -> str:
        """Return the name as it is known, however its letters are written.

        Raises:
            click.UsageError: Nothing of that name is known.

        """
        known = self.known()
        for name in known:
            if name.casefold() == value.casefold():
                return name
        near = get_close_matches(value.lower(), known, n=2)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}"
        raise click.UsageError(f"unknown {self.kind} {value!r}; {hint}", ctx)


results_option = click.option(
    "--results",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="CONC_RESULTS",
    metavar="DIR",
    help="Folder of the result files.  [default: .conc/results]",
)


file_option = click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Read this result file instead of this machine's, for example another machine's.",
)


output_option = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default="-",
    metavar="FILE",
    help="Where to write.  [default: standard output]",
)


json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")


def result_of(file: Path | None, folder: Path | None) -> "Result":
    """Load the named result file, or else the one of this machine and interpreter.

    Raises:
        ConcError: There is none yet, or it can't be read.

    """
    from conc.measure.machine import describe_interpreter, describe_machine
    from conc.results import contribution, store

    if file:
        return contribution.load(file)
    folder = folder or store.results_folder()
    ours = store.result_path(folder, describe_machine(), describe_interpreter())
    if not ours.exists():
        raise ConcError(f"nothing measured yet in {folder}; measure with: conc measure")
    return store.load_ours(ours)


def write(output: Path, content: bytes) -> None:
    """Write a file, or to standard output for ``-``. Raises ConcError where it can't."""
    if str(output) == "-":
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise ConcError(f"cannot write {output}: {error.strerror}") from error


def echo_json(data: object) -> None:
    """Write JSON as UTF-8, as its standard asks, whatever the locale says."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(data), indent=2))


def say(message: str) -> None:
    """Tell the user one line beside the output."""
    click.echo(f"conc: {' '.join(message.split())}", err=True)
