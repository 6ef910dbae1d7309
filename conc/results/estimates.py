"""What follows from estimates by arithmetic alone.

Where two estimates share no rounds, the ends of their intervals are set against each other: that
is wider than need be, and never too narrow. The interval that readers see goes through the same
arithmetic as the one that a rule judges by.
"""

import math
from collections.abc import Callable

from conc.records import Estimate

Ends = tuple[float, float]


def inverse(ratio: Estimate) -> Estimate:
    """Return the ratio the other way round: what is twice as fast takes half as long."""
    return _of(
        f"inverse of {ratio.quantity}",
        1 / ratio.value,
        lambda one: (1 / one[1], 1 / one[0] if one[0] > 0 else math.inf),
        ratio,
    )


def scaled(estimate: Estimate, factor: float, what: str) -> Estimate:
    """Return the estimate times what is known for certain; ``what`` says what that is."""
    return _of(
        f"{what}: {estimate.quantity}",
        factor * estimate.value,
        lambda one: (factor * one[0], factor * one[1]),
        estimate,
    )


def at_most(estimate: Estimate, bound: float) -> Estimate:
    """Return the estimate of what can't exceed a bound: noise beyond it is cut off."""
    return _of(
        estimate.quantity,
        min(bound, estimate.value),
        lambda one: (min(bound, one[0]), min(bound, one[1])),
        estimate,
    )


def quotient(part: Estimate, whole: Estimate) -> Estimate:
    """Return ``part / whole`` of two estimates that share no rounds."""
    return _of(
        f"{part.quantity} / {whole.quantity}",
        part.value / whole.value if whole.value else math.inf,
        lambda one, other: (
            one[0] / other[1] if other[1] > 0 else 0.0,
            one[1] / other[0] if other[0] > 0 else math.inf,
        ),
        part,
        whole,
    )


def slope(short: Estimate, long: Estimate, rise: float) -> Estimate:
    """Return by how much a quantity grows for each unit of what rose by ``rise`` in between.

    The two estimates share no rounds.
    """
    return _of(
        f"rise from {short.quantity} to {long.quantity}",
        (long.value - short.value) / rise,
        lambda one, other: ((other[0] - one[1]) / rise, (other[1] - one[0]) / rise),
        short,
        long,
    )


def _of(quantity: str, value: float, ends: Callable[..., Ends], *of: Estimate) -> Estimate:
    """Return the estimate of what has that value, whose ends follow from those of others."""
    low, high = ends(*((one.low, one.high) for one in of))
    return Estimate(
        value=value,
        low=low,
        high=high,
        runs=min(one.runs for one in of),
        rounds=min(one.rounds for one in of),
        level=min(one.level for one in of),
        quantity=quantity if all(one.quantity for one in of) else "",
        shown=ends(*map(_shown, of)) if any(one.shown for one in of) else None,
    )


def _shown(estimate: Estimate) -> Ends:
    return estimate.shown or (estimate.low, estimate.high)
