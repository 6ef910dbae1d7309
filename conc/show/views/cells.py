"""Small things that the views share: cells that say nothing, ends of intervals, sums of n."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from conc import formats
from conc.records import Estimate
from conc.show.tables import Cell

T = TypeVar("T")

NONE = Cell("–")
"""There is nothing to say here."""

ABSENT = Cell(formats.ABSENT)
"""The system can't give it."""


def present(values: Iterable[T | None]) -> list[T]:
    """Leave out what is absent."""
    return [value for value in values if value is not None]


def either(
    estimate: Estimate | None, write: Callable[[Estimate], str], *, otherwise: Cell = NONE
) -> Cell:
    """Return the cell of an estimate where there is one."""
    return Cell(write(estimate), interval_data(estimate)) if estimate else otherwise


def interval_data(estimate: Estimate) -> list[float]:
    """Return value, low and high for programs; a value without an interval stands alone."""
    if not formats.has_interval(estimate):
        return [estimate.value]
    return [estimate.value, estimate.low, estimate.high]
