"""Vega-Lite specifications of the few kinds of charts that the site has, as plain dictionaries.

Each kind is a function, and draws two layouts: a wide one, and a narrow one for telephones whose
text stays as large. Nothing here knows what is plotted: points come with their look and tip.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from conc import formats
from conc.models import NEUTRAL, Model
from conc.records import Estimate
from conc.show.svg import tip

Dict = dict[str, object]

Drawings = dict[str, Dict]
"""A specification for each layout, by its name."""

TEXT = "var(--md-default-fg-color)"
GRID = "var(--md-default-fg-color--lightest)"
PAPER = "var(--md-default-bg-color)"
IDEAL = NEUTRAL
LIMIT = "var(--conc-limit)"

_FONT_PX = 13
_DODGE_PX = 5
"""How far series are moved apart along x, so that none hides another."""

_MOST_TICKS = 6
"""More labels than that touch each other on a telephone."""

VARIANT_DASHES = (5, 4)
"""What the line of a variant looks like."""

_CHARACTER_PX = 7.8
"""The width of a letter in a wide font: a reader's is not the one that the renderer measures by."""

_EDGE_PX = 16
"""The room for half a label at the right end of an axis."""

_AXIS_PX = 62
"""The room that the labels and title of a vertical axis take."""

_GAP_PX = 22
"""The room between panels side by side."""

_ROOM = 1.5
"""An axis reaches at most so many times as far as its farthest mark: a bar beyond has an arrow."""

_ARROW_SIZE = 45

_EVEN_SIZE: Dict = {"value": 70}
_TAIL_SIZES = (70, 36, 14)
"""Percentiles get smaller towards the tail."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The size of a drawing in CSS pixels: the whole width, and the height of one panel.

    ``stacked``: labels have no room beside what they name and stand above it.
    """

    name: str
    width: int
    height: int
    stacked: bool


WIDE = Layout("wide", 660, 300, stacked=False)
NARROW = Layout("narrow", 340, 260, stacked=True)
LAYOUTS = (WIDE, NARROW)


@dataclass(frozen=True, slots=True)
class Point:
    """A mark of a line with its interval; ``tip`` says in words what it stands for."""

    x: float
    y: float
    low: float
    high: float
    tip: str

    @classmethod
    def of(cls, x: float, estimate: Estimate, tip: str) -> "Point":
        """Make the mark of an estimate."""
        return cls(x, estimate.value, *_bar(estimate), tip)


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one look, joined by a line; a ``variant`` is hollow and its line is dashed."""

    label: str
    look: Model
    points: tuple[Point, ...]
    variant: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A mark of a row with its interval; a hollow one is another quantity than a filled one."""

    x: float
    low: float
    high: float
    tip: str
    hollow: bool = False

    @classmethod
    def of(cls, estimate: Estimate, tip: str, *, hollow: bool = False) -> "Dot":
        """Make the mark of an estimate."""
        return cls(estimate.value, *_bar(estimate), tip, hollow)

    @classmethod
    def alone(cls, value: float, tip: str, *, hollow: bool = False) -> "Dot":
        """Make the mark of a value without an interval."""
        return cls(value, value, value, tip, hollow)


@dataclass(frozen=True, slots=True)
class DotRow:
    """A line of a dot plot: its label and its marks, from left to right."""

    label: str
    look: Model
    dots: tuple[Dot, ...]

    @classmethod
    def of(cls, label: str, look: Model, estimate: Estimate, says: str) -> "DotRow":
        """Make the row of one estimate."""
        return cls(label, look, (Dot.of(estimate, f"{label}: {says}"),))


@dataclass(frozen=True, slots=True)
class Reference:
    """A line to compare with, such as the ideal; ``dashes`` tells one from another."""

    label: str
    colour: str
    points: tuple[tuple[float, float], ...]
    dashes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Axis:
    """A quantitative axis: its title with the unit, the values marked, and its ends.

    Series are moved apart along it by ``dodge_px``: by nothing where a mark would pass a line that
    rises.
    """

    title: str
    ticks: tuple[float, ...]
    low: float
    high: float
    log: bool = False
    labels: tuple[str, ...] = ()
    dodge_px: float = _DODGE_PX


@dataclass(frozen=True, slots=True)
class Panel:
    """One set of series and references under a heading, among others of the same axes."""

    heading: str
    series: tuple[Series, ...]
    references: tuple[Reference, ...] = ()


def lines(panels: Sequence[Panel], x: Axis, y: Axis) -> Drawings:
    """Draw lines with intervals over a number, one panel beside or above another.

    Panels side by side share the labels of the first one's vertical axis.
    """
    others = len(panels) - 1
    up = _channel("y", y)
    bare = up | {"axis": _ticks(y) | {"labels": False, "title": None}}
    width = (WIDE.width - _AXIS_PX - _GAP_PX * others) // len(panels)
    beside, above = (up, *(bare,) * others), (up,) * len(panels)
    return _both(
        _panels("hconcat", panels, x, beside, (width, WIDE.height)),
        _panels("vconcat", panels, x, above, (NARROW.width - _AXIS_PX, NARROW.height)),
    )


def dots(rows: Sequence[DotRow], x: Axis, even: float | None = None) -> Drawings:
    """Draw marks with intervals on a horizontal axis, a row a thing.

    A line stands at ``even``, where two things are alike.
    """
    across = _channel("x", x)
    values = [_dot(row, dot, x) for row in rows for dot in row.dots]
    line = [] if even is None else [_upright(even)]
    return _in_rows(
        rows, values, lambda y: [*line, *_whiskers("x", across, y), _marks(across, y, _EVEN_SIZE)]
    )


def percentiles(rows: Sequence[DotRow], x: Axis) -> Drawings:
    """Draw percentiles of one quantity on a horizontal axis, joined within a row."""
    across = _channel("x", x)
    values = [
        _dot(row, dot, x) | {"size": _TAIL_SIZES[min(place, len(_TAIL_SIZES) - 1)]}
        for row in rows
        for place, dot in enumerate(row.dots)
    ]
    size: Dict = {"field": "size", "type": "quantitative", "scale": None}
    return _in_rows(rows, values, lambda y: [_joined(across, y), _marks(across, y, size)])


def count_ticks(most: int) -> tuple[float, ...]:
    """Return ticks of a count from 1 to ``most``: all of a few, else powers of two."""
    if most <= _MOST_TICKS + 2:
        return tuple(float(count) for count in range(1, most + 1))
    return tuple(2.0**power for power in range(most.bit_length()) if 2**power <= most)


def even_ticks(top: float) -> tuple[float, ...]:
    """Return three to six round numbers from 0 to at most ``top``, evenly apart."""
    step = _round_step(top)
    return tuple(round(place * step, 10) for place in range(int(top / step * 1.0001) + 1))


def _round_step(span: float) -> float:
    """Return a round number that divides a span into two to four parts, or a little more."""
    rough = span / 4
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(magnitude * nice for nice in (1, 2, 2.5, 5, 10) if magnitude * nice >= rough)


def zero_axis(title: str, top: float, scale: float = 1.0) -> Axis:
    """An axis from 0 to a little above ``top``; its labels count in units of ``scale``."""
    ticks = even_ticks(top / scale)
    labels = tuple(f"{tick:,g}" for tick in ticks)
    return Axis(title, tuple(tick * scale for tick in ticks), 0.0, top * 1.05, labels=labels)


def axis_between(title: str, low: float, top: float) -> Axis:
    """An axis from a little below ``low`` to a little above ``top``, for what has no bar from 0."""
    start = max(0.0, low - 0.08 * (top - low))
    step = _round_step(top - start)
    places = range(math.ceil(start / step), int(top / step * 1.0001) + 1)
    ticks = tuple(round(place * step, 10) for place in places)
    return Axis(title, ticks, start, top * 1.05, labels=tuple(f"{tick:,g}" for tick in ticks))


def log_axis(title: str, values: Sequence[float], write: Callable[[float], str]) -> Axis:
    """A log axis that holds all positive ``values``; ``write`` makes the label of a tick."""
    return _log_axis(title, values, write, [10.0**power for power in range(-12, 13)])


def byte_axis(title: str, values: Sequence[float]) -> Axis:
    """A log axis of bytes that holds all positive ``values``: 1, 10 and 100 of each unit."""
    decades = [scale * 10.0**power for scale, _ in formats.BYTE_UNITS for power in range(3)]
    return _log_axis(title, values, formats.tick_size, sorted(decades))


def _log_axis(
    title: str, values: Sequence[float], write: Callable[[float], str], decades: Sequence[float]
) -> Axis:
    """A log axis with as many of the round parts of ``decades`` as there is room for."""
    positive = [value for value in values if value > 0]
    low, high = min(positive) / 1.3, max(positive) * 1.3
    for steps in ((1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1,)):
        marks = (float(f"{step * decade:.12g}") for decade in decades for step in steps)
        ticks = tuple(mark for mark in marks if low <= mark <= high)
        if len(ticks) <= _MOST_TICKS:
            break
    few = ticks[:: math.ceil(len(ticks) / _MOST_TICKS)]
    return Axis(title, few, low, high, log=True, labels=tuple(map(write, few)))


def log_axis_of(
    title: str, values: Iterable[float], write: Callable[[float], str], room: float = 1.5
) -> Axis:
    """A log axis that marks the ``values`` themselves; ``room`` is the factor beyond them."""
    ticks = tuple(sorted(values))
    low, high = ticks[0] / room, ticks[-1] * room
    return Axis(title, ticks, low, high, log=True, labels=tuple(map(write, ticks)))


def count_axis(title: str, ticks: tuple[float, ...], most: float) -> Axis:
    """An axis of a count from the first tick to ``most``, with room at both ends."""
    edge = 0.05 * max(1, most)
    return Axis(title, ticks, ticks[0] - edge, most + edge)


def places(rows: Iterable[DotRow]) -> list[float]:
    """Return where the marks of ``rows`` are, for an axis that holds them."""
    return [dot.x for row in rows for dot in row.dots]


def end(rows: Iterable[DotRow]) -> float:
    """Return where the farthest bar ends."""
    return max(dot.high for row in rows for dot in row.dots)


def reach(rows: Sequence[DotRow]) -> list[float]:
    """Return where the marks are and where their bars end, as far as that leaves the marks room."""
    marks = places(rows)
    least, most = min(marks) / _ROOM, max(marks) * _ROOM
    ends = [end for row in rows for dot in row.dots for end in (dot.low, dot.high)]
    return [*marks, *(min(max(end, least), most) for end in ends)]


def tips(rows: Iterable[DotRow]) -> list[str]:
    """Return in words what each mark stands for."""
    return [dot.tip for row in rows for dot in row.dots]


def _bar(estimate: Estimate) -> tuple[float, float]:
    """Return where an interval's bar begins and ends; a single value has no bar."""
    if formats.has_interval(estimate):
        return max(estimate.low, 0.0), estimate.high
    return estimate.value, estimate.value


def _panels(
    how: str, panels: Sequence[Panel], x: Axis, ups: Sequence[Dict], size: tuple[int, int]
) -> Dict:
    """Draw each panel with its own vertical axis of ``ups``; several are lower than a lone one."""
    if len(panels) == 1:
        return _panel(panels[0], x, ups[0], size)
    lower = (size[0], size[1] * 2 // 3)
    drawn = [_panel(panel, x, up, lower) for panel, up in zip(panels, ups, strict=True)]
    return {how: drawn, "spacing": 18}


def _panel(panel: Panel, x: Axis, up: Dict, size: tuple[int, int]) -> Dict:
    width, height = size
    across = _channel("x", x)
    values = [
        _point(series, point) | {"x": _dodged(point.x, place, x, width)}
        for place, series in enumerate(panel.series)
        for point in series.points
    ]
    layers = [_reference(reference, across, up) for reference in panel.references]
    layers += [_line(across, up), *_whiskers("y", up, across), _marks(across, up, _EVEN_SIZE)]
    drawn: Dict = {"width": width, "height": height, "data": {"values": values}, "layer": layers}
    return drawn | {"title": panel.heading} if panel.heading else drawn


def _in_rows(
    rows: Sequence[DotRow], values: Sequence[Dict], layers: Callable[[Dict], list[Dict]]
) -> Drawings:
    """Draw ``layers`` with each row's label beside it, or above its marks where it has no room."""
    labels = [row.label for row in rows]
    above: Dict = {
        "field": "label",
        "type": "nominal",
        "sort": labels,
        "title": None,
        "axis": None,
    }
    room = min(_CHARACTER_PX * max(map(len, labels)) + 8, 250)
    beside = above | {"axis": {"labelLimit": 0, "grid": True, "minExtent": room}}
    data: Dict = {"data": {"values": values}}
    wide: Dict = {
        "width": WIDE.width - room - _EDGE_PX,
        "height": 26 * len(rows),
        "layer": layers(beside),
    }
    narrow: Dict = {
        "width": NARROW.width - 26,
        "height": 44 * len(rows),
        "layer": [*layers(above), _labels(above)],
    }
    return _both(data | wide, data | narrow)


def _point(series: Series, point: Point) -> Dict:
    return _look(series.look, hollow=series.variant) | {
        "y": point.y,
        "low": point.low,
        "high": point.high,
        "tip": tip(point.tip),
        "series": series.label,
        "variant": series.variant,
    }


def _dot(row: DotRow, dot: Dot, axis: Axis) -> Dict:
    return _look(row.look, hollow=dot.hollow) | {
        "x": dot.x,
        "low": max(dot.low, axis.low),  # a log axis has no zero
        "high": dot.high,
        "tip": tip(dot.tip),
        "label": row.label,
    }


def _look(look: Model, *, hollow: bool) -> Dict:
    return {
        "colour": look.colour,
        "fill": PAPER if hollow else look.colour,
        "shape": look.outline,
    }


def _dodged(value: float, place: int, axis: Axis, width: int) -> float:
    """Move a value along its axis, the series by turns to the left and to the right."""
    step = axis.dodge_px / width * ((place + 1) // 2) * (-1 if place % 2 else 1)
    if axis.log:
        return float(value * (axis.high / axis.low) ** step)
    return value + step * (axis.high - axis.low)


def _line(x: Dict, y: Dict) -> Dict:
    """Join the points of a series."""
    return {
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": x,
            "y": y,
            "detail": {"field": "series"},
            "stroke": _literal("colour"),
            "strokeDash": {
                "condition": {"test": "datum.variant", "value": list(VARIANT_DASHES)},
                "value": [1, 0],
            },
        },
    }


def _joined(x: Dict, y: Dict) -> Dict:
    """Join the marks of a row."""
    return {
        "mark": {"type": "line", "strokeWidth": 1.5},
        "encoding": {
            "x": x,
            "y": y,
            "detail": {"field": "label"},
            "stroke": _literal("colour"),
        },
    }


def _labels(y: Dict) -> Dict:
    """Write the label of each row above its marks."""
    return {
        "mark": {"type": "text", "align": "left", "dy": -15, "fontSize": _FONT_PX},
        "encoding": {
            "x": {"value": 0},
            "y": y,
            "text": {"field": "label"},
            "color": {"value": TEXT},
        },
        "transform": [{"aggregate": [{"op": "count", "as": "n"}], "groupby": ["label"]}],
    }


def _whiskers(along: str, channel: Dict, other: Dict) -> list[Dict]:
    """Draw each interval from its low to its high end, with an arrow where it goes on beyond."""
    across = "x" if along == "y" else "y"
    low, high = cast("tuple[float, float]", cast("Dict", channel["scale"])["domain"])
    bars: Dict = {
        "mark": {"type": "rule", "strokeWidth": 1.5, "clip": True},
        "encoding": {
            across: other,
            along: channel | {"field": "low"},
            f"{along}2": {"field": "high"},
            "stroke": _literal("colour"),
        },
    }
    edge = {name: value for name, value in channel.items() if name != "field"}
    points = ("left", "right") if along == "x" else ("down", "up")
    beyond = (f"datum.low < {low}", f"datum.high > {high}")
    arrows: list[Dict] = [
        {
            "transform": [{"filter": test}],
            "mark": {"type": "point", "shape": f"triangle-{point}", "size": _ARROW_SIZE},
            "encoding": {
                across: other,
                along: edge | {"datum": end},
                "fill": _literal("colour"),
                "stroke": _literal("colour"),
            },
        }
        for point, test, end in zip(points, beyond, (low, high), strict=True)
    ]
    return [bars, *arrows]


def _marks(x: Dict, y: Dict, size: Dict) -> Dict:
    return {
        "mark": {"type": "point", "opacity": 1, "strokeWidth": 1.5},
        "encoding": {
            "x": x,
            "y": y,
            "shape": _literal("shape"),
            "fill": _literal("fill"),
            "stroke": _literal("colour"),
            "size": size,
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


def _upright(value: float) -> Dict:
    return {
        "data": {"values": [{"x": value}]},
        "mark": {"type": "rule", "stroke": IDEAL, "strokeWidth": 1.5, "strokeDash": [2, 3]},
        "encoding": {"x": {"field": "x", "type": "quantitative"}},
    }


def _channel(field: str, axis: Axis) -> Dict:
    scale: Dict = {"type": "log" if axis.log else "linear", "domain": [axis.low, axis.high]}
    return {
        "field": field,
        "type": "quantitative",
        "title": axis.title,
        "axis": _ticks(axis),
        "scale": scale | {"nice": False, "zero": False},
    }


def _ticks(axis: Axis) -> Dict:
    ticks: Dict = {"values": list(axis.ticks), "labelOverlap": False}
    if axis.labels:
        table = dict(zip(map(repr, axis.ticks), axis.labels, strict=True))
        pairs = " : ".join(f"datum.value == {v} ? {_quoted(text)}" for v, text in table.items())
        ticks["labelExpr"] = f"{pairs} : ''"
    return ticks


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _literal(field: str) -> Dict:
    """Take the field's value as it stands: a colour or an outline, not a category."""
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


def _both(wide: Dict, narrow: Dict) -> Drawings:
    return {WIDE.name: _top(wide), NARROW.name: _top(narrow)}


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
