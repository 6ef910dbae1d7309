"""What ``lost-updates`` found: how many updates of a shared counter were lost, lock or no lock."""

from conc import formats
from conc.records import Case
from conc.show.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import NONE
from conc.show.views.counted import no_figure, numbers
from conc.show.views.registry import Views

NAME = "lost-updates"


def lost_table(evidence: Evidence) -> Table:
    """List each form of update with what was lost without a lock and with one."""
    measured = evidence.of(NAME)
    forms = dict.fromkeys(str(case.parameters.get("form")) for case in measured.cases)
    threads = max((case.workers for case in measured.cases), default=0)
    return Table(
        title=f"Updates lost by {formats.plural(threads, 'thread')}, lower is better",
        columns=(
            Column("form", "Form of the update", figures=False),
            Column("lost", "Lost without a lock", "share of all updates"),
            Column("samples", "Samples with a loss", "without a lock"),
            Column("fixed", "Lost with a lock", "updates"),
            Column("expected", "Updates", "in all samples, each way"),
        ),
        rows=tuple(_row(measured, form) for form in forms),
        source=measured.measurement,
        notes=(
            "A form that lost nothing here is not safe: it is an accident of this interpreter.",
        ),
    )


def _row(measured: Measured, form: str) -> tuple[Cell, ...]:
    broken = next(iter(measured.select(form=form, fixed=False)), None)
    fixed = next(iter(measured.select(form=form, fixed=True)), None)
    return (Cell(form), *_broken(measured, broken), _fixed(measured, fixed), _all(measured, broken))


def _broken(measured: Measured, case: Case | None) -> tuple[Cell, Cell]:
    if case is None:
        return (Cell("not measured here"), NONE)
    lost, expected = numbers(measured, case, "lost"), sum(numbers(measured, case, "expected"))
    if not lost or not expected:
        return (no_figure(measured, case), NONE)
    share, with_loss = sum(lost) / expected, sum(map(bool, lost))
    return (
        Cell("none" if not share else formats.share(share), share),
        Cell(f"{formats.count(with_loss)} of {formats.count(len(lost))}", with_loss),
    )


def _fixed(measured: Measured, case: Case | None) -> Cell:
    if case is None:
        return Cell("not measured here")
    lost = numbers(measured, case, "lost")
    return Cell(formats.count(sum(lost)), sum(lost)) if lost else no_figure(measured, case)


def _all(measured: Measured, case: Case | None) -> Cell:
    expected = sum(numbers(measured, case, "expected")) if case else 0
    return Cell(formats.count(expected), expected) if expected else NONE


VIEWS = Views(
    tables={
        "lost-updates/lost": lost_table,
    },
)
