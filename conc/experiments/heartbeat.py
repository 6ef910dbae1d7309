"""A heartbeat on an event loop, or on a thread, beside something that does not let go."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, cast

from conc.experiments.experiment import Experiment, Output, Service, Setting, Trial
from conc.experiments.parts import pools
from conc.experiments.parts.counting import counting_fields, rounds
from conc.experiments.parts.pools import warm_pool
from conc.models import ModelName
from conc.records import Case
from conc.snippets import heartbeat

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

BLOCK_S = {"smoke": 0.02, "quick": 0.03, "full": 0.3}
POOL = "process pool"

Hog = Callable[[float], Awaitable[None]]
HOGS: dict[str, Hog] = {
    "none": asyncio.sleep,
    "sleep": heartbeat.blocking_sleep,
    "cpu": heartbeat.blocking_cpu,
    "to_thread sleep": heartbeat.sleep_aside,
    "to_thread cpu": heartbeat.cpu_aside,
}

ARMS: Sequence[tuple[ModelName, str]] = (
    *(("asyncio", hog) for hog in (*HOGS, POOL)),
    ("threads", "cpu"),
)


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for each hog on the loop, and one for the same computation in a thread."""
    block_s = BLOCK_S[setting.profile]
    return tuple(
        Case(
            workload="heartbeat",
            model=model,
            parameters={"hog": hog, "block_s": block_s},
            host="" if hog == POOL else "one process",
        )
        for model, hog in ARMS
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready; only the process pool is opened beforehand."""
    hog, block_s = str(case.parameters["hog"]), float(case.parameters["block_s"])
    if case.model == "threads":
        return counting_fields(partial(heartbeat.run_threads, block_s))
    if hog == POOL:
        return _beside_pool(block_s)
    return counting_fields(lambda: asyncio.run(heartbeat.behind(HOGS[hog], block_s)))


@contextmanager
def _beside_pool(block_s: float) -> Iterator[Trial]:
    with warm_pool("processes", 1, heartbeat.compute, 0.0) as pool:
        hog = heartbeat.in_process(cast("ProcessPoolExecutor", pool))
        yield Trial(
            act=lambda: asyncio.run(heartbeat.behind(hog, block_s)),
            read=lambda beats: Output(values=cast("heartbeat.Heartbeat", beats)._asdict()),
        )


EXPERIMENT = Experiment(
    name="heartbeat",
    title="A heartbeat beside a hog",
    question=(
        "How late does a beat that is due every 2 ms come while something else sleeps or computes:"
        " in a task, moved aside to a thread or a process, or in a program of threads?"
    ),
    snippets=("conc.snippets.heartbeat",),
    times=(
        *pools.MODULES,
        "conc.experiments.parts.counting",
    ),
    cases=cases,
    open=open_case,
    effort=rounds(8, 16, seconds=3.5),
)
