"""What ``lock-price`` found: an update with a lock and without one, on one thread and on more."""

import math

from conc import formats
from conc.claims.evidence import inverse
from conc.errors import MissingError
from conc.records import Case, Estimate
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.evidence import Evidence, Measured
from conc.show.models import look
from conc.show.specs import Point, Row
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import drawn_high, drawn_low, either
from conc.show.views.counted import missing

NAME = "lock-price"

_NANOSECOND = 1e-9


def price_chart(evidence: Evidence) -> Chart:
    """Draw the time of an update with a lock and without one, a row for each number of threads."""
    measured = evidence.of(NAME)
    counts = sorted({case.workers for case in measured.cases})
    rows = tuple(
        Row(formats.plural(count, "thread"), look("threads"), points)
        for count in counts
        if (points := _points(measured, count))
    )
    if not rows:
        raise MissingError("lock-price has no times here: no case gave a figure")
    top = max(point.high for row in rows for point in row.points)
    axis = specs.zero_axis("wall time of one update (ns)", top, _NANOSECOND)
    threads = look("threads")
    return Chart(
        title="What a lock adds to an update",
        description="Dot plot. "
        + "; ".join(point.tip for row in rows for point in row.points)
        + ".",
        caption=(
            "Lower is better.",
            "A mark is the median wall time of one update, its bar the 95 % interval.",
            "Several threads contend for the one lock; together they make as many updates as one.",
            captions.sample_size(cost for case in measured.cases if (cost := measured.cost_s(case)))
            + ".",
        ),
        source=measured.measurement,
        drawings={layout.name: specs.dots(rows, axis, layout) for layout in specs.LAYOUTS},
        legend=(
            Key("with a lock", threads.colour, threads.outline),
            Key("without", threads.colour, threads.outline, hollow=True),
        ),
        table=price_table(evidence),
    )


def price_table(evidence: Evidence) -> Table:
    """List the time of an update for each number of threads, and what the lock adds."""
    measured = evidence.of(NAME)
    return Table(
        title="The price of a lock",
        columns=(
            Column("threads", "Threads", figures=False),
            Column("lock", "Lock", figures=False),
            Column("cost_s", "Wall time", "of one update, 95 % interval, lower is better"),
            Column("longer", "With a lock over without", "times as long, lower is better"),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(_row(measured, case) for case in measured.cases),
        source=measured.measurement,
    )


def _points(measured: Measured, count: int) -> tuple[Point, ...]:
    return tuple(
        _point(case, cost)
        for case in measured.select(workers=count)
        if (cost := measured.cost_s(case))
    )


def _point(case: Case, cost: Estimate) -> Point:
    locked = bool(case.parameters.get("lock"))
    threads = formats.plural(case.workers, "thread")
    tip = f"{threads}, {_lock(case)} a lock: {formats.seconds_interval(cost)}"
    return Point(cost.value, 0, drawn_low(cost), drawn_high(cost), tip, hollow=not locked)


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    names = (Cell(formats.count(case.workers), case.workers), Cell(_lock(case)))
    cost = measured.cost_s(case)
    if cost is None:
        return (*names, *missing(measured, case, 3))
    faster = measured.speedup(case)
    longer = inverse(faster) if faster and math.isfinite(faster.low) else None
    return (
        *names,
        either(cost, formats.seconds_interval),
        either(longer, formats.ratio_interval),
        Cell(formats.sample_size(cost.runs, cost.rounds)),
    )


def _lock(case: Case) -> str:
    return "with" if case.parameters.get("lock") else "without"
