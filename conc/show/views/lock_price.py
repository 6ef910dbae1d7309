"""What ``lock-price`` found: an update with a lock and without one, on one thread and on more."""

from conc import formats
from conc.models import find
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_two
from conc.show.specs import Dot, DotRow
from conc.show.tables import Table
from conc.show.views import columns
from conc.show.views.cells import number, present
from conc.show.views.registry import Views

NAME = "lock-price"

_NANOSECOND = 1e-9


def price_chart(evidence: Evidence) -> Chart:
    """Draw the time of an update with a lock and without one, a row for each number of threads."""
    measured = evidence.of(NAME)
    rows = drawn(
        [
            DotRow(formats.plural(count, "thread"), find("threads"), dots)
            for count in sorted({case.workers for case in measured.cases})
            if (dots := _dots(measured, count))
        ],
        "lock-price has no times here: no case gave a figure",
    )
    axis = specs.zero_axis("wall time of one update (ns)", specs.end(rows), _NANOSECOND)
    return Chart(
        title="What a lock adds to an update",
        description=captions.description("Dot plot", specs.tips(rows)),
        caption=(
            captions.LOWER,
            captions.marks("the typical wall time of one update"),
            "Several threads contend for the one lock; together they make as many updates as one.",
            captions.sample_size(present(map(measured.cost_s, measured.cases))),
        ),
        source=measured.measurement,
        drawings=specs.dots(rows, axis),
        legend=keys_of_two("with a lock", "without", "threads"),
        table=price_table(evidence),
    )


def price_table(evidence: Evidence) -> Table:
    """List the time of an update for each number of threads, and what the lock adds."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "The price of a lock",
        (
            columns.name("threads", "Threads", lambda case: number(case.workers, formats.count)),
            columns.name("lock", "Lock", _lock),
            columns.wall_time(measured.cost_s, "of one update"),
            columns.longer(measured, "With a lock over without"),
            columns.rounds(measured.cost_s),
        ),
        measured.cases,
    )


def _dots(measured: Measured, count: int) -> tuple[Dot, ...]:
    threads = formats.plural(count, "thread")
    return tuple(
        Dot.of(
            cost,
            f"{threads}, {_lock(case)} a lock: {formats.seconds_interval(cost)}",
            hollow=not case.parameters.get("lock"),
        )
        for case in measured.select(workers=count)
        if (cost := measured.cost_s(case))
    )


def _lock(case: Case) -> str:
    return "with" if case.parameters.get("lock") else "without"


VIEWS = Views(
    charts={
        "lock-price/price": price_chart,
    },
    tables={
        "lock-price/price": price_table,
    },
)
