"""Charts as HTML figures: two drawings, a legend, a caption, and the table behind them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import htpy as h

from conc.errors import MissingError
from conc.models import Model, find
from conc.records import Measurement
from conc.show import specs, svg
from conc.show.markup import html
from conc.show.tables import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of a legend: a mark on a line, or a line alone where it has no outline."""

    label: str
    colour: str
    outline: str = ""
    fill: str = ""
    dashes: tuple[int, int] = (1, 0)

    @classmethod
    def of_dot(cls, label: str, mark: Model, *, hollow: bool = False) -> "Key":
        """Make the entry of a kind of mark in a dot plot."""
        return cls(label, mark.colour, mark.outline, specs.PAPER if hollow else mark.colour)

    @classmethod
    def of_series(cls, series: specs.Series) -> "Key":
        """Make the entry of a series."""
        key = cls.of_dot(series.label, series.look, hollow=series.variant)
        return replace(key, dashes=specs.VARIANT_DASHES) if series.variant else key


def keys_of_lines(panels: Sequence[specs.Panel]) -> tuple[Key, ...]:
    """Make a legend of all series, then of all references that have a label."""
    series = (Key.of_series(series) for panel in panels for series in panel.series)
    lines = (
        Key(line.label, line.colour, dashes=line.dashes)
        for panel in panels
        for line in panel.references
        if line.label
    )
    return tuple(dict.fromkeys([*series, *lines]))


def keys_of_models(models: Iterable[str], name: Callable[[str], str] = str) -> tuple[Key, ...]:
    """Make a legend of the models of a dot plot, each once, under the name that ``name`` gives."""
    return tuple(Key.of_dot(name(model), find(model)) for model in dict.fromkeys(models))


def keys_of_two(filled: str, hollow: str, model: str = "") -> tuple[Key, Key]:
    """Make a legend of what filled and hollow marks stand for, of a model or of any."""
    return Key.of_dot(filled, find(model)), Key.of_dot(hollow, find(model), hollow=True)


def drawn(found: Sequence[T], otherwise: str) -> tuple[T, ...]:
    """Return what there is to draw. Raises MissingError, saying ``otherwise``, where it is none."""
    if not found:
        raise MissingError(otherwise)
    return tuple(found)


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
    drawings: specs.Drawings
    legend: Sequence[Key]
    table: Table


def to_html(chart: Chart, table: str, footer: str, cache: Path | None) -> str:
    """Return the chart as HTML; ``table`` and ``footer`` are HTML already.

    Both drawings are in the page; the theme shows the one that the width has room for.
    """
    drawings = [
        svg.render(
            spec,
            css_class=f"conc-{layout}",
            title=chart.title,
            description=chart.description,
            cache=cache,
        )
        for layout, spec in chart.drawings.items()
    ]
    return str(
        h.div(".conc-chart", data_search_exclude=True)[
            h.figure[
                h.p(".conc-title")[chart.title],
                h.ul(".conc-legend")[map(_entry, chart.legend)] if chart.legend else None,
                h.div(".conc-plot")[map(html, drawings)],
                h.figcaption(".conc-caption")[h.p[" ".join(chart.caption)], html(footer)],
            ],
            h.details[h.summary["The figures behind this chart"], html(table)],
        ]
    )


def _entry(key: Key) -> h.Element:
    dashes = " ".join(map(str, key.dashes)) if key.dashes[1] else None
    mark = h.path(
        transform="translate(14 7) scale(4.5)", d=key.outline, fill=key.fill, stroke_width=".3"
    )
    return h.li[
        h.svg(
            viewBox="0 0 28 14",
            width=28,
            height=14,
            aria_hidden="true",
            stroke=key.colour,
            stroke_width=2,
        )[h.path(d="M0 7H28", stroke_dasharray=dashes), mark if key.outline else None],
        key.label,
    ]
