"""Both loops do the same, and the lock is free afterwards."""

import threading

import pytest

from conc.snippets import lock_price


def test_both_loops_count_to_the_same_number() -> None:
    assert lock_price.count(100) == lock_price.count_locked(100) == 100


@pytest.mark.parametrize("workers", [1, 3])
def test_each_thread_does_its_work_and_ends(workers: int) -> None:
    done = list[int]()
    before = threading.active_count()

    def work(times: int) -> int:
        done.append(times)
        return times

    lock_price.run_threads(work, workers, 7)
    assert done == [7] * workers
    assert threading.active_count() == before


def test_the_lock_is_free_after_a_run() -> None:
    lock_price.run_threads(lock_price.count_locked, 3, 100)
    assert not lock_price.lock.locked()
