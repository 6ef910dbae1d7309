"""What ``heartbeat`` found: how late a beat comes beside something that does not let go."""

from collections.abc import Mapping

from conc import formats
from conc.experiments.heartbeat import STEPS
from conc.models import find
from conc.records import Case, Estimate
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_models
from conc.show.specs import Dot, DotRow
from conc.show.tables import Column, Table
from conc.show.views import columns
from conc.show.views.cells import known
from conc.show.views.counted import estimate, percentile, pooled
from conc.show.views.registry import Views

NAME = "heartbeat"

_HOGS: Mapping[tuple[str, str], str] = {
    ("asyncio", "none"): "task beside nothing",
    ("asyncio", "sleep"): "task beside time.sleep",
    ("asyncio", "cpu"): "task beside computing",
    ("asyncio", "to_thread sleep"): "task, time.sleep in to_thread",
    ("asyncio", "to_thread cpu"): "task, computing in to_thread",
    ("asyncio", "process pool"): "task, computing in a process",
    ("asyncio", "interpreter pool"): "task, computing in an interpreter",
    ("threads", "cpu"): "thread beside computing",
    ("threads", STEPS): "thread beside a thread that computes",
    ("asyncio", STEPS): "task beside a task that computes",
}
_BEATING: Mapping[str, str] = {"asyncio": "a task beats", "threads": "a thread beats"}
_LEAST_DRAWN_S = 1e-6


def lateness_chart(evidence: Evidence) -> Chart:
    """Draw the median and the latest of the beats beside each hog."""
    measured = evidence.of(NAME)
    cases = drawn(
        [case for case in measured.cases if _beats(measured, case)],
        "heartbeat has no beats here: no case gave a figure",
    )
    rows = [_chart_row(measured, case) for case in cases]
    beats = [len(_beats(measured, case)) for case in cases]
    return Chart(
        title="How late a heartbeat comes, by what runs beside it",
        description=captions.description(
            "Dot plot on a logarithmic axis",
            (f"{row.label}: {', '.join(specs.tips([row]))}" for row in rows),
        ),
        caption=(
            captions.LOWER_ON_LOG,
            "The large mark of a row is a sample’s median beat, the small one its latest.",
            captions.counted(measured, beats, "beats a row") + ".",
            "A loop that is held up beats less often.",
        ),
        source=measured.measurement,
        drawings=specs.percentiles(
            rows, specs.log_axis("lateness", specs.places(rows), formats.tick_seconds)
        ),
        legend=keys_of_models(
            (case.model for case in cases), lambda model: _BEATING.get(model, model)
        ),
        table=lateness_table(evidence),
    )


def lateness_table(evidence: Evidence) -> Table:
    """List the percentiles of the lateness beside each hog, and how long the hog took."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "A heartbeat every 2 ms, by what runs beside it: lateness, lower is better",
        (
            columns.name("hog", "What beats, beside what", _label),
            Column(
                "block_s",
                "That takes",
                lambda case: known(estimate(measured, case, "block_s"), formats.seconds),
                "of one",
            ),
            *columns.percentiles(
                lambda case: _late(measured, case), {"p50_s": "Median", "latest_s": "Latest"}
            ),
            columns.counted(lambda case: len(_beats(measured, case)), "beats"),
        ),
        [case for case in measured.cases if case.parameters.get("hog") != STEPS],
    )


def steps_table(evidence: Evidence) -> Table:
    """List how long a step of work took beside another that computes: what interrupting costs."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "A step of work beside another that computes, lower is better",
        (
            columns.name("steps", "What does the step", _label),
            Column(
                "step_s",
                "A step takes",
                lambda case: known(percentile(measured, case, "step_s", 100), formats.seconds),
                "the longest of a sample, from its first statement to its last",
            ),
            columns.counted(lambda case: len(pooled(measured, case, "step_s")), "steps"),
        ),
        measured.select(hog=STEPS),
    )


def _beats(measured: Measured, case: Case) -> list[float]:
    return pooled(measured, case, "lateness_s")


def _late(measured: Measured, case: Case) -> list[Estimate | None]:
    """Return how late the median beat and the latest beat of a sample are."""
    return [percentile(measured, case, "lateness_s", q) for q in (50, 100)]


def _chart_row(measured: Measured, case: Case) -> DotRow:
    dots = tuple(
        Dot.alone(max(late.value, _LEAST_DRAWN_S), f"{name} {formats.seconds(late)} late")
        for name, late in zip(("median", "latest"), _late(measured, case), strict=True)
        if late
    )
    return DotRow(_label(case), find(case.model), dots)


def _label(case: Case) -> str:
    hog = str(case.parameters.get("hog"))
    return _HOGS.get((case.model, hog), f"{case.model}, {hog}")


VIEWS = Views(
    charts={
        "heartbeat/lateness": lateness_chart,
    },
    tables={
        "heartbeat/lateness": lateness_table,
        "heartbeat/steps": steps_table,
    },
)
