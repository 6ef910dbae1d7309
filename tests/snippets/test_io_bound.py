"""Every model and client finds the same ratings."""

import sys

import pytest

from conc.snippets import io_bare, io_bound, io_bound_asyncio
from tests.snippets.running import printed

NAMES = ["Pagoda", "Trattoria", "Café au lait", "Fish & Chips", "Pagoda"]
RATINGS = io_bound.Rating | io_bound_asyncio.Rating | io_bare.Rating


def stars(ratings: list[RATINGS]) -> list[tuple[str, float]]:
    return [(rating.name, rating.stars) for rating in ratings]


@pytest.fixture
def expected(url: str) -> list[tuple[str, float]]:
    return stars([*io_bound.run_sequential(url, NAMES)])


def test_sequential_rates_each_name_in_order(expected: list[tuple[str, float]]) -> None:
    assert [name for name, _ in expected] == NAMES
    assert all(1 <= given <= 5 for _, given in expected)
    assert expected[0] == expected[-1]
    assert len(set(expected)) > 1


def test_threads_find_the_same_ratings(url: str, expected: list[tuple[str, float]]) -> None:
    assert stars([*io_bound.run_threads(url, NAMES, 3)]) == expected


def test_processes_find_the_same_ratings(url: str, expected: list[tuple[str, float]]) -> None:
    assert stars([*io_bound.run_processes(url, NAMES, 2)]) == expected


@pytest.mark.parametrize("level", [1, 3, 10])
def test_asyncio_finds_the_same_ratings(
    url: str, level: int, expected: list[tuple[str, float]]
) -> None:
    assert stars([*io_bound_asyncio.run_asyncio(url, NAMES, level)]) == expected


def test_bare_threads_find_the_same_ratings(url: str, expected: list[tuple[str, float]]) -> None:
    assert stars([*io_bare.run_threads(url, NAMES, 3)]) == expected


def test_bare_asyncio_finds_the_same_ratings(url: str, expected: list[tuple[str, float]]) -> None:
    assert stars([*io_bare.run_asyncio(url, NAMES, 3)]) == expected


if sys.version_info >= (3, 14):

    def test_interpreters_find_the_same_ratings(
        url: str, expected: list[tuple[str, float]]
    ) -> None:
        assert stars([*io_bound.run_interpreters(url, NAMES, 2)]) == expected


def test_no_latency_is_shorter_than_the_service_waits(url: str) -> None:
    ratings: list[RATINGS] = [
        *io_bound.run_threads(url, NAMES, 5),
        *io_bound_asyncio.run_asyncio(url, NAMES, 5),
        *io_bare.run_threads(url, NAMES, 5),
        *io_bare.run_asyncio(url, NAMES, 5),
    ]
    assert min(rating.latency_s for rating in ratings) >= 0.0009


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Len", b"a: b\r\n\r\n4"])
def test_a_connection_that_ends_early_is_an_error(answer: bytes) -> None:
    with pytest.raises((ConnectionError, ValueError)):
        io_bare.rated("Pagoda", answer, 0.0)


@pytest.mark.parametrize("script", ["io_bound.py", "io_bound_asyncio.py", "io_bare.py"])
def test_the_scripts_print_the_ratings(script: str, url: str) -> None:
    lines = printed(script, url, "Pagoda", "Trattoria")
    assert lines
    assert all("Pagoda" in line and "Trattoria" in line for line in lines)
