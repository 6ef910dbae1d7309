"""What ``initial-state`` found: what a process inherits, what is pickled for it, at which price."""

from collections.abc import Iterator

from conc import formats
from conc.errors import MissingError
from conc.figures import Given
from conc.records import Case, Estimate
from conc.results.estimates import inverse
from conc.results.evidence import Evidence, Measured
from conc.show.markup import plain
from conc.show.tables import Table
from conc.show.views import columns
from conc.show.views.counted import parameter, yes_or_no
from conc.show.views.registry import Views

NAME = "initial-state"


def facts_table(evidence: Evidence) -> Table:
    """List what a process has from its parent by each start method, and what it refuses."""
    measured = evidence.of(NAME)
    default = evidence.result.interpreter.start_method
    return columns.of_cases(
        measured,
        "What a process starts with",
        (
            columns.name("start_method", "Start method", lambda case: _named(case, default)),
            yes_or_no(measured, "pickled", "Argument pickled", "pickled"),
            yes_or_no(measured, "again", "Module run again", "module_again", "of its function"),
            yes_or_no(measured, "kept", "Global kept", "state_kept", "as it was when it started"),
            yes_or_no(measured, "lambda", "Lambda starts", "lambda_starts", "as its function"),
            columns.samples_taken(measured),
        ),
        [case for case in measured.cases if case.against],
    )


def costs_table(evidence: Evidence) -> Table:
    """List how long a start takes with a list of numbers as the argument, and with an empty one."""
    measured = evidence.of(NAME)
    default = evidence.result.interpreter.start_method
    return columns.of_cases(
        measured,
        "What the argument of a process costs",
        (
            columns.name("start_method", "Start method", lambda case: _named(case, default)),
            columns.name("numbers", "Its argument", _argument, figures=True),
            columns.wall_time(measured.cost_s, "until the child has it"),
            columns.longer(measured, "With numbers over without"),
            columns.rounds(measured.cost_s),
        ),
        measured.cases,
    )


def cost_sentence(evidence: Evidence) -> str:
    """Say what it costs to start a process that is given a list, by each start method."""
    measured = evidence.of(NAME)
    said = [
        f"{formats.ratio_interval(longer)} as long by {plain(str(case.parameters['start_method']))}"
        for case, longer in _longer(measured)
    ]
    if not said:
        raise MissingError("initial-state has no costs here: no case gave a figure")
    count = max(measured.values("numbers"))
    return (
        f"Given a list of {formats.count(Given(count))} numbers, a process took"
        f" {formats.listed(said)} to start as when it was given an empty one."
    )


def _longer(measured: Measured) -> Iterator[tuple[Case, Estimate]]:
    for case in measured.cases:
        if faster := measured.speedup(case):
            yield case, inverse(faster)


def _named(case: Case, default: str) -> str:
    method = str(case.parameters.get("start_method"))
    return f"{method}, the default here" if method == default else method


def _argument(case: Case) -> str:
    count = parameter(case, "numbers")
    return f"{formats.count(count)} numbers" if count else "no numbers"


VIEWS = Views(
    tables={
        "initial-state/facts": facts_table,
        "initial-state/costs": costs_table,
    },
    sentences={"initial-state/cost": cost_sentence},
)
