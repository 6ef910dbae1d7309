"""What is held is there, and gone afterwards."""

import asyncio
import gc
import multiprocessing
import sys
import threading

import pytest

from conc.snippets import idle
from tests.snippets.running import printed


def waiting_tasks() -> int:
    return sum(isinstance(found, asyncio.Task) and not found.done() for found in gc.get_objects())


def test_tasks_wait_while_they_are_held_and_not_after() -> None:
    before = waiting_tasks()
    with idle.hold_tasks(50):
        gc.collect()
        assert waiting_tasks() == before + 50
    assert waiting_tasks() == before


def test_threads_are_there_while_they_are_held_and_not_long_after() -> None:
    before = set(threading.enumerate())
    with idle.hold_threads(20):
        held = set(threading.enumerate()) - before
        assert len(held) == 20
    for thread in held:
        thread.join(30)
        assert not thread.is_alive()


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_processes_are_there_while_they_are_held_and_not_after(method: str) -> None:
    before = set(multiprocessing.active_children())
    with idle.hold_processes(2, method):
        assert len(set(multiprocessing.active_children()) - before) == 2
    assert set(multiprocessing.active_children()) <= before


if sys.version_info >= (3, 14):
    from concurrent import interpreters

    def test_interpreters_are_there_while_they_are_held_and_not_after() -> None:
        before = len(interpreters.list_all())
        with idle.hold_interpreters(2):
            assert len(interpreters.list_all()) == before + 2
        assert len(interpreters.list_all()) == before


def test_the_script_prints_what_it_holds() -> None:
    assert "10000 tasks wait in 1 thread" in printed("idle.py")
