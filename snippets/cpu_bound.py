"""CPU-bound work: add up the squares of many numbers, a chunk at a time, under each model."""

import asyncio
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor


# --8<-- [start:work]
def sum_of_squares(numbers: range) -> int:
    return sum(number * number for number in numbers)


def total(pool: Executor, chunks: Sequence[range]) -> int:
    return sum(pool.map(sum_of_squares, chunks))


# --8<-- [end:work]
# --8<-- [start:sequential]
def run_sequential(chunks: Sequence[range]) -> int:
    return sum(map(sum_of_squares, chunks))


# --8<-- [end:sequential]
# --8<-- [start:threads]
def run_threads(chunks: Sequence[range], workers: int) -> int:
    with ThreadPoolExecutor(workers) as pool:
        return total(pool, chunks)


# --8<-- [end:threads]
# --8<-- [start:processes]
def run_processes(chunks: Sequence[range], workers: int) -> int:
    with ProcessPoolExecutor(workers) as pool:
        return total(pool, chunks)


# --8<-- [end:processes]
# --8<-- [start:asyncio]
async def sum_in_task(numbers: range) -> int:
    return sum_of_squares(numbers)  # nothing to await: no other task gets a turn


async def gather_total(chunks: Sequence[range]) -> int:
    return sum(await asyncio.gather(*map(sum_in_task, chunks)))


def run_asyncio(chunks: Sequence[range]) -> int:
    return asyncio.run(gather_total(chunks))


# --8<-- [end:asyncio]
# --8<-- [start:interpreters]
if sys.version_info >= (3, 14):
    from concurrent.futures import InterpreterPoolExecutor

    def run_interpreters(chunks: Sequence[range], workers: int) -> int:
        with InterpreterPoolExecutor(workers) as pool:
            return total(pool, chunks)


# --8<-- [end:interpreters]
if __name__ == "__main__":
    numbers = [range(start, start + 250_000) for start in range(0, 3_000_000, 250_000)]
    print("sequential  ", run_sequential(numbers))
    print("threads     ", run_threads(numbers, workers=2))
    print("processes   ", run_processes(numbers, workers=2))
    print("asyncio     ", run_asyncio(numbers))
    if sys.version_info >= (3, 14):
        print("interpreters", run_interpreters(numbers, workers=2))
