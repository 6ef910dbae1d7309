"""What ``gil-latency`` found: how late a sleeping thread goes on beside others that compute."""

from conc import formats
from conc.errors import MissingError
from conc.records import Case
from conc.show import specs
from conc.show.charts import Chart, Key
from conc.show.evidence import Evidence, Measured
from conc.show.models import IDEAL, look
from conc.show.specs import Axis, Panel, Point, Reference, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views.counted import missing, percentiles, pooled

NAME = "gil-latency"

_LOW, _MIDDLE, _HIGH = 25, 50, 75
_DASHES = ((2, 3), (9, 3), (5, 2))


def lateness_chart(evidence: Evidence) -> Chart:
    """Draw the lateness against the threads beside it, a series for each switch interval."""
    measured = evidence.of(NAME)
    intervals = sorted({_interval_ms(case) for case in measured.cases}, reverse=True)
    series = [
        Series(f"switch interval {_interval(ms)}", look("threads"), points, hollow=place > 0)
        for place, ms in enumerate(intervals)
        if (points := tuple(_points(measured, ms)))
    ]
    if not series:
        raise MissingError("gil-latency has no lateness here: no case gave a figure")
    most = int(max(point.x for drawn in series for point in drawn.points))
    edge = 0.05 * max(1, most)
    x = Axis(
        "threads that compute beside it", tuple(map(float, range(most + 1))), -edge, most + edge
    )
    expected = [
        Reference(
            f"{_interval(ms)} a thread",
            IDEAL,
            ((0.0, 0.0), (float(most), most * ms / 1000)),
            dashes,
        )
        for ms, dashes in zip(intervals, _DASHES, strict=False)
        if most
    ]
    tops = [point.high for drawn in series for point in drawn.points]
    tops += [line.points[1][1] for line in expected]
    y = specs.zero_axis("lateness (ms)", max(tops), 1e-3)
    return Chart(
        title="How late a thread that slept 2 ms goes on",
        description="Line chart. "
        + "; ".join(point.tip for drawn in series for point in drawn.points)
        + ".",
        caption=(
            "Lower is better.",
            f"A mark is the median, its bar goes from the {_LOW}th percentile to the {_HIGH}th.",
            "Dashed and dotted: one switch interval for each thread beside it.",
        ),
        source=measured.measurement,
        drawings={
            layout.name: specs.lines([Panel("", tuple(series), tuple(expected))], x, y, layout)
            for layout in specs.LAYOUTS
        },
        legend=(
            *(Key.of(drawn.label, drawn.look, hollow=drawn.hollow) for drawn in series),
            *(Key(line.label, line.colour, dashes=line.dashes) for line in expected),
        ),
        table=lateness_table(evidence),
    )


def lateness_table(evidence: Evidence) -> Table:
    """List the percentiles of the lateness, by neighbours and switch interval."""
    measured = evidence.of(NAME)
    return Table(
        title="Lateness of a thread that slept 2 ms, lower is better",
        columns=(
            Column("beside", "Threads beside it", "that compute", figures=False),
            Column("interval_ms", "Switch interval"),
            Column("p25_s", "p25"),
            Column("p50_s", "p50"),
            Column("p75_s", "p75"),
            Column("n", "n", "sleeps"),
        ),
        rows=tuple(_row(measured, case) for case in measured.cases),
        source=measured.measurement,
    )


def _points(measured: Measured, interval_ms: float) -> list[Point]:
    points = []
    for case in measured.cases:
        found = percentiles(pooled(measured, case, "lateness_s"), _LOW, _MIDDLE, _HIGH)
        if found and _interval_ms(case) == interval_ms:
            low, middle, high = found
            beside = formats.plural(int(_number(case, "beside")), "thread")
            tip = f"beside {beside}, {_interval(interval_ms)}: {formats.seconds(middle)} late"
            points.append(Point(_number(case, "beside"), middle, low, high, tip))
    return sorted(points, key=lambda point: point.x)


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    beside = _number(case, "beside")
    names = (
        Cell(formats.count(beside), beside),
        Cell(_interval(_interval_ms(case)), _interval_ms(case) / 1000),
    )
    naps = pooled(measured, case, "lateness_s")
    found = percentiles(naps, _LOW, _MIDDLE, _HIGH)
    if found is None:
        return (*names, *missing(measured, case, 4))
    late = (Cell(formats.seconds(value), value) for value in found)
    return (*names, *late, Cell(formats.count(len(naps)), len(naps)))


def _interval_ms(case: Case) -> float:
    return _number(case, "interval_ms")


def _number(case: Case, name: str) -> float:
    value = case.parameters.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _interval(ms: float) -> str:
    return formats.tick_seconds(ms / 1000)
