"""What ``memory-bound`` found: the same sum, over numbers that lie near each other or far apart."""

import math

from conc import formats
from conc.claims.evidence import inverse
from conc.errors import MissingError
from conc.records import Case, Estimate
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.evidence import Evidence, Measured
from conc.show.models import IDEAL, look
from conc.show.specs import Point, Row
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import ABSENT, drawn_high, drawn_low, either
from conc.show.views.counted import cores_used, missing

NAME = "memory-bound"
SHUFFLED = "shuffled"

_NANOSECOND = 1e-9


def cost_chart(evidence: Evidence) -> Chart:
    """Draw what adding one number costs, by the size of the list and the order in memory."""
    measured = evidence.of(NAME)
    costs = [(case, cost) for case in measured.cases if (cost := measured.cost_s(case))]
    if not costs:
        raise MissingError("memory-bound has no times here: no case gave a figure")
    rows = tuple(_chart_row(case, cost) for case, cost in costs)
    top = max(point.high for row in rows for point in row.points)
    axis = specs.zero_axis("wall time to add one number (ns)", top, _NANOSECOND)
    neutral = look("")
    return Chart(
        title="The same sum, where its numbers lie near each other or far apart",
        description="Dot plot. "
        + "; ".join(f"{_label(case)}: {formats.seconds(cost.value)}" for case, cost in costs)
        + ".",
        caption=(
            "Lower is better.",
            "A mark is the median wall time of one addition, its bar the 95 % interval.",
            captions.sample_size(cost for _, cost in costs) + ".",
        ),
        source=measured.measurement,
        drawings={layout.name: specs.dots(rows, axis, layout) for layout in specs.LAYOUTS},
        legend=(
            Key("in order", IDEAL, neutral.outline),
            Key("shuffled", IDEAL, neutral.outline, hollow=True),
        ),
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


def _chart_row(case: Case, cost: Estimate) -> Row:
    tip = f"{_label(case)}: {formats.seconds_interval(cost)}"
    hollow = case.parameters.get("order") == SHUFFLED
    point = Point(cost.value, 0, drawn_low(cost), drawn_high(cost), tip, hollow=hollow)
    return Row(_label(case), look(""), (point,))


def _label(case: Case) -> str:
    return f"{case.parameters.get('size')} list, {case.parameters.get('order')}"
