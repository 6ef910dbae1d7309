"""Marks of charts from what was estimated, and the lack of any."""

from collections.abc import Sequence
from typing import TypeVar

from conc import formats
from conc.records import Estimate
from conc.show.current import MissingError
from conc.show.specs import Dot, Point

T = TypeVar("T")


def drawn(found: Sequence[T], otherwise: str) -> tuple[T, ...]:
    """Return what there is to draw. Raises MissingError, saying ``otherwise``, where it is none."""
    if not found:
        raise MissingError(otherwise)
    return tuple(found)


def dot_of(estimate: Estimate, tip: str, *, hollow: bool = False) -> Dot:
    """Return the mark of an estimate in a dot plot."""
    low, high = _bar(estimate)
    return Dot(estimate.value, low, high, tip, hollow)


def lone_dot(value: float, tip: str, *, hollow: bool = False) -> Dot:
    """Return the mark of a value that has no interval."""
    return Dot(value, value, value, tip, hollow)


def point_of(x: float, estimate: Estimate, tip: str) -> Point:
    """Return the mark of an estimate on a line."""
    return Point(x, estimate.value, *_bar(estimate), tip)


def _bar(estimate: Estimate) -> tuple[float, float]:
    """Return where an interval's bar begins and ends; a single value has no bar."""
    if not formats.has_interval(estimate):
        return estimate.value, estimate.value
    return max(estimate.low, 0.0), estimate.high
