"""CPU-bound work under every model, along the worker count, with cold and with warm pools."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

from msgspec.structs import replace

from conc.experiments.experiment import Effort, Experiment, Service, Setting, Trial
from conc.experiments.parts import pools
from conc.experiments.parts.pools import is_possible, pool_models, warm_pool
from conc.experiments.parts.runs import run_of
from conc.experiments.parts.yardstick import WORKLOAD as YARDSTICK
from conc.experiments.parts.yardstick import spinning, yardstick_cases
from conc.models import ModelName, find
from conc.records import Case, Profile
from conc.snippets import cpu_bound

WORKLOAD = "cpu_bound"
ANSWERS = "sum of squares"

NUMBERS: Mapping[Profile, int] = {"smoke": 120_000, "quick": 600_000, "full": 1_800_000}
"""How many numbers a sample squares, in all its chunks together."""

CHUNKS_PER_CORE = 6
"""Enough for equal shares at every worker count from one to twice two cores."""

SMALLEST_CHUNK = 25_000
"""With fewer numbers, handing a chunk over would be more than a small part of its cost.

A chunk of so many takes about a millisecond; machines of many cores have many, and so get more
work in all.
"""

EVERY_COUNT_UP_TO = 8


def thinned(most: int) -> tuple[int, ...]:
    """Count from 1 to ``most``: each number up to eight, then 12, 16, 24, 32, 48 and so on."""
    counts = list(range(1, min(most, EVERY_COUNT_UP_TO) + 1))
    while counts[-1] < most:
        half_of_its_power_of_two = 1 << (counts[-1].bit_length() - 2)
        counts.append(min(most, counts[-1] + half_of_its_power_of_two))
    return tuple(counts)


def worker_counts(setting: Setting) -> tuple[int, ...]:
    """Choose the worker counts, up to twice the cores so that oversubscription shows."""
    counts = {1, setting.cores, 2 * setting.cores}
    if setting.profile == "full":
        counts.update(thinned(2 * setting.cores))
    return tuple(sorted(counts))


def yardstick_counts(setting: Setting) -> tuple[int, ...]:
    """Choose how many independent processes spin at once, up to the cores."""
    counts = {1, setting.cores}
    if setting.profile == "full":
        counts.update(thinned(setting.cores))
    return tuple(sorted(counts))


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make the block: baseline, control, asyncio, pools of each kind, and the yardstick.

    Cases share a worker process only where none of them leaves anything behind in it: a pool
    that stays open would be counted with its neighbours, and would be forked with its threads.
    """
    items = CHUNKS_PER_CORE * setting.cores
    chunk = max(NUMBERS[setting.profile] // items, SMALLEST_CHUNK)
    sequential = Case(
        workload=WORKLOAD,
        model="sequential",
        items=items,
        parameters={"chunk": chunk},
        block=WORKLOAD,
        answers=ANSWERS,
        memory=True,
    )
    compared = partial(replace, sequential, against=sequential.id)
    pooled = [
        compared(
            model=model,
            workers=workers,
            parameters={"chunk": chunk, "pool": pool},
            host=f"{model} {pool}" if pool == "cold" else "",
            memory=pool == "warm" and workers == setting.cores,
            decisive=workers == setting.cores and pool == "warm",
        )
        for model in pool_models(setting)
        for workers in worker_counts(setting)
        if is_possible(model, workers, setting)
        for pool in ("cold", "warm")
    ]
    return (
        sequential,
        compared(parameters={"chunk": chunk, "twin": True}, memory=False),
        compared(model="asyncio", decisive=False),
        *pooled,
        *yardstick_cases(yardstick_counts(setting), chunk * items * 3 // 4, WORKLOAD),
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready; only a warm pool and the yardstick have anything to prepare."""
    if case.workload == YARDSTICK:
        return spinning(
            case.workers, cpu_bound.sum_of_squares, range(int(case.parameters["numbers"]))
        )
    chunk = int(case.parameters["chunk"])
    chunks = [range(start, start + chunk) for start in range(0, case.items * chunk, chunk)]
    if case.model == "sequential":
        return nullcontext(Trial(act=partial(cpu_bound.run_sequential, chunks)))
    if case.model == "asyncio":
        return nullcontext(Trial(act=partial(cpu_bound.run_asyncio, chunks)))
    if case.parameters["pool"] == "cold":
        run = run_of(cpu_bound, case.model) or partial(_open_and_total, case.model)
        return nullcontext(Trial(act=partial(run, chunks, case.workers)))
    return _warm(case, chunks)


def _open_and_total(model: ModelName, chunks: list[range], workers: int) -> int:
    with find(model).open_pool(workers) as pool:
        return cpu_bound.total(pool, chunks)


# --8<-- [start:warm]
@contextmanager
def _warm(case: Case, chunks: list[range]) -> Iterator[Trial]:
    with warm_pool(case.model, case.workers, cpu_bound.sum_of_squares, chunks[0]) as pool:
        yield Trial(act=partial(cpu_bound.total, pool, chunks))


# --8<-- [end:warm]


EXPERIMENT = Experiment(
    name="cpu-bound",
    title="CPU-bound work",
    question=(
        "How much faster does each model add up the squares of the same numbers than a plain "
        "loop does, at each worker count? A cold pool is opened and closed within the sample; "
        "a warm one is open before it, and each of its workers has done a chunk."
    ),
    snippets=("conc.snippets.cpu_bound",),
    times=(
        *pools.MODULES,
        "conc.experiments.parts.yardstick",
    ),
    cases=cases,
    open=open_case,
    effort={
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=2, seconds=3),
        "quick": Effort(min_runs=4, max_runs=16, rounds_per_run=4, seconds=12.4, runs_of_all=6),
        "full": Effort(min_runs=8, max_runs=16, rounds_per_run=8, seconds=150, half_width=0.02),
    },
)
