"""A call that may hang: its answer, what it raises, and what is said when it is late."""

import threading

import pytest

from conc.experiments.parts.in_time import LateError, in_time


def test_it_returns_what_the_call_returns() -> None:
    assert in_time(60, lambda: 7) == 7


def test_what_the_call_raises_is_raised_even_where_that_is_a_timeout() -> None:
    def fails() -> None:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        in_time(60, fails)


def test_a_call_that_hangs_is_late() -> None:
    for_good = threading.Event()
    with pytest.raises(LateError, match=r"no answer within 0\.05 s"):
        in_time(0.05, for_good.wait)
    for_good.set()
