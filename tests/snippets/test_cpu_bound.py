"""Every model adds up the same squares."""

import sys

import pytest

from conc.snippets import cpu_bound
from tests.snippets.running import printed

CHUNKS = [range(100), range(100, 150), range(150, 1000)]
TOTAL = 332_833_500  # (n - 1) n (2n - 1) / 6 with n = 1000


def test_sequential_adds_up_the_squares() -> None:
    assert cpu_bound.run_sequential(CHUNKS) == TOTAL


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_threads_give_the_same_total(workers: int) -> None:
    assert cpu_bound.run_threads(CHUNKS, workers) == TOTAL


@pytest.mark.parametrize("workers", [1, 2])
def test_processes_give_the_same_total(workers: int) -> None:
    assert cpu_bound.run_processes(CHUNKS, workers) == TOTAL


def test_asyncio_gives_the_same_total() -> None:
    assert cpu_bound.run_asyncio(CHUNKS) == TOTAL


if sys.version_info >= (3, 14):

    def test_interpreters_give_the_same_total() -> None:
        assert cpu_bound.run_interpreters(CHUNKS, 2) == TOTAL


def test_the_script_prints_the_same_total_for_each_model() -> None:
    lines = [line.split() for line in printed("cpu_bound.py")]
    assert {"sequential", "threads", "processes", "asyncio"} <= {model for model, _ in lines}
    assert len({total for _, total in lines}) == 1
