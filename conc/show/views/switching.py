"""What ``switching`` found: how long a thread runs until another Python thread gets its turn."""

from collections.abc import Callable

from conc import formats
from conc.errors import MissingError
from conc.models import find as look
from conc.records import Case, Sample
from conc.results import statistics
from conc.results.evidence import Evidence, Measured
from conc.show import specs
from conc.show.charts import Chart, Key
from conc.show.specs import IDEAL, Axis, Panel, Point, Reference, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import ABSENT, number
from conc.show.views.counted import percentiles, pooled

NAME = "switching"

_SAME_DASHES = (2, 3)
_LOW, _MIDDLE, _HIGH = 25, 50, 75


def run_length_chart(evidence: Evidence) -> Chart:
    """Draw the length of a run against the switch interval, with the line where they are equal."""
    measured = evidence.of(NAME)
    points = tuple(
        _point(case, found) for case in _cases(measured) if (found := _lengths(measured, case))
    )
    if not points:
        raise MissingError("switching has no run lengths here: no case gave a figure")
    intervals = [point.x for point in points]
    low, high = intervals[0] / 1.5, intervals[-1] * 1.5
    x = Axis(
        "switch interval",
        tuple(intervals),
        low,
        high,
        log=True,
        labels=tuple(formats.tick_seconds(ms / 1000) for ms in intervals),
    )
    same = Reference(
        "equal to the switch interval",
        IDEAL,
        ((low, low / 1000), (high, high / 1000)),
        _SAME_DASHES,
    )
    reach = [v for point in points for v in (point.low, point.high)] + [low / 1000, high / 1000]
    y = specs.log_axis("length of a run", reach, formats.tick_seconds)
    panel = Panel("", (Series("threads", look("threads"), points),), (same,))
    return Chart(
        title="How long one of two threads has the interpreter to itself",
        description="Line chart, both axes logarithmic. "
        + "; ".join(point.tip for point in points)
        + ".",
        caption=(
            "Both axes are logarithmic.",
            f"A mark is the median, its bar goes from the {_LOW}th percentile to the {_HIGH}th.",
            "n: "
            + ", ".join(
                formats.count(len(pooled(measured, case, "run_length_s")))
                for case in _cases(measured)
            )
            + " runs.",
        ),
        source=measured.measurement,
        drawings={layout.name: specs.lines([panel], x, y, layout) for layout in specs.LAYOUTS},
        legend=(
            Key.of("two threads that compute", look("threads")),
            Key(same.label, same.colour, dashes=same.dashes),
        ),
        table=run_length_table(evidence),
    )


def run_length_table(evidence: Evidence) -> Table:
    """List the lengths of runs, and the context switches as the operating system counts them."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "Runs of two threads that compute, by switch interval",
        (
            columns.name(
                "interval_ms",
                "Switch interval",
                lambda case: number(_interval_ms(case) / 1000, formats.tick_seconds),
            ),
            *columns.percentiles(
                lambda case: _lengths(measured, case),
                {"p25_s": "Run, p25", "p50_s": "Run, p50", "p75_s": "Run, p75"},
            ),
            _rate(measured, "voluntary", "Voluntary switches", lambda sample: sample.voluntary),
            _rate(
                measured, "involuntary", "Involuntary switches", lambda sample: sample.involuntary
            ),
            columns.counted(lambda case: len(pooled(measured, case, "run_length_s")), "runs"),
        ),
        _cases(measured),
        notes=(
            "A thread that waits for the GIL sleeps, so that switch is voluntary.",
            "An involuntary switch is the operating system’s own decision.",
        ),
    )


def _cases(measured: Measured) -> list[Case]:
    return sorted(measured.cases, key=_interval_ms)


def _interval_ms(case: Case) -> float:
    value = case.parameters.get("interval_ms")
    return float(value) if isinstance(value, int | float) else 0.0


def _lengths(measured: Measured, case: Case) -> tuple[float, ...] | None:
    return percentiles(pooled(measured, case, "run_length_s"), _LOW, _MIDDLE, _HIGH)


def _point(case: Case, lengths: tuple[float, ...]) -> Point:
    low, middle, high = lengths
    interval = formats.tick_seconds(_interval_ms(case) / 1000)
    tip = f"switch interval {interval}: runs of {formats.seconds(middle)}"
    return Point(_interval_ms(case), middle, max(low, middle / 100), high, tip)


def _rate(
    measured: Measured, key: str, heading: str, count: Callable[[Sample], int | None]
) -> Column[Case]:
    def read(case: Case) -> Cell | None:
        timed = [(count(sample), sample.wall_s) for sample in measured.timed(case)]
        rates = [switches / wall_s for switches, wall_s in timed if switches is not None]
        middle = statistics.percentile(rates, _MIDDLE) if rates else None
        return number(middle, formats.number)

    return Column(key, heading, read, "a second, as the system counts them", otherwise=ABSENT)
