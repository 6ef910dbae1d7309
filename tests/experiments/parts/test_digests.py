"""The digest of answers that JSON can't say, or not as they stand."""

import sys
from collections.abc import Iterator

import pytest

from conc.experiments.parts.digests import digest

LONG = 10**9_999
"""An integer of 10,000 digits: more than Python writes unless it is told to."""


@pytest.fixture
def limit() -> Iterator[int]:
    """Set a limit of the test's own on the digits that Python writes."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(5_000)
    yield 5_000
    sys.set_int_max_str_digits(before)


class Odd:
    """An answer that is written with half a character."""

    def __init__(self, half: str) -> None:
        """Be written as this."""
        self.half = half

    def __repr__(self) -> str:
        return self.half


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, LONG + 1),
        ([LONG, "a"], [LONG + 1, "a"]),
        ({(1, 2): LONG}, {(1, 2): LONG + 1}),
    ],
    ids=["alone", "in a list", "in a mapping by tuples"],
)
def test_integers_of_any_length_are_told_apart(one: object, other: object, limit: int) -> None:
    assert digest(one) != digest(other)
    assert sys.get_int_max_str_digits() == limit


def test_the_same_long_integer_has_the_same_digest(limit: int) -> None:
    assert digest(LONG) == digest(10 * 10**9_998) != ""
    with pytest.raises(ValueError, match=str(limit)):
        str(LONG)


def test_the_limit_is_back_after_an_answer_that_can_not_be_written(limit: int) -> None:
    class Unwritable:
        def __repr__(self) -> str:
            raise LookupError("no name")

    with pytest.raises(LookupError, match="no name"):
        digest(Unwritable())
    assert sys.get_int_max_str_digits() == limit


def test_a_mapping_by_tuples_has_a_digest() -> None:
    given = {(1, 2): "a", (3, 4): "b"}
    assert digest(given) == digest({(1, 2): "a", (3, 4): "b"}) != ""
    assert digest(given) != digest({(1, 2): "a", (3, 4): "c"})
    assert digest(given) != digest({(1, 2): "a", (3, 5): "b"})


def test_an_answer_that_holds_itself_has_a_digest() -> None:
    given: list[object] = [1]
    given.append(given)
    assert digest(given) not in {"", digest([1])}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\ud800", "\udfff"),
        ({"\ud800": 1}, {"\udfff": 1}),
        ({("\ud800",): 1}, {("\udfff",): 1}),
        ([Odd("\ud800")], [Odd("\udfff")]),
        ({(1,): Odd("\ud800")}, {(1,): Odd("\udfff")}),
    ],
    ids=["text", "key", "key of tuples", "writing", "writing under tuples"],
)
def test_halves_of_characters_are_told_apart(one: object, other: object) -> None:
    assert digest(one) != digest(other)
    assert "" not in {digest(one), digest(other)}


def test_the_address_of_an_object_does_not_count() -> None:
    one, other = object(), object()
    assert digest([one]) == digest([other])
    assert digest({(1, 2): one}) == digest({(1, 2): other})
    assert digest([object()]) != digest([str])
