"""The yardstick: what k processes that have nothing to do with each other get done at once.

It is the parallelism that the machine really gives during a session, the neighbours' load, its
turbo and its hardware threads included; every parallel figure is read against it.
"""

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

from conc.experiments.experiment import Output, Trial
from conc.records import Case, Scalar

if sys.platform == "win32":  # where this is what Pipe returns
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

WORKLOAD = "yardstick"
OWN_TIMES = "own_s"
"""What a sample names the seconds that each of its processes took."""

Given = TypeVar("Given")


def yardstick_cases(counts: tuple[int, ...], numbers: int, block: str) -> tuple[Case, ...]:
    """Make the arm: 1, …, k processes, each of which does the same fixed work.

    Items are processes. Each says its own time, and what they do in a second is added up, so the
    ratio of the cost of an item, alone to k, is the parallelism.
    """
    parameters: dict[str, Scalar] = {"numbers": numbers}
    alone = Case(workload=WORKLOAD, model="processes", parameters=parameters).id
    return tuple(
        Case(
            workload=WORKLOAD,
            model="processes",
            workers=count,
            items=count,
            parameters=parameters,
            block=block,
            against="" if count == 1 else alone,
            host=WORKLOAD,
        )
        for count in counts
    )


@contextmanager
def spinning(count: int, work: Callable[[Given], int], given: Given) -> Iterator[Trial]:
    """Start processes that wait for a word; the trial has all of them do the work at once."""
    pipes: list[Connection] = []
    processes: list[multiprocessing.Process] = []
    try:
        for _ in range(count):
            ours, theirs = multiprocessing.Pipe()
            process = multiprocessing.Process(
                target=_work_when_told, args=(theirs, work, given), daemon=True
            )
            process.start()
            theirs.close()  # so that the death of the process ends the wait for its answer
            pipes.append(ours)
            processes.append(process)
        _work_at_once(pipes)  # a process that has answered has finished its imports
        yield Trial(act=lambda: _work_at_once(pipes), read=own_times)
    finally:
        for process in processes:
            process.terminate()
            process.join()


def own_times(result: object) -> Output:
    """Keep how long each process took: the last to end would else stand for all of them."""
    return Output(values={OWN_TIMES: cast("list[float]", result)})


def _work_at_once(pipes: list[Connection]) -> list[float]:
    for pipe in pipes:
        pipe.send("go")
    return [pipe.recv() for pipe in pipes]


def _work_when_told(pipe: Connection, work: Callable[[Given], int], given: Given) -> None:
    while pipe.recv():
        began_s = time.perf_counter()
        work(given)
        pipe.send(time.perf_counter() - began_s)
