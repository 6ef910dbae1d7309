"""What a worker process and its launcher say to each other: one JSON object a line.

A worker is sent :class:`Begin`, then any number of :class:`Time`, then :class:`End`. It answers
the first with :class:`Begun` and each of the next with :class:`Timed` or :class:`Raised`.
"""

import msgspec

from conc.experiments.experiment import Service
from conc.records import Case, Text, Timing


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """Base of all messages: immutable, and named on the wire by its class."""


class Begin(Message, frozen=True, kw_only=True):
    """Make the cases ready with the function at ``module:name``; keep them so until the end."""

    opener: str
    cases: list[Case]
    service: Service = Service()


class Time(Message, frozen=True, kw_only=True):
    """Execute the case with this id once, and time it."""

    case: str


class End(Message, frozen=True, kw_only=True):
    """Put everything away and end."""


class Begun(Message, frozen=True, kw_only=True):
    """The cases are ready. ``gil`` is the GIL's state after all imports."""

    gil: bool


class Timed(Message, frozen=True, kw_only=True):
    """The case was executed; what is seen from outside only, the launcher adds to its timing."""

    timing: Timing


class Raised(Message, frozen=True, kw_only=True):
    """The case could not be made ready, or its code raised; the worker stands."""

    detail: Text


Command = Begin | Time | End
Reply = Begun | Timed | Raised
