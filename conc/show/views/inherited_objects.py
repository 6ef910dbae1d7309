"""What ``inherited-objects`` found: what of an inherited list becomes a forked child's own."""

from collections.abc import Mapping

from conc import formats
from conc.errors import MissingError
from conc.records import Case
from conc.results.evidence import Evidence
from conc.show.tables import Table
from conc.show.views import columns
from conc.show.views.counted import counted_size, numbers
from conc.show.views.registry import Views

NAME = "inherited-objects"

_WAYS: Mapping[str, str] = {
    "nothing": "leaves the list alone",
    "walk": "walks through the list",
    "collect": "collects garbage",
}


def own_table(evidence: Evidence) -> Table:
    """List the memory that is a child's own after what it did, and what is shared out to it."""
    measured = evidence.of(NAME)
    cases = [case for case in measured.cases if numbers(measured, case, "uss_bytes")]
    if not cases:
        raise MissingError("the memory of a forked child could not be read on this system")
    return columns.of_cases(
        measured,
        f"A forked child inherits {formats.count(cases[0].items)} small lists: what is its own?",
        (
            columns.name("way", "The child …", _way),
            columns.words("frozen", "gc.freeze()", _frozen, "before the fork"),
            counted_size(measured, "uss_bytes", "USS", "its own alone"),
            counted_size(measured, "pss_bytes", "PSS", "its own, and its part of what is shared"),
            columns.samples_taken(measured),
        ),
        cases,
    )


def _way(case: Case) -> str:
    way = str(case.parameters.get("way"))
    return _WAYS.get(way, way)


def _frozen(case: Case) -> str:
    return "yes" if case.parameters.get("frozen") else "no"


VIEWS = Views(tables={"inherited-objects/own": own_table})
