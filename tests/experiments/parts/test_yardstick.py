"""The independent processes of the yardstick."""

import multiprocessing
import os

import pytest

from conc.experiments.parts.yardstick import spinning


def process_and_sum(numbers: range) -> int:
    return os.getpid() * 1000 + sum(numbers)


def die(_numbers: range) -> int:
    os._exit(3)


def test_each_process_does_the_same_work_on_its_own() -> None:
    with spinning(3, process_and_sum, range(10)) as trial:
        answers = trial.act()
        assert isinstance(answers, list)
        assert len(set(answers)) == 3
        assert {answer % 1000 for answer in answers} == {45}
        assert trial.act() == answers


def test_no_process_is_left_behind() -> None:
    before = set(multiprocessing.active_children())
    with spinning(2, process_and_sum, range(10)):
        assert len(set(multiprocessing.active_children()) - before) == 2
    assert set(multiprocessing.active_children()) <= before


def test_a_process_that_dies_is_an_error_and_no_endless_wait() -> None:
    with pytest.raises((EOFError, OSError)), spinning(2, die, range(10)):
        pass
