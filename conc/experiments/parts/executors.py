"""An executor that a reader asks for: whether it is one, and what a call costs that is nothing."""

import time
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib import import_module
from operator import attrgetter

from conc.experiments.experiment import Output
from conc.experiments.parts.in_time import LateError, in_time
from conc.models import Model

ANSWER_S = 30.0
"""How long an executor that has just been opened may take to answer a call of nothing."""

CLOSE_S = 10.0
"""How long an executor without work may take to shut down."""

SCHEDULER_VARIABLE = "CONC_SCHEDULER"
"""The variable that holds the address of a scheduler for worker processes of ours."""

HOPS, BURST = 5, 20
"""So many calls of nothing are made one after the other, and so many at once."""

HOP_S, BURST_EACH_S = "hop_s", "burst_each_s"
"""What a sample names the seconds of a call of nothing: from handing it over to its answer, and
of each of many at once."""

WORKERS, START_S, ABOUT, UNFIT = "workers", "start_s", "about", "unfit"
"""What a check tells: how many workers, how long start and end take, what a pool says of itself,
and why it can't be measured."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An executor that a reader asked for, as a check found it: by its name, with its workers.

    ``start_s`` is what opening it and shutting it down took, ``about`` what it says of itself.
    """

    name: str
    workers: int
    start_s: float = 0.0
    about: str = ""


def check(model: Model, workers: int) -> Output:
    """Open a pool, have it answer a call of nothing, and shut it down; return what that told.

    Where it can't be measured, that says why in words (:data:`UNFIT`). Raises whatever its module,
    its factory and its methods raise.
    """
    if why := _missing(*model.pool.split(":")):
        return _unfit(why)
    began_s = time.perf_counter()
    pool: object = model.open_pool(workers)
    if not isinstance(pool, Executor):
        return _unfit(f"it gives a {type(pool).__name__}, not a concurrent.futures.Executor")
    opened_s = time.perf_counter() - began_s
    try:
        pool.submit(int).result(ANSWER_S)
    except TimeoutError:
        return _unfit(f"it did not answer a call within {ANSWER_S:g} s")
    found, about = workers_of(pool) or workers, getattr(pool, "about", "")
    began_s = time.perf_counter()
    try:
        in_time(CLOSE_S, pool.shutdown)
    except LateError:
        return _unfit(f"it did not shut down within {CLOSE_S:g} s")
    closed_s = time.perf_counter() - began_s
    return Output(
        values={WORKERS: float(found), START_S: opened_s + closed_s, ABOUT: str(about)},
    )


def workers_of(pool: Executor) -> int:
    """Return how many workers a pool has, as Python's own pools tell it; 0 where it does not."""
    count = getattr(pool, "_max_workers", 0)
    return count if isinstance(count, int) and count > 0 else 0


def hop(pool: Executor) -> dict[str, float | list[float]]:
    """Time calls of nothing: one after the other, and many at once."""
    hops: list[float] = []
    for _ in range(HOPS):
        began_s = time.perf_counter()
        pool.submit(int).result()
        hops.append(time.perf_counter() - began_s)
    began_s = time.perf_counter()
    for made in [pool.submit(int) for _ in range(BURST)]:
        made.result()
    return {HOP_S: hops, BURST_EACH_S: (time.perf_counter() - began_s) / BURST}


def _missing(module: str, name: str) -> str:
    """Say what there is not of a factory; raises what its module raises when it is imported."""
    try:
        factory = attrgetter(name)(import_module(module))
    except ModuleNotFoundError as error:
        if error.name and (module == error.name or module.startswith(f"{error.name}.")):
            return f"no module named {error.name} in this folder or on the path"
        raise
    except AttributeError:
        return f"{module} has no {name}"
    return "" if callable(factory) else f"{name} of {module} can't be called"


def _unfit(why: str) -> Output:
    return Output(values={UNFIT: why})
