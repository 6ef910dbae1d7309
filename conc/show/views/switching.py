"""What ``switching`` found: how long a thread runs until another Python thread gets its turn."""

from statistics import median

from conc import formats
from conc.records import Case, Sample
from conc.show import specs
from conc.show.charts import Chart, Key
from conc.show.current import MissingError
from conc.show.evidence import Evidence, Measured
from conc.show.models import IDEAL, look
from conc.show.specs import Axis, Panel, Point, Reference, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import ABSENT
from conc.show.views.counted import missing, percentiles, pooled

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
    return Table(
        title="Runs of two threads that compute, by switch interval",
        columns=(
            Column("interval_ms", "Switch interval", figures=False),
            Column("p25_s", "Run, p25"),
            Column("p50_s", "Run, p50"),
            Column("p75_s", "Run, p75"),
            Column("voluntary", "Voluntary switches", "a second, as the system counts them"),
            Column("involuntary", "Involuntary switches", "a second, as the system counts them"),
            Column("n", "n", "runs"),
        ),
        rows=tuple(_row(measured, case) for case in _cases(measured)),
        source=measured.measurement,
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


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    interval_s = _interval_ms(case) / 1000
    name = Cell(formats.tick_seconds(interval_s), interval_s)
    lengths = _lengths(measured, case)
    if lengths is None:
        return (name, *missing(measured, case, 6))
    count = len(pooled(measured, case, "run_length_s"))
    samples = measured.timed(case)
    return (
        name,
        *(Cell(formats.seconds(length), length) for length in lengths),
        _rate([_voluntary(sample) for sample in samples]),
        _rate([_involuntary(sample) for sample in samples]),
        Cell(formats.count(count), count),
    )


def _voluntary(sample: Sample) -> float | None:
    return None if sample.voluntary is None else sample.voluntary / sample.wall_s


def _involuntary(sample: Sample) -> float | None:
    return None if sample.involuntary is None else sample.involuntary / sample.wall_s


def _rate(rates: list[float | None]) -> Cell:
    known = [rate for rate in rates if rate is not None]
    if not known:
        return ABSENT
    middle = median(known)
    return Cell(formats.number(middle), middle)
