"""What ``memory-bound`` found: the same sum, over numbers that lie near each other or far apart."""

import math

from conc import formats
from conc.claims.evidence import inverse
from conc.records import Case, Estimate
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_two
from conc.show.evidence import Evidence, Measured
from conc.show.models import look
from conc.show.specs import Dot, DotRow
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import ABSENT, either
from conc.show.views.counted import cores_used, missing
from conc.show.views.registry import Views

NAME = "memory-bound"
SHUFFLED = "shuffled"

_NANOSECOND = 1e-9


def cost_chart(evidence: Evidence) -> Chart:
    """Draw what adding one number costs, by the size of the list and the order in memory."""
    measured = evidence.of(NAME)
    costs = drawn(
        [(case, cost) for case in measured.cases if (cost := measured.cost_s(case))],
        "memory-bound has no times here: no case gave a figure",
    )
    rows = [_chart_row(case, cost) for case, cost in costs]
    title = "wall time to add one number (ns)"
    return Chart(
        title="The same sum, where its numbers lie near each other or far apart",
        description=captions.description(
            "Dot plot", (f"{_label(case)}: {formats.seconds(cost.value)}" for case, cost in costs)
        ),
        caption=(
            captions.LOWER,
            captions.marks("the median wall time of one addition"),
            captions.sample_size(cost for _, cost in costs),
        ),
        source=measured.measurement,
        drawings=specs.dots(rows, specs.zero_axis(title, specs.end(rows), _NANOSECOND)),
        legend=keys_of_two("in order", "shuffled"),
        table=cost_table(evidence),
    )


def cost_table(evidence: Evidence) -> Table:
    """List time and CPU share of each sum, and how much longer the shuffled one took."""
    measured = evidence.of(NAME)
    return Table(
        title="One sum, in two orders and two sizes",
        columns=(
            Column("list", "List", figures=False),
            Column("order", "Numbers in memory", figures=False),
            Column("wall_s", "Wall time", "of one addition, 95 % interval, lower is better"),
            Column("cpu_share", "CPU time", "over wall time, 1 is a core in full use"),
            Column("longer", "Shuffled over in order", "times as long, lower is better"),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(_row(measured, case) for case in measured.cases),
        source=measured.measurement,
        notes=("The small list fits a cache of the CPU, the large one does not.",),
    )


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    names = (Cell(str(case.parameters.get("size"))), Cell(str(case.parameters.get("order"))))
    cost = measured.cost_s(case)
    if cost is None:
        return (*names, *missing(measured, case, 4))
    faster = measured.speedup(case)
    longer = inverse(faster) if faster and math.isfinite(faster.low) else None
    return (
        *names,
        either(cost, formats.seconds_interval),
        either(cores_used(measured, case), formats.plain_interval, otherwise=ABSENT),
        either(longer, formats.ratio_interval),
        Cell(formats.sample_size(cost.runs, cost.rounds)),
    )


def _chart_row(case: Case, cost: Estimate) -> DotRow:
    tip = f"{_label(case)}: {formats.seconds_interval(cost)}"
    hollow = case.parameters.get("order") == SHUFFLED
    return DotRow(_label(case), look(""), (Dot.of(cost, tip, hollow=hollow),))


def _label(case: Case) -> str:
    return f"{case.parameters.get('size')} list, {case.parameters.get('order')}"


VIEWS = Views(
    charts={
        "memory-bound/cost": cost_chart,
    },
    tables={
        "memory-bound/cost": cost_table,
    },
)
