"""What ``utilisation`` found: how many cores one program uses, by its work and its model."""

from conc import formats
from conc.errors import MissingError
from conc.records import Case, Estimate
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.evidence import Evidence, Measured
from conc.show.models import look
from conc.show.specs import Point, Row
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import either, present
from conc.show.views.counted import cores_used, missing

NAME = "utilisation"
C = "c"
C_THREADS = "c-threads"


def cores_chart(evidence: Evidence) -> Chart:
    """Draw the cores that each kind of work used under each model."""
    measured = evidence.of(NAME)
    used = [(case, cores) for case in _cases(measured) if (cores := cores_used(measured, case))]
    if not used:
        raise MissingError("utilisation has no CPU time here: this system gives none")
    rows = tuple(_chart_row(case, cores) for case, cores in used)
    most = max(evidence.cores, *(point.high for row in rows for point in row.points))
    models = dict.fromkeys(case.model for case, _ in used)
    return Chart(
        title="Cores in use, by kind of work and model",
        description="Dot plot. "
        + "; ".join(f"{_label(case)}: {formats.number(cores.value)}" for case, cores in used)
        + ".",
        caption=(
            (
                "A mark is CPU time over wall time: 1 is one core in full use, “100 %” in top. Its "
                "bar is the 95 % interval."
            ),
            (
                f"With {formats.plural(evidence.whole_cores, 'worker')}, as many as usable cores; "
                "sequential has one. The models are compared within a kind of work."
            ),
            captions.sample_size(cores for _, cores in used) + ".",
        ),
        source=measured.measurement,
        drawings={
            layout.name: specs.dots(rows, specs.zero_axis("cores in use", most), layout)
            for layout in specs.LAYOUTS
        },
        legend=tuple(Key.of(_model(model), look(model)) for model in models),
        table=cores_table(evidence),
    )


def cores_table(evidence: Evidence) -> Table:
    """List cores in use and speed-up of each kind of work under each model."""
    measured = evidence.of(NAME)
    has_c = any(case.model == C_THREADS and measured.timed(case) for case in measured.cases)
    return Table(
        title="Cores in use and speed-up, by kind of work",
        columns=(
            Column("work", "Work", figures=False),
            Column("model", "Model", figures=False),
            Column("workers", "Workers"),
            Column("cores", "Cores in use", "CPU time over wall time"),
            Column("speed_up", "Speed-up", "over sequential, 95 % interval, higher is better"),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(_row(measured, case) for case in _cases(measured)),
        source=measured.measurement,
        notes=() if has_c else ("The program in C was not timed: there is no C compiler here.",),
    )


def _cases(measured: Measured) -> list[Case]:
    """Return the cases by kind of work, in the order in which they were listed."""
    works = list(dict.fromkeys(case.parameters.get("work") for case in measured.cases))
    return sorted(measured.cases, key=lambda case: works.index(case.parameters.get("work")))


def _chart_row(case: Case, cores: Estimate) -> Row:
    tip = f"{_label(case)}: {formats.plain_interval(cores)} cores"
    low, high = (cores.low, cores.high) if formats.has_interval(cores) else (cores.value,) * 2
    return Row(_label(case), look(case.model), (Point(cores.value, 0, low, high, tip),))


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    names = (
        Cell(_work(case)),
        Cell(_model(case.model)),
        Cell(formats.count(case.workers), case.workers),
    )
    cores, speedup = cores_used(measured, case), measured.speedup(case)
    known = present((cores, speedup))
    if not known:
        return (*names, *missing(measured, case, 3))
    return (
        *names,
        either(cores, formats.plain_interval, otherwise=Cell(formats.ABSENT)),
        either(speedup, formats.ratio_interval),
        Cell(formats.sample_size(known[0].runs, known[0].rounds)),
    )


def _label(case: Case) -> str:
    return f"{_work(case)}, {_model(case.model)}"


def _work(case: Case) -> str:
    work = str(case.parameters.get("work"))
    return "C program" if work == C else work


def _model(model: str) -> str:
    return "C’s own threads" if model == C_THREADS else model
