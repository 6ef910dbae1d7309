"""One function, many items, every model: the code around a function of your own."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


# --8<-- [start:examples]
def count_primes(below: int) -> int:
    return sum(all(n % d for d in range(2, int(n**0.5) + 1)) for n in range(2, below))


async def wait_for_answer(seconds: float) -> float:
    await asyncio.sleep(seconds)
    return seconds


# --8<-- [end:examples]
# --8<-- [start:loops]
def run_sequential(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]


async def await_sequential(
    function: Callable[[Item], Awaitable[Result]], items: Sequence[Item]
) -> list[Result]:
    return [await function(item) for item in items]


# --8<-- [end:loops]
# --8<-- [start:pools]
def run_pool(
    pool: Executor, function: Callable[[Item], Result], items: Sequence[Item], workers: int
) -> list[Result]:
    shares = 4 * workers  # of processes, each carries so many shares at a time, not single items
    return list(pool.map(function, items, chunksize=max(1, len(items) // shares)))


# --8<-- [end:pools]
# --8<-- [start:asyncio]
async def await_together(
    function: Callable[[Item], Awaitable[Result]], items: Sequence[Item], at_once: int
) -> list[Result]:
    free = asyncio.Semaphore(at_once)

    async def one(item: Item) -> Result:
        async with free:
            return await function(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(item)) for item in items]
    return [task.result() for task in tasks]


# --8<-- [end:asyncio]
if __name__ == "__main__":
    cores = os.cpu_count() or 1
    bounds = [4000] * 8
    print("primes below 4000:", run_sequential(count_primes, bounds)[0])
    for pool_of in (ThreadPoolExecutor, ProcessPoolExecutor):
        with pool_of(cores) as pool:
            print(pool_of.__name__, run_pool(pool, count_primes, bounds, cores)[0])
    delays = [0.01] * 8
    print("waited one by one:", sum(asyncio.run(await_sequential(wait_for_answer, delays))), "s")
    print("waited together:", sum(asyncio.run(await_together(wait_for_answer, delays, 8))), "s")
