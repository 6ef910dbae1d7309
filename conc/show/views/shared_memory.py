"""What ``shared-memory`` found: what a parent sees of a child, and which pages they share."""

from collections.abc import Mapping

from conc.errors import MissingError
from conc.records import Case
from conc.results.evidence import Evidence
from conc.show.tables import Table
from conc.show.views import columns
from conc.show.views.counted import counted_size, numbers, yes_or_no
from conc.show.views.registry import Views

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
    return columns.of_cases(
        measured,
        "A child process changes something: who sees it?",
        (
            columns.name("form", "The child …", _form),
            yes_or_no(measured, "child", "The child sees it", "child_saw"),
            yes_or_no(measured, "parent", "The parent sees it", "parent_sees"),
            columns.samples_taken(measured),
        ),
        cases,
    )


def pages_table(evidence: Evidence) -> Table:
    """List the memory of a child that reads what it inherited, counted in three ways."""
    measured = evidence.of(NAME)
    cases = [case for case in measured.cases if numbers(measured, case, "rss_bytes")]
    if not cases:
        raise MissingError("the memory of a forked child could not be read on this system")
    return columns.of_cases(
        measured,
        "The memory of a forked child, counted in three ways",
        (
            columns.name("form", "The child …", _form),
            counted_size(measured, "rss_bytes", "RSS", "all that is resident"),
            counted_size(measured, "pss_bytes", "PSS", "its own, and its part of what is shared"),
            counted_size(measured, "uss_bytes", "USS", "its own alone"),
            columns.samples_taken(measured),
        ),
        cases,
    )


def _form(case: Case) -> str:
    form = str(case.parameters.get("form"))
    return _FORMS.get(form, form)


VIEWS = Views(
    tables={
        "shared-memory/seen": seen_table,
        "shared-memory/pages": pages_table,
    },
)
