"""What ``many-waiting`` found: how many threads and tasks can wait, and what each weighs."""

from conc import formats
from conc.models import find
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_two
from conc.show.specs import Dot, DotRow
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import ABSENT, known, number
from conc.show.views.counted import estimate, numbers
from conc.show.views.registry import Views

NAME = "many-waiting"

_KINDS = (("rss_each_bytes", "resident", False), ("vms_each_bytes", "virtual", True))


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
                "number; typical of the samples."
            ),
            "Virtual memory is room set aside, such as a thread’s stack.",
            "Only what is used of it becomes resident.",
        ),
        source=measured.measurement,
        drawings=specs.dots(rows, specs.byte_axis("memory of one", specs.reach(rows))),
        legend=keys_of_two("resident", "virtual"),
        table=memory_table(evidence),
    )


def memory_table(evidence: Evidence) -> Table:
    """List how many were asked for and started, and what each of them weighs."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "Many that wait at once",
        (
            columns.name("what", "What", lambda case: case.model),
            columns.workers("asked", "Asked for"),
            Column(
                "started",
                "Started",
                lambda case: number(
                    min(numbers(measured, case, "started"), default=None), formats.count
                ),
                "least of all samples",
            ),
            *(_size(measured, key, f"{kind.capitalize()} memory") for key, kind, _ in _KINDS),
            columns.samples_taken(measured),
        ),
        measured.cases,
        notes=(
            (
                "By how much one process grew while so many waited. The page Overheads weighs far "
                "fewer, by another count."
            ),
        ),
    )


def _chart_row(measured: Measured, case: Case) -> DotRow:
    label = formats.plural(case.workers, find(case.model).worker)
    dots = tuple(
        Dot.alone(found.value, f"{label}: {formats.size(found)} {kind} each", hollow=hollow)
        for name, kind, hollow in _KINDS
        if (found := estimate(measured, case, name)) and found.value > 0
    )
    return DotRow(label, find(case.model), dots)


def _size(measured: Measured, key: str, heading: str) -> Column[Case]:
    def read(case: Case) -> Cell | None:
        found = estimate(measured, case, key)
        if found and found.value <= 0:
            return Cell("less than could be read", found.value)
        return known(found, formats.size)

    return Column(key, heading, read, "by which the process grew, each", "lower", otherwise=ABSENT)


VIEWS = Views(
    charts={
        "many-waiting/memory": memory_chart,
    },
    tables={
        "many-waiting/memory": memory_table,
    },
)
