"""What ``lost-updates`` found: how many updates of a shared counter were lost, lock or no lock."""

from conc import formats
from conc.records import Case
from conc.show.evidence import Evidence, Measured, failed
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import number
from conc.show.views.columns import name
from conc.show.views.counted import numbers

NAME = "lost-updates"


def lost_table(evidence: Evidence) -> Table:
    """List each form of update with what was lost without a lock and with one."""
    measured = evidence.of(NAME)
    threads = max((case.workers for case in measured.cases), default=0)

    def of(form: str, name: str, *, fixed: bool = False) -> list[float]:
        case = _case(measured, form, fixed=fixed)
        return numbers(measured, case, name) if case else []

    columns: tuple[Column[str], ...] = (
        name("form", "Form of the update", str),
        Column(
            "lost",
            "Lost without a lock",
            lambda form: (
                _share(of(form, "lost"), of(form, "expected"))
                or _without(measured, form, fixed=False)
            ),
            "share of all updates",
        ),
        Column(
            "samples",
            "Samples with a loss",
            lambda form: _with_loss(of(form, "lost")),
            "without a lock",
        ),
        Column(
            "fixed",
            "Lost with a lock",
            lambda form: _sum(of(form, "lost", fixed=True)) or _without(measured, form, fixed=True),
            "updates",
        ),
        Column(
            "expected",
            "Updates",
            lambda form: _sum(of(form, "expected")),
            "in all samples, each way",
        ),
    )
    return Table.of(
        f"Updates lost by {formats.plural(threads, 'thread')}, lower is better",
        columns,
        dict.fromkeys(str(case.parameters.get("form")) for case in measured.cases),
        notes=(
            "A form that lost nothing here is not safe: it is an accident of this interpreter.",
        ),
    ).resting_on(measured.measurement)


def _case(measured: Measured, form: str, *, fixed: bool) -> Case | None:
    return next(iter(measured.select(form=form, fixed=fixed)), None)


def _share(lost: list[float], expected: list[float]) -> Cell | None:
    if not lost or not sum(expected):
        return None
    share = sum(lost) / sum(expected)
    return Cell(formats.share(share) if share else "none", share)


def _with_loss(lost: list[float]) -> Cell | None:
    with_loss = sum(map(bool, lost))
    return (
        Cell(f"{formats.count(with_loss)} of {formats.count(len(lost))}", with_loss)
        if lost
        else None
    )


def _sum(values: list[float]) -> Cell | None:
    return number(sum(values), formats.count) if values else None


def _without(measured: Measured, form: str, *, fixed: bool) -> str:
    case = _case(measured, form, fixed=fixed)
    return failed(measured.failure(case)) if case else "not measured here"
