"""What ``gil-probe`` found: which calls let other threads run, by the silence of one that ticks."""

from conc import formats
from conc.claims.rules.process import HELD, RELEASED
from conc.errors import MissingError
from conc.records import Case
from conc.show import specs
from conc.show.charts import Chart, Key
from conc.show.evidence import Evidence, Measured
from conc.show.models import look
from conc.show.specs import Point, Row
from conc.show.tables import Cell, Column, Table
from conc.show.views.counted import missing, numbers, percentiles, samples_taken

NAME = "gil-probe"
CONTROL = "time.sleep"


def silence_chart(evidence: Evidence) -> Chart:
    """Draw the longest silence of a ticking thread beside each call, from the shortest on."""
    measured = evidence.of(NAME)
    shares = _shares(measured)
    if not shares:
        raise MissingError("gil-probe has no silences here: no case gave a figure")
    rows = tuple(
        Row(
            f"{_function(case)}: {reading(share)}",
            look("threads"),
            (
                Point(
                    share,
                    0,
                    0.0,
                    share,
                    f"{_function(case)}: silent for {formats.share(share)} of the call",
                    hollow=reading(share) != "released",
                ),
            ),
        )
        for case, share in shares
    )
    axis = specs.zero_axis("longest silence, share of the call (%)", 1.0, 0.01)
    return Chart(
        title="Which calls let another thread run meanwhile",
        description="Bars from zero. "
        + "; ".join(f"{_function(case)} {formats.share(share)}" for case, share in shares)
        + ".",
        caption=(
            "A short bar: the call released the GIL, and the other thread went on ticking.",
            "A long bar: it held the GIL.",
            f"Released is said below {formats.share(RELEASED)}, held above {formats.share(HELD)}.",
            "Each bar is the least of its samples: a busy machine lengthens silences only.",
            f"The control is {CONTROL}, which surely lets go.",
        ),
        source=measured.measurement,
        drawings={layout.name: specs.dots(rows, axis, layout) for layout in specs.LAYOUTS},
        legend=(
            Key.of("released", look("threads")),
            Key("held, or unclear", look("threads").colour, look("threads").outline, hollow=True),
        ),
        table=silence_table(evidence),
    )


def silence_table(evidence: Evidence) -> Table:
    """List each call with its length, the other thread's longest silence, and what that says."""
    measured = evidence.of(NAME)
    order = {case.id: place for place, (case, _) in enumerate(_shares(measured))}
    cases = sorted(measured.cases, key=lambda case: order.get(case.id, len(order)))
    return Table(
        title="A ticking thread beside each call",
        columns=(
            Column("function", "Function", figures=False),
            Column("reading", "GIL", figures=False),
            Column("share", "Longest silence", "of the call, least of all samples"),
            Column("call_s", "Call", "median"),
            Column("n", "n", "samples"),
        ),
        rows=tuple(_row(measured, case) for case in cases),
        source=measured.measurement,
    )


def reading(share: float) -> str:
    """Say in a word what a silence, as a share of the call, tells of the GIL."""
    if share < RELEASED:
        return "released"
    return "held" if share > HELD else "unclear"


def _shares(measured: Measured) -> list[tuple[Case, float]]:
    found = [
        (case, share) for case in measured.cases if (share := _share(measured, case)) is not None
    ]
    return sorted(found, key=lambda pair: pair[1])


def _share(measured: Measured, case: Case) -> float | None:
    silences = numbers(measured, case, "silence_s")
    calls = numbers(measured, case, "call_s")
    if len(silences) != len(calls):
        return None
    shares = [silence / call for silence, call in zip(silences, calls, strict=True) if call > 0]
    return min(shares, default=None)


def _function(case: Case) -> str:
    name = str(case.parameters.get("function"))
    return f"{name} (control)" if name == CONTROL else name


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    share = _share(measured, case)
    call = percentiles(numbers(measured, case, "call_s"), 50)
    if share is None or call is None:
        return (Cell(_function(case)), *missing(measured, case, 4))
    return (
        Cell(_function(case)),
        Cell(reading(share)),
        Cell(formats.share(share), share),
        Cell(formats.seconds(call[0]), call[0]),
        samples_taken(measured, case),
    )
