"""What ``many-waiting`` found: how many threads and tasks can wait, and what each weighs."""

from conc import formats
from conc.errors import MissingError
from conc.records import Case
from conc.show import specs
from conc.show.charts import Chart, Key
from conc.show.evidence import Evidence, Measured
from conc.show.models import IDEAL, look
from conc.show.specs import Point, Row
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import ABSENT
from conc.show.views.counted import estimate, missing, numbers, samples_taken

NAME = "many-waiting"

_KINDS = (("rss_each_bytes", "resident", False), ("vms_each_bytes", "virtual", True))
_NOUNS = {"threads": "thread", "asyncio": "task"}


def memory_chart(evidence: Evidence) -> Chart:
    """Draw the resident and the virtual memory of one of many that wait."""
    measured = evidence.of(NAME)
    rows = tuple(row for case in measured.cases if (row := _chart_row(measured, case)).points)
    if not rows:
        raise MissingError("the memory of what waits could not be read on this system")
    neutral = look("")
    return Chart(
        title="Memory of one of many that wait",
        description="Dot plot on a logarithmic axis. "
        + "; ".join(point.tip for row in rows for point in row.points)
        + ".",
        caption=(
            "Lower is better; the axis is logarithmic.",
            (
                "A mark is by how much the process grew while all of them waited, divided by their "
                "number; the median of the samples."
            ),
            "Virtual memory is room set aside, such as a thread’s stack.",
            "Only what is used of it becomes resident.",
        ),
        source=measured.measurement,
        drawings={
            layout.name: specs.dots(
                rows,
                specs.log_axis(
                    "memory of one",
                    [point.x for row in rows for point in row.points],
                    formats.tick_size,
                ),
                layout,
            )
            for layout in specs.LAYOUTS
        },
        legend=(
            Key("resident", IDEAL, neutral.outline),
            Key("virtual", IDEAL, neutral.outline, hollow=True),
        ),
        table=memory_table(evidence),
    )


def memory_table(evidence: Evidence) -> Table:
    """List how many were asked for and started, and what each of them weighs."""
    measured = evidence.of(NAME)
    return Table(
        title="Many that wait at once",
        columns=(
            Column("what", "What", figures=False),
            Column("asked", "Asked for"),
            Column("started", "Started", "least of all samples"),
            Column("rss_each_bytes", "Resident memory", "of one, lower is better"),
            Column("vms_each_bytes", "Virtual memory", "of one, lower is better"),
            Column("n", "n", "samples"),
        ),
        rows=tuple(_row(measured, case) for case in measured.cases),
        source=measured.measurement,
    )


def _chart_row(measured: Measured, case: Case) -> Row:
    label = formats.plural(case.workers, _NOUNS.get(case.model, case.model))
    points = tuple(
        Point(
            found.value,
            0,
            found.value,
            found.value,
            f"{label}: {formats.size(found.value)} {kind} each",
            hollow=hollow,
        )
        for name, kind, hollow in _KINDS
        if (found := estimate(measured, case, name)) and found.value > 0
    )
    return Row(label, look(case.model), points)


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    names = (Cell(case.model), Cell(formats.count(case.workers), case.workers))
    started = numbers(measured, case, "started")
    if not started:
        return (*names, *missing(measured, case, 4))
    return (
        *names,
        Cell(formats.count(min(started)), min(started)),
        *(_size(measured, case, name) for name, _, _ in _KINDS),
        samples_taken(measured, case),
    )


def _size(measured: Measured, case: Case, name: str) -> Cell:
    found = estimate(measured, case, name)
    if found is None:
        return ABSENT
    text = formats.size(found.value) if found.value > 0 else "less than could be read"
    return Cell(text, found.value)
