"""What ``many-waiting`` found: how many threads and tasks can wait, and what each weighs."""

from conc import formats
from conc.records import Case
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_two
from conc.show.evidence import Evidence, Measured
from conc.show.models import look
from conc.show.specs import Dot, DotRow
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import ABSENT
from conc.show.views.counted import estimate, missing, numbers, samples_taken
from conc.show.views.registry import Views

NAME = "many-waiting"

_KINDS = (("rss_each_bytes", "resident", False), ("vms_each_bytes", "virtual", True))
_NOUNS = {"threads": "thread", "asyncio": "task"}


def memory_chart(evidence: Evidence) -> Chart:
    """Draw the resident and the virtual memory of one of many that wait."""
    measured = evidence.of(NAME)
    rows = drawn(
        [row for case in measured.cases if (row := _chart_row(measured, case)).dots],
        "the memory of what waits could not be read on this system",
    )
    return Chart(
        title="Memory of one of many that wait",
        description=captions.description("Dot plot on a logarithmic axis", specs.tips(rows)),
        caption=(
            captions.LOWER_ON_LOG,
            (
                "A mark is by how much the process grew while all of them waited, divided by their "
                "number; the median of the samples."
            ),
            "Virtual memory is room set aside, such as a thread’s stack.",
            "Only what is used of it becomes resident.",
        ),
        source=measured.measurement,
        drawings=specs.dots(
            rows, specs.log_axis("memory of one", specs.places(rows), formats.tick_size)
        ),
        legend=keys_of_two("resident", "virtual"),
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


def _chart_row(measured: Measured, case: Case) -> DotRow:
    label = formats.plural(case.workers, _NOUNS.get(case.model, case.model))
    dots = tuple(
        Dot.alone(found.value, f"{label}: {formats.size(found.value)} {kind} each", hollow=hollow)
        for name, kind, hollow in _KINDS
        if (found := estimate(measured, case, name)) and found.value > 0
    )
    return DotRow(label, look(case.model), dots)


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


VIEWS = Views(
    charts={
        "many-waiting/memory": memory_chart,
    },
    tables={
        "many-waiting/memory": memory_table,
    },
)
