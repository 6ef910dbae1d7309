"""What ``overwrites`` found: how few writes lose how many updates, at each switch interval."""

from conc import formats
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import number
from conc.show.views.counted import numbers, parameter
from conc.show.views.registry import Views

NAME = "overwrites"


def counted_table(evidence: Evidence) -> Table:
    """List for each switch interval the writes over newer values, and what each of them lost."""
    measured = evidence.of(NAME)
    threads = max((case.workers for case in measured.cases), default=0)
    by_the_way = () if evidence.result.interpreter.gil else (_ROUGHLY,)
    return columns.of_cases(
        measured,
        f"Writes over newer values by {formats.plural(threads, 'thread')}, and what they lost",
        (
            columns.name("interval_us", "Switch interval", _interval, figures=True),
            Column("lost", "Updates lost", lambda case: _lost(measured, case), "share of all"),
            Column(
                "overwrites",
                "Writes over newer values",
                lambda case: number(_sum(measured, case, "overwrites"), formats.count),
                "in all samples",
            ),
            Column("each", "Lost by one of them", lambda case: _each(measured, case), "mean"),
            Column("with", "Samples with a loss", lambda case: _with_loss(measured, case)),
        ),
        measured.cases,
        notes=by_the_way,
    )


_ROUGHLY = (
    "Without a GIL the notes of two threads can come in another order than their writes, so such"
    " writes are counted only roughly."
)


def _interval(case: Case) -> Cell:
    seconds = parameter(case, "interval_us") / 1e6
    return Cell(formats.tick_seconds(seconds), seconds)


def _sum(measured: Measured, case: Case, name: str) -> float:
    return sum(numbers(measured, case, name))


def _lost(measured: Measured, case: Case) -> Cell | None:
    updates = case.items * len(numbers(measured, case, "lost"))
    if not updates:
        return None
    lost = _sum(measured, case, "lost")
    if not updates:
        return None
    return Cell(formats.share(lost / updates) if lost else "none", lost / updates)


def _each(measured: Measured, case: Case) -> Cell | None:
    writes = _sum(measured, case, "overwrites")
    return number(_sum(measured, case, "lost") / writes if writes else None, formats.count)


def _with_loss(measured: Measured, case: Case) -> Cell | None:
    lost = numbers(measured, case, "lost")
    if not lost:
        return None
    found = sum(map(bool, lost))
    return Cell(f"{formats.count(found)} of {formats.count(len(lost))}", found)


VIEWS = Views(tables={"overwrites/counted": counted_table})
