"""What is started has begun, and what is handed over is done."""

import asyncio
import multiprocessing
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from conc.snippets import overhead
from tests.snippets.running import printed


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_processes_have_run_their_first_statement_and_end_by_themselves(method: str) -> None:
    processes = overhead.start_processes(2, method)
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0, 0]


def test_threads_end_by_themselves() -> None:
    before = set(threading.enumerate())
    overhead.start_threads(20)
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
    assert set(threading.enumerate()) == before


def test_tasks_leave_none_behind() -> None:
    async def start_and_count() -> int:
        await overhead.start_tasks(20)
        return len(asyncio.all_tasks())

    assert asyncio.run(start_and_count()) == 1


if sys.version_info >= (3, 14):

    def test_interpreters_are_there_until_closed() -> None:
        started = overhead.start_interpreters(2)
        assert len(set(started)) == 2
        for interpreter in started:
            interpreter.close()


class CountingPool(ThreadPoolExecutor):
    """Remembers what it was handed."""

    def __init__(self) -> None:
        super().__init__(1)
        self.calls: list[object] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as its base
        self.calls.append(fn)
        return super().submit(fn, *args, **kwargs)


def test_every_call_is_handed_over() -> None:
    with CountingPool() as pool:
        overhead.hand_over(pool, 5)
    assert pool.calls == [overhead.nothing] * 5


def test_to_thread_and_switches_come_to_an_end() -> None:
    asyncio.run(overhead.hand_over_to_thread(5))
    asyncio.run(overhead.switch_tasks(10))


def test_the_script_prints_a_cost_a_line() -> None:
    assert all(line.endswith(" µs") for line in printed("overhead.py"))
