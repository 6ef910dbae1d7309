"""Tables of the experiments that settle one fact each: ids, an idle loop, a selector."""

from conc import formats
from conc.records import Case
from conc.show.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import ABSENT, NONE, either
from conc.show.views.counted import missing, numbers, samples_taken
from conc.show.views.registry import Views

IDENTITIES = "identities"
IDLE_LOOP = "idle-loop"
SELECTOR_LOOP = "selector-loop"


def identities_table(evidence: Evidence) -> Table:
    """Set Python's threads beside the system's thread ids, the CPUs they ran on, and the pools."""
    measured = evidence.of(IDENTITIES)
    machine = evidence.result.machine
    per_core = machine.threads_per_core
    return Table(
        title="Python’s threads as the operating system knows them",
        columns=(
            Column("python_threads", "Python threads", figures=False),
            Column("os_thread_ids", "Thread ids", "of the operating system"),
            Column("cpus_seen", "Seen on", "logical CPUs, most of all samples"),
            Column("cores", "Logical CPUs", "of this machine"),
            Column("per_core", "Hardware threads", "a core of this machine"),
            Column("pools", "Pools"),
            Column("n", "n", "samples"),
        ),
        rows=tuple(
            _identities_row(
                measured,
                case,
                Cell(formats.count(machine.cores), machine.cores),
                ABSENT if per_core is None else Cell(formats.count(per_core), per_core),
            )
            for case in measured.cases
        ),
        source=measured.measurement,
    )


def idle_table(evidence: Evidence) -> Table:
    """List how often an idle loop woke, and the threads and processes it had."""
    measured = evidence.of(IDLE_LOOP)
    return Table(
        title="An event loop whose tasks all wait",
        columns=(
            Column("tasks", "Waiting tasks", figures=False),
            Column("wakeups", "Wake-ups", "a second, over all samples"),
            Column("threads", "Threads", "most of all samples"),
            Column("processes", "Processes", "most of all samples"),
            Column("watched_s", "Watched for", "in all"),
            Column("n", "n", "samples"),
        ),
        rows=tuple(_idle_row(measured, case) for case in measured.cases),
        source=measured.measurement,
    )


def selector_table(evidence: Evidence) -> Table:
    """Compare one request after the other with a selector, both on one thread."""
    measured = evidence.of(SELECTOR_LOOP)
    return Table(
        title="One thread, ten requests: one after the other, or all in flight",
        columns=(
            Column("how", "How", figures=False),
            Column("level", "Level", "requests in flight"),
            Column("threads", "Threads", "most of all samples"),
            Column("wall_s", "Wall time", "of all ten, 95 % interval, lower is better"),
            Column("speed_up", "Speed-up", "over one after the other, higher is better"),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(_selector_row(measured, case) for case in measured.cases),
        source=measured.measurement,
    )


def _identities_row(
    measured: Measured, case: Case, cores: Cell, per_core: Cell
) -> tuple[Cell, ...]:
    threads = numbers(measured, case, "python_threads")
    ids = numbers(measured, case, "os_thread_ids")
    if not threads or not ids:
        return (*missing(measured, case, 3), cores, per_core, NONE, NONE)
    cpus = max(numbers(measured, case, "cpus_seen"), default=0)
    return (
        Cell(formats.count(min(threads)), min(threads)),
        Cell(formats.count(min(ids)), min(ids)),
        Cell(formats.count(cpus), cpus) if cpus else ABSENT,
        cores,
        per_core,
        _most(measured, case, "pools"),
        samples_taken(measured, case),
    )


def _idle_row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    tasks = case.parameters.get("tasks", 0)
    name = Cell(formats.count(float(tasks)), tasks)
    seconds = sum(numbers(measured, case, "seconds"))
    if not seconds:
        return (name, *missing(measured, case, 5))
    rate = sum(numbers(measured, case, "wakeups")) / seconds
    return (
        name,
        Cell(formats.number(rate), rate),
        _most(measured, case, "threads"),
        _most(measured, case, "processes"),
        Cell(formats.seconds(seconds), seconds),
        samples_taken(measured, case),
    )


def _selector_row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    how = "one after the other" if case.model == "sequential" else "a selector"
    names = (Cell(how), Cell(formats.count(case.workers), case.workers))
    wall = measured.wall_s(case)
    if wall is None:
        return (*names, *missing(measured, case, 4))
    return (
        *names,
        _most(measured, case, "threads_used"),
        either(wall, formats.seconds_interval),
        either(measured.speedup(case), formats.ratio_interval, otherwise=Cell("baseline")),
        Cell(formats.sample_size(wall.runs, wall.rounds)),
    )


def _most(measured: Measured, case: Case, name: str) -> Cell:
    found = numbers(measured, case, name)
    return Cell(formats.count(max(found)), max(found)) if found else ABSENT


VIEWS = Views(
    tables={
        "identities/ids": identities_table,
        "idle-loop/wake-ups": idle_table,
        "selector-loop/requests": selector_table,
    },
)
