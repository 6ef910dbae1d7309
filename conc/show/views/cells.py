"""Small things that the views share: cells of numbers and estimates, ends of intervals."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from conc import formats
from conc.errors import MissingError
from conc.figures import Known
from conc.records import Estimate, Failure
from conc.results.evidence import Evidence
from conc.show.tables import Cell, Said

T = TypeVar("T")

ABSENT = Cell(formats.ABSENT)
"""The system can't give it."""

NO_FIGURE = Cell("no figure")

Answer = Callable[[Evidence, str], Said]
"""What is said about a model in a table that has a row or a column for each."""


def present(values: Iterable[T | None]) -> list[T]:
    """Leave out what is absent."""
    return [value for value in values if value is not None]


def failed(failure: Failure | None) -> str:
    """Say that there is no figure, and why."""
    if failure is None:
        return "no figure"
    if failure.kind == "impossible":
        return "withheld: impossible"
    return f"failed: {failure.kind}" + (f" ({failure.detail})" if failure.detail else "")


def number(value: float | None, write: Callable[[float], str]) -> Cell | None:
    """Return the cell of a number where there is one."""
    return None if value is None else Cell(write(value), value)


def known(figure: Known | None, write: Callable[[Known], str]) -> Cell | None:
    """Return the cell of a figure whose text leaves an interval to programs."""
    if figure is None:
        return None
    value = interval_data(figure) if isinstance(figure, Estimate) else figure.value
    return Cell(write(figure), value)


def interval(estimate: Estimate | None, write: Callable[[Estimate], str]) -> Cell | None:
    """Return the cell of an estimate with its interval."""
    return Cell(write(estimate), interval_data(estimate)) if estimate else None


def interval_data(estimate: Estimate) -> list[float]:
    """Return value, low and high for programs; a value without an interval stands alone."""
    low, high = estimate.shown or (estimate.low, estimate.high)
    shown = msgspec.structs.replace(estimate, low=low, high=high)
    return [estimate.value, low, high] if formats.has_interval(shown) else [estimate.value]


def answered(answer: Answer, evidence: Evidence, model: str) -> Said:
    """Return what ``answer`` says about a model, or that it was not measured."""
    try:
        return answer(evidence, model)
    except MissingError:
        return "not measured here"
