"""What ``memory-bound`` found: the same sum, over numbers that lie near each other or far apart."""

from conc import formats
from conc.errors import MissingError
from conc.models import find as look
from conc.records import Case, Estimate
from conc.results.evidence import Evidence
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.specs import IDEAL, Point, Row
from conc.show.tables import Table
from conc.show.views import columns
from conc.show.views.cells import drawn_high, drawn_low

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
    return columns.of_cases(
        measured,
        "One sum, in two orders and two sizes",
        (
            columns.name("list", "List", lambda case: str(case.parameters.get("size"))),
            columns.name(
                "order", "Numbers in memory", lambda case: str(case.parameters.get("order"))
            ),
            columns.wall_time(measured.cost_s, "of one addition", key="wall_s"),
            columns.cpu_share(measured),
            columns.longer(measured, "Shuffled over in order"),
            columns.rounds(measured.cost_s),
        ),
        measured.cases,
        notes=("The small list fits a cache of the CPU, the large one does not.",),
    )


def _chart_row(case: Case, cost: Estimate) -> Row:
    tip = f"{_label(case)}: {formats.seconds_interval(cost)}"
    hollow = case.parameters.get("order") == SHUFFLED
    point = Point(cost.value, 0, drawn_low(cost), drawn_high(cost), tip, hollow=hollow)
    return Row(_label(case), look(""), (point,))


def _label(case: Case) -> str:
    return f"{case.parameters.get('size')} list, {case.parameters.get('order')}"
