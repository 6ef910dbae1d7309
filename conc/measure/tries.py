"""Trying a reader's own function: a look at what it is, then the same measurement as any other."""

import dataclasses
import math
import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, cast

from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.experiment import Service
from conc.experiments.tries import Call, Kind, Plan, Terms
from conc.measure import session
from conc.measure.launcher import CaseFailedError, Launcher, ProcessLauncher, Worker
from conc.measure.progress import progress_on
from conc.measure.rounds import crew
from conc.measure.world import World
from conc.records import Profile, Result
from conc.results import store

FOLDER = "tries"
"""Where tries are kept, below the folder of the results."""

SHORTEST_SAMPLE_S = 0.05
"""Calls are repeated until a plain loop takes as long: below that, noise is most of it."""

CALLS_PER_CORE = 4
MOST_CALLS = 10_000
"""Handing over as many takes a tenth of a second, and shorter calls than that are not worth it."""

LONG_SAMPLE_S = 2.0
"""What takes as long is not repeated for the sake of more calls than there are items."""

WAITING = 0.5
"""What computes for a smaller share of its time is called as often as can wait at once."""

MEMORY_PASSES, START_S = 5, 0.3
"""About how often a memory is read, each in a process that takes so long to start."""

MOST_FOR_MEMORY = 0.25
"""The largest share of its time that a try spends on memory; else it goes without."""

_PROFILE: Profile = "quick"


def try_here(call: Call, terms: Terms, folder: Path, modules: Path) -> tuple[Path, Result]:
    """Try a function in real processes, with progress on standard error; see :func:`try_in`.

    Its module lies in the folder ``modules``, or on the path of this process.
    """
    if not _exists(call.module, modules):
        raise ConcError(
            f"{call.function}: no module named {call.module} in this folder or on the path"
        )
    with progress_on(sys.stderr) as progress:
        return try_in(World(ProcessLauncher(modules), progress), call, terms, folder)


def try_in(world: World, call: Call, terms: Terms, folder: Path) -> tuple[Path, Result]:
    """Measure a function under every model that can run it; return the file and what it holds.

    The machine's own result in ``folder`` is not touched: a try is kept beside it until the next.
    Raises :class:`ConcError` if the function can't be called, or another measurement runs.
    """
    with store.measuring_lock(folder):
        seen = look(call, terms, world.launcher)
        cores = world.setting(_PROFILE).cores
        at_least = terms.at_once if seen.waits else CALLS_PER_CORE * cores
        count = calls(seen.items, seen.seconds_each, at_least)
        memory_s = MEMORY_PASSES * (START_S + count * seen.seconds_each)
        plan = Plan(seen.kind, count, memory=memory_s <= MOST_FOR_MEMORY * terms.seconds)
        experiment = tries.experiment(call, plan, terms)
        return session.measure((experiment,), _PROFILE, folder / FOLDER, world, refresh=True)


class Seen(NamedTuple):
    """What a look at a function tells, and the mean seconds of one call."""

    kind: Kind
    items: int
    seconds_each: float
    waits: bool


def look(call: Call, terms: Terms, launcher: Launcher) -> Seen:
    """Call the function for each item, twice, in a process of its own.

    Raises :class:`ConcError` if it can't be imported or called, is not done in time, or returns
    something else each time.
    """
    case = tries.first_look(call)
    looking = dataclasses.replace(tries.EXPERIMENT, sample_limit_s=terms.sample_limit_s)
    workers: list[Worker] = []
    try:
        with launcher.run_of(looking) as launch, crew(workers):
            workers.append(launch([case], Service()))
            workers[0].ready()
            first = workers[0].time(case)  # which can have more to do, such as an import
            timing = workers[0].time(case)
    except CaseFailedError as failure:
        raise ConcError(f"{call.function}: {failure}") from None
    if first.answer != timing.answer and not terms.any_answer:
        raise ConcError(
            f"{call.function} returns something else each time, so its models can't be checked;"
            " if that is meant, add --any-answer"
        )
    items = int(cast("float", timing.values[tries.ITEMS]))
    return Seen(
        kind="coroutine function" if timing.values[tries.COROUTINE] else "function",
        items=items,
        seconds_each=cast("float", timing.values[tries.SECONDS_EACH]),
        waits=timing.cpu_s is not None and timing.cpu_s < WAITING * timing.wall_s,
    )


def calls(items: int, seconds_each: float, at_least: int) -> int:
    """Return how many calls a sample makes: whole passes over the items, long enough to time.

    They are ``at_least`` so many, unless that takes too long. Raises :class:`ConcError` where it
    is one call, which no model can share out.
    """
    pass_s = items * seconds_each
    to_be_long = SHORTEST_SAMPLE_S / pass_s
    to_be_many = min(max(2, at_least) / items, LONG_SAMPLE_S / pass_s)
    passes = max(1, math.ceil(min(max(to_be_long, to_be_many), MOST_CALLS / items)))
    if items * passes == 1:
        raise ConcError(
            f"a call takes {seconds_each:.1f} s, too long to repeat: give two items or more"
        )
    return items * passes


def _exists(module: str, folder: Path) -> bool:
    """Tell whether there is such a module, or the package that it must be in; none is imported."""
    top = module.partition(".")[0]
    return bool(PathFinder.find_spec(top, [str(folder)]) or find_spec(top))
