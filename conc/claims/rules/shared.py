"""What the rules of several sections read alike."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import Grounds, NotTested, above, parameter
from conc.experiments import equal_terms, io_bound
from conc.figures import Given
from conc.records import Case, Estimate
from conc.results import statistics
from conc.results.quantities import throughput_share

OVERLAP = 0.8
"""From this share of the ideal on, waits count as overlapped."""

OVERLAP_LEVEL = 10
OVERLAP_LATENCIES_MS = (100, 20)
"""The first of these latencies that was measured enough decides: the longer, the clearer."""

FEW, MANY = (2, 10), (100, 1_000_000)
"""The concurrency levels that count as few, and as many: least and most."""

CLIENTS = {
    io_bound.BARE: io_bound.BARE,
    equal_terms.LIBRARIES: equal_terms.LIBRARIES,
    io_bound.HTTP_CLIENT: equal_terms.LIBRARIES,
    io_bound.AIOHTTP: equal_terms.LIBRARIES,
}
"""The kind of each client, that which costs least first: models are compared by the same kind."""

EXPERIMENTS = ("equal-terms", "io-bound")


@dataclass(frozen=True, slots=True)
class Cell:
    """Threads and asyncio at equal terms: in one experiment, with clients of one kind."""

    experiment: str
    client: str
    tasks: Case
    threads: Case

    @property
    def latency_ms(self) -> float:
        """How long the service takes to answer."""
        return parameter(self.tasks, "latency_ms")


def overlap(grounds: Grounds, model: str, workers: str) -> Ruling:
    """Judge whether a model's waits overlap, by its throughput against that of waits at once."""
    found = [_overlapped(grounds, model, latency_ms) for latency_ms in OVERLAP_LATENCIES_MS]
    measured = [one for one in found if one]
    if not measured:
        raise NotTested(
            f"io-bound has no sample of {formats.count(Given(OVERLAP_LEVEL))} {workers} in flight"
        )
    latency_ms, reached = next(
        (one for one in measured if statistics.suffices(one[1])), measured[0]
    )
    level = formats.count(Given(OVERLAP_LEVEL))
    sentence = (
        f"{level} {workers} that wait {formats.tick_ms(Given(latency_ms))} for each answer reached"
        f" {formats.share_interval(reached)} of the throughput of {level} waits at once"
    )
    numbers = {"share of the ideal throughput": reached}
    if above(reached, OVERLAP, "the share of the ideal throughput"):
        return Ruling("holds", sentence, numbers)
    grounds.need_undisturbed("io-bound", sentence, numbers)
    return Ruling("does not hold", sentence, numbers)


def _overlapped(grounds: Grounds, model: str, latency_ms: int) -> tuple[int, Estimate] | None:
    cases = grounds.cases_if_any(
        "io-bound", model=model, workers=OVERLAP_LEVEL, latency_ms=latency_ms
    )
    if not cases:
        return None
    ideal_s = latency_ms / 1000 / OVERLAP_LEVEL
    return latency_ms, grounds.typical("io-bound", cases[0], throughput_share(ideal_s))


def cells(grounds: Grounds) -> list[list[Cell]]:
    """Return what was compared at equal terms, by client and experiment, the best evidence first.

    Raises :class:`NotTested` where nothing was.
    """
    found = [
        [cell for cell in _cells(grounds, experiment) if cell.client == client]
        for client in dict.fromkeys(CLIENTS.values())
        for experiment in EXPERIMENTS
    ]
    if not any(found):
        raise NotTested(
            "no result here has threads and asyncio at equal terms: the experiments equal-terms and"
            " io-bound have them"
        )
    return [group for group in found if group]


def _cells(grounds: Grounds, experiment: str) -> Iterator[Cell]:
    try:
        tasks = grounds.cases_if_any(experiment, model="asyncio")
    except NotTested:
        return
    for case in tasks:
        client = CLIENTS.get(str(case.parameters.get("client")))
        threads = grounds.cases_if_any(
            experiment,
            model="threads",
            block=case.block,
            workers=case.workers,
            latency_ms=case.parameters.get("latency_ms", ""),
        )
        same = [one for one in threads if CLIENTS.get(str(one.parameters.get("client"))) == client]
        if client and same:
            yield Cell(experiment, client, case, same[0])


def within(cells: Iterable[Cell], levels: tuple[int, int]) -> list[Cell]:
    """Return the cells of some concurrency levels."""
    least, most = levels
    return [cell for cell in cells if least <= cell.tasks.workers <= most]


def at_end(
    cells: Iterable[Cell], levels: tuple[int, int], end: Callable[[Iterable[float]], float]
) -> list[Cell]:
    """Return the cells of some concurrency levels at their shortest latency, or their longest."""
    here = within(cells, levels)
    latencies = {cell.latency_ms for cell in here}
    return [cell for cell in here if cell.latency_ms == end(latencies)]


def compare(grounds: Grounds, cells: list[Cell], comparisons: int) -> Estimate:
    """Return how many times as fast asyncio was as threads, over the cells of an experiment."""
    pairs = [(cell.tasks, cell.threads) for cell in cells]
    return grounds.together(cells[0].experiment, pairs, comparisons=comparisons)


def terms(cells: Iterable[Cell]) -> str:
    """Name the terms of cells: ``10 requests in flight at 5 ms and 100 ms (bare clients)``."""
    cells = list(cells)
    return f"{in_flight(cells)} at {answers(cells)} ({clients(cells)})"


def in_flight(cells: Iterable[Cell]) -> str:
    """Name the concurrency levels of cells: ``10 requests in flight``."""
    levels = sorted({cell.tasks.workers for cell in cells})
    return f"{formats.listed([formats.count(Given(level)) for level in levels])} requests in flight"


def answers(cells: Iterable[Cell]) -> str:
    """Name the latencies of cells: ``5 ms and 100 ms``."""
    latencies = sorted({cell.latency_ms for cell in cells})
    return formats.listed([formats.tick_ms(Given(latency_ms)) for latency_ms in latencies])


def clients(cells: Iterable[Cell]) -> str:
    """Name the kind of clients of cells."""
    client = next(cell.client for cell in cells)
    return "bare clients" if client == io_bound.BARE else client


Pick = Callable[[list[Cell]], list[Cell]]


def first_sufficient(
    grounds: Grounds, groups: list[list[Cell]], pick: Pick, comparisons: int
) -> tuple[list[Cell], Estimate] | None:
    """Return the picked cells of the first group that was measured enough, and their estimate.

    Where none was, that of the first; ``None`` where no group has such cells.
    """
    found = [
        (picked, compare(grounds, picked, comparisons))
        for group in groups
        if (picked := pick(group))
    ]
    enough = (one for one in found if statistics.suffices(one[1]))
    return next(enough, found[0] if found else None)
