"""Charts as HTML figures: two drawings, a legend, a caption, and the table behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from conc.models import Model
from conc.records import Measurement
from conc.show import specs, svg
from conc.show.tables import Table


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend: a mark on a line, or a line alone where it has no outline."""

    label: str
    colour: str
    outline: str = ""
    hollow: bool = False
    dashes: tuple[int, int] = (1, 0)

    @classmethod
    def of(cls, label: str, look: Model, *, hollow: bool = False) -> "Key":
        """Make the entry of a series."""
        return cls(label, look.colour, look.outline, hollow, (5, 4) if hollow else (1, 0))


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing in each layout, and all that a reader needs to read it.

    ``description`` says in words what is seen; ``caption`` says what a mark is, n, and which
    direction is better. ``table`` holds the figures behind the marks.
    """

    title: str
    description: str
    caption: tuple[str, ...]
    source: Measurement
    drawings: dict[str, specs.Dict]
    legend: Sequence[Key]
    table: Table


def to_html(chart: Chart, table: str, footer: str, cache: Path | None) -> str:
    """Return the chart as HTML; ``table`` and ``footer`` are HTML already.

    Both drawings are in the page; the theme shows the one that the width has room for.
    """
    drawings = "".join(
        svg.render(
            spec,
            css_class=f"conc-{layout}",
            title=chart.title,
            description=chart.description,
            cache=cache,
        )
        for layout, spec in chart.drawings.items()
    )
    legend = "".join(_key(key) for key in chart.legend)
    legend = f'<ul class="conc-legend">{legend}</ul>' if legend else ""
    caption = escape(" ".join(chart.caption))
    return (
        '<div class="conc-chart" data-search-exclude><figure>'
        f'<p class="conc-title">{escape(chart.title)}</p>{legend}'
        f'<div class="conc-plot">{drawings}</div>'
        f'<figcaption class="conc-caption"><p>{caption}</p>{footer}</figcaption></figure>'
        f"<details><summary>The figures behind this chart</summary>{table}</details></div>"
    )


def _key(key: Key) -> str:
    dashes = f' stroke-dasharray="{key.dashes[0]} {key.dashes[1]}"' if key.dashes[1] else ""
    mark = ""
    if key.outline:
        fill = specs.PAPER if key.hollow else key.colour
        mark = (
            f'<path transform="translate(14 7) scale(4.5)" d="{key.outline}" fill="{fill}"'
            f' stroke-width=".3"/>'
        )
    return (
        f'<li><svg viewBox="0 0 28 14" width="28" height="14" aria-hidden="true"'
        f' stroke="{key.colour}" stroke-width="2"><path d="M0 7H28"{dashes}/>{mark}</svg>'
        f"{escape(key.label)}</li>"
    )
