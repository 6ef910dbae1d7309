"""What follows from estimates by arithmetic alone.

Where two estimates share no rounds, the ends of their intervals are set against each other: that
is wider than need be, and never too narrow.
"""

import math

from conc.records import Estimate


def inverse(ratio: Estimate) -> Estimate:
    """Return the ratio the other way round: what is twice as fast takes half as long."""
    return Estimate(
        value=1 / ratio.value,
        low=1 / ratio.high,
        high=1 / ratio.low if ratio.low > 0 else math.inf,
        runs=ratio.runs,
        rounds=ratio.rounds,
    )


def quotient(part: Estimate, whole: Estimate) -> Estimate:
    """Return ``part / whole`` of two estimates that share no rounds."""
    return Estimate(
        value=part.value / whole.value if whole.value else math.inf,
        low=part.low / whole.high if whole.high > 0 else 0.0,
        high=part.high / whole.low if whole.low > 0 else math.inf,
        runs=min(part.runs, whole.runs),
        rounds=min(part.rounds, whole.rounds),
    )


def slope(short: Estimate, long: Estimate, rise: float) -> Estimate:
    """Return by how much a quantity grows for each unit of what rose by ``rise`` in between.

    The two estimates share no rounds.
    """
    return Estimate(
        value=(long.value - short.value) / rise,
        low=(long.low - short.high) / rise,
        high=(long.high - short.low) / rise,
        runs=min(long.runs, short.runs),
        rounds=min(long.rounds, short.rounds),
    )
