"""A figure, what it must reach, and how it is printed."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its unit, and whether it is what was promised; ``None``: no promise."""

    name: str
    value: float
    unit: str
    promise: str = ""
    met: bool | None = None

    def __str__(self) -> str:
        """One line of the table."""
        verdict = {True: "yes", False: "NO", None: ""}[self.met]
        value = f"{self.value:,.3g}" if self.value < 1000 else f"{self.value:,.0f}"
        return f"{self.name:<58} {value:>9} {self.unit:<8} {self.promise:<22} {verdict}"


def at_most(name: str, value: float, unit: str, limit: float) -> Figure:
    """Return a figure that must not be above ``limit``; an infinite one promises nothing."""
    if math.isinf(limit):
        return Figure(name, value, unit)
    return Figure(name, value, unit, f"at most {limit:g} {unit}".rstrip(), value <= limit)


def at_least(name: str, value: float, unit: str, limit: float) -> Figure:
    """Return a figure that must not be below ``limit``."""
    return Figure(name, value, unit, f"at least {limit:.3g} {unit}".rstrip(), value >= limit)


def show(figures: Iterable[Figure]) -> bool:
    """Print each figure as soon as it is there; return whether all promises are kept."""
    kept = True
    for figure in figures:
        print(figure, flush=True)
        kept = kept and figure.met is not False
    return kept
