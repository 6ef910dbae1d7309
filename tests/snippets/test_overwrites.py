"""Writes over newer values are counted, and nothing is lost without one."""

import sys

import pytest

from conc.snippets import overwrites
from tests.snippets.running import printed


def test_one_thread_writes_over_nothing() -> None:
    assert overwrites.run_threads(1, 1_000, 0.005) == (0, 0)


@pytest.mark.parametrize("interval_s", [0.005, 1e-5])
def test_whatever_was_lost_was_written_over(interval_s: float) -> None:
    found = overwrites.run_threads(4, 20_000, interval_s)
    assert bool(found.lost) == bool(found.overwrites)
    assert 0 <= found.lost < 80_000


def test_the_switch_interval_is_put_back() -> None:
    before_s = sys.getswitchinterval()
    overwrites.run_threads(2, 100, 1e-5)
    assert sys.getswitchinterval() == before_s


def test_the_script_prints_a_line_for_each_interval() -> None:
    assert ["overwrites=" in line for line in printed("overwrites.py")] == [True] * 3
