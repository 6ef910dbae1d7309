"""As many naps as asked, and everything as it was before."""

import sys
import threading

import pytest

from conc.snippets import gil_latency


@pytest.mark.parametrize("beside", [0, 2])
def test_each_nap_has_its_lateness_and_no_thread_is_left(beside: int) -> None:
    before = threading.active_count()
    lateness_s = gil_latency.run_threads(beside, 0.001, naps=3)
    assert len(lateness_s) == 3
    assert threading.active_count() == before


def test_the_switch_interval_is_put_back() -> None:
    before = sys.getswitchinterval()
    gil_latency.run_threads(0, before / 2, naps=1)
    assert sys.getswitchinterval() == before
