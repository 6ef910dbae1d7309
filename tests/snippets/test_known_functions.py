"""Every function of known nature gives the answer that it should, and has the nature it is for."""

import asyncio
import hashlib
import time

import pytest

from conc.snippets import known_functions
from tests.snippets.running import printed


def test_a_digest_is_that_of_so_many_blocks() -> None:
    twice = hashlib.sha256(known_functions.BLOCK * 2).hexdigest()
    assert known_functions.digest(2) == twice


def test_whatever_waits_waits_at_least_as_long_and_says_for_how_long() -> None:
    for waiting in (known_functions.wait, known_functions.wait_in_turn):
        began_s = time.monotonic()
        assert waiting(0.01) == pytest.approx(0.01)
        assert time.monotonic() - began_s >= 0.009


def test_a_coroutine_that_blocks_lets_nothing_else_run() -> None:
    order: list[str] = []

    async def beside() -> None:
        order.append("beside")

    async def both() -> None:
        other = asyncio.create_task(beside())
        await known_functions.wait_and_block(0.001)
        order.append("done")
        await other

    asyncio.run(both())
    assert order == ["done", "beside"]


def test_as_many_numbers_are_given_as_asked() -> None:
    assert known_functions.give_much(3) == [0.0, 0.5, 1.0]


def test_what_was_found_is_remembered() -> None:
    known_functions.remember.cache_clear()
    assert [known_functions.remember(5) for _ in range(3)] == [9, 9, 9]
    assert known_functions.remember.cache_info().hits == 2


def test_the_script_says_what_came_of_each() -> None:
    digest, waited, given = printed("known_functions.py")
    assert len(digest.partition(" ")[0]) == 8
    assert float(waited.partition(" ")[0]) == pytest.approx(0.02)
    assert given.startswith("1000 numbers given")
