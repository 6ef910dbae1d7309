"""Summary and caveats: the rules of its claims."""

import math
from collections.abc import Callable, Iterable

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import SKEWED, Grounds, NotTested, Numbers, Undecided, need_rounds
from conc.claims.rules.shared import (
    FEW,
    MANY,
    Cell,
    answers,
    at_end,
    cells,
    clients,
    first_sufficient,
    in_flight,
    terms,
    within,
)
from conc.figures import Given
from conc.records import Capture, Estimate
from conc.results.differences import WORTH_IT, WORTH_LEAVING
from conc.results.quantities import counted, share_of

NEAR = math.sqrt(2)
"""Up to so many times what the metaphor predicts, a makespan agrees with it: twice that is as far.

Half as many stoves would take about twice as long, so what is nearer to the double is another
kitchen's time.
"""

KITCHENS = {
    "processes": "ten kitchens with a chef each",
    "threads": "one kitchen with ten chefs",
    "asyncio": "one kitchen with one chef",
}
"""The article's kitchens, by the model that each stands for."""


def latency_decides_the_winner(grounds: Grounds) -> Ruling:
    """C31: threads for fast I/O, asyncio for slow I/O.

    A rule by latency needs the winner to change along the latency, from threads to asyncio, while
    client and concurrency level stay. The shortest latency is set against the longest, with few
    requests in flight and with many.
    """
    groups = [*_latencies(grounds)]
    if not groups:
        raise NotTested("no client was tried at two latencies of the same concurrency level")
    found = [
        (fast, slow)
        for levels in (FEW, MANY)
        if (fast := _ends(grounds, groups, levels, min))
        and (slow := _ends(grounds, groups, levels, max))
    ]
    for pair in found:
        for picked, estimate in pair:
            need_rounds(estimate, f"asyncio against threads, {terms(picked)}")
    numbers: Numbers = {
        f"asyncio against threads, {terms(picked)}": one for pair in found for picked, one in pair
    }
    said = "; ".join(f"with {_turn(fast, slow)}" for fast, slow in found)
    sentence = f"compared with threads asyncio was, {said}"
    for picked, _ in (one for pair in found for one in pair):
        grounds.need_undisturbed(picked[0].experiment, sentence, numbers)
    changes = [pair for pair in found if pair[0][1].high < 1 < pair[1][1].low]
    stays = [pair for pair in found if pair[1][1].high < WORTH_IT or pair[0][1].low > WORTH_LEAVING]
    if len(changes) == len(found):
        return Ruling("holds", sentence, numbers)
    if len(stays) == len(found):
        return Ruling(
            "does not hold",
            f"A longer latency never turned the winner from threads to asyncio: {sentence}.",
            numbers,
        )
    if len(changes) + len(stays) == len(found):
        level = formats.count(Given(changes[0][0][0][0].tasks.workers))
        return Ruling("holds only if", f"{level} requests are in flight: {sentence}.", numbers)
    raise Undecided(f"{sentence}, which leaves room for a change of the winner", numbers)


def _turn(fast: tuple[list[Cell], Estimate], slow: tuple[list[Cell], Estimate]) -> str:
    """Say how asyncio compared with threads at the shortest and at the longest latency."""
    (quick, one), (late, other) = fast, slow
    first = "" if clients(quick) == clients(late) else f" ({clients(quick)})"
    return (
        f"{in_flight(quick)}, {formats.ratio_interval(one)} as fast at {answers(quick)}{first} and"
        f" {formats.ratio_interval(other)} at {answers(late)} ({clients(late)})"
    )


def _latencies(grounds: Grounds) -> list[list[Cell]]:
    """Return the groups of cells at equal terms that have several latencies."""
    return [group for group in cells(grounds) if len({cell.latency_ms for cell in group}) > 1]


def _ends(
    grounds: Grounds,
    groups: list[list[Cell]],
    levels: tuple[int, int],
    end: Callable[[Iterable[float]], float],
) -> tuple[list[Cell], Estimate] | None:
    """Compare at the shortest or longest latency that a group has at some levels."""

    def pick(group: list[Cell]) -> list[Cell]:
        latencies = {cell.latency_ms for cell in within(group, levels)}
        return at_end(group, levels, end) if len(latencies) > 1 else []

    # A verdict needs both ends of each level, so it is wrong only where an end of one level is.
    return first_sufficient(grounds, groups, pick, 2)


def kitchens(grounds: Grounds) -> Ruling:
    """C32: the metaphor's makespan against the measured one, kitchen by kitchen.

    A verdict needs each of them, so no interval is widened for the others; but a makespan can be
    held up and not hurried.
    """
    cases = {
        case.model: case
        for model in KITCHENS
        for case in grounds.cases_if_any("kitchens", work="mixed", traced=False, model=model)
    }
    if not cases:
        raise NotTested("the experiment kitchens has no sample of any of the three kitchens")
    took = share_of(counted("makespan_s"), counted("predicted_s"))
    agreement = {
        model: need_rounds(
            grounds.typical("kitchens", case, took, comparisons=SKEWED),
            f"the time of {KITCHENS[model]}",
        )
        for model, case in cases.items()
    }
    numbers: Numbers = {
        f"time against prediction, {model}": found for model, found in agreement.items()
    }
    near = [m for m, one in agreement.items() if one.low > 1 / NEAR and one.high < NEAR]
    far = [m for m, one in agreement.items() if one.low > NEAR or one.high < 1 / NEAR]
    times = formats.listed(
        [
            f"{formats.ratio_interval(one)} as long in {KITCHENS[model]} ({model})"
            for model, one in agreement.items()
        ]
    )
    sentence = f"against what the picture predicts, ten dishes took {times}"
    grounds.need_undisturbed("kitchens", sentence, numbers)
    if len(near) == len(agreement):
        return Ruling("holds", sentence, numbers)
    if len(far) == len(agreement):
        return Ruling("does not hold", sentence, numbers)
    if near and len(near) + len(far) == len(agreement):
        return Ruling(
            "holds only if",
            f"it is {formats.listed([KITCHENS[model] for model in near], 'or')}: {sentence}.",
            numbers,
        )
    raise Undecided(
        f"{sentence}; they agree where they are nearer to that than to twice or half of it", numbers
    )


def htop_misreads(grounds: Grounds) -> Ruling:
    """C33: htop lists threads, with their own ids, unless it is told not to; so can top.

    The article saw right what is listed. What it takes that for is another matter.
    """
    captures = grounds.of("listings").measurement.captures
    htop, top = (_listing(captures, tool) for tool in ("htop", "top"))
    threads = {one.id for one in htop.truth if not one.is_process}
    further = {row.id for row in htop.rows} - {one.id for one in htop.truth if one.is_process}
    numbers: Numbers = {
        "rows of htop": len(htop.rows),
        "rows of htop that are threads": htop.thread_rows,
        "rows of top": len(top.rows),
    }
    started, of_htop, of_top, others = (
        grounds.counted("listings", what, count)
        for what, count in (
            ("further threads of the program threads", len(threads)),
            ("rows of htop as installed of the program threads", len(htop.rows)),
            ("rows of top -b of the program threads", len(top.rows)),
            ("further rows of htop as installed of the program threads", len(further)),
        )
    )
    rows = (
        f"of a program with {formats.plural(started, 'further thread')} htop {htop.version}"
        f" listed {formats.plural(of_htop, 'row')}, top {formats.plural(of_top, 'row')}"
    )
    if further - threads:
        raise Undecided(
            f"{rows}, and the kernel does not know all of their ids", numbers, lacks="other"
        )
    if not further:
        return Ruling("does not hold", f"{rows}: this htop hides threads.", numbers)
    if top.thread_rows or further != threads:
        raise Undecided(f"{rows}, which are neither all threads nor none", numbers, lacks="other")
    return Ruling(
        "holds only if",
        "it is about what htop lists, and not about what it takes that for. It listed more:"
        f" {rows}. But the ids of the other {formats.plural(others, 'row')} are exactly the"
        " program’s thread ids. htop lists threads until H hides them, and misreads nothing.",
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
