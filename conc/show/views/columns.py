"""The columns that tables of cases share, and such a table: what a case without a figure shows."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from conc import formats
from conc.figures import Known
from conc.records import Case, Estimate
from conc.results import samples
from conc.results.differences import VERDICT_LEVEL, difference
from conc.results.estimates import inverse
from conc.results.evidence import Measured
from conc.results.quantities import CPU_PER_ITEM_S
from conc.show.tables import NONE, Cell, Column, Said, Table
from conc.show.views.cells import ABSENT, failed, interval, known, number
from conc.show.views.counted import cores_used

T = TypeVar("T")

LabelOf = Callable[[Case], str]

BEYOND = 1.02
"""From this ratio on a speed-up is said to be above the cores in use."""

EstimateOf = Callable[[Case], Estimate | None]


def of_cases(
    measured: Measured,
    title: str,
    columns: Sequence[Column[Case]],
    cases: Sequence[Case],
    notes: tuple[str, ...] = (),
) -> Table:
    """Return a table with a row for each case; one that gave no figure says why, once."""
    missing = partial(no_figure, measured)
    made = Table.of(title, columns, cases, missing=missing, notes=notes)
    return made.resting_on(measured.measurement)


def no_figure(measured: Measured, case: Case) -> str | None:
    """Say why a case gave no figure, ``None`` where it was timed and its answer is right."""
    if measured.timed(case) and not samples.is_wrong(measured.measurement, case.id):
        return None
    return failed(measured.failure(case))


# What a row is about.


def name(
    key: str,
    heading: str,
    read: Callable[[T], Said],
    meaning: str = "",
    *,
    figures: bool = False,
) -> Column[T]:
    """Return a column that says what a row is about."""
    return Column(key, heading, read, meaning, figures=figures, names=True)


def workers(key: str = "workers", heading: str = "Workers", meaning: str = "") -> Column[Case]:
    """Name the worker count, or the concurrency level."""
    return name(
        key, heading, lambda case: number(case.workers, formats.count), meaning, figures=True
    )


MODEL: Column[Case] = name("model", "Model", lambda case: case.model)
LEVEL = workers("level", "Level", "requests in flight")
CLIENT: Column[Case] = name(
    "client", "Client", lambda case: str(case.parameters.get("client", "–"))
)


def latency_cell(latency_ms: float) -> Cell:
    """Return the cell of an injected latency."""
    return Cell(f"{latency_ms:g} ms", latency_ms)


def latency(read: Callable[[T], float], *, figures: bool = True) -> Column[T]:
    """Name the latency of the service."""
    return name(
        "latency_ms",
        "Latency",
        lambda thing: latency_cell(read(thing)),
        "of the service",
        figures=figures,
    )


def written(block: str) -> str:
    """Write a block as readers name it: a function of a snippet as that of their own module."""
    return block.removeprefix("conc.snippets.")


# What was measured.


def words(key: str, heading: str, read: Callable[[T], Said], meaning: str = "") -> Column[T]:
    """Return a column of words about what was measured."""
    return Column(key, heading, read, meaning, figures=False)


def wall_time(read: EstimateOf, of_one: str, key: str = "cost_s") -> Column[Case]:
    """Return the wall time with its interval."""
    return Column(
        key,
        "Wall time",
        lambda case: interval(read(case), formats.seconds_interval),
        f"{of_one}, 95 % interval",
        "lower",
    )


def speed_up(
    measured: Measured, over: str = "sequential", *, otherwise: Cell = NONE
) -> Column[Case]:
    """Return the speed-up over the case's baseline."""
    return Column(
        "speed_up",
        "Speed-up",
        lambda case: interval(measured.speedup(case), formats.ratio_interval),
        f"over {over}",
        "higher",
        otherwise=otherwise,
    )


def against_sequential(measured: Measured) -> Column[Case]:
    """Say in words what the speed-up over sequential shows, and what failed meanwhile."""

    def read(case: Case) -> str:
        failure = measured.failure(case)
        without = "no paired round" if case.against else "baseline"
        ratio = measured.speedup(case, level=VERDICT_LEVEL)
        word = difference(ratio) if ratio else without
        return word + (f"; {failed(failure)}" if failure else "")

    return words("reading", "Against sequential", read)


def beyond_cores(measured: Measured, cases: Sequence[Case], label: LabelOf) -> Iterator[str]:
    """Say of each speed-up above the cores in use, which can't be, what stands behind it."""
    for case in cases:
        speedup, used = measured.speedup(case), measured.cores_in_use(case)
        less = measured.less(case, CPU_PER_ITEM_S)
        if less and speedup and used and speedup.value > used.value * BEYOND:
            met = (
                f" Its samples met cores at a higher speed: sequential took"
                f" {formats.ratio_interval(less)} the CPU time for the same work."
            )
            told = met if less.low > 1 else ""
            yield f"{label(case)}: a speed-up above the cores in use is noise.{told}"


def longer(measured: Measured, heading: str) -> Column[Case]:
    """Return how many times as long as its baseline a case took."""

    def read(case: Case) -> Cell | None:
        faster = measured.speedup(case)
        ended = inverse(faster) if faster and math.isfinite(faster.low) else None
        return interval(ended, formats.ratio_interval)

    return Column("longer", heading, read, "times as long", "lower")


def throughput(measured: Measured) -> Column[Case]:
    """Return the requests a second."""
    return Column(
        "throughput",
        "Throughput",
        lambda case: interval(measured.throughput(case), formats.plain_interval),
        "requests/s, 95 % interval",
        "higher",
    )


def cpu_share(measured: Measured) -> Column[Case]:
    """Return CPU time over wall time."""
    return Column(
        "cpu_share",
        "CPU time",
        lambda case: interval(cores_used(measured, case), formats.plain_interval),
        "over wall time, 1 is a core in full use",
        otherwise=ABSENT,
    )


def percentiles(
    read: Callable[[Case], Sequence[Known | None]], headings: Mapping[str, str]
) -> list[Column[Case]]:
    """Return a column for each percentile of a time that ``read`` gives, by its key."""

    def column(place: int, key: str, heading: str) -> Column[Case]:
        return Column(
            key,
            heading,
            lambda case: known(read(case)[place], formats.seconds),
        )

    return [column(place, *named) for place, named in enumerate(headings.items())]


# What a figure rests on.


def rounds(read: EstimateOf) -> Column[Case]:
    """Return how many runs and rounds an estimate rests on."""

    def sample_size(case: Case) -> str | None:
        found = read(case)
        return formats.sample_size(found.runs, found.rounds) if found else None

    return Column("n", "n", sample_size, "runs / rounds")


def counted(read: Callable[[Case], int], what: str) -> Column[Case]:
    """Return on how many of ``what`` a row rests."""
    return Column("n", "n", lambda case: number(read(case), formats.count), what)


def samples_taken(measured: Measured) -> Column[Case]:
    """Return on how many samples a row rests."""
    return counted(lambda case: len(measured.timed(case)), "samples")
