"""One function, many items, every model: the code around a function of your own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


# --8<-- [start:examples]
def is_prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def count_primes(below: int) -> int:
    return sum(map(is_prime, range(2, below)))


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
    print(sum(run_sequential(count_primes, [4000] * 8)), "primes")
    with ProcessPoolExecutor(2) as pool:
        print(sum(run_pool(pool, count_primes, [4000] * 8, workers=2)), "in two processes")
    print(sum(asyncio.run(await_together(wait_for_answer, [0.01] * 8, at_once=8))), "s waited")
