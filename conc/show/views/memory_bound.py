"""What ``memory-bound`` found: the same sum, over numbers that lie near each other or far apart."""

from conc import formats
from conc.models import find
from conc.records import Case, Estimate
from conc.results.evidence import Evidence
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_two
from conc.show.specs import Dot, DotRow
from conc.show.tables import Table
from conc.show.views import columns
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
            "Dot plot", (f"{_label(case)}: {formats.seconds(cost)}" for case, cost in costs)
        ),
        caption=(
            captions.LOWER,
            captions.marks("the typical wall time of one addition"),
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


def _chart_row(case: Case, cost: Estimate) -> DotRow:
    tip = f"{_label(case)}: {formats.seconds_interval(cost)}"
    hollow = case.parameters.get("order") == SHUFFLED
    return DotRow(_label(case), find(""), (Dot.of(cost, tip, hollow=hollow),))


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
