"""Small things that the views share: cells that say nothing, ends of intervals, sums of n."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from conc import formats
from conc.records import Estimate, Failure
from conc.show.tables import Cell

T = TypeVar("T")

NONE = Cell("–")
"""There is nothing to say here."""

ABSENT = Cell(formats.ABSENT)
"""The system can't give it."""


def present(values: Iterable[T | None]) -> list[T]:
    """Leave out what is absent."""
    return [value for value in values if value is not None]


def drawn_low(estimate: Estimate) -> float:
    """Return where an interval's bar begins; a single value has no bar."""
    return max(estimate.low, 0.0) if formats.has_interval(estimate) else estimate.value


def drawn_high(estimate: Estimate) -> float:
    """Return where an interval's bar ends."""
    return estimate.high if formats.has_interval(estimate) else estimate.value


def failed(failure: Failure | None) -> str:
    """Say that there is no figure, and why."""
    if failure is None:
        return "no figure"
    return f"failed: {failure.kind}" + (f" ({failure.detail})" if failure.detail else "")


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
