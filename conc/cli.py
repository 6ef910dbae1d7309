"""The command ``conc``: parse, call, print.

Every command imports what it needs when it runs, so that ``conc --help`` answers at once.
Exit codes: 0 done, 1 measured but some case failed, 2 wrong usage or another error of the user's
to mend, 130 interrupted (Ctrl-C), 143 ended (SIGTERM).
"""

import io
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from conc import __version__
from conc.errors import ConcError

if TYPE_CHECKING:
    from conc.records import Profile, Result

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


def _profiles() -> Sequence[str]:
    from conc.records import PROFILES

    return PROFILES


def _experiments() -> Sequence[str]:
    from conc.experiments.registry import EXPERIMENTS

    return [experiment.name for experiment in EXPERIMENTS]


def _claims() -> Sequence[str]:
    from conc.claims.ledger import CLAIMS

    return [claim.id for claim in CLAIMS]


def _works() -> Sequence[str]:
    from conc.experiments.kitchens.dishes import WORKS

    return WORKS


def _models() -> Sequence[str]:
    from conc.models import NAMES

    return NAMES


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


@conc.command()
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
            _say(str(error))
    results = ["--results", str(folder or store.results_folder())]
    code, measured = 0, False
    for _, end in interpreters.measure_with([*found.items()], [*arguments, *results]):
        if isinstance(end, ConcError):
            _say(str(end))
            continue
        measured = measured or end in {0, FAILED}
        code = max(code, abs(end))
    if not measured:
        raise ConcError("nothing was measured, for the reasons above")
    return code or (FAILED if len(found) < len({*asked}) else 0)


@conc.command()
@json_option
@file_option
@results_option
def report(*, as_json: bool, file: Path | None, folder: Path | None) -> None:
    """Show what was measured: a table for each experiment.

    \b
    Examples:
      conc report
      conc report --json | jq .
      conc report --file laptop.json
    """
    result = _result(file, folder)
    from conc.show import terminal

    if as_json:
        _echo_json(terminal.report_data(result))
    else:
        click.echo(terminal.report(result))


@conc.command()
@click.argument("claims", nargs=-1, type=Name("claim", _claims))
@json_option
@file_option
@results_option
@click.pass_context
def verdicts(
    context: click.Context,
    claims: tuple[str, ...],
    *,
    as_json: bool,
    file: Path | None,
    folder: Path | None,
) -> None:
    """Judge the article's claims by what was measured; all unless some are named.

    The exit code is 0 whatever the verdicts are, and 1 where a figure is impossible.

    \b
    Examples:
      conc verdicts
      conc verdicts C7 C26
      conc verdicts --json | jq -r '.[] | select(.outcome == "does not hold").says'
    """
    result = _result(file, folder)
    from conc.claims import ledger
    from conc.show import verdicts as written
    from conc.show.shown import Shown

    shown = Shown(result)
    chosen = [ledger.get(claim) for claim in claims] or ledger.CLAIMS
    if as_json:
        _echo_json(written.to_data(shown, chosen))
    else:
        click.echo(written.to_text(shown, chosen, as_table=sys.stdout.isatty()))
    for broken in shown.broken:
        _say(f"impossible figure in {broken.experiment}: {broken.sentence}")
    if shown.broken:
        context.exit(FAILED)


@conc.command("try")
@click.argument("function", metavar="MODULE:FUNCTION")
@click.argument("values", metavar="[ITEM]...", nargs=-1)
@click.option(
    "--items",
    "source",
    metavar="NAME",
    help="Take the items from this name in the module: a list or other iterable, or a function"
    " that returns one.",
)
@click.option(
    "--at-once",
    type=click.IntRange(min=1),
    default=32,
    show_default=True,
    help="How many calls wait at once, in threads or in an event loop.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=20.0,
    show_default=True,
    help="How long it may take in all; it ends sooner where it is decided sooner.",
)
@click.option(
    "--limit",
    "limit_s",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long all calls of a sample together may take.",
)
@click.option(
    "--any-answer", is_flag=True, help="The function may return something else each time."
)
@json_option
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write a page of its own: advice, chart, table and every sample.",
)
@results_option
@click.pass_context
def try_(  # noqa: PLR0913 - an option each
    context: click.Context,
    function: str,
    values: tuple[str, ...],
    source: str | None,
    *,
    at_once: int,
    seconds: float,
    limit_s: float,
    any_answer: bool,
    as_json: bool,
    page: Path | None,
    folder: Path | None,
) -> None:
    """Try a function of your own under every model, and say which one pays.

    FUNCTION is called once for each item, and must return the same for it every time. MODULE is
    what you would import in this folder, or a file such as work.py. An ITEM is a Python literal,
    or else a text; without items the function is called without an argument. A coroutine function
    is tried in an event loop, any other in threads and processes (and in interpreters, where
    Python has them). It is called many times, so let it change nothing that matters. Write --
    before items of which one begins with a minus.

    \b
    Examples:
      conc try work:resize cat.png dog.png
      conc try work.py:count_primes 20000 30000
      conc try work:fetch --items urls --at-once 100
    """
    from conc.experiments.tries import Call, Terms
    from conc.measure.tries import try_here
    from conc.records import LONGEST_TEXT
    from conc.results import store
    from conc.show import tries

    if values and source:
        raise click.UsageError("give the items either one by one or with --items", context)
    given = "[" + ", ".join(map(_literal, values)) + "]" if values else source or ""
    if len(function) + len(given) > LONGEST_TEXT - 100:  # which the names of cases add
        raise click.UsageError(
            "too many items for a command line: put them into a list, and name it with --items",
            context,
        )
    modules, function = _importable(function)
    call = Call(function, given)
    terms = Terms(at_once, seconds, limit_s, any_answer)
    path, result = try_here(call, terms, folder or store.results_folder(), modules)
    if page:
        _write(page, tries.to_page(result).encode())
    if as_json:
        _echo_json(tries.to_data(result))
    else:
        click.echo(tries.to_text(result))
        click.echo(f"\nRaw samples: {path}")
    if tries.is_interrupted(result):
        _say("interrupted; the table tells what was measured until then")
        context.exit(INTERRUPTED)
    if not tries.is_complete(result):
        context.exit(FAILED)


def _importable(function: str) -> tuple[Path, str]:
    """Return the folder in which a function's module is looked for first, and ``module:name``.

    Raises:
        click.UsageError: It does not name a module and a function.

    """
    place, _, name = function.rpartition(":")
    if not place or not all(part.isidentifier() for part in name.split(".")):
        raise click.UsageError(
            f"{function!r} names no function: write MODULE:FUNCTION, as in work:resize"
        )
    path = Path(place)
    is_file = path.suffix == ".py"
    if is_file and not path.is_file():
        raise click.UsageError(f"there is no file {place}")
    if is_file and path.stem.isidentifier():
        folder, parts = path.parent.resolve(), [path.stem]
        while (folder / "__init__.py").is_file():  # so that its relative imports are found
            parts.insert(0, folder.name)
            folder = folder.parent
        return folder, f"{'.'.join(parts)}:{name}"
    if is_file or not all(part.isidentifier() for part in place.split(".")):
        raise click.UsageError(f"{place!r} can't be imported: give a module's name or a .py file")
    return _folder_of(place.partition(".")[0]), function


def _folder_of(top: str) -> Path:
    """Return the present folder, or its ``src`` where only that has the module or package."""
    here = Path.cwd()
    for folder in (here, here / "src"):
        if (folder / f"{top}.py").is_file() or (folder / top).is_dir():
            return folder
    return here


def _literal(value: str) -> str:
    """Return an item as Python writes it: as it stands where it is a literal, else as a text."""
    from ast import literal_eval

    try:
        written = repr(literal_eval(value))
        literal_eval(written)  # an infinity is written as a name
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return repr(value)
    return written


@conc.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the experiments: the question that each answers, and the snippets that it times."""
    from conc.experiments.registry import EXPERIMENTS

    if as_json:
        _echo_json(
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


@conc.command()
@click.option(
    "--format",
    "form",
    type=Name("format", lambda: ("pyperf", "csv", "json")),
    required=True,
    help="pyperf: for python -m pyperf. csv: one line a sample. json: the result file itself.",
)
@output_option
@file_option
@results_option
def export(form: str, output: Path, file: Path | None, folder: Path | None) -> None:
    """Hand the raw samples to other tools.

    \b
    Examples:
      conc export --format pyperf -o here.json
      python -m pyperf stats here.json
      conc export --format csv > samples.csv
    """
    from conc.results import store
    from conc.results.export import to_csv, to_pyperf

    result = _result(file, folder)
    writers: dict[str, Callable[[Result], bytes]] = {
        "pyperf": lambda result: to_pyperf(result).encode(),
        "csv": lambda result: to_csv(result).encode(),
        "json": store.encode,
    }
    content = writers[form](result)
    _write(output, content)


@conc.command()
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

    result = without_names(_result(file, folder), _own_names())
    kept = contribution.kept_screens(result, target)
    packed = contribution.pack(result, kept)
    name = contribution.file_name(result, packed)
    with TemporaryDirectory() as looked_at:
        Path(looked_at, name).write_bytes(packed)
        if _complain([Path(looked_at, name)], target):
            raise ConcError("nothing was contributed, for the reasons above")
    store.write(packed, target / name)
    click.echo(target / name)


@conc.command()
@click.argument("first", metavar="A", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("second", metavar="B", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def compare(first: Path, second: Path, *, as_json: bool) -> None:
    """Compare two result files: verdicts that differ, key ratios, and what can't be compared.

    A and B are result files, whole or contributed ones. Ratios are compared, never times: two
    machines differ in those whatever the model.

    \b
    Examples:
      conc compare .conc/results/*3.13*.json .conc/results/*3.14*.json
      conc compare here.json docs/machines/laptop.json.gz --json
    """
    from conc.claims import findings
    from conc.show import comparing

    found = findings.of_file(first), findings.of_file(second)
    if as_json:
        _echo_json(comparing.to_data(*found))
    else:
        click.echo(comparing.to_text(*found))


@conc.command()
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
            _say(f"{path.name}: {'note: ' if complaint.note else ''}{complaint.says}")
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


@conc.command()
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

    _write(output, dumps(tracing.trace(work, model)).encode())


@conc.command()
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
        _echo_json(captures)
        return
    from conc.show import screens

    click.echo(screens.plain(captures))


@conc.command()
@click.option("--rules", is_flag=True, help="How often rules are wrong where no effect is.")
@click.option("--coverage", is_flag=True, help="How often intervals hold what is true.")
@click.option(
    "--times",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="How many results of each to simulate.",
)
@json_option
@results_option
def simulate(
    *, rules: bool, coverage: bool, times: int, as_json: bool, folder: Path | None
) -> None:
    """Judge simulated results, in noise as virtual machines have it, and print how often it errs.

    Nothing is measured. Without an option both are simulated, and the page Method shows them.

    \b
    Examples:
      conc simulate
      conc simulate --rules --times 1000
    """
    from conc.results import store
    from conc.show import simulation, tables

    both = rules == coverage
    found = simulation.Simulation(
        rules=tuple(simulation.simulate_rules(times)) if rules or both else (),
        coverage=tuple(simulation.simulate_coverage(times)) if coverage or both else (),
    )
    if both:
        simulation.keep(found, (folder or store.results_folder()).parent / "charts")
    if as_json:
        _echo_json(found)
    else:
        click.echo("\n\n".join(tables.to_text(table) for table in simulation.tables(found)))


@conc.command()
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

        _echo_json(msgspec.to_builtins(findings))
        return
    marks = {"ready": "ok", "limited": "so-so", "missing": "no"}
    for finding in findings:
        click.echo(f"{marks[finding.state]:>5}  {finding.subject}: {finding.found}")
        details = (
            [finding.means, f"What helps: {finding.helps}"] if finding.helps else [finding.means]
        )
        for line in details:
            click.echo(click.wrap_text(line, 96, initial_indent=" " * 7, subsequent_indent=" " * 7))


def _result(file: Path | None, folder: Path | None) -> "Result":
    """Load the named result file, or else the one of this machine and interpreter.

    Raises:
        ConcError: There is none yet, or it can't be read.

    """
    from conc.measure.machine import describe_interpreter, describe_machine
    from conc.results import store

    if file:
        return store.load(file)
    folder = folder or store.results_folder()
    ours = store.result_path(folder, describe_machine(), describe_interpreter())
    if not ours.exists():
        raise ConcError(f"nothing measured yet in {folder}; measure with: conc measure")
    return store.load_ours(ours)


def _write(output: Path, content: bytes) -> None:
    """Write a file, or to standard output for ``-``. Raises ConcError where it can't."""
    if str(output) == "-":
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise ConcError(f"cannot write {output}: {error.strerror}") from error


def _echo_json(data: object) -> None:
    """Write JSON as UTF-8, as its standard asks, whatever the locale says."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(data), indent=2))


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """End on a signal as on any exit: what is under way is put in order first."""
    raise SystemExit(128 + number)


def _prepare_process() -> None:
    """Let SIGTERM clean up, and let no character that a terminal lacks end the command."""
    signal.signal(signal.SIGTERM, _end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _say(message: str) -> None:
    click.echo(f"conc: {' '.join(message.split())}", err=True)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code; an error of the user's is one line."""
    _prepare_process()
    try:
        code = conc.main(arguments, prog_name="conc", standalone_mode=False)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "conc"
        _say(f"{error.format_message()} (usage: {path} --help)")
        code = USAGE
    except (ConcError, click.ClickException) as error:
        _say(str(error))
        code = USAGE
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted; what was measured is kept")
        code = INTERRUPTED
    sys.exit(code)
