"""Trying a reader's own function: a look at what it is, a plan, and rounds until it is decided.

Samples are short, arms that can't win any more are dropped, and no more is called than it takes.
"""

import dataclasses
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path

import msgspec

from conc import __version__
from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.tries import Call, Terms
from conc.measure import executors as asked_for
from conc.measure.launcher import ProcessLauncher
from conc.measure.planning import PROFILE, announced, look
from conc.measure.progress import progress_on
from conc.measure.trying import Trying
from conc.measure.world import World
from conc.records import Result
from conc.results import store

FOLDER = "tries"
"""Where tries are kept, below the folder of the results."""


def try_here(
    call: Call,
    terms: Terms,
    folder: Path,
    modules: Path,
    executors: Sequence[str] = (),
) -> tuple[Path, Result]:
    """Try a function in real processes, with progress on standard error; see :func:`try_in`.

    Its module lies in the folder ``modules``, or on the path of this process. ``executors`` are
    tried too, by name. Raises :class:`ConcError` where one can't be.
    """
    if not _exists(call.module, modules):
        raise ConcError(
            f"{call.function}: no module named {call.module} in this folder or on the path"
        )
    names = asked_for.named(executors)
    with progress_on(sys.stderr) as progress:
        world = World(ProcessLauncher(modules), progress)
        terms = dataclasses.replace(terms, executors=asked_for.checked(names, world))
        for one in filter(lambda one: one.about, terms.executors):
            _announce(one.about)
        return try_in(world, call, terms, folder, _announce)


def _announce(line: str) -> None:
    print(f"conc: {line}", file=sys.stderr, flush=True)  # noqa: T201 - before the bar is drawn


def try_in(
    world: World,
    call: Call,
    terms: Terms,
    folder: Path,
    announce: Callable[[str], None] = lambda _line: None,
) -> tuple[Path, Result]:
    """Measure a function under the models that can run it; return the file and what it holds.

    The machine's own result in ``folder`` is not touched: a try is kept beside it until the next.
    Interrupted (Ctrl-C), it gives what it has, and its measurement is not complete. Raises
    :class:`ConcError` if the function can't be called, or another measurement runs.
    """
    with store.measuring_lock(folder):
        seen = look(call, terms, world)
        announce(announced(call, seen, terms, world.setting(PROFILE).cores))
        result = Result(
            conc=__version__,
            machine=world.describe_machine(),
            interpreter=world.describe_interpreter(),
        )
        path = store.result_path(folder / FOLDER, result.machine, result.interpreter)
        store.save(result, path)  # a file that can't be written is better found now
        measurement = Trying(world, call, terms, seen).go()
        result = msgspec.structs.replace(result, measurements={tries.NAME: measurement})
        try:
            store.save(result, path)
        except ConcError as error:  # what was measured is shown all the same
            announce(f"the samples are not kept: {error}")
        return path, result


def _exists(module: str, folder: Path) -> bool:
    """Tell whether there is such a module, or the package that it must be in; none is imported."""
    top = module.partition(".")[0]
    return bool(PathFinder.find_spec(top, [str(folder)]) or find_spec(top))
