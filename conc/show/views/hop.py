"""What handing a call to another process costs by Dask, and what more machines would bring."""

from collections.abc import Sequence

from conc import figures, formats
from conc.errors import MissingError
from conc.experiments.tries import NAME
from conc.figures import Given
from conc.models import find
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.results.scaling import LAW, MACHINES, Hop
from conc.show import captions, specs
from conc.show.charts import Chart, keys_of_lines
from conc.show.specs import IDEAL, Panel, Reference
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views import tries as view
from conc.show.views.registry import Views

CALLS_S = (0.001, 0.01, 0.1, 1.0)
"""For calls of such lengths it is drawn."""

_DASHES = ((2, 3), (6, 3), (12, 3), (1, 0))

MISSING = (
    "what a hop costs was not measured; it takes Dask and the profile full:"
    " pip install 'conc-measured[dask]', then conc measure own-function --profile full --refresh"
)


def _found(measured: Measured) -> tuple[Case, Hop]:
    """Return the pool that could reach other machines, and its hop; MissingError without one."""
    for block in view.blocks(measured):
        for case, _, hop in view.predictions(measured, block):
            return case, hop
    raise MissingError(MISSING)


def sentence(evidence: Evidence) -> str:
    """Say what a hop costs, and from what length of a call on another machine pays."""
    measured = evidence.of(NAME)
    case, hop = _found(measured)
    there_and_back, each, pays = (
        measured.counted(f"{what}, {case.model}", value)
        for what, value in (
            ("hop there and back", hop.there_and_back_s),
            ("handing out one call of many", hop.each_s),
            ("length of a call from which another machine pays", hop.pays_from_s()),
        )
    )
    return (
        f"Here a call of nothing took {formats.seconds(there_and_back, 2)} by way of {case.model},"
        " from handing it over to another process of this machine to having its answer; of many at"
        f" once each took {formats.seconds(each, 2)}. So {LAW} predicts that another machine pays"
        f" from calls of {formats.seconds(pays, 2)} on; over a network, from longer ones on."
    )


def chart(evidence: Evidence) -> Chart:
    """Draw the predicted speed-up against the machines, a line for each length of a call."""
    measured = evidence.of(NAME)
    case, hop = _found(measured)
    lines = tuple(
        Reference(
            f"calls of {_length(call_s)}",
            find(case.model).colour,
            tuple((float(count), hop.predicted(call_s, count)) for count in MACHINES),
            dashes,
        )
        for call_s, dashes in zip(CALLS_S, _DASHES, strict=True)
    )
    even = Reference("as fast as a plain loop", IDEAL, ((1.0, 1.0), (MACHINES[-1], 1.0)), (2, 2))
    panels = [Panel("", (), (*lines, even))]
    gains = [gain for line in lines for _, gain in line.points]
    return Chart(
        title="Predicted, not measured: what more machines bring",
        description=captions.description(
            "Line chart on logarithmic axes",
            (f"{line.label}: {_ends(line)}" for line in lines),
        ),
        caption=(
            "Speed-up over a plain loop, higher is better.",
            f"By {LAW}, from the hop within this machine; each other has one worker.",
            "A network makes the hop longer, and all lines lower.",
        ),
        source=measured.measurement,
        drawings=specs.lines(
            panels,
            specs.log_axis_of("machines", map(float, MACHINES), formats.count, 1.2),
            specs.log_axis("predicted speed-up", [*gains, 1.0], lambda gain: f"{gain:g}×"),
        ),
        legend=keys_of_lines(panels),
        table=table(evidence),
    )


def table(evidence: Evidence) -> Table:
    """List the predicted speed-ups by the length of a call and the number of machines."""
    measured = evidence.of(NAME)
    _, hop = _found(measured)
    made = Table.of(
        "Predicted speed-up over a plain loop, higher is better",
        (
            columns.name("call_s", "A call takes", _length, figures=True),
            *_columns(hop, MACHINES),
        ),
        CALLS_S,
        notes=(f"Predicted by {LAW}, not measured.",),
    )
    return made.resting_on(measured.measurement)


def _columns(hop: Hop, machines: Sequence[int]) -> list[Column[float]]:
    def column(count: int) -> Column[float]:
        def read(call_s: float) -> Cell:
            gain = hop.predicted(call_s, count)
            return Cell(f"{gain:.2g}×", gain)

        return Column(f"machines_{count}", formats.plural(count, "machine"), read)

    return [column(count) for count in machines]


def _length(call_s: float) -> str:
    return str(figures.read(formats.tick_seconds(Given(call_s))))


def _ends(line: Reference) -> str:
    (_, first), *_, (most, last) = line.points
    return f"{first:.2g}× with 1 machine, {last:.2g}× with {most:g}"


VIEWS = Views(
    charts={"own-function/machines": chart},
    tables={"own-function/machines": table},
    sentences={"own-function/hop": sentence},
)
"""What the page of one's own code shows of other machines."""
