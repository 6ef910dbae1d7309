"""What ``gil-latency`` found: how late a sleeping thread goes on beside others that compute."""

from conc import formats
from conc.models import find
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_lines
from conc.show.specs import IDEAL, Panel, Point, Reference, Series
from conc.show.tables import Table
from conc.show.views import columns
from conc.show.views.cells import number
from conc.show.views.counted import QUARTILES, parameter, pooled, quarters
from conc.show.views.registry import Views

NAME = "gil-latency"

_DASHES = ((2, 3), (9, 3), (5, 2))


def lateness_chart(evidence: Evidence) -> Chart:
    """Draw the lateness against the threads beside it, a series for each switch interval."""
    measured = evidence.of(NAME)
    intervals = sorted({_interval_ms(case) for case in measured.cases}, reverse=True)
    series = drawn(
        [
            Series(
                f"switch interval {formats.tick_ms(ms)}",
                find("threads"),
                points,
                variant=place > 0,
            )
            for place, ms in enumerate(intervals)
            if (points := tuple(_points(measured, ms)))
        ],
        "gil-latency has no lateness here: no case gave a figure",
    )
    marks = [point for one in series for point in one.points]
    most = int(max(point.x for point in marks))
    expected = _expected(intervals, most) if evidence.has_gil(NAME) else ()
    tops = [point.high for point in marks] + [line.points[1][1] for line in expected]
    panels = [Panel("", series, expected)]
    return Chart(
        title="How late a thread that slept 2 ms goes on",
        description=captions.description("Line chart", (point.tip for point in marks)),
        caption=(
            captions.LOWER,
            captions.spread(*QUARTILES),
            "Dashed and dotted: one switch interval for each thread beside it."
            if evidence.has_gil(NAME)
            else "Without the GIL it waits for a core alone, and for no switch interval.",
        ),
        source=measured.measurement,
        drawings=specs.lines(
            panels,
            specs.count_axis(
                "threads that compute beside it", tuple(map(float, range(most + 1))), most
            ),
            specs.zero_axis("lateness (ms)", max(tops), 1e-3),
        ),
        legend=keys_of_lines(panels),
        table=lateness_table(evidence),
    )


def _expected(intervals: list[float], most: int) -> tuple[Reference, ...]:
    """Draw one switch interval for each thread, where any ran beside the sleeping one."""
    return tuple(
        Reference(
            f"{formats.tick_ms(ms)} a thread",
            IDEAL,
            ((0.0, 0.0), (most, most * ms / 1000)),
            dashes,
        )
        for ms, dashes in zip(intervals, _DASHES, strict=False)
        if most
    )


def lateness_table(evidence: Evidence) -> Table:
    """List the percentiles of the lateness, by neighbours and switch interval."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "Lateness of a thread that slept 2 ms, lower is better",
        (
            columns.name(
                "beside",
                "Threads beside it",
                lambda case: number(parameter(case, "beside"), formats.count),
                "that compute",
            ),
            columns.name(
                "interval_ms",
                "Switch interval",
                lambda case: number(_interval_ms(case) / 1000, formats.tick_seconds),
                figures=True,
            ),
            *columns.percentiles(
                lambda case: quarters(measured, case, "lateness_s"),
                {"p25_s": "p25", "p50_s": "median", "p75_s": "p75"},
            ),
            columns.counted(lambda case: len(_naps(measured, case)), "sleeps"),
        ),
        measured.cases,
    )


def _points(measured: Measured, interval_ms: float) -> list[Point]:
    points = []
    for case in measured.cases:
        low, middle, high = quarters(measured, case, "lateness_s")
        if low and middle and high and _interval_ms(case) == interval_ms:
            beside = formats.plural(int(parameter(case, "beside")), "thread")
            tip = f"beside {beside}, {formats.tick_ms(interval_ms)}: {formats.seconds(middle)} late"
            ends = (middle.value, low.value, high.value)
            points.append(Point(parameter(case, "beside"), *ends, tip))
    return sorted(points, key=lambda point: point.x)


def _naps(measured: Measured, case: Case) -> list[float]:
    return pooled(measured, case, "lateness_s")


def _interval_ms(case: Case) -> float:
    return parameter(case, "interval_ms")


VIEWS = Views(
    charts={
        "gil-latency/lateness": lateness_chart,
    },
    tables={
        "gil-latency/lateness": lateness_table,
    },
)
