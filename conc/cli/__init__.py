"""The command ``conc``: parse, call, print.

Every command imports what it needs when it runs, so that ``conc --help`` answers at once.
Exit codes: 0 done, 1 measured but some case failed, 2 wrong usage or another error of the user's
to mend, 130 interrupted (Ctrl-C), 143 ended (SIGTERM).
"""

import io
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import click

from conc import __version__
from conc.cli import measuring, reading, sharing, trying
from conc.cli.common import FAILED, INTERRUPTED, USAGE, say
from conc.errors import ConcError

__all__ = ["FAILED", "INTERRUPTED", "USAGE", "conc", "main", "prepare_process"]


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="conc", message="%(prog)s %(version)s")
@click.pass_context
def conc(context: click.Context) -> None:
    """Measure Python's concurrency models on this machine, and show what came of it.

    \b
    Start here:
      conc doctor                what this machine can decide, and what would help it
      conc measure               measure everything (profile quick, about two minutes)
      conc report                the figures, in the terminal
      conc try MODULE:FUNCTION   a function of your own under every model
      mkdocs serve               the figures, as a site

    Results are kept in .conc/results, one file for each machine and interpreter. What is still
    valid is not measured again.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    measuring.doctor,
    measuring.measure,
    measuring.list_,
    measuring.listings,
    measuring.trace,
    reading.report,
    reading.verdicts,
    reading.compare,
    reading.export,
    reading.simulate,
    trying.try_,
    sharing.contribute,
    sharing.check,
    sharing.gather,
):
    conc.add_command(command)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """End on a signal as on any exit: what is under way is put in order first."""
    raise SystemExit(128 + number)


def prepare_process() -> None:
    """Let SIGTERM clean up, and let no character that a terminal lacks end the command."""
    signal.signal(signal.SIGTERM, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code; an error of the user's is one line."""
    prepare_process()
    try:
        code = conc.main(arguments, prog_name="conc", standalone_mode=False)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "conc"
        say(f"{error.format_message()} (usage: {path} --help)")
        code = USAGE
    except (ConcError, click.ClickException) as error:
        say(str(error))
        code = USAGE
    except (KeyboardInterrupt, click.Abort):
        say("interrupted; what was measured is kept")
        code = INTERRUPTED
    sys.exit(code)
