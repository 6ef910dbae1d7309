"""Runs have a length, and the switch interval is put back."""

import sys
import threading

from conc.snippets import switching


def test_no_run_is_shorter_than_nothing() -> None:
    lengths = switching.run_threads(0.001, seconds=0.05)
    assert all(length >= 0 for length in lengths)


def test_everything_is_as_it_was_before() -> None:
    interval_s, threads = sys.getswitchinterval(), threading.active_count()
    switching.run_threads(interval_s / 2, seconds=0.01)
    assert (sys.getswitchinterval(), threading.active_count()) == (interval_s, threads)
