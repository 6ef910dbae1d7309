"""What ``heartbeat`` found: how late a beat comes beside something that does not let go."""

from collections.abc import Mapping

from conc import formats
from conc.records import Case
from conc.show import specs
from conc.show.charts import Chart, Key
from conc.show.current import MissingError
from conc.show.evidence import Evidence, Measured
from conc.show.models import look
from conc.show.specs import Point, Row
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import NONE
from conc.show.views.counted import missing, numbers, percentiles, pooled

NAME = "heartbeat"

_HOGS: Mapping[tuple[str, str], str] = {
    ("asyncio", "none"): "task beside nothing",
    ("asyncio", "sleep"): "task beside time.sleep",
    ("asyncio", "cpu"): "task beside computing",
    ("asyncio", "to_thread sleep"): "task, time.sleep in to_thread",
    ("asyncio", "to_thread cpu"): "task, computing in to_thread",
    ("asyncio", "process pool"): "task, computing in a process",
    ("threads", "cpu"): "thread beside computing",
}
_LEAST_DRAWN_S = 1e-6


def lateness_chart(evidence: Evidence) -> Chart:
    """Draw p50, p99 and the latest of the beats beside each hog."""
    measured = evidence.of(NAME)
    rows = tuple(row for case in measured.cases if (row := _chart_row(measured, case)).points)
    if not rows:
        raise MissingError("heartbeat has no beats here: no case gave a figure")
    models = dict.fromkeys(case.model for case in measured.cases if _beats(measured, case))
    counts = [len(beats) for case in measured.cases if (beats := _beats(measured, case))]
    return Chart(
        title="How late a heartbeat comes, by what runs beside it",
        description="Dot plot on a logarithmic axis. "
        + "; ".join(f"{row.label}: {', '.join(p.tip for p in row.points)}" for row in rows)
        + ".",
        caption=(
            "Lower is better; the axis is logarithmic.",
            "From large to small, the marks of a row are p50, p99 and the latest beat.",
            f"n: {formats.count(min(counts))} to {formats.count(max(counts))} beats a row.",
            "A loop that is held up beats less often.",
        ),
        source=measured.measurement,
        drawings={
            layout.name: specs.dots(
                rows,
                specs.log_axis(
                    "lateness", [p.x for row in rows for p in row.points], formats.tick_seconds
                ),
                layout,
                joined=True,
            )
            for layout in specs.LAYOUTS
        },
        legend=tuple(Key.of(_MODELS.get(model, model), look(model)) for model in models),
        table=lateness_table(evidence),
    )


def lateness_table(evidence: Evidence) -> Table:
    """List the percentiles of the lateness beside each hog, and how long the hog took."""
    measured = evidence.of(NAME)
    return Table(
        title="A heartbeat every 2 ms, beside a hog: lateness, lower is better",
        columns=(
            Column("hog", "What beats, beside what", figures=False),
            Column("block_s", "The hog takes", "median"),
            Column("p50_s", "p50"),
            Column("p99_s", "p99"),
            Column("latest_s", "Latest"),
            Column("n", "n", "beats"),
        ),
        rows=tuple(_row(measured, case) for case in measured.cases),
        source=measured.measurement,
    )


_MODELS = {"asyncio": "a task beats", "threads": "a thread beats"}


def _beats(measured: Measured, case: Case) -> list[float]:
    return pooled(measured, case, "lateness_s")


def _late(measured: Measured, case: Case) -> dict[str, float]:
    """Return the lateness by what a mark stands for; few beats have no 99th percentile."""
    beats = _beats(measured, case)
    found = {name: percentiles(beats, q) for name, q in (("p50", 50), ("p99", 99), ("latest", 100))}
    return {name: late[0] for name, late in found.items() if late}


def _chart_row(measured: Measured, case: Case) -> Row:
    points = tuple(
        Point(max(value, _LEAST_DRAWN_S), 0, value, value, f"{name} {formats.seconds(value)} late")
        for name, value in _late(measured, case).items()
    )
    return Row(_label(case), look(case.model), points)


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    late = _late(measured, case)
    if not late:
        return (Cell(_label(case)), *missing(measured, case, 5))
    block = percentiles(numbers(measured, case, "block_s"), 50)
    count = len(_beats(measured, case))
    return (
        Cell(_label(case)),
        Cell(formats.seconds(block[0]), block[0]) if block else Cell("–"),
        *(
            Cell(formats.seconds(late[name]), late[name]) if name in late else NONE
            for name in ("p50", "p99", "latest")
        ),
        Cell(formats.count(count), count),
    )


def _label(case: Case) -> str:
    hog = str(case.parameters.get("hog"))
    return _HOGS.get((case.model, hog), f"{case.model}, {hog}")
