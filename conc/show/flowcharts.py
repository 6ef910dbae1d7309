"""The way to a model by questions: a drawing with links in its boxes and measured figures.

Two ladders of questions, one for work that computes and one for work that waits. Each "yes" leads
to the side and ends at a model, each "no" leads down. In the order of the drawing the texts are
read aloud as question, answer, question.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import htpy as h

from conc import figures, formats
from conc.errors import MissingError
from conc.models import find
from conc.results.evidence import Evidence
from conc.show import advice
from conc.show.advice import Decision
from conc.show.markup import html
from conc.show.shown import Shown
from conc.show.specs import LAYOUTS, PAPER, TEXT, Layout
from conc.show.views import cpu_bound, home, overhead

TITLE = "From your work to a model"
FONT_PX, LINE_PX, PAD_PX = 13, 17, 10
ARROW_PX, BESIDE_PX, BELOW_PX = 40, 20, 26
"""The room for an arrow to the side, between the ladders, and for an arrow down."""

EDGE = "var(--md-default-fg-color--light)"
"""The edge of a question."""

ASKED = 0.6
"""The share of a ladder's width that questions have; the ends have the rest."""


@dataclass(frozen=True, slots=True)
class End:
    """Where questions end: what to take, what was measured of it, and the page that shows it."""

    take: str
    says: tuple[str, ...]
    link: str
    model: str


@dataclass(frozen=True, slots=True)
class Step:
    """A question in a few lines, and where "yes" ends."""

    asks: tuple[str, ...]
    yes: End


@dataclass(frozen=True, slots=True)
class Ladder:
    """Questions one below the other about one kind of work, and where the last "no" ends."""

    heading: str
    steps: tuple[Step, ...]
    otherwise: End


def flowchart(shown: Shown) -> h.Renderable:
    """Return the drawing in each layout, with the figures of the result that is shown."""
    ladders = (_computes(shown.evidence), _waits(shown.evidence))
    return h.figure(".conc-flow", data_search_exclude=True)[
        h.div(".conc-plot")[
            (html(str(_drawing(ladders, layout, shown.link))) for layout in LAYOUTS)
        ]
    ]


def _computes(evidence: Evidence) -> Ladder:
    return Ladder(
        "It computes",
        (
            Step(
                _lines("Is a call shorter", _length(evidence)),
                End("plain loop", advice.NO_POOL, "article/multiprocessing/#task-size", ""),
            ),
            Step(
                ("Is there no GIL, or does", "its C code let go of it?"),
                End("threads", (), "article/process-and-thread/#utilisation", "threads"),
            ),
        ),
        End(
            "processes",
            (*_found(cpu_bound.decisions, evidence, "processes"), "or interpreters"),
            "cpu-bound/",
            "processes",
        ),
    )


def _waits(evidence: Evidence) -> Ladder:
    return Ladder(
        "It waits",
        (
            Step(
                ("Does its library", "block the thread?"),
                End(
                    "threads",
                    _found(home.waiting_decisions, evidence, "threads"),
                    "io-bound/",
                    "threads",
                ),
            ),
            Step(
                _lines("Thousands at once?", *_weights(evidence)),
                End("asyncio", ("less memory",), "overheads/#memory", "asyncio"),
            ),
        ),
        End(
            "threads or asyncio",
            _found(home.waiting_decisions, evidence, "asyncio"),
            "article/asyncio/#equal-terms",
            "",
        ),
    )


def _lines(*said: str) -> tuple[str, ...]:
    return tuple(filter(None, said))


def _length(evidence: Evidence) -> str:
    """Return the end of the question for the length of a call, as far as it is known here."""
    found = advice.pays_from(evidence)
    return f"than {formats.tick_seconds(found)}?" if found else "than a hand-over?"


def _found(
    decide: Callable[[Evidence], list[Decision]], evidence: Evidence, model: str
) -> tuple[str, ...]:
    """Return what was found of a model for a kind of work, or nothing where it was not measured."""
    try:
        known = decide(evidence)
    except MissingError:
        return ()
    return next((advice.in_box(one) for one in known if one.model == model), ())


def _weights(evidence: Evidence) -> tuple[str, ...]:
    """Return what a thread and a task weigh, where both are known."""
    try:
        weights = [overhead.memory_cell(evidence, model) for model in ("threads", "asyncio")]
    except MissingError:
        return ()
    if any(weight.value is None for weight in weights):
        return ()
    thread, task = (figures.marked(figures.read(weight.text)) for weight in weights)
    return (f"a thread: {thread},", f"a task: {task}")


# The drawing.


def _drawing(ladders: Sequence[Ladder], layout: Layout, link: Callable[[str], str]) -> h.Element:
    """Draw the ladders beside each other, or below each other where there is no room."""
    beside = not layout.stacked
    width = (layout.width - BESIDE_PX) // 2 if beside else layout.width
    parts: list[h.Node] = []
    left, top, bottom = 0.0, 0.0, 0.0
    for ladder in ladders:
        drawn, end = _ladder(ladder, left, top, width, link)
        parts.append(drawn)
        bottom = max(bottom, end)
        left, top = (left + width + BESIDE_PX, top) if beside else (left, bottom + BELOW_PX)
    says = ("wait in threads or tasks,", "compute in processes")
    both = ("It does both?", *((" ".join(says),) if beside else says))
    box = Box(1, bottom + BELOW_PX, layout.width - 2, _height(len(both)))
    parts.append(
        h.a(href=link("article/asyncio/#cooperate"))[
            _edge(box, EDGE),
            _text(both, box, bold=True),
        ]
    )
    height = box.bottom + 2
    return h.svg(
        viewBox=f"0 0 {layout.width} {height:g}",
        width=layout.width,
        height=f"{height:g}",
        class_=f"conc-{layout.name}",
        role="group",
        aria_label=TITLE,
        font_size=FONT_PX,
        fill=TEXT,
    )[parts]


@dataclass(frozen=True, slots=True)
class Box:
    """A place in the drawing, in its pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Where its middle is."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.y + self.height


def _ladder(
    ladder: Ladder, left: float, top: float, width: float, link: Callable[[str], str]
) -> tuple[h.Node, float]:
    """Draw a ladder; return it with where it ends."""
    asked = (width - ARROW_PX) * ASKED
    beside = left + 1 + asked + ARROW_PX - 2
    ended = width - ARROW_PX - asked
    parts: list[h.Node] = [
        h.text(x=f"{left + 1:g}", y=f"{top + 15:g}", font_weight=700)[ladder.heading]
    ]
    y = top + BELOW_PX
    for step in ladder.steps:
        height = _height(max(len(step.asks), 1 + len(step.yes.says)))
        box = Box(left + 1, y, asked, height)
        across, down = box.middle
        parts += [
            _edge(box, EDGE),
            _text(step.asks, box),
            _arrow(f"M{left + asked + 4:g} {down:g}h{ARROW_PX - 9:g}", "m-6 -4 6 4-6 4"),
            _word("yes", left + asked + ARROW_PX / 2, down - 6),
            _end(step.yes, Box(beside, y, ended, height), link),
            _arrow(f"M{across:g} {box.bottom + 2:g}v{BELOW_PX - 5:g}", "m-4 -6 4 6 4-6"),
            _word("no", across + 16, box.bottom + BELOW_PX / 2 + 4),
        ]
        y = box.bottom + BELOW_PX
    box = Box(left + 1, y, asked, _height(1 + len(ladder.otherwise.says)))
    parts.append(_end(ladder.otherwise, box, link))
    return h.fragment[parts], box.bottom


def _end(end: End, box: Box, link: Callable[[str], str]) -> h.Element:
    colour = find(end.model).colour if end.model else TEXT
    return h.a(href=link(end.link))[
        _edge(box, colour), _text((end.take, *end.says), box, bold=True)
    ]


def _height(lines: int) -> float:
    return lines * LINE_PX + 2 * PAD_PX


def _edge(box: Box, colour: str) -> h.Element:
    return h.rect(
        x=f"{box.x:g}",
        y=f"{box.y:g}",
        width=f"{box.width:g}",
        height=f"{box.height:g}",
        rx="5",
        fill=PAPER,
        stroke=colour,
        stroke_width="2",
    )


def _text(lines: Sequence[str], box: Box, *, bold: bool = False) -> h.Element:
    """Write lines in the middle of a box, the first one heavy where it is what to take."""
    return h.text(text_anchor="middle")[_spans(lines, box, bold=bold)]


def _spans(lines: Sequence[str], box: Box, *, bold: bool) -> Iterator[h.Node]:
    across, down = box.middle
    top = down - len(lines) * LINE_PX / 2 + FONT_PX
    for place, line in enumerate(lines):
        weight = "700" if bold and not place else None
        yield h.tspan(x=f"{across:g}", y=f"{top + place * LINE_PX:g}", font_weight=weight)[line]
        yield " "


def _arrow(line: str, head: str) -> h.Element:
    return h.path(d=f"{line}{head}", fill="none", stroke=TEXT, stroke_width="1.3")


def _word(word: str, x: float, y: float) -> h.Element:
    return h.text(x=f"{x:g}", y=f"{y:g}", text_anchor="middle", font_size=12)[word]
