"""The answer as one picture: what each model gained for work that computes and work that waits.

It is a table for each kind of work, whose bars the style sheet draws from the shares of the axis
that stand beside each figure: it needs no script, fits any width, and is read aloud as a table.
"""

import math

import htpy as h

from conc import formats
from conc.errors import MissingError
from conc.models import find
from conc.show import page
from conc.show.shown import Shown
from conc.show.views import home

ROOM = 1.04
"""How far the axis reaches beyond what it has to hold."""

MOST = 3.0
"""The axis ends at so many times the limit, however far an interval reaches."""


def answer(shown: Shown) -> h.Renderable:
    """Return the picture. Raises MissingError where neither kind of work was measured."""
    kinds = list(home.kinds(shown.evidence))
    if not kinds:
        raise MissingError("neither CPU-bound nor I/O-bound work was measured here")
    return h.figure(".conc-answer", data_search_exclude=True)[
        h.div(".conc-kinds")[map(_kind, kinds)],
        h.figcaption(".conc-caption")[
            h.p[
                "How many times as fast as a plain loop, with the 95 % interval. Pale: neither a"
                " gain nor a loss by the wider interval that verdicts need. Longer is better."
            ],
            page.origin(shown, None),
        ],
    ]


def _kind(kind: home.Kind) -> h.Element:
    end = _end(kind)
    limit = _share(kind.limit, end)
    return h.table(".conc-gains", style=f"--one:{_share(1.0, end)};--limit:{limit}")[
        h.caption[h.strong[kind.heading], " ", h.small[kind.terms]],
        h.thead[
            h.tr[
                h.th(scope="col")[h.span(".conc-unseen")["Model"]],
                h.th(".conc-limit", scope="col")[
                    h.span(".conc-unseen")["Speed-up. The line of "], h.span[kind.limit_says]
                ],
            ]
        ],
        h.tbody[_loop(end), (_row(gain, end) for gain in kind.gains)],
    ]


def _loop(end: float) -> h.Element:
    """Return the row of the plain loop, which has no interval."""
    return _bar("sequential", "plain loop", f"--value:{_share(1.0, end)}", "1×")


def _row(gain: home.Gain, end: float) -> h.Element:
    seen = gain.seen
    style = f"--value:{_share(seen.value, end)}"
    if formats.has_interval(seen):
        style += f";--low:{_share(seen.low, end)};--high:{_share(seen.high, end)}"
    sure = gain.word in {"faster", "slower"}
    return _bar(gain.model, gain.model, style, formats.ratio_interval(seen), sure=sure)


def _bar(model: str, name: str, style: str, says: str, *, sure: bool = True) -> h.Element:
    return h.tr(class_=[f"conc-of-{find(model).name}", "" if sure else "conc-unsure"])[
        h.th(scope="row")[name],
        h.td[h.span(".conc-track", style=style, aria_hidden="true"), h.span(".conc-gain")[says]],
    ]


def _end(kind: home.Kind) -> float:
    highs = [gain.seen.high for gain in kind.gains if math.isfinite(gain.seen.high)]
    return ROOM * max(kind.limit, 1.0, min(max(highs, default=1.0), MOST * kind.limit))


def _share(value: float, end: float) -> str:
    return f"{100 * min(max(value, 0.0), end) / end:.1f}%"
