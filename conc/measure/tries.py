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
from conc.experiments.parts.looking import Look
from conc.experiments.tries import Call, Terms
from conc.measure import executors as asked_for
from conc.measure import here, why
from conc.measure.launcher import ProcessLauncher
from conc.measure.pairing import Pairing, refuse_unlike
from conc.measure.planning import PROFILE, Seen, announced, look
from conc.measure.progress import progress_on
from conc.measure.trying import Trying
from conc.measure.world import World
from conc.records import Result
from conc.results import store

TRY_SHARE = 0.6
"""The part of its time in which a try looks for the best model, where a comparison follows."""

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
    tried too, by name, or a cluster by the address of its scheduler. Raises :class:`ConcError`
    where one can't be.
    """
    for function in filter(None, (call.function, terms.against)):
        module = function.partition(":")[0]
        if not _exists(module, modules):
            raise ConcError(f"{function}: no module named {module} in this folder or on the path")
    if terms.why and (missing := why.lacks()):
        raise ConcError(missing)
    names = asked_for.named(executors)
    with asked_for.scheduler_among(executors), progress_on(sys.stderr) as progress:
        world = World(ProcessLauncher(modules), progress)
        terms = dataclasses.replace(terms, executors=asked_for.checked(names, world))
        for one in filter(lambda one: one.about, terms.executors):
            _announce(one.about)
        path, result = try_in(world, call, terms, folder, _announce)
    if terms.why and result.measurements[tries.NAME].complete:
        result = _with_why(result, modules)
        store.save(result, path)
    return path, result


def _with_why(result: Result, modules: Path) -> Result:
    """Return a result with what a profiler saw; without it where that fails, which is told."""
    try:
        explained = why.explained(result.measurements[tries.NAME], modules)
    except ConcError as error:  # the report is shown all the same
        _announce(str(error))
        return result
    return msgspec.structs.replace(result, measurements={tries.NAME: explained})


def try_held(name: str, terms: Terms, folder: Path) -> tuple[Path, Result]:
    """Try a function that is held here (:func:`conc.experiments.tries.holding`), as that of a try.

    It is called within this process, whose memory can't be told from the function's.
    """
    with progress_on(sys.stderr) as progress:
        world = World(here.HereLauncher(), progress, setting=here.setting)
        terms = dataclasses.replace(terms, here=True)
        return try_in(world, Call(name), terms, folder, _announce)


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
        others = _look_at_other(call, terms, world, seen) if terms.against else None
        announce(announced(call, seen, terms, world.setting(PROFILE).cores))
        result = Result(
            conc=__version__,
            machine=world.describe_machine(),
            interpreter=world.describe_interpreter(),
        )
        path = store.result_path(folder / FOLDER, result.machine, result.interpreter)
        store.save(result, path)  # a file that can't be written is better found now
        first = TRY_SHARE if others else 1.0
        its_terms = dataclasses.replace(terms, seconds=first * terms.seconds)
        world.progress.plan({tries.NAME: terms.seconds})
        world.progress.started(tries.NAME)
        measurement = Trying(world, call, its_terms, seen).go()
        if others and measurement.complete:
            pairing = Pairing(world, lambda: seen.began_s + terms.seconds - world.clock())
            measurement = pairing.go(measurement, call.function, terms.against, others)
        world.progress.finished(measurement)
        result = msgspec.structs.replace(result, measurements={tries.NAME: measurement})
        try:
            store.save(result, path)
        except ConcError as error:  # what was measured is shown all the same
            announce(f"the samples are not kept: {error}")
        return path, result


def _look_at_other(call: Call, terms: Terms, world: World, seen: Seen) -> Look:
    """Look at the function to compare with, called for the same items; raises as :func:`look`."""
    other = Call(terms.against, call.source, call.items_of or call.module)
    found = look(other, terms, world).found
    refuse_unlike(call.function, seen.found, terms.against, found)
    return found


def _exists(module: str, folder: Path) -> bool:
    """Tell whether there is such a module, or the package that it must be in; none is imported."""
    top = module.partition(".")[0]
    return bool(PathFinder.find_spec(top, [str(folder)]) or find_spec(top))
