"""Pools that are open, and whose every worker has worked once, before anything is timed."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from conc.experiments.experiment import Setting
from conc.experiments.parts.barrier import call_in_every_worker
from conc.models import MODELS, ModelName, find

MODULES = (
    "conc.models",
    "conc.experiments.parts.pools",
    "conc.experiments.parts.barrier",
    "conc.experiments.parts.runs",
)
"""What runs where an experiment opens pools, for its staleness key."""

CALLS_TO_WARM = 4
"""So many calls a worker are made to reach every worker where they can't meet."""


def pool_models(setting: Setting) -> tuple[ModelName, ...]:
    """Name the models that run on a pool of workers, as far as they are possible here."""
    return tuple(
        model.name
        for model in MODELS
        if model.pool and (not model.needs or model.name in setting.optional)
    )


def possible_workers(model: ModelName, wanted: int, setting: Setting) -> int:
    """Return how many workers a pool can have here: as wanted, or the most there are."""
    on_windows = "forkserver" not in setting.start_methods
    return min(wanted, (on_windows and find(model).most_on_windows) or wanted)


def is_possible(model: ModelName, workers: int, setting: Setting) -> bool:
    """Tell whether a pool of this size can be opened here."""
    return possible_workers(model, workers, setting) == workers


@contextmanager
def warm_pool(
    model: ModelName,
    workers: int,
    call: Callable[..., object],
    *arguments: object,
    initializer: Callable[..., object] | None = None,
    initargs: tuple[object, ...] = (),
) -> Iterator[Executor]:
    """Open the model's pool and make each of its workers call ``call(*arguments)`` once.

    Of the workers of an executor of a reader's own nothing is known, but that many calls reach all.
    """
    of = find(model)
    with of.open_pool(workers, initializer=initializer, initargs=initargs) as pool:
        if in_every := getattr(pool, "call_in_every_worker", None):
            in_every(call, *arguments)
        elif of.kind == "unknown":
            for made in [pool.submit(call, *arguments) for _ in range(CALLS_TO_WARM * workers)]:
                made.result()
        else:
            call_in_every_worker(pool, workers, call, *arguments)
        yield pool
