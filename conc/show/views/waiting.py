"""What ``io-bound`` found of a lone client: how its time follows the latency of the service."""

from conc import formats
from conc.errors import MissingError
from conc.records import Case
from conc.show.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Table
from conc.show.views import io_bound
from conc.show.views.cells import ABSENT, either
from conc.show.views.counted import cores_used, missing


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
    return Table(
        title="One request after the other: time follows the latency",
        columns=(
            Column("latency_ms", "Latency", "of the service", figures=False),
            Column("cost_s", "Wall time", "a request, 95 % interval, lower is better"),
            Column("cpu_s", "CPU time", "a request"),
            Column("cpu_share", "CPU time", "over wall time, 1 is a core in full use"),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(_row(measured, case) for case in cases),
        source=measured.measurement,
    )


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    latency = float(case.parameters["latency_ms"])
    name = Cell(f"{latency:g} ms", latency)
    cost = measured.cost_s(case)
    if cost is None:
        return (name, *missing(measured, case, 4))
    return (
        name,
        either(cost, formats.seconds_interval),
        either(
            measured.cpu_per_item_s(case), lambda cpu: formats.seconds(cpu.value), otherwise=ABSENT
        ),
        either(cores_used(measured, case), formats.plain_interval, otherwise=ABSENT),
        Cell(formats.sample_size(cost.runs, cost.rounds)),
    )
