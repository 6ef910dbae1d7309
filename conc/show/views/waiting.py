"""What ``io-bound`` found of a lone client: how its time follows the latency of the service."""

from conc import formats
from conc.errors import MissingError
from conc.results.evidence import Evidence
from conc.show.tables import Column, Table
from conc.show.views import columns, io_bound
from conc.show.views.cells import ABSENT, known
from conc.show.views.registry import Views


def waiting_table(evidence: Evidence) -> Table:
    """List the time of a request and the CPU’s share in it, one request after the other."""
    measured = evidence.of(io_bound.NAME)
    cases = [
        case
        for case in measured.select(workload=io_bound.WORKLOAD, model="sequential")
        if isinstance(case.parameters.get("latency_ms"), int | float)
    ]
    if not cases:
        raise MissingError("io-bound has no sequential case here")
    return columns.of_cases(
        measured,
        "One request after the other: time follows the latency",
        (
            columns.latency(io_bound.latency_ms, figures=False),
            columns.wall_time(measured.cost_s, "a request"),
            Column(
                "cpu_s",
                "CPU time",
                lambda case: known(measured.cpu_per_item_s(case), formats.seconds),
                "a request",
                otherwise=ABSENT,
            ),
            columns.cpu_share(measured),
            columns.rounds(measured.cost_s),
        ),
        cases,
    )


VIEWS = Views(
    tables={
        "io-bound/waiting": waiting_table,
    },
)
