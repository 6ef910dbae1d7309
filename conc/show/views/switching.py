"""What ``switching`` found: how long a thread runs until another Python thread gets its turn."""

from collections.abc import Callable, Iterator

from conc import formats
from conc.figures import Counted, Known
from conc.models import find
from conc.records import Case, Sample
from conc.results.evidence import Evidence, Measured
from conc.results.quantities import Quantity
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_lines
from conc.show.specs import IDEAL, Panel, Point, Reference, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import ABSENT, known, number
from conc.show.views.counted import QUARTILES, parameter, pooled, quarters
from conc.show.views.registry import Views

NAME = "switching"

_SAME_DASHES = (2, 3)


def run_length_chart(evidence: Evidence) -> Chart:
    """Draw the length of a run against the switch interval, with the line where they are equal."""
    measured = evidence.of(NAME)
    points = drawn(
        [point for case in _cases(measured) for point in _points(measured, case)],
        "switching has no run lengths here: no case gave a figure",
    )
    x = specs.log_axis_of("switch interval", [point.x for point in points], formats.tick_ms)
    same = Reference(
        "equal to the switch interval",
        IDEAL,
        ((x.low, x.low / 1000), (x.high, x.high / 1000)),
        _SAME_DASHES,
    )
    reach = [y for point in points for y in (point.low, point.high)]
    reach += [y for _, y in same.points]
    series = Series("two threads that compute", find("threads"), points)
    panels = [Panel("", (series,), (same,))]
    counts = [formats.count(_runs(measured, case)) for case in _cases(measured)]
    return Chart(
        title="How long one of two threads has the interpreter to itself",
        description=captions.description(
            "Line chart, both axes logarithmic", (point.tip for point in points)
        ),
        caption=(
            "Both axes are logarithmic.",
            captions.spread(*QUARTILES),
            f"n: {', '.join(counts)} runs.",
            *_without_gil(evidence),
        ),
        source=measured.measurement,
        drawings=specs.lines(
            panels, x, specs.log_axis("length of a run", reach, formats.tick_seconds)
        ),
        legend=keys_of_lines(panels),
        table=run_length_table(evidence),
    )


def run_length_table(evidence: Evidence) -> Table:
    """List the lengths of runs, and the context switches as the operating system counts them."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "Runs of two threads that compute, by switch interval",
        (
            columns.name(
                "interval_ms",
                "Switch interval",
                lambda case: number(_interval_ms(case) / 1000, formats.tick_seconds),
            ),
            *columns.percentiles(
                lambda case: _lengths(measured, case),
                {"p25_s": "Run, p25", "p50_s": "Run, median", "p75_s": "Run, p75"},
            ),
            _rate(measured, "voluntary", "Voluntary switches", lambda sample: sample.voluntary),
            _rate(
                measured, "involuntary", "Involuntary switches", lambda sample: sample.involuntary
            ),
            columns.counted(lambda case: len(pooled(measured, case, "run_length_s")), "runs"),
        ),
        _cases(measured),
        notes=(
            *(
                _without_gil(evidence)
                or ("A thread that waits for the GIL sleeps, so that switch is voluntary.",)
            ),
            "An involuntary switch is the operating system’s own decision.",
        ),
    )


def _without_gil(evidence: Evidence) -> tuple[str, ...]:
    """Say what a run is where no switch interval can end it."""
    if evidence.has_gil(NAME):
        return ()
    return (
        (
            "Without the GIL both threads compute at once: a run ends whenever the other one writes"
            " its name, whatever the switch interval."
        ),
    )


def _cases(measured: Measured) -> list[Case]:
    return sorted(measured.cases, key=_interval_ms)


def _interval_ms(case: Case) -> float:
    return parameter(case, "interval_ms")


def _lengths(measured: Measured, case: Case) -> list[Known | None]:
    return quarters(measured, case, "run_length_s")


def _runs(measured: Measured, case: Case) -> Counted:
    return measured.counted(f"runs of {case.id}", len(pooled(measured, case, "run_length_s")))


def _points(measured: Measured, case: Case) -> Iterator[Point]:
    low, middle, high = _lengths(measured, case)
    if low and middle and high:
        interval = formats.tick_ms(_interval_ms(case))
        tip = f"switch interval {interval}: runs of {formats.seconds(middle)}"
        least = max(low.value, middle.value / 100)
        yield Point(_interval_ms(case), middle.value, least, high.value, tip)


def _rate(
    measured: Measured, key: str, heading: str, count: Callable[[Sample], int | None]
) -> Column[Case]:
    def rate(sample: Sample, _: Case) -> float | None:
        switches = count(sample)
        return None if switches is None else switches / sample.wall_s

    def read(case: Case) -> Cell | None:
        return known(measured.estimate(case, Quantity(f"{key} a second", rate)), formats.number)

    return Column(key, heading, read, "a second, as the system counts them", otherwise=ABSENT)


VIEWS = Views(
    charts={
        "switching/run-length": run_length_chart,
    },
    tables={
        "switching/run-length": run_length_table,
    },
)
