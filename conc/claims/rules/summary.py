"""Summary and caveats: the rules of its claims."""

from collections.abc import Callable, Iterator
from itertools import combinations, permutations

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import Grounds, NotTested, Numbers, Undecided, need_rounds, parameter
from conc.claims.rules.shared import (
    Compared,
    client,
    equal_terms,
    in_flight,
    latency,
    place,
    together,
)
from conc.records import Capture, Case, Estimate
from conc.results.differences import WORTH_IT, WORTH_LEAVING
from conc.results.quantities import counted, share_of

NEAR = 0.15
"""A makespan within this share of what the metaphor predicts agrees with it."""


def latency_decides_the_winner(grounds: Grounds) -> Ruling:
    """C31: threads for fast I/O, asyncio for slow I/O.

    A rule by latency needs the winner to change along the latency, from threads to asyncio, while
    client and concurrency level stay as they are.
    """
    grid = equal_terms(grounds)
    numbers: Numbers = {f"asyncio against threads: {place(case)}": found for case, found in grid}
    for case, found in grid:
        need_rounds(found, f"the cell {place(case)}")
    along_latency = list(_pairs(grid, _latency_ms, same=_level))
    if not along_latency:
        raise NotTested("no client was tried at two latencies of the same concurrency level")
    along_level = list(_pairs(grid, _level, same=_latency_ms))
    as_claimed = [pair for pair in along_latency if _changes(*pair)]
    by_level = [pair for pair in along_level if _changes(*pair) or _changes(*pair[::-1])]
    tested = f"{len(grid)} cells of latency, concurrency level and client"
    if as_claimed and not by_level:
        return Ruling("holds", f"Over {tested} {_changed(*as_claimed[0], latency)}.", numbers)
    if as_claimed:
        return Ruling(
            "holds only if",
            f"so much is in flight: over {tested} {_changed(*as_claimed[0], latency)} at"
            f" {in_flight(as_claimed[0][0][0])}, but also {_changed(*by_level[0], in_flight)}.",
            numbers,
        )
    each = together(grounds, grid, latency)
    numbers |= {f"asyncio against threads: {name}": found for name, found in each.items()}
    first, *more = ((formats.ratio_interval(found), f" at {name}") for name, found in each.items())
    speeds = formats.listed(
        [f"asyncio was {first[0]} as fast as threads{first[1]}", *(f"{r}{at}" for r, at in more)]
    )
    open_ = any(_could_change(first[1], second[1]) for first, second in along_latency)
    if open_ and any(_could_change(*pair) for pair in combinations(each.values(), 2)):
        raise Undecided(f"{speeds}, which leaves room for a change of the winner", numbers)
    level = f"; {_changed(*by_level[0], in_flight)}" if by_level else ""
    return Ruling(
        "does not hold",
        f"Over {tested} a longer latency never turned the winner from threads to asyncio:"
        f" {speeds}{level}.",
        numbers,
    )


def kitchens(grounds: Grounds) -> Ruling:
    """C32: the metaphor's makespan against the measured one, kitchen by kitchen."""
    cases = grounds.cases("kitchens", work="mixed", traced=False)
    grounds.need_quiet("kitchens", [c for c in cases if c.model in {"sequential", "asyncio"}])
    took = share_of(counted("makespan_s"), counted("predicted_s"))
    agreement = {
        case.model: grounds.typical("kitchens", case, took, comparisons=len(cases))
        for case in cases
    }
    numbers: Numbers = {
        f"time against prediction, {model}": found for model, found in agreement.items()
    }
    for model, found in agreement.items():
        need_rounds(found, f"the kitchen of {model}")
    near = [m for m, one in agreement.items() if one.low > 1 - NEAR and one.high < 1 + NEAR]
    far = [m for m, one in agreement.items() if one.low > 1 + NEAR or one.high < 1 - NEAR]
    listed = ", ".join(f"{model} {formats.ratio_interval(one)}" for model, one in agreement.items())
    sentence = f"ten dishes took, against what the picture predicts, {listed}."
    if len(near) == len(agreement):
        return Ruling("holds", sentence, numbers)
    if len(far) == len(agreement):
        return Ruling("does not hold", sentence, numbers)
    if near and far:
        return Ruling(
            "holds only if", f"the kitchen is {formats.listed(near, 'or')}: {sentence}", numbers
        )
    raise Undecided(
        f"the line is ±{formats.share(NEAR)}, and {sentence[:-1]}",
        numbers,
    )


def htop_misreads(grounds: Grounds) -> Ruling:
    """C33: htop lists threads, with their own ids, unless it is told not to; so can top."""
    captures = grounds.of("listings").measurement.captures
    htop, top = (_listing(captures, tool) for tool in ("htop", "top"))
    threads = {one.id for one in htop.truth if not one.is_process}
    further = {row.id for row in htop.rows} - {one.id for one in htop.truth if one.is_process}
    numbers: Numbers = {
        "rows of htop": len(htop.rows),
        "rows of htop that are threads": htop.thread_rows,
        "rows of top": len(top.rows),
    }
    rows = (
        f"of a program with {formats.plural(len(threads), 'further thread')} htop {htop.version}"
        f" listed {formats.plural(len(htop.rows), 'row')}, top"
        f" {formats.plural(len(top.rows), 'row')}"
    )
    if further - threads:
        raise Undecided(f"{rows}, and the kernel does not know all of their ids", numbers)
    if not further:
        return Ruling("does not hold", f"{rows}: this htop hides threads.", numbers)
    if top.thread_rows or further != threads:
        raise Undecided(f"{rows}, which are neither all threads nor none", numbers)
    return Ruling(
        "does not hold",
        f"{rows}. The ids of the other {formats.plural(len(further), 'row')} are exactly the"
        " program’s thread ids: htop lists threads until H hides them, and misreads nothing; top"
        " does the same with -H.",
        numbers,
    )


def _listing(captures: list[Capture], tool: str) -> Capture:
    """Return what a tool showed of the program with threads, as it is installed."""
    wanted = {"htop": "as installed", "top": "-b"}[tool]
    found = [
        one
        for one in captures
        if one.program == "threads" and one.tool == tool and one.view == wanted
    ]
    if not found:
        raise NotTested(f"no screen of {tool} was captured")
    if found[0].missing:
        raise NotTested(f"no screen of {tool} was captured: {found[0].missing}")
    return found[0]


def _pairs(
    grid: list[Compared], along: Callable[[Case], float], *, same: Callable[[Case], float]
) -> Iterator[tuple[Compared, Compared]]:
    """Yield pairs of places, the lesser first, that differ along one axis alone."""
    for first, second in permutations(grid, 2):
        if (
            client(first[0]) == client(second[0])
            and same(first[0]) == same(second[0])
            and along(first[0]) < along(second[0])
        ):
            yield first, second


def _latency_ms(case: Case) -> float:
    return parameter(case, "latency_ms")


def _level(case: Case) -> float:
    return case.workers


def _changes(first: Compared, second: Compared) -> bool:
    """Whether threads win in the first cell and asyncio in the second, beyond the intervals."""
    return first[1].high < 1 < second[1].low


def _could_change(first: Estimate, second: Estimate) -> bool:
    """Whether the intervals leave room for such a change that is worth it on both sides."""
    return first.low < WORTH_LEAVING and second.high > WORTH_IT


def _changed(first: Compared, second: Compared, axis: Callable[[Case], str]) -> str:
    """Say between which two places the winner changed."""
    winners = ("threads", "asyncio") if first[1].value < 1 else ("asyncio", "threads")
    return (
        f"the winner changed from {winners[0]} at {axis(first[0])} to {winners[1]} at"
        f" {axis(second[0])} ({client(first[0])})"
    )
