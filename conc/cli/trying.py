"""The command that tries a function of the reader's own."""

from pathlib import Path

import click

from conc.cli.common import FAILED, INTERRUPTED, echo_json, json_option, results_option, say, write


@click.command("try")
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
    "--executor",
    "executors",
    multiple=True,
    metavar="NAME",
    help="Also try this executor: loky, dask, or MODULE:FACTORY for any other of"
    " concurrent.futures' kind, called with the number of workers or with nothing. Can be given"
    " several times.",
)
@click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Also try the Dask cluster whose scheduler is at tcp://HOST:PORT or tls://HOST:PORT.",
)
@click.option(
    "--against",
    "other",
    metavar="MODULE:OTHER",
    help="Also compare the function with this one, called for the same items under the best model:"
    " is a change faster?",
)
@click.option(
    "--why",
    is_flag=True,
    help="Also look, in a run that is not timed, how much of the threads' time waited for the GIL."
    " It takes Python 3.15 or newer.",
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
    executors: tuple[str, ...],
    scheduler: str,
    other: str | None,
    why: bool,
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
      conc try work:resize --items photos --executor loky --executor dask
      conc try work:resize --items photos --scheduler tcp://10.0.0.5:8786
      conc try work:resize --items photos --against work:resize_as_it_was
    """
    from conc.experiments.tries import Call, Terms
    from conc.measure.tries import try_here
    from conc.records import LONGEST_TEXT
    from conc.results import store
    from conc.show import tries

    if page and not page.parent.is_dir():  # better found before than after
        raise click.UsageError(f"--html: there is no folder {page.parent}", context)
    if scheduler and "://" not in scheduler:
        raise click.UsageError(
            f"--scheduler {scheduler}: no address of a scheduler; write tcp://HOST:PORT or"
            " tls://HOST:PORT",
            context,
        )
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
    against = _beside(other, modules) if other else ""
    if against == function:
        raise click.UsageError("--against names the function itself", context)
    terms = Terms(at_once, seconds, limit_s, any_answer, against=against, why=why)
    asked = [_beside(name, modules) if ":" in name else name for name in executors]
    asked += [scheduler] if scheduler else []
    path, result = try_here(call, terms, folder or store.results_folder(), modules, asked)
    if as_json:
        echo_json(tries.to_data(result))
    else:
        click.echo(tries.to_text(result))
        click.echo(f"\nRaw samples: {path}")
    if page:
        write(page, tries.to_page(result).encode())
    if tries.is_interrupted(result):
        say("interrupted; the table tells what was measured until then")
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


def _beside(name: str, modules: Path) -> str:
    """Return ``module:name`` of something that a function is tried with.

    Raises:
        click.UsageError: It names none, or its file lies in another folder than the function.

    """
    folder, found = _importable(name)
    if name.rpartition(":")[0].endswith(".py") and folder != modules:
        raise click.UsageError(f"{name} lies in another folder than the function")
    return found


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
