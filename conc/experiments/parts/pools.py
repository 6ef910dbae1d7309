"""Pools that are open, and whose every worker has worked once, before anything is timed."""

import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager

from conc.experiments.experiment import Setting
from conc.experiments.parts.barrier import call_in_every_worker

if sys.version_info >= (3, 14):
    from concurrent.futures import InterpreterPoolExecutor

    POOLS: Mapping[str, Callable[..., Executor]] = {
        "threads": ThreadPoolExecutor,
        "processes": ProcessPoolExecutor,
        "interpreters": InterpreterPoolExecutor,
    }
else:
    POOLS: Mapping[str, Callable[..., Executor]] = {
        "threads": ThreadPoolExecutor,
        "processes": ProcessPoolExecutor,
    }

MOST_PROCESSES_ON_WINDOWS = 61
"""More worker processes than this a ``ProcessPoolExecutor`` refuses on Windows."""


def pool_models(setting: Setting) -> tuple[str, ...]:
    """Name the models that run on a pool of workers, as far as this interpreter has them."""
    return ("threads", "processes", *(("interpreters",) if setting.interpreters else ()))


def is_possible(model: str, workers: int, setting: Setting) -> bool:
    """Tell whether a pool of this size can be opened here."""
    windows = "forkserver" not in setting.start_methods
    return not (model == "processes" and windows and workers > MOST_PROCESSES_ON_WINDOWS)


@contextmanager
def warm_pool(
    model: str,
    workers: int,
    call: Callable[..., object],
    *arguments: object,
    initializer: Callable[..., object] | None = None,
    initargs: tuple[object, ...] = (),
) -> Iterator[Executor]:
    """Open the model's pool and make each of its workers call ``call(*arguments)`` once."""
    with POOLS[model](workers, initializer=initializer, initargs=initargs) as pool:
        call_in_every_worker(pool, workers, call, *arguments)
        yield pool
