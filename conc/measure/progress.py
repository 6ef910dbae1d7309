"""How far a measurement is: a bar on a terminal, a line an experiment where nobody watches."""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from conc import formats
from conc.records import Measurement

PART = "CONC_PART"
"""The environment variable that tells a measurement which one of several it is."""


class Progress(AbstractContextManager["Progress"], Protocol):
    """Whoever wants to know how far a measurement is. Nothing is called while a case is timed."""

    def plan(self, seconds: Mapping[str, float]) -> None:
        """Learn which experiments will be measured, in order, and the time that each may take."""

    def started(self, experiment: str) -> None:
        """Learn that an experiment begins."""

    def waiting(self, limit_s: float) -> None:
        """Learn that the machine is given up to ``limit_s`` to fall quiet."""

    def round(self, block: str, run: int, round_: int) -> None:
        """Learn that a round of a block's run is done."""

    def interval(self, block: str, half_width: float | None) -> None:
        """Learn the relative half-width of a block's widest interval so far."""

    def finished(self, measurement: Measurement) -> None:
        """Learn what came of the experiment."""


class Pace:
    """How long the rest will take, from the times allowed and those that were needed so far."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing planned."""
        self._clock = clock
        self._planned: dict[str, float] = {}
        self._used_s = 0.0
        self._allowed_s = 0.0
        self._current_s = 0.0
        self._began_s = clock()

    def plan(self, seconds: Mapping[str, float]) -> None:
        """Take the experiments and the time that each may take."""
        self._planned = dict(seconds)

    def start(self, experiment: str) -> None:
        """Begin an experiment of the plan."""
        self._began_s = self._clock()
        self._current_s = self._planned.pop(experiment, 0.0)

    def finish(self) -> None:
        """End the experiment that was begun last."""
        self._used_s += self._clock() - self._began_s
        self._allowed_s += self._current_s
        self._current_s = 0.0
        self._began_s = self._clock()

    def remaining_s(self) -> float:
        """Return the time left: others are taken to need what those done needed of theirs."""
        pace = self._used_s / self._allowed_s if self._allowed_s else 1.0
        elapsed_s = self._clock() - self._began_s
        return max(0.0, self._current_s - elapsed_s) + pace * sum(self._planned.values())

    def whole_s(self) -> float:
        """Return what all of it is taken to need, from the beginning to the end."""
        now_s = self._clock() - self._began_s if self._current_s else 0.0
        return self._used_s + now_s + self.remaining_s()

    def share_done(self) -> float:
        """Return how much of the whole is done, from 0 to 1."""
        used_s = self._used_s + (self._clock() - self._began_s if self._current_s else 0.0)
        remaining_s = self.remaining_s()
        return used_s / (used_s + remaining_s) if used_s + remaining_s else 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """Which one of several measurements this is, counted from 1, and what it is called."""

    place: int = 1
    of: int = 1
    name: str = ""

    @classmethod
    def read(cls, text: str) -> "Part":
        """Read ``2/3/3.13.1``; anything else is the only part."""
        place, _, rest = text.partition("/")
        of, _, name = rest.partition("/")
        if not (place.isdecimal() and of.isdecimal() and 1 <= int(place) <= int(of)):
            return cls()
        return cls(int(place), int(of), name)

    @property
    def label(self) -> str:
        """What stands before the rest; empty where there is but one part."""
        return f"{self.name} ({self.place} of {self.of})" if self.of > 1 else ""

    def share(self, of_this: float) -> float:
        """Return which share of all parts is done, where that share of this one is."""
        return (self.place - 1 + of_this) / self.of

    def remaining_s(self, of_this_s: float, whole_s: float) -> float:
        """Return the time left for all; those to come are taken to need as much as this one."""
        return of_this_s + (self.of - self.place) * whole_s


ALL = Part()
"""The only part."""


class RichProgress:
    """A bar on a terminal that vanishes at the end.

    It is drawn between rounds only: a thread that redraws it would run beside what is timed.
    """

    def __init__(
        self, console: Console, clock: Callable[[], float] = time.monotonic, part: Part = ALL
    ) -> None:
        """Draw on a console, which decides on colours; the bar is about all parts together."""
        self._pace = Pace(clock)
        self._part = part
        self._experiment = self._place = self._width = ""
        self._bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[left]}", markup=False),
            console=console,
            transient=True,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("measuring", total=1.0, left="")

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    def plan(self, seconds: Mapping[str, float]) -> None:
        """Take over the plan."""
        self._pace.plan(seconds)
        self._draw()

    def started(self, experiment: str) -> None:
        """Name the experiment."""
        self._pace.start(experiment)
        self._experiment, self._place, self._width = experiment, "", ""
        self._draw()

    def waiting(self, limit_s: float) -> None:
        """Say what is waited for."""
        self._place = f"waiting for a quiet machine, at most {limit_s:.0f} s"
        self._draw()

    def round(self, block: str, run: int, round_: int) -> None:
        """Name block, run and round, counted from 1."""
        self._place = f"{block} run {run + 1}, round {round_ + 1}"
        self._draw()

    def interval(self, block: str, half_width: float | None) -> None:
        """Show the width that the block has reached."""
        self._width = f"{block} {_percent(half_width)}"
        self._draw()

    def finished(self, measurement: Measurement) -> None:  # noqa: ARG002 - the bar shows no result
        """Go on to the next."""
        self._pace.finish()
        self._draw()

    def _draw(self) -> None:
        parts = (self._part.label, self._experiment, self._place, self._width)
        left_s = self._part.remaining_s(self._pace.remaining_s(), self._pace.whole_s())
        self._bar.update(
            self._task,
            description=" · ".join(filter(None, parts)) or "measuring",
            completed=self._part.share(self._pace.share_done()),
            left=f"{left_s // 60:.0f}:{left_s % 60:02.0f} left",
        )
        self._bar.refresh()


class QuietProgress:
    """A line for each experiment when it is done, for a log or a pipe."""

    def __init__(self, stream: IO[str], part: Part = ALL) -> None:
        """Write to a stream."""
        self._stream = stream
        self._label = f"{part.label}: " if part.label else ""

    def __enter__(self) -> Self:
        """Do nothing."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Do nothing."""

    def plan(self, seconds: Mapping[str, float]) -> None:
        """Say how long it can take, if there is anything to measure."""
        if seconds:
            names = ", ".join(seconds)
            self._say(f"measuring {names}: about {sum(seconds.values()):.0f} s")

    def started(self, experiment: str) -> None:
        """Say nothing."""

    def waiting(self, limit_s: float) -> None:
        """Say nothing."""

    def round(self, block: str, run: int, round_: int) -> None:
        """Say nothing."""

    def interval(self, block: str, half_width: float | None) -> None:
        """Say nothing."""

    def finished(self, measurement: Measurement) -> None:
        """Say how long it took and how wide the widest interval is."""
        widths = [end.half_width for end in measurement.ends if end.half_width is not None]
        state = "measured" if measurement.complete else "not complete"
        said = f"{measurement.experiment}: {state}, {measurement.seconds:.0f} s"
        if widths:
            said += f", {_widest(max(widths))}"
        if measurement.failures:
            said += f", failures: {len(measurement.failures)}"
        self._say(said)

    def _say(self, line: str) -> None:
        self._stream.write(f"conc: {self._label}{line}\n")
        self._stream.flush()


def progress_on(stream: IO[str]) -> Progress:
    """Return a bar where the stream is a terminal that can show one, else a line an experiment.

    ``CONC_PART`` in the environment says which one of several measurements this is.
    """
    part = Part.read(os.environ.get(PART, ""))
    console = Console(file=stream)
    if console.is_terminal and not console.is_dumb_terminal:
        return RichProgress(console, part=part)
    return QuietProgress(stream, part)


def _widest(half_width: float) -> str:
    """Say how wide the widest interval is."""
    width = _percent(half_width) if half_width < 1 else formats.TOO_WIDE
    return f"widest interval {width}"


def _percent(half_width: float | None) -> str:
    return "±?" if half_width is None or half_width >= 1 else f"±{100 * half_width:.0f} %"
