"""What a line of execution costs: to start one, to hand it an empty call, to switch to it."""

import asyncio
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from multiprocessing.process import BaseProcess


def nothing() -> None:
    pass


# --8<-- [start:start-tasks]
async def start_tasks(count: int) -> None:
    begun = asyncio.Event()

    async def begin() -> None:
        begun.set()

    for _ in range(count):
        begun.clear()
        task = asyncio.create_task(begin())
        await begun.wait()
        await task


# --8<-- [end:start-tasks]
# --8<-- [start:start-threads]
def start_threads(count: int) -> None:
    for _ in range(count):
        begun = threading.Event()
        threading.Thread(target=begun.set).start()
        begun.wait()


# --8<-- [end:start-threads]
# --8<-- [start:start-processes]
def start_processes(count: int, method: str) -> list[BaseProcess]:
    context = multiprocessing.get_context(method)
    processes: list[BaseProcess] = []
    for _ in range(count):
        begun = context.Event()
        process = context.Process(target=begun.set)
        process.start()
        begun.wait()
        processes.append(process)
    return processes  # to be joined


# --8<-- [end:start-processes]
# --8<-- [start:start-interpreters]
if sys.version_info >= (3, 14):
    from concurrent import interpreters

    def start_interpreters(count: int) -> list[interpreters.Interpreter]:
        started: list[interpreters.Interpreter] = []
        for _ in range(count):
            interpreter = interpreters.create()
            interpreter.exec("begun = True")
            started.append(interpreter)
        return started  # to be closed


# --8<-- [end:start-interpreters]
# --8<-- [start:hand-over]
def hand_over(pool: Executor, count: int) -> None:
    for _ in range(count):
        pool.submit(nothing).result()


async def hand_over_to_thread(count: int) -> None:
    for _ in range(count):
        await asyncio.to_thread(nothing)


async def switch_tasks(count: int) -> None:
    async def take_turns() -> None:
        for _ in range(count // 2):
            await asyncio.sleep(0)

    await asyncio.gather(take_turns(), take_turns())


# --8<-- [end:hand-over]
def timed(what: str, count: int, act: Callable[[], object]) -> None:
    started = time.perf_counter()
    act()
    print(f"{what:<28} {(time.perf_counter() - started) / count * 1e6:9.1f} µs")


if __name__ == "__main__":
    timed("start a task", 1000, lambda: asyncio.run(start_tasks(1000)))
    timed("start a process", 3, lambda: start_processes(3, "spawn"))
    timed("start a thread", 1000, lambda: start_threads(1000))
    timed("switch tasks", 1000, lambda: asyncio.run(switch_tasks(1000)))
    timed("asyncio.to_thread", 1000, lambda: asyncio.run(hand_over_to_thread(1000)))
    with ThreadPoolExecutor(1) as threads:
        timed("hand a thread a call", 1000, lambda: hand_over(threads, 1000))
