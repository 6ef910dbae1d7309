"""What ``task-size`` found: from which length of a task on a pool pays."""

from conc import formats
from conc.figures import Given
from conc.models import ModelName, find, ordered, place
from conc.records import Case, Estimate
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_lines
from conc.show.specs import IDEAL, Panel, Point, Reference, Series
from conc.show.tables import Table
from conc.show.views import columns
from conc.show.views.cells import number, present
from conc.show.views.counted import parameter
from conc.show.views.registry import Views

NAME = "task-size"

_EVEN_DASHES = (2, 3)


def speed_up_chart(evidence: Evidence) -> Chart:
    """Draw the speed-up of each pool against the length of a task."""
    measured = evidence.of(NAME)
    pools = _pools(measured)
    series = drawn(
        [
            Series(_named(model, size, pools), find(model), points, variant=size > 0)
            for model in pools
            for size in sorted({_bytes(case) for case in measured.cases})
            if (points := tuple(_points(measured, model, size)))
        ],
        "task-size has no speed-up here: no case gave a figure",
    )
    workers = max(case.workers for case in measured.cases)
    marks = [point for one in series for point in one.points]
    x = specs.log_axis_of("length of a task", {point.x for point in marks}, formats.tick_ms)
    even = Reference("as fast as sequential", IDEAL, ((x.low, 1.0), (x.high, 1.0)), _EVEN_DASHES)
    panels = [Panel("", series, (even,))]
    top = max(1.0, *(point.high for point in marks))
    return Chart(
        title=f"What a pool of {formats.listed(pools, 'or')} gains, by the length of a task",
        description=captions.description(
            "Line chart",
            (
                f"{_length(case)}, {_named(case.model, _bytes(case), pools)}:"
                f" {formats.ratio_interval(found)}"
                for case, found in _speedups(measured)
            ),
        ),
        caption=(
            (
                "Higher is better; below 1× the pool is slower than no pool at all. The horizontal "
                "axis is logarithmic."
            ),
            f"A pool is warm and has {formats.plural(Given(workers), 'worker')}.",
            captions.marks("the typical ratio within rounds"),
            captions.sample_size(present(map(measured.speedup, measured.cases))),
        ),
        source=measured.measurement,
        drawings=specs.lines(panels, x, specs.zero_axis("speed-up over sequential (×)", top)),
        legend=keys_of_lines(panels),
        table=speed_up_table(evidence),
    )


def speed_up_table(evidence: Evidence) -> Table:
    """List every length and payload with what the pool gained."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "Speed-up of a pool, by the length of a task",
        (
            columns.name(
                "task_ms",
                "Task",
                lambda case: number(_ms(case) / 1000, formats.tick_seconds),
                "nominal length",
            ),
            columns.name(
                "payload_bytes",
                "Sent with it",
                lambda case: number(_bytes(case), _sent),
                figures=True,
            ),
            columns.MODEL,
            columns.wall_time(measured.cost_s, "a task"),
            columns.speed_up(measured),
            columns.against_sequential(measured),
            columns.rounds(measured.cost_s),
        ),
        sorted(measured.cases, key=lambda c: (_bytes(c), _ms(c), place(c.model))),
    )


def _pools(measured: Measured) -> list[ModelName]:
    return ordered(case.model for case in measured.cases if case.against)


def _named(model: ModelName, size: float, pools: list[ModelName]) -> str:
    """Say what a line is; its model only where there are several."""
    return f"{model}, {_payload(size)}" if len(pools) > 1 else _payload(size)


def _points(measured: Measured, model: ModelName, size: float) -> list[Point]:
    return [
        Point.of(
            _ms(case),
            found,
            f"{_length(case)} a task, {_payload(size)}: {formats.ratio_interval(found)}",
        )
        for case, found in _speedups(measured)
        if (case.model, _bytes(case)) == (model, size)
    ]


def _speedups(measured: Measured) -> list[tuple[Case, Estimate]]:
    found = [(case, speedup) for case in measured.cases if (speedup := measured.speedup(case))]
    return sorted(found, key=lambda pair: (_bytes(pair[0]), _ms(pair[0])))


def _ms(case: Case) -> float:
    return parameter(case, "task_ms")


def _length(case: Case) -> str:
    return formats.tick_ms(_ms(case))


def _bytes(case: Case) -> float:
    return parameter(case, "payload_bytes")


def _payload(size: float) -> str:
    return f"{_sent(size)} sent with each task" if size else "nothing sent along"


def _sent(size: float) -> str:
    return formats.plural(size, "byte") if size else "nothing"


VIEWS = Views(
    charts={
        "task-size/speed-up": speed_up_chart,
    },
    tables={
        "task-size/speed-up": speed_up_table,
    },
)
