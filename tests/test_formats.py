"""Numbers as people read them."""

import math

import msgspec
import pytest

from conc import formats
from conc.records import Estimate


def estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value=value, low=low, high=high, runs=3, rounds=45)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.98765, "0.988"),
        (9.996, "10.0"),
        (12_345, "12,300"),
        (999.6, "1,000"),
        (-0.0123, "-0.0123"),
    ],
)
def test_a_number_has_three_significant_digits(value: float, text: str) -> None:
    assert formats.number(value) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_refused_rather_than_shown(value: float) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        formats.number(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.50 s"),
        (0.9996, "1.00 s"),
        (0.0041, "4.10 ms"),
        (2.1e-5, "21.0 µs"),
        (3e-9, "3.00 ns"),
        (0.0, "0 ns"),
    ],
)
def test_seconds_take_the_unit_that_suits_them(value: float, text: str) -> None:
    assert formats.seconds(value) == text


@pytest.mark.parametrize(("value", "text"), [(59.4, "59 s"), (60, "1 min"), (185, "3 min 5 s")])
def test_a_wait_is_told_in_minutes_and_seconds(value: float, text: str) -> None:
    assert formats.duration(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0 B"), (512, "512 B"), (10.5 * 2**20, "10.5 MiB"), (2**30, "1.00 GiB")]
)
def test_bytes_take_binary_units(value: float, text: str) -> None:
    assert formats.size(value) == text


def test_an_interval_shares_the_unit_of_its_value() -> None:
    assert formats.seconds_interval(estimate(0.0041, 0.0019, 0.0101)) == "4.10 ms (1.90–10.1)"
    assert formats.ratio_interval(estimate(1.94, 1.9, 1.97)) == "1.94× (1.90–1.97)"


def test_a_single_value_says_that_it_has_no_interval() -> None:
    text = formats.ratio_interval(estimate(1.94, 0.0, math.inf))
    assert text == "1.94× (too few runs for an interval)"


@pytest.mark.parametrize(
    ("amount", "noun", "text"),
    [(1, "run", "1 run"), (2, "run", "2 runs"), (2, "process", "2 processes")],
)
def test_a_noun_follows_its_amount(amount: int, noun: str, text: str) -> None:
    assert formats.plural(amount, noun) == text


def test_a_date_that_is_none_stands_as_it_was_given() -> None:
    assert formats.date("2026-01-02T03:04:05Z") == "2 January 2026"
    assert formats.date("<yesterday>") == "<yesterday>"


@pytest.mark.parametrize(
    ("names", "said"), [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "a, b or c")]
)
def test_names_are_listed_as_in_prose(names: list[str], said: str) -> None:
    assert formats.listed(names, "or") == said


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("ten threads waited", "Ten threads waited."),
        ("Ten threads waited. None failed.", "Ten threads waited. None failed."),
        ("10 threads waited.", "10 threads waited."),
        ("asyncio had one thread", "asyncio had one thread."),
    ],
)
def test_a_clause_becomes_a_sentence_and_a_name_stays_small(clause: str, text: str) -> None:
    assert formats.sentence(clause) == text


def test_an_interval_that_says_nothing_is_not_written() -> None:
    wide = Estimate(value=4.8, low=0.184, high=125.0, runs=2, rounds=8)
    assert formats.plain_interval(wide) == "4.80 (too few runs for an interval)"
    assert formats.has_interval(msgspec.structs.replace(wide, runs=4))
    assert formats.has_interval(msgspec.structs.replace(wide, low=3.0, high=8.0))
    below = msgspec.structs.replace(wide, low=-3.0, high=8.0)
    assert formats.seconds_interval(below) == "4.80 s (too few runs for an interval)"
