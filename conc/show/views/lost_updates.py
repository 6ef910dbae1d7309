"""What ``lost-updates`` found: how many updates of a shared counter were lost, lock or no lock."""

from functools import partial

from conc import formats
from conc.experiments.lost_updates import SHORT_US
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Said, Table
from conc.show.views import columns
from conc.show.views.cells import failed, number
from conc.show.views.counted import numbers
from conc.show.views.registry import Views

NAME = "lost-updates"


def lost_table(evidence: Evidence) -> Table:
    """List each form of update with what was lost without a lock and with one."""
    measured = evidence.of(NAME)
    threads = max((case.workers for case in measured.cases), default=0)
    return Table.of(
        f"Updates lost by {formats.plural(threads, 'thread')}, lower is better",
        (
            columns.name("form", "Form of the update", str),
            Column("lost", "Lost without a lock", partial(_lost, measured), "share of all updates"),
            *_where_turns_are_taken(evidence),
            Column("samples", "Samples with a loss", partial(_losses, measured), "without a lock"),
            Column("fixed", "Lost with a lock", partial(_lost_with_lock, measured), "updates"),
            Column("expected", "Updates", partial(_updates, measured), "in all samples, each way"),
        ),
        dict.fromkeys(str(case.parameters.get("form")) for case in measured.cases),
        notes=(
            "A form that lost nothing here is not safe: it is an accident of this interpreter.",
        ),
    ).resting_on(measured.measurement)


def _where_turns_are_taken(evidence: Evidence) -> list[Column[str]]:
    """Return the column on a short switch interval; without the GIL nobody waits for a turn."""
    often = partial(_often, evidence.of(NAME))
    heading = f"At a switch interval of {SHORT_US} µs"
    return [Column("often", heading, often)] if evidence.has_gil(NAME) else []


def _lost(measured: Measured, form: str) -> Said:
    lost = _numbers(measured, form, "lost")
    expected = sum(_numbers(measured, form, "expected"))
    if not lost or not expected:
        return _missing(measured, form, fixed=False)
    return number(sum(lost) / expected, lambda share: formats.share(share) if share else "none")


def _often(measured: Measured, form: str) -> Said:
    """Say what is lost without a lock where threads are interrupted far oftener."""
    case = next(iter(measured.select(form=form, interval_us=SHORT_US)), None)
    if case is None:
        return "not measured here"
    lost, expected = (sum(numbers(measured, case, name)) for name in ("lost", "expected"))
    if not expected:
        return failed(measured.failure(case))
    return number(lost / expected, lambda share: formats.share(share) if share else "none")


def _losses(measured: Measured, form: str) -> Said:
    lost = _numbers(measured, form, "lost")
    found = sum(map(bool, lost))
    return Cell(f"{formats.count(found)} of {formats.count(len(lost))}", found) if lost else None


def _lost_with_lock(measured: Measured, form: str) -> Said:
    lost = _numbers(measured, form, "lost", fixed=True)
    return number(sum(lost), formats.count) if lost else _missing(measured, form, fixed=True)


def _updates(measured: Measured, form: str) -> Said:
    return number(sum(_numbers(measured, form, "expected")) or None, formats.count)


def _numbers(measured: Measured, form: str, name: str, *, fixed: bool = False) -> list[float]:
    case = _case(measured, form, fixed=fixed)
    return numbers(measured, case, name) if case else []


def _missing(measured: Measured, form: str, *, fixed: bool) -> str:
    case = _case(measured, form, fixed=fixed)
    return failed(measured.failure(case)) if case else "not measured here"


def _case(measured: Measured, form: str, *, fixed: bool) -> Case | None:
    return next(iter(measured.select(form=form, fixed=fixed)), None)


VIEWS = Views(
    tables={
        "lost-updates/lost": lost_table,
    },
)
