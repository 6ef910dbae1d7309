"""What a page says in two or three sentences, and what to do: from the verdicts that are decided.

Where this machine could not decide a claim that is said first, and what is known of it from source
and documentation stands in its place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import htpy as h

from conc import figures, formats
from conc.errors import ConcError, MissingError
from conc.figures import Counted
from conc.records import Estimate, Verdict
from conc.show import verdicts
from conc.show.advice.pages import SHORTS, USE, Line
from conc.show.shown import Shown

WRITE: Mapping[str, Callable[[Estimate], str]] = {
    "percent": formats.share,
    "number": formats.plain_interval,
    "ratio": formats.ratio_interval,
    "seconds": formats.seconds_interval,
    "share": formats.share_interval,
}
"""How a number of a verdict is written in a line; one without an interval is a count of seconds."""

OPEN = {"undecided": "Undecided here.", "not tested here": "Not tested here."}
"""What is said before what is known, by the outcome that leaves a claim open."""


@dataclass(frozen=True, slots=True)
class _Number:
    """A number of a verdict, which is written as a line asks."""

    name: str
    value: Estimate | float
    claim: str

    def __format__(self, how: str) -> str:
        if isinstance(self.value, Estimate):
            return WRITE[how](self.value)
        return formats.tick_seconds(Counted(self.value, f"{self.claim}: {self.name}"))


def in_short(shown: Shown, name: str) -> h.Renderable:
    """Return a page in short, with a link to each verdict. Raises ConcError for an unknown name."""
    if name not in SHORTS:
        raise ConcError(f"no page in short is named {name!r}; there are: {', '.join(SHORTS)}")
    short = SHORTS[name]
    return h.div(".conc-short")[
        h.p(".conc-short-title")["In short"],
        h.ul[(h.li[_line(shown, line)] for line in short.says)],
        h.p[h.strong["Do this:"], " ", _line(shown, short.do)],
    ]


def what_to_use(shown: Shown) -> h.Renderable:
    """Return what to use for each kind of work, as a list with a link to each verdict."""
    return h.ul(".conc-use", data_search_exclude=True)[
        (h.li[h.strong[f"{work}:"], " ", _line(shown, line)] for work, line in USE.items())
    ]


def said(line: Line, answer: Verdict | None) -> str:
    """Return what a line says by a verdict, with its figures; ``None`` where nothing was judged."""
    if answer is None or answer.outcome not in line.by_outcome:
        return line.known
    numbers = {name: _Number(name, value, answer.claim) for name, value in answer.numbers.items()}
    return line.by_outcome[answer.outcome].format_map(numbers)


def _line(shown: Shown, line: Line) -> h.Renderable:
    if line.unless and _speaks(shown, line.unless):
        return _line(shown, line.unless)
    if not line.claim:
        return h.fragment[line.known]
    answer = _verdict(shown, line.claim)
    outcome = answer.outcome if answer else "not tested here"
    open_ = OPEN.get(outcome, "")
    link = shown.link(f"{verdicts.PAGE}#{line.claim}")
    text = figures.marked(figures.read(said(line, answer)))
    return h.fragment[
        open_ and [h.em[open_], " Known: "], text, " ", h.a(".conc-source", href=link)[line.claim]
    ]


def _speaks(shown: Shown, line: Line) -> bool:
    """Tell whether a line has words for what came out here."""
    answer = _verdict(shown, line.claim)
    return answer is not None and answer.outcome in line.by_outcome


def _verdict(shown: Shown, claim: str) -> Verdict | None:
    """Return the verdict on a claim, ``None`` where nothing was measured at all."""
    try:
        return shown.verdicts[claim]
    except MissingError:
        return None
