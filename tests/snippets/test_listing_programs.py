"""The programs that are started to be looked at."""

import os
import sys
from collections.abc import Callable

import psutil
import pytest

from conc.snippets import (
    listing_asyncio,
    listing_count,
    listing_idle_pool,
    listing_processes,
    listing_threads,
)


@pytest.mark.parametrize(
    ("run", "word"),
    [
        (listing_threads.run_threads, "4 more threads"),
        (listing_processes.run_processes, "4 more processes"),
        (listing_asyncio.run_asyncio, "4 tasks"),
        (listing_idle_pool.run_threads, "4 idle threads"),
    ],
)
def test_a_program_says_its_pid_and_parts_and_ends_by_itself(
    run: Callable[[float], int], word: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(0.05) == 4
    said = capfd.readouterr().out
    assert said.startswith(f"PID {os.getpid()}: one process")
    assert word in said


def test_counting_names_every_thread_of_this_process() -> None:
    lines = listing_count.table(os.getpid()).splitlines()
    assert lines[0].split() == ["PID", "THREADS", "IDS"]
    pid, threads = lines[1].split()[:2]
    assert int(pid) == os.getpid()
    assert int(threads) == psutil.Process().num_threads()


def test_counting_lists_processes_below_this_one() -> None:
    with psutil.Popen([sys.executable, "-c", "import time; time.sleep(30)"]) as child:
        try:
            pids = [process.pid for process in listing_count.family(os.getpid())]
        finally:
            child.kill()
    assert pids[0] == os.getpid()
    assert child.pid in pids
