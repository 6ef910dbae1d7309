"""Every hog blocks for as long as asked, and beats are noted meanwhile or after."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor

import pytest

from conc.snippets import heartbeat

BLOCK_S = 0.02
ON_THE_LOOP = [heartbeat.blocking_sleep, heartbeat.blocking_cpu]
ASIDE = [asyncio.sleep, heartbeat.sleep_aside, heartbeat.cpu_aside]


@pytest.mark.parametrize("hog", [*ON_THE_LOOP, *ASIDE])
def test_a_hog_keeps_on_for_as_long_as_asked(hog: Callable[[float], Awaitable[None]]) -> None:
    found = asyncio.run(heartbeat.behind(hog, BLOCK_S))
    assert found.block_s >= BLOCK_S * 0.9
    assert found.lateness_s


@pytest.mark.parametrize("hog", ON_THE_LOOP)
def test_a_beat_behind_a_hog_on_the_loop_is_late_by_the_block(
    hog: Callable[[float], Awaitable[None]],
) -> None:
    found = asyncio.run(heartbeat.behind(hog, BLOCK_S))
    assert max(found.lateness_s) >= found.block_s - 2 * heartbeat.PERIOD_S


def test_a_pool_of_processes_computes_aside() -> None:
    with ProcessPoolExecutor(1) as pool:
        found = asyncio.run(heartbeat.behind(heartbeat.in_pool(pool), BLOCK_S))
    assert found.block_s >= BLOCK_S


def test_steps_are_timed_beside_a_thread_and_beside_a_task() -> None:
    before = threading.active_count()
    beside_thread = heartbeat.steps_beside_thread(BLOCK_S)
    beside_task = asyncio.run(heartbeat.steps_beside_task(BLOCK_S))
    assert len(beside_thread) == len(beside_task) == heartbeat.STEPS
    assert min(beside_thread + beside_task) > 0
    assert threading.active_count() == before


def test_a_thread_computes_beside_the_beat_and_ends() -> None:
    before = threading.active_count()
    found = heartbeat.run_threads(BLOCK_S)
    assert found.lateness_s
    assert threading.active_count() == before
