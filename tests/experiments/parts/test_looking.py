"""A first look at a function: what it sees of calls, and what it leaves as it was."""

import asyncio
import threading
import time

import pytest

from conc.experiments.parts.looking import Look, look, same


def seen(function: object, *items: object, is_coroutine: bool = False) -> Look:
    assert callable(function)
    return look(function, items, is_coroutine=is_coroutine, budget_s=0.2)[0]


def test_what_it_sees_can_be_kept_among_the_values_of_a_sample() -> None:
    found = Look(seconds_each=0.5, raising=[1.0], unpicklable="answer: TypeError")
    assert Look.of(found.values) == found
    assert Look.of({**found.values, "of a later version": 1.0}) == found


def test_items_for_which_it_raises_are_told_and_the_others_are_answered() -> None:
    found, answers = look(lambda n: 6 // n, [1, 0, 3], is_coroutine=False, budget_s=0.2)
    assert (found.raising, found.raised[:17]) == ([1.0], "ZeroDivisionError")
    assert answers == [6, 2]


def test_where_it_raises_for_every_item_that_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        seen(lambda n: 1 // n, 0, 0)


def test_no_pass_takes_much_longer_than_its_budget() -> None:
    called: list[float] = []

    def wait(item: float) -> None:
        called.append(item)
        time.sleep(0.05)

    look(wait, [0.0] * 100, is_coroutine=False, budget_s=0.1)
    assert len(called) < 30


def test_a_coroutine_is_charged_with_the_time_in_which_it_kept_the_loop() -> None:
    async def half(_: object) -> None:
        await asyncio.sleep(0.03)
        time.sleep(0.03)  # noqa: ASYNC251 - that is what it is about

    assert 0.2 < seen(half, 1, 2, is_coroutine=True).held < 0.7


def test_a_plain_function_may_run_an_event_loop_of_its_own() -> None:
    assert seen(lambda n: asyncio.run(asyncio.sleep(0, n)), 1).anew == 0


def test_what_is_not_as_before_after_a_call_is_named() -> None:
    def change(given: list[int]) -> int:
        given.append(1)
        return 5

    assert seen(change, [1]).changes == "its argument"


def lock(_: object) -> object:
    return threading.Lock()


def number(_: object) -> int:
    return 1


def test_what_can_not_be_sent_is_named() -> None:
    assert seen(lock, 1).unpicklable.startswith("answer: TypeError: cannot pickle")
    assert seen(number, threading.Lock()).unpicklable.startswith("argument: TypeError")
    assert seen(lambda _: 1, 1).unpicklable.startswith("function: ")
    assert not seen(number, 1).unpicklable


def test_the_longest_item_and_its_share_are_told() -> None:
    found = seen(time.sleep, 0.05, 0.005, 0.005, 0.005)
    assert found.is_bound_by_one
    assert 0.5 < found.largest < 0.9
    assert not seen(time.sleep, 0.01, 0.01).is_bound_by_one


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [([1], [1], True), (1, 2, False), (float("nan"), float("nan"), True), (object(), 1, False)],
)
def test_answers_are_compared_by_what_they_are_or_how_they_are_written(
    one: object, other: object, *, alike: bool
) -> None:
    assert same(one, other) is alike


def test_what_is_thrown_into_a_coroutine_reaches_what_it_awaits() -> None:
    async def give_up(item: float) -> str:
        try:
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()
        except TimeoutError:
            return f"{item} is late"
        return "in time"

    found, answers = look(give_up, [1, 2], is_coroutine=True, budget_s=0.1)
    assert answers == ["1 is late", "2 is late"]
    assert not found.raising
