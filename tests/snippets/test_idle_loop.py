"""An idle loop is one thread, whatever waits in it."""

import subprocess
import sys
import threading

import pytest

from conc.snippets import idle_loop


@pytest.mark.parametrize("tasks", [0, 100])
def test_a_loop_adds_no_thread_for_the_tasks_that_wait_in_it(tasks: int) -> None:
    before = threading.active_count()
    found = idle_loop.run_asyncio(tasks, seconds=0.01)
    assert threading.active_count() == before
    assert found.threads == idle_loop.run_asyncio(0, seconds=0.01).threads


def test_a_loop_that_is_alone_in_its_process_is_its_only_thread() -> None:
    program = "from snippets import idle_loop; found = idle_loop.run_asyncio(100, 0.05); "
    program += "print(found.wakeups, found.threads, found.processes)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.split() == ["0", "1", "1"]


def test_a_timer_that_is_due_wakes_the_loop() -> None:
    selector = idle_loop.CountingSelector()
    with selector:
        selector.select(0)
        assert selector.wakeups == 0
        selector.select(0.001)
        assert selector.wakeups == 1
