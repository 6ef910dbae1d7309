"""How many threads, or tasks, can wait in one process, and what memory each of them takes."""

import asyncio
import threading
from typing import NamedTuple

import psutil


# --8<-- [start:growth]
class Waiting(NamedTuple):
    started: int
    rss_each_bytes: float
    vms_each_bytes: float


def memory() -> tuple[int, int]:
    found = psutil.Process().memory_info()
    return found.rss, found.vms


def growth(before: tuple[int, int], started: int) -> Waiting:
    rss, vms = memory()
    each = max(1, started)
    return Waiting(started, (rss - before[0]) / each, (vms - before[1]) / each)


# --8<-- [end:growth]
# --8<-- [start:threads]
def run_threads(count: int) -> Waiting:
    leave, threads, before = threading.Event(), list[threading.Thread](), memory()
    try:
        for _ in range(count):
            thread = threading.Thread(target=leave.wait)
            thread.start()  # raises RuntimeError where the system has no more
            threads.append(thread)
    except RuntimeError as refused:
        print(refused)
    found = growth(before, len(threads))
    leave.set()
    for thread in threads:
        thread.join()
    return found


# --8<-- [end:threads]
# --8<-- [start:asyncio]
async def wait_all(count: int) -> Waiting:
    leave, before = asyncio.Event(), memory()
    tasks = [asyncio.create_task(leave.wait()) for _ in range(count)]
    await asyncio.sleep(0)  # each task runs until it waits
    found = growth(before, sum(not task.done() for task in tasks))
    leave.set()
    await asyncio.gather(*tasks)
    return found


def run_asyncio(count: int) -> Waiting:
    return asyncio.run(wait_all(count))


# --8<-- [end:asyncio]
if __name__ == "__main__":
    print("threads", run_threads(1000))
    print("asyncio", run_asyncio(1000))
