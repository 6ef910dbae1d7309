"""What the rules of several sections read alike."""

from collections.abc import Callable

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import Grounds, above, parameter
from conc.records import Case, Estimate
from conc.results.quantities import throughput_share

Compared = tuple[Case, Estimate]
"""A case of the grid of equal terms, and how many times as fast asyncio was as threads."""

OVERLAP = 0.8
"""From this share of the ideal on, waits count as overlapped."""

OVERLAP_LEVEL = 10
OVERLAP_LATENCY_MS = 100


def overlap(grounds: Grounds, model: str, workers: str) -> Ruling:
    """Judge whether a model's waits overlap, by its throughput against that of waits at once."""
    case = grounds.case(
        "io-bound", model=model, workers=OVERLAP_LEVEL, latency_ms=OVERLAP_LATENCY_MS
    )
    ideal_s = OVERLAP_LATENCY_MS / 1000 / case.workers
    reached = grounds.typical("io-bound", case, throughput_share(ideal_s))
    sentence = (
        f"{case.workers} {workers} that wait {OVERLAP_LATENCY_MS} ms for each answer reached"
        f" {formats.share_interval(reached)} of the throughput of {case.workers} waits at once"
    )
    numbers = {"share of the ideal throughput": reached}
    if above(reached, OVERLAP, "the share of the ideal throughput"):
        return Ruling("holds", sentence, numbers)
    grounds.need_quiet("io-bound", [case])
    return Ruling("does not hold", sentence, numbers)


def equal_terms(grounds: Grounds) -> list[Compared]:
    """Return the grid of equal terms: in each place how many times as fast asyncio was as threads.

    The intervals hold together.
    """
    cases = grounds.cases("equal-terms", model="asyncio")
    grounds.need_quiet("equal-terms", cases)
    return [(case, grounds.speedup("equal-terms", case, comparisons=len(cases))) for case in cases]


def together(
    grounds: Grounds, grid: list[Compared], *names: Callable[[Case], str]
) -> dict[str, Estimate]:
    """Return what the places of one name say together, in order of latency and level.

    With several ways to name a place each counts in several groups. The intervals hold together.
    """
    groups: dict[str, list[Case]] = {}
    cases = sorted((c for c, _ in grid), key=lambda c: (parameter(c, "latency_ms"), c.workers))
    for name in names:
        for case in cases:
            groups.setdefault(name(case), []).append(case)
    return {
        name: grounds.together("equal-terms", group, comparisons=len(groups))
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


def place(case: Case) -> str:
    """Name a place of the grid: ``aiohttp, 20 ms, 100 in flight``."""
    return f"{client(case)}, {latency(case)}, {in_flight(case)}"
