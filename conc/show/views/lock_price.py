"""What ``lock-price`` found: an update with a lock and without one, on one thread and on more."""

from conc import formats
from conc.errors import MissingError
from conc.models import find as look
from conc.records import Case, Estimate
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.specs import Point, Row
from conc.show.tables import Table
from conc.show.views import columns
from conc.show.views.cells import drawn_high, drawn_low, number

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
    return columns.of_cases(
        measured,
        "The price of a lock",
        (
            columns.name("threads", "Threads", lambda case: number(case.workers, formats.count)),
            columns.name("lock", "Lock", _lock),
            columns.wall_time(measured.cost_s, "of one update"),
            columns.longer(measured, "With a lock over without"),
            columns.rounds(measured.cost_s),
        ),
        measured.cases,
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


def _lock(case: Case) -> str:
    return "with" if case.parameters.get("lock") else "without"
