"""What the rules of several sections read alike."""

from collections.abc import Callable

from conc import formats
from conc.claims.claim import Finding
from conc.claims.evidence import Evidence, above, parameter
from conc.records import Case, Estimate

Cell = tuple[Case, Estimate]
"""A case of the grid of equal terms, and how many times as fast asyncio was as threads."""

OVERLAP = 0.8
"""From this share of the ideal on, waits count as overlapped."""

OVERLAP_LEVEL = 10
OVERLAP_LATENCY_MS = 100

FASTER, SLOWER = 1.10, 0.90
"""Within ±10 % two models are level: less is not worth a choice."""


def overlap(evidence: Evidence, model: str, workers: str) -> Finding:
    """Judge whether a model's waits overlap, by its throughput against that of waits at once."""
    case = evidence.case(
        "io-bound", model=model, workers=OVERLAP_LEVEL, latency_ms=OVERLAP_LATENCY_MS
    )
    ideal_s = OVERLAP_LATENCY_MS / 1000 / case.workers
    reached = evidence.typical(
        "io-bound", case, lambda sample: ideal_s * case.items / sample.wall_s
    )
    sentence = (
        f"{case.workers} {workers} that wait {OVERLAP_LATENCY_MS} ms for each answer reached"
        f" {formats.share_interval(reached)} of the throughput of {case.workers} waits at once"
    )
    numbers = {"share of the ideal throughput": reached}
    if above(reached, OVERLAP, "the share of the ideal throughput"):
        return Finding("holds", sentence, numbers)
    evidence.need_quiet("io-bound", [case])
    return Finding("does not hold", sentence, numbers)


def equal_terms(evidence: Evidence) -> list[Cell]:
    """Return each cell of the grid of equal terms: how many times as fast asyncio was as threads.

    The intervals hold together.
    """
    cases = evidence.cases("equal-terms", model="asyncio")
    evidence.need_quiet("equal-terms", cases)
    return [(case, evidence.speedup("equal-terms", case, comparisons=len(cases))) for case in cases]


def together(
    evidence: Evidence, cells: list[Cell], *names: Callable[[Case], str]
) -> dict[str, Estimate]:
    """Return what the cells of one name say together, in order of latency and level.

    With several ways to name a cell each counts in several groups. The intervals hold together.
    """
    groups: dict[str, list[Case]] = {}
    cases = sorted((c for c, _ in cells), key=lambda c: (parameter(c, "latency_ms"), c.workers))
    for name in names:
        for case in cases:
            groups.setdefault(name(case), []).append(case)
    return {
        name: evidence.together("equal-terms", group, comparisons=len(groups))
        for name, group in groups.items()
    }


def latency(case: Case) -> str:
    """Name the latency of a case: ``20 ms``."""
    return f"{parameter(case, 'latency_ms'):g} ms"


def in_flight(case: Case) -> str:
    """Name the concurrency level of a case: ``100 in flight``."""
    return f"{formats.count(case.workers)} in flight"


def client(case: Case) -> str:
    """Name the client of a case."""
    return str(case.parameters.get("client", "one client"))


def cell(case: Case) -> str:
    """Name a cell of the grid: ``aiohttp, 20 ms, 100 in flight``."""
    return f"{client(case)}, {latency(case)}, {in_flight(case)}"
