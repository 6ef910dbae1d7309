"""Multiprocessing: the rules of its claims."""

from collections.abc import Collection

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import (
    LEAST_PARALLELISM,
    Grounds,
    NotTested,
    Numbers,
    Undecided,
    above,
    need_rounds,
    parameter,
)
from conc.records import Case, Estimate
from conc.results.estimates import inverse
from conc.results.quantities import CORES_IN_USE, counted

EFFICIENT = 0.8
"""From this share of the cores that the yardstick used, the cores count as used."""

SLIGHT = 2.0
"""Up to this ratio what a process's hand-over costs more than a thread's is slight."""

PAYS_FROM_S = "shortest task that pays for certain, s"
"""What that length is called among the numbers of the claim on it."""


def uses_all_cores(grounds: Grounds) -> Ruling:
    """C13: processes use all cores, where a task is long enough to pay for its hand-over.

    That is asked of their CPU time: whatever slows a core down slows them as it does others.
    """
    cores = grounds.need_cores()
    yardstick, large = grounds.yardstick(), _large(grounds)
    busy = grounds.cores_in_use("cpu-bound", large)
    used = grounds.relative("cpu-bound", large, yardstick, CORES_IN_USE)
    numbers: Numbers = {"cores in use": busy, "share of what independent processes used": used}
    sentence = (
        f"{cores} processes kept {formats.plain_interval(busy)} cores busy,"
        f" {formats.share_interval(used)} of what independent processes did"
    )
    if not above(used, EFFICIENT, "the share that processes used of what independent ones did"):
        grounds.need_parallelism("cpu-bound", sentence, numbers)
        return Ruling("does not hold", f"{sentence}.", numbers)
    if busy.low < LEAST_PARALLELISM:
        grounds.need_parallelism("cpu-bound", sentence, numbers)
    given = need_rounds(grounds.parallelism(), "how many cores’ worth independent processes got")
    by_ms = _by_task_ms(grounds)
    numbers |= {"cores’ worth that independent processes got": given, **_named(by_ms)}
    wasteful = [ms for ms, found in by_ms.items() if found.high < EFFICIENT * given.low]
    if not wasteful:
        return Ruling("holds", f"{sentence}.", numbers)
    efficient = {ms for ms, found in by_ms.items() if found.low > EFFICIENT * given.high}
    longest, from_ = _boundary(by_ms, wasteful, efficient | {_chunk_ms(grounds)}, numbers)
    return Ruling(
        "holds only if",
        f"a task is long enough: {sentence}, but with tasks of {_task(longest)} they were"
        f" {formats.ratio_interval(by_ms[longest])} as fast as one; tasks {from_}.",
        numbers,
    )


def share_no_memory(grounds: Grounds) -> Ruling:
    """C14: processes do not see each other's changes, unless memory is shared on purpose."""
    alone = grounds.case("shared-memory", form="global")
    if max(grounds.each("shared-memory", alone, counted("parent_sees"))):
        return Ruling("does not hold", "The parent saw what a child wrote to a global variable.")
    unseen = "the parent saw nothing of what a child wrote to a global variable"
    on_purpose = grounds.cases_if_any("shared-memory", form="shared_memory")
    if not any(
        min(grounds.each("shared-memory", case, counted("parent_sees"))) for case in on_purpose
    ):
        return Ruling("holds", unseen)
    return Ruling(
        "holds only if",
        f"memory is not shared on purpose: {unseen}, and all of what it wrote to shared_memory."
        f"{_pages(grounds)}",
    )


def costs_overhead(grounds: Grounds) -> Ruling:
    """C15: processes cost overhead; the article's word for it is slight."""
    process, thread = (
        grounds.case("overhead", workload="hand_over", model=model, to="pool")
        for model in ("processes", "threads")
    )
    dearer = inverse(grounds.ratio("overhead", process, than=thread))
    times = {case.model: grounds.cost("overhead", case) for case in (process, thread)}
    numbers = {"process against thread": dearer} | {
        f"hand-over to {model}, s": time for model, time in times.items()
    }
    sentence = (
        f"Handing a call to a process took {formats.seconds(times['processes'])}, to a thread"
        f" {formats.seconds(times['threads'])}: {formats.ratio_interval(dearer)} as long"
    )
    if not above(dearer, 1.0, "the time to hand over to a process against a thread"):
        return Ruling("does not hold", f"{sentence}.", numbers)
    if above(dearer, SLIGHT, "the time to hand over to a process against a thread"):
        return Ruling(
            "holds only if",
            f"“slightly” is left out: {sentence[0].lower()}{sentence[1:]}.",
            numbers,
        )
    return Ruling("holds", f"{sentence}.", numbers)


def perfect_for_cpu(grounds: Grounds) -> Ruling:
    """C16: processes pay for CPU-bound work beyond a break-even length of a task."""
    grounds.need_cores()
    by_ms = _by_task_ms(grounds)
    numbers = _named(by_ms)
    paid = [ms for ms, found in by_ms.items() if found.low > 1]
    lost = [ms for ms, found in by_ms.items() if found.high < 1]
    if lost and paid:
        longest, from_ = _boundary(by_ms, lost, paid, numbers)
        return Ruling(
            "holds only if",
            "a task is long enough to pay for its hand-over: in a pool of processes tasks of"
            f" {_task(longest)} were {formats.ratio_interval(by_ms[longest])} as fast as in a plain"
            f" loop; tasks {from_}.",
            numbers | {PAYS_FROM_S: min(ms for ms in paid if ms > longest) / 1000},
        )
    if len(paid) == len(by_ms):
        least = min(by_ms)
        return Ruling(
            "holds",
            f"All lengths of task tried gained from a pool of processes, from {_task(least)}"
            f" ({formats.ratio_interval(by_ms[least])} as fast) on.",
            numbers | {PAYS_FROM_S: least / 1000},
        )
    if len(lost) == len(by_ms):
        most = max(by_ms)
        sentence = (
            f"No length of task tried gained from a pool of processes, up to {_task(most)}"
            f" ({formats.ratio_interval(by_ms[most])} as fast)."
        )
        grounds.need_parallelism("task-size", sentence, numbers)
        return Ruling("does not hold", sentence, numbers)
    raise Undecided(
        f"of {formats.plural(len(by_ms), 'length')} of a task the pool certainly made {len(paid)}"
        f" faster and {len(lost)} slower",
        numbers,
    )


def _large(grounds: Grounds) -> Case:
    """Return the case of as many processes as cores that are open and have long tasks."""
    return grounds.case("cpu-bound", model="processes", workers=grounds.whole_cores, pool="warm")


def _chunk_ms(grounds: Grounds) -> float:
    """Return how long a task of that case is."""
    large = _large(grounds)
    alone = next(one for one in grounds.cases("cpu-bound") if one.id == large.against)
    return grounds.cost("cpu-bound", alone).value * 1000


def _by_task_ms(grounds: Grounds) -> dict[float, Estimate]:
    """Return the speed-up of a pool of processes at each length of a task, in order."""
    cases = grounds.cases("task-size", model="processes", payload_bytes=0)
    found = {
        parameter(case, "task_ms"): grounds.speedup("task-size", case, comparisons=len(cases) + 1)
        for case in cases
    }
    found[_chunk_ms(grounds)] = grounds.speedup(
        "cpu-bound", _large(grounds), comparisons=len(cases) + 1
    )
    return {
        ms: need_rounds(speedup, f"the speed-up of tasks of {_task(ms)}")
        for ms, speedup in sorted(found.items())
    }


def _boundary(
    lengths: Collection[float],
    below: Collection[float],
    beyond: Collection[float],
    numbers: Numbers,
) -> tuple[float, str]:
    """Return the longest task that is too short, and from where on tasks are long enough.

    Raises :class:`Undecided` where longer ones are too short than some that are long enough.
    """
    longest = max(below)
    enough = [ms for ms in beyond if ms > longest]
    if not enough or min(beyond) < longest:
        raise Undecided(
            f"tasks of {_task(longest)} were too short, and no longer ones were long enough for"
            " certain",
            numbers,
        )
    perhaps, certain = min(ms for ms in {*lengths, *enough} if ms > longest), min(enough)
    if perhaps == certain:
        return longest, f"of {_task(certain)} and longer ones are long enough"
    return (
        longest,
        f"may be long enough from {_task(perhaps)} on, and certainly are from {_task(certain)}",
    )


def _named(by_ms: dict[float, Estimate]) -> Numbers:
    return {f"speed-up with tasks of {_task(ms)}": found for ms, found in by_ms.items()}


def _pages(grounds: Grounds) -> str:
    """Say what a forked child owns of the memory that it shows, where that was measured."""
    inherited = grounds.cases_if_any("shared-memory", form="inherited")
    if not inherited:
        return ""
    try:
        own, rss = (
            grounds.typical("shared-memory", inherited[0], counted(name))
            for name in ("uss_bytes", "rss_bytes")
        )
    except NotTested:
        return ""  # only Linux says how pages are shared
    if own.value >= rss.value:
        return ""
    return (
        f" A forked child that shows {formats.size(rss)} has {formats.size(own)} to itself; the"
        " rest are pages that it shares with its parent until one of the two writes."
    )


def _task(ms: float) -> str:
    return formats.tick_seconds(ms / 1000)
