"""What ``overwrites`` found: how few writes lose how many updates, at each switch interval."""

from collections.abc import Sequence

from conc import formats
from conc.errors import MissingError
from conc.figures import Given
from conc.records import Case, Estimate
from conc.results.estimates import scaled
from conc.results.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import number
from conc.show.views.counted import numbers, parameter
from conc.show.views.lost_updates import NAME as LOST
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


def length_sentence(evidence: Evidence) -> str:
    """Say why losses can show here where the forms of an update show none: for how long they ran.

    Where threads take turns, each has its part of the time of all.
    """
    ours, theirs = evidence.of(NAME), evidence.of(LOST)
    case = max(ours.cases, key=lambda one: parameter(one, "interval_us"))
    usual = [one for one in theirs.select(fixed=False) if "interval_us" not in one.parameters]
    here, above = _longest(ours, [case]), _longest(theirs, usual)
    if not evidence.has_gil(NAME):
        return "Without the GIL threads have no turns: they write while others do."
    if here is None or above is None:
        raise MissingError("no thread of overwrites or of lost-updates gave a time here")
    turn_s = parameter(case, "interval_us") / 1e6
    said = (
        f"At a switch interval of {formats.tick_seconds(Given(turn_s))} a thread here worked for"
        f" {formats.seconds(here)} of a sample, and one of the table further up for"
        f" {formats.seconds(above)} at most"
    )
    if above.value < turn_s < here.value:
        said += ": there most ended within their first turn, with nothing to overwrite"
    return formats.sentence(said)


def _longest(measured: Measured, cases: Sequence[Case]) -> Estimate | None:
    """Return the longest part of a thread in the time of all."""
    parts = [
        scaled(found, 1 / case.workers, "part of a thread")
        for case in cases
        if (found := measured.wall_s(case))
    ]
    return max(parts, key=lambda part: part.value, default=None)


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


VIEWS = Views(
    tables={"overwrites/counted": counted_table},
    sentences={"overwrites/length": length_sentence},
)
