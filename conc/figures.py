"""Measured figures within text: each keeps its quantity and its value until it is shown.

A figure stands in a string as a mark, so that sentences are made as any other string is. Whoever
shows the string reads it once: :func:`read` gives the words as people read them, and where in them
which figure stands. A mark holds a word that this process alone knows, so that nothing in a
stranger's file can be one.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

import msgspec

from conc.records import Figure

_WORD = secrets.token_hex(8)
_OPEN, _NEXT, _CLOSE = "\ue000", "\ue001", "\ue002"
"""Characters that no language uses."""

_MARK = re.compile(
    f"{_OPEN}{_WORD}{_NEXT}([^{_NEXT}]*){_NEXT}([^{_NEXT}]*){_NEXT}([^{_NEXT}]*){_NEXT}([^{_CLOSE}]*){_CLOSE}"
)
_OURS = str.maketrans(dict.fromkeys((_OPEN, _NEXT, _CLOSE), "\ufffd"))


class Known(Protocol):
    """A value of which it is known what it is: an estimate, or a count."""

    @property
    def value(self) -> float:
        """The value itself."""

    @property
    def quantity(self) -> str:
        """What it is: experiment, statistic and cases; empty where nobody said."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A value without an interval, and what it is."""

    value: float
    quantity: str


@dataclass(frozen=True, slots=True)
class Given:
    """A value that was set beforehand and not measured: a parameter of a case, a line of a rule."""

    value: float

    @property
    def quantity(self) -> str:
        """That it was given; two that are equal have one name."""
        return f"given: {self.value:.6g}"


class Text(str):
    """Words, and where in them measured figures stand."""

    __slots__ = ("figures",)

    figures: tuple[Figure, ...]

    def __new__(cls, words: str, figures: tuple[Figure, ...] = ()) -> Self:
        """Join words with their figures."""
        text = super().__new__(cls, words)
        text.figures = figures
        return text


def figure(quantity: str, value: float, written: str, *, wide: str = "") -> str:
    """Return ``written`` as the figure of a quantity, for a string that :func:`read` reads.

    ``wide`` is the same with the wider interval that a verdict rests on. Without a quantity it is
    the words alone.
    """
    if not quantity:
        return written
    parts = (_WORD, quantity.translate(_OURS), repr(float(value)), written, wide)
    return _OPEN + _NEXT.join(parts) + _CLOSE


def read(marked: str, *, wide: bool = False) -> Text:
    """Return what people read of a string, with its figures; ``wide`` as for :func:`figure`."""
    if isinstance(marked, Text):
        return marked
    found: list[Figure] = []
    words, end = "", 0
    for mark in _MARK.finditer(marked):
        one, written = _parts(mark, wide=wide)
        words += marked[end : mark.start()]
        found.append(msgspec.structs.replace(one, at=len(words), end=len(words) + len(written)))
        words, end = words + written, mark.end()
    return Text(words + marked[end:], tuple(found))


def marked(text: Text) -> str:
    """Return words as a string with marks again, the inverse of :func:`read`."""
    parts, end = [], 0
    for one in text.figures:
        parts += [text[end : one.at], figure(one.quantity, one.value, text[one.at : one.end])]
        end = one.end
    return "".join([*parts, text[end:]])


def widened(marked_: str) -> str:
    """Return a string whose figures are shown with the interval that a verdict rests on."""
    return marked(read(marked_, wide=True))


def any_in(marked: str) -> bool:
    """Tell, at the price of a search, whether a string has a figure to be read."""
    return _WORD in marked


def replaced(marked: str, write: Callable[[Figure, str], str]) -> str:
    """Return a string with what ``write`` makes of each figure and its words."""
    return _MARK.sub(lambda mark: write(*_parts(mark, wide=False)), marked)


def _parts(mark: re.Match[str], *, wide: bool) -> tuple[Figure, str]:
    quantity, value, written, wider = mark.groups()
    one = Figure(at=0, end=0, quantity=quantity, value=float(value))
    return one, wider if wide and wider else written
