"""The independent processes of the yardstick."""

import multiprocessing
import os
import time

import pytest

from conc.experiments.parts.yardstick import spinning


def take_long(numbers: range) -> int:
    time.sleep(0.02)
    return sum(numbers)


def die(_numbers: range) -> int:
    os._exit(3)


def test_each_process_does_the_same_work_on_its_own() -> None:
    with spinning(3, take_long, range(10)) as trial:
        started = time.perf_counter()
        own_s = trial.read(trial.act()).values["own_s"]
        passed_s = time.perf_counter() - started
    assert isinstance(own_s, list)
    assert len(set(own_s)) == 3
    assert all(0.02 <= seconds <= passed_s for seconds in own_s)
    assert passed_s < sum(own_s), "they work at once"


def test_no_process_is_left_behind() -> None:
    before = set(multiprocessing.active_children())
    with spinning(2, take_long, range(10)):
        assert len(set(multiprocessing.active_children()) - before) == 2
    assert set(multiprocessing.active_children()) <= before


def test_a_process_that_dies_is_an_error_and_no_endless_wait() -> None:
    with pytest.raises((EOFError, OSError)), spinning(2, die, range(10)):
        pass
