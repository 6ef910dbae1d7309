"""What ``shared-memory`` found: what a parent sees of a child, and which pages they share."""

from collections.abc import Mapping

from conc import formats
from conc.errors import MissingError
from conc.records import Case
from conc.show.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import ABSENT, either
from conc.show.views.counted import estimate, missing, numbers, samples_taken

NAME = "shared-memory"

_FORMS: Mapping[str, str] = {
    "global": "changes a global",
    "shared_memory": "writes to shared_memory",
    "inherited": "changes a byte that it inherited by fork",
}


def seen_table(evidence: Evidence) -> Table:
    """List what the child and the parent see of a change that the child makes."""
    measured = evidence.of(NAME)
    cases = [case for case in measured.cases if numbers(measured, case, "parent_sees")]
    cases += [case for case in measured.cases if measured.failure(case) and case not in cases]
    if not cases:
        raise MissingError("shared-memory has no answers here: no case gave a figure")
    return Table(
        title="A child process changes something: who sees it?",
        columns=(
            Column("form", "The child …", figures=False),
            Column("child", "The child sees it", figures=False),
            Column("parent", "The parent sees it", figures=False),
            Column("n", "n", "samples"),
        ),
        rows=tuple(_seen_row(measured, case) for case in cases),
        source=measured.measurement,
    )


def pages_table(evidence: Evidence) -> Table:
    """List the memory of a child that reads what it inherited, counted in three ways."""
    measured = evidence.of(NAME)
    cases = [case for case in measured.cases if numbers(measured, case, "rss_bytes")]
    if not cases:
        raise MissingError("the memory of a forked child could not be read on this system")
    return Table(
        title="The memory of a forked child, counted in three ways",
        columns=(
            Column("form", "The child …", figures=False),
            Column("rss_bytes", "RSS", "all that is resident"),
            Column("pss_bytes", "PSS", "its own, and its part of what is shared"),
            Column("uss_bytes", "USS", "its own alone"),
            Column("n", "n", "samples"),
        ),
        rows=tuple(
            (
                Cell(_form(case)),
                *(_size(measured, case, name) for name in ("rss_bytes", "pss_bytes", "uss_bytes")),
                samples_taken(measured, case),
            )
            for case in cases
        ),
        source=measured.measurement,
    )


def _seen_row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    child, parent = (numbers(measured, case, name) for name in ("child_saw", "parent_sees"))
    if not parent:
        return (Cell(_form(case)), *missing(measured, case, 3))
    return (
        Cell(_form(case)),
        _always(child) if child else ABSENT,
        _always(parent),
        samples_taken(measured, case),
    )


def _always(seen: list[float]) -> Cell:
    share = sum(map(bool, seen)) / len(seen)
    text = {0.0: "no", 1.0: "yes"}.get(share, f"in {formats.share(share)} of the samples")
    return Cell(text, share)


def _size(measured: Measured, case: Case, name: str) -> Cell:
    return either(
        estimate(measured, case, name), lambda found: formats.size(found.value), otherwise=ABSENT
    )


def _form(case: Case) -> str:
    form = str(case.parameters.get("form"))
    return _FORMS.get(form, form)
