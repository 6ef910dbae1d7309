"""Vega-Lite specifications of the few kinds of charts that the site has, as plain dictionaries.

Two layouts of each: a wide one, and a narrow one for telephones whose text stays as large.
Nothing here knows what is plotted: points come with their colour, mark and tooltip.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conc.models import NEUTRAL, Model
from conc.show.svg import tip

Dict = dict[str, object]

TEXT = "var(--md-default-fg-color)"
GRID = "var(--md-default-fg-color--lightest)"
PAPER = "var(--md-default-bg-color)"
IDEAL = NEUTRAL
CEILING = "var(--conc-ceiling)"

_FONT_PX = 13
_DODGE_PX = 5
"""How far series are moved apart along x, so that none hides another."""

_MOST_TICKS = 6
"""More labels than that touch each other on a telephone."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The size of a drawing in CSS pixels: the whole width, and the height of one panel."""

    name: str
    width: int
    height: int
    stacked: bool


WIDE = Layout("wide", 660, 300, stacked=False)
NARROW = Layout("narrow", 340, 260, stacked=True)
LAYOUTS = (WIDE, NARROW)


@dataclass(frozen=True, slots=True)
class Point:
    """A mark with its interval; ``tip`` says in words what it stands for."""

    x: float
    y: float
    low: float
    high: float
    tip: str
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one look, joined by a line; hollow marks and a dashed line tell a variant apart."""

    label: str
    look: Model
    points: tuple[Point, ...]
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A line to compare with, such as the ideal; ``dashes`` tells one from another."""

    label: str
    colour: str
    points: tuple[tuple[float, float], ...]
    dashes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Axis:
    """A quantitative axis: its title with the unit, the values marked, and its ends."""

    title: str
    ticks: tuple[float, ...]
    low: float
    high: float
    log: bool = False
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One set of series and references under a heading, among others of the same axes."""

    heading: str
    series: tuple[Series, ...]
    references: tuple[Reference, ...] = ()


def lines(panels: Sequence[Panel], x: Axis, y: Axis, layout: Layout) -> Dict:
    """Lines with intervals over a number, one panel beside (or on a telephone, above) another."""
    across = 1 if layout.stacked else len(panels)
    margin = 62 + 22 * (across - 1)
    width = (layout.width - margin) // across
    height = layout.height if len(panels) == 1 else layout.height * 2 // 3
    drawn = [
        _panel(panel, x, y, (width, height), labelled=layout.stacked or index == 0)
        for index, panel in enumerate(panels)
    ]
    if len(drawn) == 1:
        return _top(drawn[0])
    return _top({"vconcat" if layout.stacked else "hconcat": drawn, "spacing": 18})


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a dot plot: its label and its marks, from left to right."""

    label: str
    look: Model
    points: tuple[Point, ...]


def dots(rows: Sequence[Row], x: Axis, layout: Layout, *, joined: bool = False) -> Dict:
    """Marks with intervals on a horizontal axis, a row a thing.

    With ``joined`` the points of a row are percentiles of one quantity, joined by a line and
    getting smaller towards the tail.
    """
    height = 26 * len(rows)
    labels = [row.label for row in rows]
    longest = max(map(len, labels))
    beside = not layout.stacked
    width = layout.width - (min(7 * longest + 16, 250) if beside else 26)
    y: Dict = {
        "field": "label",
        "type": "nominal",
        "sort": labels,
        "title": None,
        "axis": {"labelLimit": 0, "grid": True} if beside else None,
    }
    values = [
        _point(point, row.look, row.label, hollow=point.hollow, x=point.x)
        | {"label": row.label, "size": (70, 36, 14)[min(place, 2)] if joined else 70}
        for row in rows
        for place, point in enumerate(row.points)
    ]
    across = _channel("x", x)
    mark_size: Dict = {"field": "size", "type": "quantitative", "scale": None}
    layers: list[Dict] = []
    if joined:
        layers.append(
            {
                "mark": {"type": "line", "strokeWidth": 1.5},
                "encoding": {
                    "x": across,
                    "y": y,
                    "detail": {"field": "label"},
                    "stroke": _literal("colour"),
                },
            }
        )
    else:
        layers.append(_whiskers("x", across, y))
    layers.append(_marks(across | {"field": "x"}, y, size=mark_size))
    if not beside:
        # A telephone has no room for labels beside the plot: they stand above their marks.
        height = 44 * len(rows)
        layers.append(
            {
                "mark": {"type": "text", "align": "left", "dy": -15, "fontSize": _FONT_PX},
                "encoding": {
                    "x": {"value": 0},
                    "y": y,
                    "text": {"field": "label"},
                    "color": {"value": TEXT},
                },
                "transform": [
                    {"aggregate": [{"op": "count", "as": "n"}], "groupby": ["label"]},
                ],
            }
        )
    return _top(
        {"width": width, "height": height, "data": {"values": values}, "layer": layers},
    )


def count_ticks(most: int) -> tuple[float, ...]:
    """Return ticks of a count from 1 to ``most``: all of a few, else powers of two."""
    if most <= _MOST_TICKS + 2:
        return tuple(float(count) for count in range(1, most + 1))
    return tuple(2.0**power for power in range(most.bit_length()) if 2**power <= most)


def even_ticks(top: float) -> tuple[float, ...]:
    """Return three to six round numbers from 0 to at most ``top``, evenly apart."""
    rough = top / 4
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(magnitude * nice for nice in (1, 2, 2.5, 5, 10) if magnitude * nice >= rough)
    return tuple(round(place * step, 10) for place in range(int(top / step * 1.0001) + 1))


def zero_axis(title: str, top: float, scale: float = 1.0) -> Axis:
    """An axis from 0 to a little above ``top``; its labels count in units of ``scale``."""
    ticks = even_ticks(top / scale)
    labels = tuple(f"{tick:,g}" for tick in ticks)
    return Axis(title, tuple(tick * scale for tick in ticks), 0.0, top * 1.05, labels=labels)


def log_axis(title: str, values: Sequence[float], write: Callable[[float], str]) -> Axis:
    """A log axis that holds all positive ``values``; ``write`` makes the label of a tick."""
    positive = [value for value in values if value > 0]
    low, high = min(positive) / 1.3, max(positive) * 1.3
    for steps in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1,)):
        ticks = _log_ticks(low, high, steps)
        if len(ticks) <= _MOST_TICKS:
            break
    return Axis(title, ticks, low, high, log=True, labels=tuple(map(write, ticks)))


def _log_ticks(low: float, high: float, steps: Sequence[float]) -> tuple[float, ...]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = (float(f"{step * 10.0**power:.3g}") for power in powers for step in steps)
    return tuple(tick for tick in ticks if low <= tick <= high)


def _panel(panel: Panel, x: Axis, y: Axis, size: tuple[int, int], *, labelled: bool) -> Dict:
    width, height = size
    values = [
        _point(
            point, series.look, series.label, hollow=series.hollow, x=_dodged(point.x, i, x, width)
        )
        for i, series in enumerate(panel.series)
        for point in series.points
    ]
    across, up = _channel("x", x), _channel("y", y)
    if not labelled:
        up["axis"] = {**_mapping(up["axis"]), "labels": False, "title": None}
    layers = [_reference(reference, across, up) for reference in panel.references]
    layers += [
        {
            "mark": {"type": "line", "strokeWidth": 2},
            "encoding": {
                "x": across,
                "y": up,
                "detail": {"field": "series"},
                "stroke": _literal("colour"),
                "strokeDash": {
                    "condition": {"test": "datum.hollow", "value": [5, 4]},
                    "value": [1, 0],
                },
            },
        },
        _whiskers("y", up, across),
        _marks(across, up),
    ]
    drawn: Dict = {"width": width, "height": height, "data": {"values": values}, "layer": layers}
    if panel.heading:
        drawn["title"] = panel.heading
    return drawn


def _point(point: Point, look: Model, series: str, *, hollow: bool, x: float) -> Dict:
    return {
        "x": x,
        "y": point.y,
        "low": point.low,
        "high": point.high,
        "tip": tip(point.tip),
        "series": series,
        "colour": look.colour,
        "fill": PAPER if hollow else look.colour,
        "shape": look.outline,
        "hollow": hollow,
    }


def _dodged(value: float, place: int, axis: Axis, width: int) -> float:
    step = _DODGE_PX / width * ((place + 1) // 2) * (-1 if place % 2 else 1)
    if axis.log:
        return float(value * (axis.high / axis.low) ** step)
    return value + step * (axis.high - axis.low)


def _whiskers(along: str, channel: Dict, other: Dict) -> Dict:
    """Draw each interval as a line from its low to its high end, or to the edge of the plot."""
    across = "x" if along == "y" else "y"
    return {
        "mark": {"type": "rule", "strokeWidth": 1.5, "clip": True},
        "encoding": {
            across: other,
            along: channel | {"field": "low"},
            f"{along}2": {"field": "high"},
            "stroke": _literal("colour"),
        },
    }


def _marks(x: Dict, y: Dict, size: Dict | None = None) -> Dict:
    return {
        "mark": {"type": "point", "opacity": 1, "strokeWidth": 1.5},
        "encoding": {
            "x": x,
            "y": y,
            "shape": _literal("shape"),
            "fill": _literal("fill"),
            "stroke": _literal("colour"),
            "size": size or {"value": 70},
            "description": {"field": "tip"},
        },
    }


def _reference(reference: Reference, x: Dict, y: Dict) -> Dict:
    return {
        "data": {"values": [{"x": a, "y": b} for a, b in reference.points]},
        "mark": {
            "type": "line",
            "clip": True,
            "stroke": reference.colour,
            "strokeWidth": 1.5,
            "strokeDash": list(reference.dashes),
        },
        "encoding": {"x": x, "y": y},
    }


def _channel(field: str, axis: Axis) -> Dict:
    ticks: Dict = {"values": list(axis.ticks), "labelOverlap": False}
    if axis.labels:
        table = dict(zip(map(repr, axis.ticks), axis.labels, strict=True))
        pairs = " : ".join(f"datum.value == {v} ? {_quoted(text)}" for v, text in table.items())
        ticks["labelExpr"] = f"{pairs} : ''"
    scale: Dict = {"domain": [axis.low, axis.high], "nice": False, "zero": False}
    if axis.log:
        scale["type"] = "log"
    return {
        "field": field,
        "type": "quantitative",
        "title": axis.title,
        "axis": ticks,
        "scale": scale,
    }


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _literal(field: str) -> Dict:
    """Take the field's value as it stands: a colour or an outline, not a category."""
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def _mapping(value: object) -> Dict:
    assert isinstance(value, dict)
    return value


def _top(spec: Dict) -> Dict:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "transparent",
        "padding": 2,
        "config": {
            "view": {"stroke": None},
            "axis": {
                "labelColor": TEXT,
                "titleColor": TEXT,
                "gridColor": GRID,
                "domain": False,
                "ticks": False,
                "labelPadding": 6,
                "labelFontSize": _FONT_PX,
                "titleFontSize": _FONT_PX,
                "titleFontWeight": "normal",
            },
            "title": {"color": TEXT, "fontSize": _FONT_PX, "anchor": "start"},
        },
        **spec,
    }
