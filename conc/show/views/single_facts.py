"""Tables of the experiments that settle one fact each: ids, an idle loop, a selector."""

from conc import formats
from conc.figures import Counted
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import ABSENT, known, number
from conc.show.views.counted import numbers
from conc.show.views.registry import Views

IDENTITIES = "identities"
IDLE_LOOP = "idle-loop"
SELECTOR_LOOP = "selector-loop"


def identities_table(evidence: Evidence) -> Table:
    """Set Python's threads beside the system's thread ids, the CPUs they ran on, and the pools."""
    measured, machine = evidence.of(IDENTITIES), evidence.result.machine
    return columns.of_cases(
        measured,
        "Python’s threads as the operating system knows them",
        (
            _least(measured, "python_threads", "Python threads", figures=False),
            _least(measured, "os_thread_ids", "Thread ids", "of the operating system"),
            _most(measured, "cpus_seen", "Seen on", "logical CPUs, most of all samples"),
            _known("cores", "Logical CPUs", machine.cores, "of this machine"),
            _known(
                "per_core", "Hardware threads", machine.threads_per_core, "a core of this machine"
            ),
            _most(measured, "pools", "Pools"),
            columns.samples_taken(measured),
        ),
        measured.cases,
    )


def idle_table(evidence: Evidence) -> Table:
    """List how often an idle loop woke, and the threads and processes it had."""
    measured = evidence.of(IDLE_LOOP)
    return columns.of_cases(
        measured,
        "An event loop whose tasks all wait",
        (
            columns.name("tasks", "Waiting tasks", _tasks),
            Column(
                "wakeups",
                "Wake-ups",
                lambda case: known(_wakeups_per_s(measured, case), formats.number),
                "a second, over all samples",
            ),
            _most(measured, "threads", "Threads", "most of all samples"),
            _most(measured, "processes", "Processes", "most of all samples"),
            Column(
                "watched_s",
                "Watched for",
                lambda case: number(sum(numbers(measured, case, "seconds")), formats.seconds),
                "in all",
            ),
            columns.samples_taken(measured),
        ),
        measured.cases,
    )


def selector_table(evidence: Evidence) -> Table:
    """Compare one request after the other with a selector, both on one thread."""
    measured = evidence.of(SELECTOR_LOOP)
    return columns.of_cases(
        measured,
        "One thread, ten requests: one after the other, or all in flight",
        (
            columns.name("how", "How", _how),
            columns.LEVEL,
            _most(measured, "threads_used", "Threads", "most of all samples", key="threads"),
            columns.wall_time(measured.wall_s, "of all ten", key="wall_s"),
            columns.speed_up(measured, "one after the other", otherwise=Cell("baseline")),
            columns.rounds(measured.wall_s),
        ),
        measured.cases,
    )


def _known(key: str, heading: str, value: int | None, meaning: str) -> Column[Case]:
    cell = number(value, formats.count)
    return Column(key, heading, lambda _: cell, meaning, names=True, otherwise=ABSENT)


def _tasks(case: Case) -> Cell | None:
    tasks = case.parameters.get("tasks")
    return number(tasks if isinstance(tasks, int | float) else None, formats.count)


def _wakeups_per_s(measured: Measured, case: Case) -> Counted | None:
    seconds, wakeups = (sum(numbers(measured, case, name)) for name in ("seconds", "wakeups"))
    what = f"wake-ups a second with {case.parameters.get('tasks')} waiting"
    return measured.counted(what, wakeups / seconds) if seconds else None


def _how(case: Case) -> str:
    return "one after the other" if case.model == "sequential" else "a selector"


def _least(
    measured: Measured, key: str, heading: str, meaning: str = "", *, figures: bool = True
) -> Column[Case]:
    def read(case: Case) -> Cell | None:
        return number(min(numbers(measured, case, key), default=None), formats.count)

    return Column(key, heading, read, meaning, figures=figures)


def _most(
    measured: Measured, counted: str, heading: str, meaning: str = "", key: str = ""
) -> Column[Case]:
    def read(case: Case) -> Cell | None:
        return number(max(numbers(measured, case, counted), default=None), formats.count)

    return Column(key or counted, heading, read, meaning, otherwise=ABSENT)


VIEWS = Views(
    tables={
        "identities/ids": identities_table,
        "idle-loop/wake-ups": idle_table,
        "selector-loop/requests": selector_table,
    },
)
