"""Every runner calls a function for each item, and gives the answers of a plain loop in order."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from conc.snippets import own_function
from tests.snippets.running import printed

BOUNDS = [30, 3, 20, 0, 10, 30]
PRIMES = [10, 1, 8, 0, 4, 10]
DELAYS = [0.002, 0.0, 0.001]


@dataclass
class Calls:
    """A coroutine function that counts how many of its calls run at once."""

    running: int = 0
    most: int = 0
    begun: list[int] = field(default_factory=list)

    async def __call__(self, item: int) -> int:
        self.begun.append(item)
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        return -item


class NotingPool(ThreadPoolExecutor):
    """A pool of threads that notes how many items go to a worker at a time."""

    chunksize = 0

    def map(
        self,
        fn: Callable[..., Any],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
    ) -> Iterator[Any]:
        self.chunksize = chunksize
        return super().map(fn, *iterables, timeout=timeout, chunksize=chunksize)


def test_a_plain_loop_counts_the_primes_below_each_bound() -> None:
    assert own_function.run_sequential(own_function.count_primes, BOUNDS) == PRIMES


@pytest.mark.parametrize("pool_type", [ThreadPoolExecutor, ProcessPoolExecutor])
@pytest.mark.parametrize("workers", [1, 3])
def test_a_pool_gives_the_answers_of_a_plain_loop_in_order(
    pool_type: Callable[[int], Executor], workers: int
) -> None:
    with pool_type(workers) as pool:
        given = own_function.run_pool(pool, own_function.count_primes, BOUNDS, workers)
    assert given == PRIMES


@pytest.mark.parametrize("items", [[], [30], [30, 3]])
def test_a_pool_of_more_workers_than_items_leaves_nothing_out(items: list[int]) -> None:
    with ProcessPoolExecutor(4) as pool:
        given = own_function.run_pool(pool, own_function.count_primes, items, 4)
    assert given == PRIMES[: len(items)]


@pytest.mark.parametrize(("items", "share"), [(0, 1), (1, 1), (15, 1), (16, 2), (80, 10), (87, 10)])
def test_each_worker_gets_about_four_shares_of_an_item_or_more(items: int, share: int) -> None:
    with NotingPool(2) as pool:
        given = own_function.run_pool(pool, abs, range(-items, 0), 2)
    assert given == list(range(items, 0, -1))
    assert pool.chunksize == share


def test_coroutines_awaited_one_by_one_give_their_answers_in_order() -> None:
    calls = Calls()
    assert asyncio.run(own_function.await_sequential(calls, range(5))) == [0, -1, -2, -3, -4]
    assert (calls.begun, calls.most) == ([0, 1, 2, 3, 4], 1)


@pytest.mark.parametrize(("at_once", "most"), [(1, 1), (3, 3), (8, 8), (20, 8)])
def test_coroutines_awaited_together_overlap_as_far_as_they_may(at_once: int, most: int) -> None:
    calls = Calls()
    given = asyncio.run(own_function.await_together(calls, range(8), at_once))
    assert given == [0, -1, -2, -3, -4, -5, -6, -7]
    assert (calls.most, calls.running) == (most, 0)


def test_what_waits_gives_its_answer_alone_and_together() -> None:
    wait = own_function.wait_for_answer
    assert asyncio.run(own_function.await_sequential(wait, DELAYS)) == DELAYS
    assert asyncio.run(own_function.await_together(wait, DELAYS, 2)) == DELAYS
    assert asyncio.run(own_function.await_together(wait, [], 2)) == []


def test_what_one_call_raises_ends_the_calls_beside_it() -> None:
    async def refuse(item: int) -> int:
        if item == 1:
            raise ValueError("no answer")
        await asyncio.Event().wait()
        return item

    with pytest.raises(ExceptionGroup) as raised:
        asyncio.run(own_function.await_together(refuse, [0, 1, 2], 3))
    assert [str(error) for error in raised.value.exceptions] == ["no answer"]


def test_the_script_prints_the_same_number_of_primes_in_a_loop_and_in_a_pool() -> None:
    alone, pooled, waited = (line.split(maxsplit=1) for line in printed("own_function.py"))
    assert (alone[0], pooled[0]) == ("4400", "4400")
    assert float(waited[0]) == pytest.approx(0.08)
