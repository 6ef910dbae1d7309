"""A heartbeat on an event loop, or on a thread, beside something that does not let go."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import cast

from conc.experiments.experiment import Experiment, Output, Service, Setting, Trial
from conc.experiments.parts import pools
from conc.experiments.parts.counting import counting, counting_fields, rounds
from conc.experiments.parts.pools import pool_models, warm_pool
from conc.models import ModelName
from conc.records import Case
from conc.snippets import heartbeat

BLOCK_S = {"smoke": 0.02, "quick": 0.03, "full": 0.3}
POOLS: Mapping[str, ModelName] = {
    "process pool": "processes",
    "interpreter pool": "interpreters",
}
"""The hogs that compute in a worker of a pool, and whose pool it is."""

STEPS = "steps"
"""What is timed is no beat, but a step of work beside another that computes."""

Hog = Callable[[float], Awaitable[None]]
HOGS: dict[str, Hog] = {
    "none": asyncio.sleep,
    "sleep": heartbeat.blocking_sleep,
    "cpu": heartbeat.blocking_cpu,
    "to_thread sleep": heartbeat.sleep_aside,
    "to_thread cpu": heartbeat.cpu_aside,
}

DECISIVE = ("sleep", "cpu", STEPS)
"""Beside these the verdicts look."""

ARMS: Sequence[tuple[ModelName, str]] = (
    *(("asyncio", hog) for hog in (*HOGS, *POOLS)),
    ("threads", "cpu"),
    ("threads", STEPS),
    ("asyncio", STEPS),
)


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for each hog on the loop and in threads, and for steps beside one in each."""
    block_s, possible = BLOCK_S[setting.profile], pool_models(setting)
    return tuple(
        Case(
            workload="heartbeat",
            model=model,
            parameters={"hog": hog, "block_s": block_s},
            host="" if hog in POOLS else "one process",
            decisive=hog in DECISIVE,
        )
        for model, hog in ARMS
        if hog not in POOLS or POOLS[hog] in possible
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready; only a pool is opened beforehand."""
    hog, block_s = str(case.parameters["hog"]), float(case.parameters["block_s"])
    if hog == STEPS:
        return _steps(case.model, block_s)
    if case.model == "threads":
        return counting_fields(partial(heartbeat.run_threads, block_s))
    if hog in POOLS:
        return _beside_pool(POOLS[hog], block_s)
    return counting_fields(lambda: asyncio.run(heartbeat.behind(HOGS[hog], block_s)))


def _steps(model: ModelName, block_s: float) -> AbstractContextManager[Trial]:
    def act() -> list[float]:
        if model == "threads":
            return heartbeat.steps_beside_thread(block_s)
        return asyncio.run(heartbeat.steps_beside_task(block_s))

    return counting(act, lambda taken_s: {"step_s": taken_s})


@contextmanager
def _beside_pool(model: ModelName, block_s: float) -> Iterator[Trial]:
    with warm_pool(model, 1, heartbeat.compute, 0.0) as pool:
        hog = heartbeat.in_pool(pool)
        yield Trial(
            act=lambda: asyncio.run(heartbeat.behind(hog, block_s)),
            read=lambda beats: Output(values=cast("heartbeat.Heartbeat", beats)._asdict()),
        )


EXPERIMENT = Experiment(
    name="heartbeat",
    title="A heartbeat beside a hog",
    question=(
        "How late does a beat that is due every 2 ms come while something else sleeps or computes:"
        " in a task, moved aside to a thread, a process or an interpreter, or in a program of"
        " threads? And how long does a step of work take beside another that computes, on an event"
        " loop and in a thread?"
    ),
    snippets=("conc.snippets.heartbeat",),
    times=(
        *pools.MODULES,
        "conc.experiments.parts.counting",
    ),
    cases=cases,
    open=open_case,
    effort=rounds((4, 3), (8, 3), seconds=4.2, full_seconds=30),
)
