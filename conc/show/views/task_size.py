"""What ``task-size`` found: from which length of a task on a pool of processes pays."""

from conc import formats
from conc.errors import MissingError
from conc.records import Case, Estimate
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.evidence import Evidence, Measured, difference
from conc.show.models import IDEAL, look
from conc.show.specs import Axis, Panel, Point, Reference, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import drawn_high, drawn_low, either
from conc.show.views.counted import missing

NAME = "task-size"

_EVEN_DASHES = (2, 3)


def speed_up_chart(evidence: Evidence) -> Chart:
    """Draw the speed-up of a pool of processes against the length of a task."""
    measured = evidence.of(NAME)
    series = [
        Series(_payload(size), look("processes"), points, hollow=size > 0)
        for size in sorted({_bytes(case) for case in measured.cases})
        if (points := tuple(_points(measured, size)))
    ]
    if not series:
        raise MissingError("task-size has no speed-up here: no case gave a figure")
    lengths = sorted({point.x for drawn in series for point in drawn.points})
    low, high = lengths[0] / 1.5, lengths[-1] * 1.5
    x = Axis(
        "length of a task",
        tuple(lengths),
        low,
        high,
        log=True,
        labels=tuple(formats.tick_seconds(ms / 1000) for ms in lengths),
    )
    top = max(1.0, *(point.high for drawn in series for point in drawn.points))
    even = Reference("as fast as sequential", IDEAL, ((low, 1.0), (high, 1.0)), _EVEN_DASHES)
    panel = Panel("", tuple(series), (even,))
    y = specs.zero_axis("speed-up over sequential (×)", top)
    return Chart(
        title="What a pool of processes gains, by the length of a task",
        description=f"Line chart. {_in_words(measured)}.",
        caption=(
            (
                "Higher is better; below 1× the pool is slower than no pool at all. The horizontal "
                "axis is logarithmic."
            ),
            f"The pool is warm and has {formats.plural(_workers(measured), 'process')}.",
            "A mark is the median of the ratios within rounds, its bar the 95 % interval.",
            captions.sample_size(
                found for case in measured.cases if (found := measured.speedup(case))
            )
            + ".",
        ),
        source=measured.measurement,
        drawings={layout.name: specs.lines([panel], x, y, layout) for layout in specs.LAYOUTS},
        legend=(
            *(Key.of(drawn.label, drawn.look, hollow=drawn.hollow) for drawn in series),
            Key(even.label, even.colour, dashes=even.dashes),
        ),
        table=speed_up_table(evidence),
    )


def speed_up_table(evidence: Evidence) -> Table:
    """List every length and payload with what the pool gained."""
    measured = evidence.of(NAME)
    return Table(
        title="Speed-up of a pool of processes, by the length of a task",
        columns=(
            Column("task_ms", "Task", "nominal length", figures=False),
            Column("payload_bytes", "Sent with it"),
            Column("model", "Model", figures=False),
            Column("cost_s", "Wall time", "a task, 95 % interval, lower is better"),
            Column("speed_up", "Speed-up", "over sequential, higher is better"),
            Column("reading", "Against sequential", figures=False),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(
            _row(measured, case)
            for case in sorted(
                measured.cases, key=lambda c: (_bytes(c), _ms(c), c.model != "sequential")
            )
        ),
        source=measured.measurement,
    )


def break_even(evidence: Evidence) -> str:
    """Say from which length on a pool of processes paid, with nothing to send."""
    measured = evidence.of(NAME)
    found = [
        (_ms(case), speedup)
        for case in sorted(measured.cases, key=_ms)
        if not _bytes(case) and (speedup := measured.speedup(case))
    ]
    if not found:
        raise MissingError("task-size has no speed-up here: no case gave a figure")
    lost = [pair for pair in found if difference(pair[1]) == "slower"]
    longest_loss = max((ms for ms, _ in lost), default=0.0)
    paid = [pair for pair in found if difference(pair[1]) == "faster" and pair[0] > longest_loss]
    if not paid:
        return "No length of a task that was tried made the pool of processes measurably faster."
    shortest, gained = paid[0]
    sentence = (
        f"From tasks of {_length(shortest)} on the pool was faster:"
        f" {formats.ratio_interval(gained)} there."
    )
    if not lost:
        return f"{sentence} No shorter task that was tried made it slower for certain."
    ms, loss = lost[-1]
    return f"{sentence} With tasks of {_length(ms)} it reached {formats.ratio_interval(loss)} only."


def _points(measured: Measured, size: float) -> list[Point]:
    return [
        Point(
            _ms(case),
            found.value,
            drawn_low(found),
            drawn_high(found),
            f"{_length(_ms(case))} a task, {_payload(size)}: {formats.ratio_interval(found)}",
        )
        for case, found in _speedups(measured)
        if _bytes(case) == size
    ]


def _speedups(measured: Measured) -> list[tuple[Case, Estimate]]:
    found = [(case, speedup) for case in measured.cases if (speedup := measured.speedup(case))]
    return sorted(found, key=lambda pair: (_bytes(pair[0]), _ms(pair[0])))


def _in_words(measured: Measured) -> str:
    return "; ".join(
        f"{_length(_ms(case))}, {_payload(_bytes(case))}: {formats.ratio_interval(found)}"
        for case, found in _speedups(measured)
    )


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    names = (
        Cell(_length(_ms(case)), _ms(case) / 1000),
        Cell(formats.size(_bytes(case)) if _bytes(case) else "nothing", _bytes(case)),
        Cell(case.model),
    )
    cost = measured.cost_s(case)
    if cost is None:
        return (*names, *missing(measured, case, 4))
    speedup = measured.speedup(case)
    word = difference(speedup) if speedup else "no paired round" if case.against else "baseline"
    return (
        *names,
        either(cost, formats.seconds_interval),
        either(speedup, formats.ratio_interval),
        Cell(word),
        Cell(formats.sample_size(cost.runs, cost.rounds)),
    )


def _ms(case: Case) -> float:
    value = case.parameters.get("task_ms")
    return float(value) if isinstance(value, int | float) else 0.0


def _bytes(case: Case) -> float:
    value = case.parameters.get("payload_bytes")
    return float(value) if isinstance(value, int | float) else 0.0


def _workers(measured: Measured) -> int:
    return max(case.workers for case in measured.cases)


def _length(ms: float) -> str:
    return formats.tick_seconds(ms / 1000)


def _payload(size: float) -> str:
    return f"{formats.size(size)} sent with each task" if size else "nothing sent along"
