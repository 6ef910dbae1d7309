"""What ``equal-terms`` found: threads or asyncio, by latency, concurrency level and client."""

from conc import formats
from conc.claims.evidence import LEVEL, NotTested
from conc.claims.evidence import Evidence as Judged
from conc.errors import MissingError
from conc.records import Case
from conc.show.evidence import Evidence, Measured, difference, failed
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import NONE, either, interval_data
from conc.show.views.counted import percentiles, pooled

NAME = "equal-terms"

_LEVEL = formats.share(LEVEL)
_MARKS = {"faster": "▲ asyncio", "slower": "● threads", "no difference": "= tie"}
_MODELS = {"faster": "asyncio", "slower": "threads"}


def winners_table(evidence: Evidence) -> Table:
    """Map the winner over latency and concurrency level, a row for each client and latency."""
    measured = evidence.of(NAME)
    tasks = [case for case in measured.cases if case.model == "asyncio"]
    if not tasks:
        raise MissingError("equal-terms has no case of asyncio here")
    levels = sorted({case.workers for case in tasks})
    places = sorted({_place(case) for case in tasks})
    return Table(
        title="Threads or asyncio on equal terms: throughput of asyncio over that of threads",
        columns=(
            Column("client", "Client", "the same kind on both sides", figures=False),
            Column("latency_ms", "Latency", "of the service"),
            *(
                Column(f"level_{level}", f"{formats.count(level)} in flight", figures=False)
                for level in levels
            ),
        ),
        rows=tuple(
            (
                Cell(client),
                Cell(f"{latency:g} ms", latency),
                *(_winner(evidence, tasks, (client, latency), level) for level in levels),
            )
            for client, latency in places
        ),
        source=measured.measurement,
        notes=(
            (
                "▲ asyncio and ● threads: faster, for the whole interval lies on that side of 1. "
                "= tie: it holds 1 and stays within ±10 % of it. ? undecided: neither."
            ),
            f"The intervals are so wide that all of them hold together at {_LEVEL}.",
        ),
    )


def cells_table(evidence: Evidence) -> Table:
    """List throughput, latency, CPU time and switches of every cell, for both models."""
    measured = evidence.of(NAME)
    if not measured.cases:
        raise MissingError("equal-terms has no case here")
    return Table(
        title="Threads and asyncio on equal terms: every cell",
        columns=(
            Column("client", "Client", figures=False),
            Column("latency_ms", "Latency", "of the service"),
            Column("level", "Level", "requests in flight"),
            Column("model", "Model", figures=False),
            Column("throughput", "Throughput", "requests/s, 95 % interval, higher is better"),
            Column("p99_s", "p99", "of a request, lower is better"),
            Column("cpu_s", "CPU time", "a request, lower is better"),
            Column("switches", "Context switches", "a request"),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(
            _row(measured, case)
            for case in sorted(measured.cases, key=lambda c: (_place(c), c.workers, c.model))
        ),
        source=measured.measurement,
    )


def limits_table(evidence: Evidence) -> Table:
    """List the latency below which each client computes more than it waits, by the level."""
    measured = evidence.of(NAME)
    levels = sorted({case.workers for case in measured.cases})
    clients = sorted({(_place(case)[0], case.model) for case in measured.cases}, reverse=True)
    if not clients:
        raise MissingError("equal-terms has no case here")
    return Table(
        title="Concurrency level times CPU time a request",
        columns=(
            Column("client", "Client", figures=False),
            Column("model", "Model", figures=False),
            *(Column(f"level_{level}", f"{formats.count(level)} in flight") for level in levels),
        ),
        rows=tuple(
            (
                Cell(client),
                Cell(model),
                *(_limit(measured, client, model, level) for level in levels),
            )
            for client, model in clients
        ),
        source=measured.measurement,
        notes=(
            "The latency below which the client computes more than it waits.",
            "Of several latencies the shortest one’s CPU time is taken.",
        ),
    )


def _limit(measured: Measured, client: str, model: str, level: int) -> Cell:
    cases = [c for c in measured.select(model=model, workers=level) if _place(c)[0] == client]
    if not cases:
        return NONE
    case = min(cases, key=lambda c: _place(c)[1])
    cpu = measured.cpu_per_item_s(case)
    if cpu is None:
        return Cell(failed(measured.failure(case)))
    return Cell(formats.seconds(level * cpu.value), level * cpu.value)


def _winner(evidence: Evidence, tasks: list[Case], place: tuple[str, float], level: int) -> Cell:
    case = next((c for c in tasks if _place(c) == place and c.workers == level), None)
    if case is None:
        return NONE
    measured = evidence.of(NAME)
    if failure := measured.failure(case):
        return Cell(failed(failure))
    try:
        ratio = Judged(evidence.result).speedup(NAME, case, comparisons=len(tasks))
    except NotTested:
        return Cell("no figure")
    found = difference(ratio)
    mark = _MARKS.get(found, "? undecided")
    text = f"{mark} {formats.ratio_interval(ratio)}"
    return Cell(text, interval_data(ratio), model=_MODELS.get(found, ""))


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    client, latency = _place(case)
    names = (
        Cell(client),
        Cell(f"{latency:g} ms", latency),
        Cell(formats.count(case.workers), case.workers),
        Cell(case.model),
    )
    rate = measured.throughput(case)
    if rate is None:
        return (*names, Cell(failed(measured.failure(case))), *(NONE,) * 4)
    tail = percentiles(pooled(measured, case, "latency_s"), 99)
    return (
        *names,
        either(rate, formats.plain_interval),
        Cell(formats.seconds(tail[0]), tail[0]) if tail else NONE,
        either(measured.cpu_per_item_s(case), lambda cpu: formats.seconds(cpu.value)),
        either(measured.switches_per_item(case), lambda switches: formats.number(switches.value)),
        Cell(formats.sample_size(rate.runs, rate.rounds)),
    )


def _place(case: Case) -> tuple[str, float]:
    latency = case.parameters.get("latency_ms")
    return (
        str(case.parameters.get("client")),
        float(latency) if isinstance(latency, int | float) else 0.0,
    )
