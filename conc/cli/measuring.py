"""The commands that measure, and those that look at what can be measured."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conc.cli.common import (
    FAILED,
    Name,
    echo_json,
    json_option,
    output_option,
    results_option,
    say,
    write,
)
from conc.errors import ConcError

if TYPE_CHECKING:
    from conc.records import Profile


def _profiles() -> Sequence[str]:
    from conc.records import PROFILES

    return PROFILES


def _experiments() -> Sequence[str]:
    from conc.experiments.registry import EXPERIMENTS

    return [experiment.name for experiment in EXPERIMENTS]


def _works() -> Sequence[str]:
    from conc.experiments.kitchens.dishes import WORKS

    return WORKS


def _models() -> Sequence[str]:
    from conc.models import NAMES

    return NAMES


@click.command()
@click.argument("experiments", nargs=-1, type=Name("experiment", _experiments))
@click.option(
    "--profile",
    type=Name("profile", _profiles),
    default="quick",
    envvar="CONC_PROFILE",
    show_default=True,
    help="smoke: seconds, its figures mean nothing. quick: two minutes. full: 15 minutes.",
)
@click.option("--refresh", is_flag=True, help="Measure again even what is still valid.")
@click.option(
    "--python",
    "pythons",
    multiple=True,
    metavar="VERSION|PATH",
    help="Measure with this interpreter instead, such as 3.13 or 3.14t; may be given again.",
)
@results_option
@click.pass_context
def measure(  # noqa: PLR0913 - an option each
    context: click.Context,
    experiments: tuple[str, ...],
    profile: "Profile",
    *,
    refresh: bool,
    pythons: tuple[str, ...],
    folder: Path | None,
) -> None:
    """Measure what is missing or stale; all experiments unless some are named.

    Every experiment is saved as soon as it is done. When it is interrupted, the same command
    goes on where it stopped.

    \b
    Examples:
      conc measure
      conc measure cpu-bound io-bound
      conc measure --profile full --refresh
      conc measure --python 3.12 --python 3.13 --python ~/builds/3.15/python
    """
    if pythons:
        arguments = [*experiments, "--profile", profile, *["--refresh"] * refresh]
        context.exit(_measure_with(pythons, arguments, folder))
    from conc.experiments.registry import EXPERIMENTS, get
    from conc.measure.session import measure_here

    chosen = tuple(get(name) for name in experiments) or EXPERIMENTS
    path, result = measure_here(chosen, profile, folder=folder, refresh=refresh)
    click.echo(path)
    failures = [
        failure
        for experiment in chosen
        for failure in result.measurements[experiment.name].failures
    ]
    for failure in failures:
        click.echo(f"conc: {failure.case} {failure.kind}: {failure.detail}", err=True)
    if failures:
        context.exit(FAILED)


def _measure_with(asked: Sequence[str], arguments: Sequence[str], folder: Path | None) -> int:
    """Measure with each interpreter; say in a line which could not be had. Return the exit code.

    Raises ConcError where none could.
    """
    from conc.measure import interpreters
    from conc.results import store

    found = {}
    for name in dict.fromkeys(asked):
        try:
            found[name] = interpreters.find(name)
        except ConcError as error:
            say(str(error))
    results = ["--results", str(folder or store.results_folder())]
    code, measured = 0, False
    for _, end in interpreters.measure_with([*found.items()], [*arguments, *results]):
        if isinstance(end, ConcError):
            say(str(end))
            continue
        measured = measured or end in {0, FAILED}
        code = max(code, abs(end))
    if not measured:
        raise ConcError("nothing was measured, for the reasons above")
    return code or (FAILED if len(found) < len({*asked}) else 0)


@click.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the experiments: the question that each answers, and the snippets that it times."""
    from conc.experiments.registry import EXPERIMENTS

    if as_json:
        echo_json(
            [
                {
                    "name": experiment.name,
                    "title": experiment.title,
                    "question": experiment.question,
                    "snippets": experiment.snippets,
                }
                for experiment in EXPERIMENTS
            ]
        )
        return
    with click.Context(list_).scope() as context:
        formatter = context.make_formatter()
        formatter.write_dl([(experiment.name, experiment.question) for experiment in EXPERIMENTS])
    click.echo(formatter.getvalue().rstrip())


@click.command()
@json_option
@results_option
def doctor(*, as_json: bool, folder: Path | None) -> None:
    """Say what this machine can and can't decide, and what would help.

    It looks at cores and what limits them, the noise seen when it was last measured, how busy
    the machine is, the interpreter, and the programs that some pages need.
    """
    from conc.doctor import examine, look_around

    findings = examine(look_around(folder))
    if as_json:
        import msgspec

        echo_json(msgspec.to_builtins(findings))
        return
    marks = {"ready": "ok", "limited": "so-so", "missing": "no"}
    for finding in findings:
        click.echo(f"{marks[finding.state]:>5}  {finding.subject}: {finding.found}")
        details = (
            [finding.means, f"What helps: {finding.helps}"] if finding.helps else [finding.means]
        )
        for line in details:
            click.echo(click.wrap_text(line, 96, initial_indent=" " * 7, subsequent_indent=" " * 7))


@click.command()
@json_option
@results_option
def listings(*, as_json: bool, folder: Path | None) -> None:
    """Capture what htop, top, ps and psutil show of four small programs, and print it.

    The programs are a threaded one, one of processes, an asyncio one and an idle pool. The
    screens are kept in the result file, beside what /proc said at that moment.

    \b
    Examples:
      conc listings | less -R
      conc listings --json
    """
    from conc.experiments import listings as listed
    from conc.measure.session import measure_here

    _, result = measure_here((listed.EXPERIMENT,), "quick", folder=folder, refresh=True)
    captures = result.measurements[listed.EXPERIMENT.name].captures
    if as_json:
        echo_json(captures)
        return
    from conc.show import screens

    click.echo(screens.plain(captures))


@click.command()
@click.argument("work", metavar="WORKLOAD", type=Name("workload", _works))
@click.option("--model", type=Name("model", _models), required=True, help="What to trace.")
@output_option
def trace(work: str, model: str, output: Path) -> None:
    """Trace ten dishes under a model, for ui.perfetto.dev or chrome://tracing.

    WORKLOAD is cpu (each dish is prepared), io (each waits for its oven) or mixed (both).

    \b
    Examples:
      conc trace io --model threads -o threads.json
      conc trace mixed --model asyncio > tasks.json
    """
    from conc.measure import tracing
    from conc.results.chrome_trace import dumps

    write(output, dumps(tracing.trace(work, model)).encode())
