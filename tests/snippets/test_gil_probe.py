"""The probe hears another thread, or its silence; it does not say how long either takes."""

import sys
import threading
import time

import pytest

from conc.snippets import gil_probe
from tests.snippets.running import printed


def test_a_silence_is_never_longer_than_its_call() -> None:
    probe = gil_probe.run_threads(lambda: time.sleep(0.01))
    assert 0 < probe.silence_s <= probe.call_s


def test_the_ticking_thread_is_there_during_the_call_and_gone_after_it() -> None:
    before, during = threading.active_count(), list[int]()
    gil_probe.run_threads(lambda: during.append(threading.active_count()))
    assert during == [before + 1]
    assert threading.active_count() == before


def test_a_call_in_which_nobody_else_may_run_is_one_silence() -> None:
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(30)  # the GIL is kept until the call ends, whatever it does
    try:
        probe = gil_probe.run_threads(lambda: sum(range(100_000)))
    finally:
        sys.setswitchinterval(interval_s)
    if getattr(sys, "_is_gil_enabled", lambda: True)():
        assert probe.silence_s == probe.call_s


@pytest.mark.parametrize("name", gil_probe.CALLS)
def test_every_function_can_be_called_again_and_again(name: str) -> None:
    call = gil_probe.CALLS[name](1_000)
    call()
    call()


def test_the_script_prints_the_silence_of_some_calls() -> None:
    assert all("silent for" in line for line in printed("gil_probe.py"))
