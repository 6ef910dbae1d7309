"""Numbers as people read them: seconds, bytes, ratios, rates, shares, with their intervals.

What is written of an estimate is a figure, which stays one within any text (conc.figures).

Everything inside conc is in seconds and bytes; only this module rounds and adds units.
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime

from conc.figures import Known, figure
from conc.records import Estimate

Number = float | Known
"""A plain number, or one of which it is known what it is: that one is written as a figure."""

ABSENT = "not available on this system"
"""What is said where a system can't give a quantity."""

TOO_FEW = "too few runs for an interval"
"""What is said in place of an interval that would say nothing."""

TOO_WIDE = "wider than the figure"
"""What is said in place of the width of an interval that reaches down to nothing."""

FEW_RUNS, MOST_APART = 4, 10.0
"""An interval of fewer runs, whose ends are further apart than by this factor, is not shown."""

DIGITS = 3
"""Significant digits of a measured quantity: more would be noise."""

_TIME_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
BYTE_UNITS = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B"))
"""How many bytes each unit has, the largest first."""

_MINUTE_S = 60.0
_SMALL = ("asyncio", "htop")


def number(value: Number, digits: int = DIGITS) -> str:
    """Round to significant digits, without an exponent, with thousands apart: ``12,300``."""
    return _written(value, lambda one: _rounded(one, digits))


def seconds(value: Number, digits: int = DIGITS) -> str:
    """A duration in the unit that suits it: ``4.10 ms``."""

    def write(one: float) -> str:
        scale, unit = _time_unit(one)
        return f"{number(one / scale, digits)} {unit}"

    return _written(value, write)


def duration(value: float) -> str:
    """A length of time that a person waits: ``48 s``, ``3 min 5 s``."""
    if value < _MINUTE_S:
        return f"{value:.0f} s"
    minutes, rest = divmod(round(value), int(_MINUTE_S))
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def size(value: Number) -> str:
    """A number of bytes in binary units: ``10.5 MiB``."""

    def write(one: float) -> str:
        scale, unit = _byte_unit(one)
        return f"{number(one / scale)} {unit}"

    return _written(value, write)


def ratio(value: Number) -> str:
    """How many times: ``1.94×``."""
    return _written(value, lambda one: f"{number(one)}×")


def rate(value: Number, item: str = "items") -> str:
    """A throughput: ``1,450 items/s``."""
    return _written(value, lambda one: f"{number(one)} {item}/s")


def share(value: Number) -> str:
    """A part of a whole as a percentage: ``97 %``."""

    def write(one: float) -> str:
        percentage = 100 * one
        two_digits = abs(percentage) >= 10 or percentage == 0  # noqa: PLR2004 — two digits
        return f"{percentage:.{0 if two_digits else 1}f} %"

    return _written(value, write)


def hundredths(value: Number) -> str:
    """A number that may be next to nothing, to a hundredth: ``0.02``."""
    return _written(value, lambda one: f"{one:.2f}")


def count(value: Number) -> str:
    """A whole number with its thousands apart: ``12,300``."""
    return _written(value, lambda one: f"{one:,.0f}")


def tick(value: Number) -> str:
    """A round number on an axis: ``1,000``, ``0.5``."""
    return _written(value, lambda one: f"{one:,.10g}")


def tick_seconds(value: Number) -> str:
    """A round duration, as on an axis: ``20 ms``."""

    def write(one: float) -> str:
        scale, unit = _time_unit(one)
        return f"{one / scale:.3g} {unit}"

    return _written(value, write)


def tick_ms(value: Number) -> str:
    """A round number of milliseconds on an axis, in the unit that suits it: ``1 s``."""
    return _written(value, lambda one: tick_seconds(one / 1000))


def tick_size(value: float) -> str:
    """A round number of bytes on an axis, in the units of :func:`size`: ``20 MiB``."""
    scale, unit = _byte_unit(value)
    return f"{value / scale:.3g} {unit}"


def plural(amount: Number, noun: str) -> str:
    """An amount with its noun: ``1 run``, ``3 runs``, ``3 processes``."""
    ending = "" if _value(amount) == 1 else "es" if noun.endswith("s") else "s"
    return f"{count(amount)} {noun}{ending}"


def sentence(clause: str) -> str:
    """A clause as a sentence: with a capital at its start and a full stop at its end.

    The name of a module or a program stays small.
    """
    closed = clause if clause.endswith(".") else f"{clause}."
    return closed if clause.startswith(_SMALL) else f"{closed[:1].upper()}{closed[1:]}"


def listed(names: Sequence[str], word: str = "and") -> str:
    """Write names as a list in prose: ``a, b and c``."""
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last


def ratio_interval(estimate: Estimate) -> str:
    """A ratio with its 95 % interval: ``1.94× (1.90–1.97)``."""
    return _with_interval(estimate, lambda one: f"{number(one)}×", 1)


def seconds_interval(estimate: Estimate) -> str:
    """A duration with its interval, all in one unit: ``4.10 ms (3.90–4.40)``."""
    scale, unit = _time_unit(estimate.value)
    return _with_interval(estimate, lambda one: f"{number(one / scale)} {unit}", scale)


def rate_interval(estimate: Estimate, item: str = "items") -> str:
    """A throughput with its interval: ``1,450 items/s (1,420–1,480)``."""
    return _with_interval(estimate, lambda one: f"{number(one)} {item}/s", 1)


def plain_interval(estimate: Estimate) -> str:
    """A number with its interval, where the heading has its unit: ``1,450 (1,420–1,480)``."""
    return _with_interval(estimate, number, 1)


def share_interval(estimate: Estimate) -> str:
    """A part of a whole with its interval, both in percent: ``97 % (95.2–98.4)``."""
    return _with_interval(estimate, share, 0.01)


def has_interval(estimate: Estimate) -> bool:
    """Say whether the interval says something.

    Of one run it has no ends. Of two or three runs that are told to within a factor of ten only, it
    says how few they are.
    """
    return _says_something(estimate.low, estimate.high, estimate.runs)


def sample_size(runs: int, rounds: int) -> str:
    """What an interval rests on, under a heading that says runs / rounds: ``3 / 45``."""
    return f"{count(runs)} / {count(rounds)}"


def date(started: str) -> str:
    """The day of an ISO 8601 time: ``22 November 2026``; as it stands where it is not one."""
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return started
    return f"{moment.day} {moment:%B %Y}"


def _time_unit(value: float) -> tuple[float, str]:
    rounded = float(f"{value:.{DIGITS}g}")  # 0.9996 s reads as 1.00 s, not as 1,000 ms
    for scale, unit in _TIME_UNITS:
        if abs(rounded) >= scale:
            return scale, unit
    return _TIME_UNITS[-1]


def _byte_unit(value: float) -> tuple[float, str]:
    fitting = ((scale, unit) for scale, unit in BYTE_UNITS if abs(value) >= scale)
    return next(fitting, BYTE_UNITS[-1])


def _value(known: Number) -> float:
    return known if isinstance(known, int | float) else known.value


def _rounded(value: float, digits: int) -> str:
    if not math.isfinite(value):
        raise ValueError(f"not a finite number: {value}")
    if value == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    # Rounding may have reached the next power of ten: 9.996 has one decimal less than 9.99.
    decimals = digits - 1 - math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(decimals, 0)}f}"


def _written(known: Number, write: Callable[[float], str]) -> str:
    """Write a value; as the figure that it is where that is known."""
    if isinstance(known, int | float):
        return write(known)
    return figure(known.quantity, known.value, write(known.value))


def _with_interval(estimate: Estimate, write: Callable[[float], str], scale: float) -> str:
    """Write a value with the interval that readers see, and with the one of a verdict beside it."""

    def ends(low: float, high: float, level: str = "") -> str:
        if not _says_something(low, high, estimate.runs):
            return f"({TOO_FEW})"
        return f"({number(max(low, 0) / scale)}–{number(high / scale)}{level})"

    value, judged = write(estimate.value), (estimate.low, estimate.high)
    wide = f"{value} {ends(*judged, f' at {100 * estimate.level:.4g} %')}"
    return figure(
        estimate.quantity,
        estimate.value,
        f"{value} {ends(*(estimate.shown or judged))}",
        wide=wide if estimate.shown else "",
    )


def _says_something(low: float, high: float, runs: int) -> bool:
    if not math.isfinite(low) or not math.isfinite(high):
        return False
    return runs >= FEW_RUNS or high <= MOST_APART * low
