"""What it costs to start a line of execution, and to hand a call to one that is there."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from conc.experiments.experiment import Effort, Experiment, Output, Service, Setting, Trial
from conc.experiments.parts import pools
from conc.experiments.parts.pools import pool_models, warm_pool
from conc.records import Case
from conc.snippets import overhead

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

    if sys.version_info >= (3, 14):
        from concurrent.interpreters import Interpreter

START = "start"
HAND_OVER = "hand_over"

TASKS_STARTED = 1000
THREADS_STARTED = 100
PROCESSES_STARTED: Mapping[str, int] = {"fork": 3, "forkserver": 2, "spawn": 1}
INTERPRETERS_STARTED = 3
"""How many a sample starts: enough to time, few enough for the experiment's seconds."""

THREAD_CALLS, POOL_CALLS = 400, 100
TO_THREAD_CALLS = 200
TASK_SWITCHES = 2000


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make two blocks, starts and hand-overs; each compares with what a thread costs."""
    return (*_starts(setting), *_hand_overs(setting))


def _starts(setting: Setting) -> list[Case]:
    make = partial(Case, workload=START, block=START, warmed=False)
    thread = make(model="threads", items=THREADS_STARTED, host="one process")
    against_thread = partial(make, against=thread.id)
    starts = [
        thread,
        against_thread(model="asyncio", items=TASKS_STARTED, host="one process"),
        *(
            against_thread(
                model="processes",
                items=PROCESSES_STARTED[method],
                parameters={"start_method": method},
                warmed=method == "forkserver",  # whose server starts with the first process
            )
            for method in setting.start_methods
        ),
    ]
    if "interpreters" in setting.optional:
        starts.append(against_thread(model="interpreters", items=INTERPRETERS_STARTED))
    return starts


def _hand_overs(setting: Setting) -> list[Case]:
    make = partial(Case, workload=HAND_OVER, block=HAND_OVER, warmed=False)
    thread = make(
        model="threads", items=THREAD_CALLS, parameters={"to": "pool"}, host="one process"
    )
    against_thread = partial(make, against=thread.id)
    return [
        thread,
        against_thread(
            model="asyncio",
            items=TO_THREAD_CALLS,
            parameters={"to": "to_thread"},
            host="one process",
            warmed=True,  # the event loop's own pool starts its thread
        ),
        against_thread(
            model="asyncio", items=TASK_SWITCHES, parameters={"to": "task"}, host="one process"
        ),
        *(
            against_thread(model=model, items=POOL_CALLS, parameters={"to": "pool"})
            for model in pool_models(setting)
            if model != "threads"
        ),
    ]


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: an event loop that is there, a pool whose one worker has worked."""
    if case.workload == START:
        return _start(case)
    if case.model == "asyncio":
        switch = case.parameters["to"] == "task"
        return _in_loop(overhead.switch_tasks if switch else overhead.hand_over_to_thread, case)
    return _hand_over(case)


def _start(case: Case) -> AbstractContextManager[Trial]:
    if case.model == "asyncio":
        return _in_loop(overhead.start_tasks, case)
    if case.model == "processes":
        method = str(case.parameters["start_method"])
        return nullcontext(
            Trial(act=partial(overhead.start_processes, case.items, method), read=join)
        )
    if sys.version_info >= (3, 14) and case.model == "interpreters":
        return nullcontext(Trial(act=partial(overhead.start_interpreters, case.items), read=close))
    return nullcontext(Trial(act=partial(overhead.start_threads, case.items)))


@contextmanager
def _in_loop(act: Callable[[int], Coroutine[Any, Any, None]], case: Case) -> Iterator[Trial]:
    with asyncio.Runner() as runner:
        yield Trial(act=lambda: runner.run(act(case.items)))


@contextmanager
def _hand_over(case: Case) -> Iterator[Trial]:
    with warm_pool(case.model, 1, overhead.nothing) as pool:
        yield Trial(act=partial(overhead.hand_over, pool, case.items))


def join(started: object) -> Output:
    """Wait, untimed, until the processes that a sample started have ended."""
    for process in cast("list[BaseProcess]", started):
        process.join()
    return Output()


if sys.version_info >= (3, 14):

    def close(started: object) -> Output:
        """Close, untimed, the interpreters that a sample started."""
        for interpreter in cast("list[Interpreter]", started):
            interpreter.close()
        return Output()


EXPERIMENT = Experiment(
    name="overhead",
    title="Overheads",
    question=(
        "What does it cost to start a task, a thread, a process, an interpreter, and to hand an "
        "empty call to one? A start lasts from the call until the new line of execution has run "
        "its first statement, one start after the other. A hand-over lasts until the empty "
        "answer is back, one call after the other, from a pool with one worker that is warm. "
        "Processes have no main module to import again: a program's own imports come on top for "
        "spawn and forkserver."
    ),
    snippets=("conc.snippets.overhead",),
    times=(*pools.MODULES,),
    cases=cases,
    open=open_case,
    fresh=True,
    effort={
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=1, warmups=1, seconds=3),
        "quick": Effort(min_runs=6, max_runs=6, rounds_per_run=2, warmups=1, seconds=4.7),
        "full": Effort(
            min_runs=6, max_runs=12, rounds_per_run=5, warmups=1, seconds=24, half_width=0.02
        ),
    },
)
