"""The answer as one picture: what each model gained for work that computes and work that waits.

It is a table for each kind of work, whose bars the style sheet draws from the shares of the axis
that stand beside each figure: it needs no script, fits any width, and is read aloud as a table.
"""

import math
from collections.abc import Sequence

import htpy as h

from conc import formats
from conc.errors import MissingError
from conc.models import ModelName, find
from conc.records import Estimate
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
                "How many times as fast as a plain loop, with the 95 % interval. "
                "Pale: the interval does not leave out 1×. Longer is better."
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
        h.tbody[(_row(model, gain, end) for model, gain in _with_loop(kind))],
    ]


def _with_loop(kind: home.Kind) -> Sequence[tuple[ModelName, Estimate | None]]:
    """Put the plain loop, which has no interval, before the models."""
    return [("sequential", None), *kind.gains]


def _row(model: ModelName, gain: Estimate | None, end: float) -> h.Element:
    value, text = (1.0, "1×") if gain is None else (gain.value, formats.ratio_interval(gain))
    style = f"--value:{_share(value, end)}"
    if gain is not None and formats.has_interval(gain):
        style += f";--low:{_share(gain.low, end)};--high:{_share(gain.high, end)}"
    sure = gain is None or gain.low > 1 or gain.high < 1
    return h.tr(class_=[f"conc-of-{find(model).name}", "" if sure else "conc-unsure"])[
        h.th(scope="row")["plain loop" if model == "sequential" else model],
        h.td[h.span(".conc-track", style=style, aria_hidden="true"), h.span(".conc-gain")[text]],
    ]


def _end(kind: home.Kind) -> float:
    highs = [gain.high for _, gain in kind.gains if math.isfinite(gain.high)]
    return ROOM * max(kind.limit, 1.0, min(max(highs, default=1.0), MOST * kind.limit))


def _share(value: float, end: float) -> str:
    return f"{100 * min(max(value, 0.0), end) / end:.1f}%"
