"""What ``equal-terms`` found: threads or asyncio, by latency, concurrency level and client."""

from conc import formats
from conc.errors import MissingError
from conc.figures import Given
from conc.records import Case
from conc.results.differences import SHOWN_LEVEL, TIE, VERDICT_LEVEL, difference
from conc.results.estimates import scaled
from conc.results.evidence import Evidence, Measured
from conc.results.statistics import simultaneous_level
from conc.show.tables import Cell, Column, Said, Table
from conc.show.views import columns
from conc.show.views.cells import NO_FIGURE, failed, interval_data, known
from conc.show.views.registry import Views

NAME = "equal-terms"

_MARKS = {"faster": "▲ asyncio", "slower": "● threads", "no difference": "= tie"}
_MODELS = {"faster": "asyncio", "slower": "threads"}


def winners_table(evidence: Evidence) -> Table:
    """Map the winner over latency and concurrency level, a row for each client and latency."""
    measured = evidence.of(NAME)
    tasks = [case for case in measured.cases if case.model == "asyncio"]
    if not tasks:
        raise MissingError("equal-terms has no case of asyncio here")
    levels = sorted({case.workers for case in tasks})
    return Table.of(
        "Threads or asyncio on equal terms: throughput of asyncio over that of threads",
        (
            columns.name("client", "Client", lambda place: place[0], "the same kind on both sides"),
            columns.latency(lambda place: place[1]),
            *(_winners(evidence, tasks, level) for level in levels),
        ),
        sorted({_place(case) for case in tasks}),
        notes=(
            (
                "▲ asyncio and ● threads: faster, for the whole interval lies on that side of 1×. "
                f"= tie: it holds 1× and stays within ±{formats.share(Given(TIE))} of it. "
                "? undecided: neither."
            ),
            (
                "Decided by intervals so wide that all of them hold together at "
                f"{formats.share(Given(VERDICT_LEVEL))}; shown are those of "
                f"{formats.share(Given(SHOWN_LEVEL))}."
            ),
        ),
    ).resting_on(measured.measurement)


def cells_table(evidence: Evidence) -> Table:
    """List throughput, latency, CPU time and switches of every cell, for both models."""
    measured = evidence.of(NAME)
    if not measured.cases:
        raise MissingError("equal-terms has no case here")
    return columns.of_cases(
        measured,
        "Threads and asyncio on equal terms: every cell",
        (
            columns.CLIENT,
            columns.latency(_latency_ms),
            columns.LEVEL,
            columns.MODEL,
            columns.throughput(measured),
            Column(
                "p99_s",
                "p99",
                lambda case: known(measured.percentiles_s(case)[-1], formats.seconds),
                "of a request",
                "lower",
            ),
            Column(
                "cpu_s",
                "CPU time",
                lambda case: known(measured.cpu_per_item_s(case), formats.seconds),
                "a request",
                "lower",
            ),
            Column(
                "switches",
                "Context switches",
                lambda case: known(measured.switches_per_item(case), formats.number),
                "a request",
            ),
            columns.rounds(measured.throughput),
        ),
        sorted(measured.cases, key=lambda c: (_place(c), c.workers, c.model)),
    )


def limits_table(evidence: Evidence) -> Table:
    """List the latency below which each client computes more than it waits, by the level."""
    measured = evidence.of(NAME)
    levels = sorted({case.workers for case in measured.cases})
    clients = sorted({(_place(case)[0], case.model) for case in measured.cases}, reverse=True)
    if not clients:
        raise MissingError("equal-terms has no case here")
    return Table.of(
        "Concurrency level times CPU time a request",
        (
            columns.name("client", "Client", lambda of: of[0]),
            columns.name("model", "Model", lambda of: of[1]),
            *(_limits(measured, level) for level in levels),
        ),
        clients,
        notes=(
            "The latency below which the client computes more than it waits.",
            "Of several latencies the shortest one’s CPU time is taken.",
        ),
    ).resting_on(measured.measurement)


def _limits(measured: Measured, level: int) -> Column[tuple[str, str]]:
    def read(of: tuple[str, str]) -> Said:
        client, model = of
        cases = [c for c in measured.select(model=model, workers=level) if _place(c)[0] == client]
        if not cases:
            return None
        case = min(cases, key=_latency_ms)
        cpu = measured.cpu_per_item_s(case)
        limit = scaled(cpu, level, "computed beside each other") if cpu else None
        return known(limit, formats.seconds) or failed(measured.failure(case))

    return Column(f"level_{level}", f"{formats.count(level)} in flight", read)


def _winners(evidence: Evidence, tasks: list[Case], level: int) -> Column[tuple[str, float]]:
    def read(place: tuple[str, float]) -> Said:
        case = next((c for c in tasks if _place(c) == place and c.workers == level), None)
        return _winner(evidence, case, len(tasks)) if case else None

    return columns.words(f"level_{level}", f"{formats.count(level)} in flight", read)


def _winner(evidence: Evidence, case: Case, comparisons: int) -> Cell | str:
    if failure := evidence.of(NAME).failure(case):
        return failed(failure)
    level = simultaneous_level(comparisons, VERDICT_LEVEL)
    ratio = evidence.of(NAME).speedup(case, level=level)
    if ratio is None:
        return NO_FIGURE
    found = difference(ratio)
    mark = _MARKS.get(found, "? undecided")
    text = f"{mark} {formats.ratio_interval(ratio)}"
    return Cell(text, interval_data(ratio), model=_MODELS.get(found, ""))


def _place(case: Case) -> tuple[str, float]:
    return str(case.parameters.get("client")), _latency_ms(case)


def _latency_ms(case: Case) -> float:
    latency = case.parameters.get("latency_ms")
    return float(latency) if isinstance(latency, int | float) else 0.0


VIEWS = Views(
    tables={
        "equal-terms/winners": winners_table,
        "equal-terms/cells": cells_table,
        "equal-terms/limits": limits_table,
    },
)
