"""What ``utilisation`` found: how many cores one program uses, by its work and its model."""

from collections.abc import Iterator

from conc import formats
from conc.experiments.utilisation import REFUSED, SHARED
from conc.figures import Given
from conc.models import find
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_models
from conc.show.specs import DotRow
from conc.show.tables import Column, Table
from conc.show.views import columns
from conc.show.views.cells import ABSENT, interval
from conc.show.views.counted import cores_used
from conc.show.views.registry import Views

NAME = "utilisation"
C = "c"
C_THREADS = "c-threads"


def cores_chart(evidence: Evidence) -> Chart:
    """Draw the cores that each kind of work used under each model."""
    measured = evidence.of(NAME)
    used = drawn(
        [(case, cores) for case in _cases(measured) if (cores := cores_used(measured, case))],
        "utilisation has no CPU time here: this system gives none",
    )
    rows = [
        DotRow.of(_label(case), find(case.model), cores, f"{formats.plain_interval(cores)} cores")
        for case, cores in used
    ]
    return Chart(
        title="Cores in use, by kind of work and model",
        description=captions.description(
            "Dot plot", (f"{_label(case)}: {formats.number(cores)}" for case, cores in used)
        ),
        caption=(
            (
                "A mark is CPU time over wall time; where they are equal one core is in full use, "
                "“100 %” in top. Its bar is the 95 % interval."
            ),
            (
                f"With {formats.plural(Given(evidence.whole_cores), 'worker')}, as many as usable "
                "cores; sequential has one. The models are compared within a kind of work."
            ),
            captions.sample_size(cores for _, cores in used),
        ),
        source=measured.measurement,
        drawings=specs.dots(
            rows, specs.zero_axis("cores in use", max(evidence.cores, specs.end(rows)))
        ),
        legend=keys_of_models((case.model for case, _ in used), _model),
        table=cores_table(evidence),
    )


def cores_table(evidence: Evidence) -> Table:
    """List cores in use and speed-up of each kind of work under each model."""
    measured = evidence.of(NAME)
    has_c = any(case.model == C_THREADS and measured.timed(case) for case in measured.cases)
    return columns.of_cases(
        measured,
        "Cores in use and speed-up, by kind of work",
        (
            columns.name("work", "Work", _work),
            columns.name("model", "Model", lambda case: _model(case.model)),
            columns.workers(),
            Column(
                "cores",
                "Cores in use",
                lambda case: interval(cores_used(measured, case), formats.plain_interval),
                "CPU time over wall time",
                otherwise=ABSENT,
            ),
            columns.speed_up(measured, "sequential, 95 % interval"),
            columns.rounds(lambda case: cores_used(measured, case) or measured.speedup(case)),
        ),
        _cases(measured),
        notes=(
            *columns.beyond_cores(measured, _cases(measured), _label),
            *(() if has_c else _without_c(measured.measurement.left_out)),
            *_refused(measured),
            *_turns(measured),
        ),
    )


def _without_c(reasons: list[str]) -> Iterator[str]:
    """Say why there is no C; a result from before reasons were kept has none."""
    for reason in reasons or ["the program in C was not timed: there is no C compiler here"]:
        yield formats.sentence(reason)


def _refused(measured: Measured) -> Iterator[str]:
    """Name the work that could not be measured beside the others, with the reason."""
    kinds = {find(case.model).kind for case in measured.cases}
    for work, kind in REFUSED.items():
        if kind in kinds:
            yield f"{work} has no row for interpreters: it refuses to be imported in one."


def _turns(measured: Measured) -> Iterator[str]:
    """Say what it costs that threads without the GIL count references to the same objects."""
    pairs = [measured.select(model="threads", work=work) for work in (SHARED, "pure Python")]
    speedups = [measured.speedup(cases[0]) for cases in pairs if cases]
    if len(speedups) == len(pairs) and (shared := speedups[0]) and (own := speedups[1]):
        yield (
            f"Threads that read the same objects were {formats.ratio_interval(shared)} as fast as"
            f" one, threads on objects of their own {formats.ratio_interval(own)}: each use of an"
            " object counts a reference to it, and without the GIL threads wait for each other."
            if shared.high < own.low
            else f"That threads read the same objects made no difference beyond the intervals:"
            f" {formats.ratio_interval(shared)} as fast as one, and on objects of their own"
            f" {formats.ratio_interval(own)}."
        )


def _cases(measured: Measured) -> list[Case]:
    """Return the cases by kind of work, in the order in which they were listed."""
    works = list(dict.fromkeys(case.parameters.get("work") for case in measured.cases))
    return sorted(measured.cases, key=lambda case: works.index(case.parameters.get("work")))


def _label(case: Case) -> str:
    return f"{_work(case)}, {_model(case.model)}"


def _work(case: Case) -> str:
    work = str(case.parameters.get("work"))
    return "C program" if work == C else work


def _model(model: str) -> str:
    return "C’s own threads" if model == C_THREADS else model


VIEWS = Views(
    charts={
        "utilisation/cores": cores_chart,
    },
    tables={
        "utilisation/cores": cores_table,
    },
)
