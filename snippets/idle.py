"""Hold many tasks, threads, processes or interpreters that wait: to see what one weighs."""

import asyncio
import multiprocessing
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


# --8<-- [start:tasks]
@contextmanager
def hold_tasks(count: int) -> Iterator[int]:
    async def wait() -> None:
        await asyncio.get_running_loop().create_future()

    async def start() -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(wait()) for _ in range(count)]
        await asyncio.sleep(0)  # let each of them run until it waits
        return tasks

    with asyncio.Runner() as runner:  # cancels them at the end
        tasks = runner.run(start())
        yield len(tasks)


# --8<-- [end:tasks]
# --8<-- [start:threads]
@contextmanager
def hold_threads(count: int) -> Iterator[int]:
    together = threading.Barrier(count + 1)
    for _ in range(count):
        threading.Thread(target=together.wait).start()
    while together.n_waiting < count:
        time.sleep(0.001)
    yield count
    together.wait()


# --8<-- [end:threads]
# --8<-- [start:processes]
@contextmanager
def hold_processes(count: int, method: str) -> Iterator[int]:
    context = multiprocessing.get_context(method)
    together = context.Barrier(count + 1)
    processes = [context.Process(target=together.wait) for _ in range(count)]
    for process in processes:
        process.start()
    while together.n_waiting < count:
        time.sleep(0.001)
    yield len(processes)
    together.wait()
    for process in processes:
        process.join()


# --8<-- [end:processes]
# --8<-- [start:interpreters]
if sys.version_info >= (3, 14):
    from concurrent import interpreters

    @contextmanager
    def hold_interpreters(count: int) -> Iterator[int]:
        held = [interpreters.create() for _ in range(count)]
        yield len(held)
        for interpreter in held:
            interpreter.close()


# --8<-- [end:interpreters]
if __name__ == "__main__":
    with hold_tasks(10_000) as tasks:
        print(tasks, "tasks wait in", threading.active_count(), "thread")
    with hold_processes(3, "spawn") as processes:
        print(
            processes, "processes wait, which this one sees as", multiprocessing.active_children()
        )
    with hold_threads(1_000) as threads:
        print(threads, "threads wait, and Python counts", threading.active_count())
