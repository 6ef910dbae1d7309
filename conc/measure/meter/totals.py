"""What processes have used, added up."""

import math
from collections.abc import Iterable
from typing import NamedTuple

UNKNOWN = math.nan  # whatever it is added to becomes unknown as well


class Totals(NamedTuple):
    """What some processes have used since they started.

    ``faults`` are page faults of processes that a child has waited for. They matter only because
    no process lives without one: where they grew, there were processes whose switches nobody told.
    """

    cpu_s: float = 0.0
    user_s: float = 0.0
    system_s: float = 0.0
    voluntary: float = 0
    involuntary: float = 0
    faults: float = 0


UNKNOWN_TOTALS = Totals(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)

Delays = dict[str, int]
"""The ns that each living thread was runnable but waited for a CPU, by its id."""


def total(totals: Iterable[Totals]) -> Totals:
    """Add up."""
    return Totals(*map(sum, zip(*totals, strict=True)))
