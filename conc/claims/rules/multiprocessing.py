"""Multiprocessing: the rules of its claims."""

from collections.abc import Iterable

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import (
    Grounds,
    NotTested,
    Numbers,
    Undecided,
    above,
    need_rounds,
    parameter,
)
from conc.records import Estimate
from conc.results.estimates import inverse, quotient
from conc.results.quantities import counted

EFFICIENT = 0.8
"""From this share of the cores that the yardstick used, the cores count as used."""

DEARER = 10.0
"""From this ratio on a process's hand-over is a different order of cost than a thread's."""


def uses_all_cores(grounds: Grounds) -> Ruling:
    """C13: processes use all cores, where a task is long enough to pay for its hand-over.

    That is asked of their CPU time: whatever slows a core down slows them as it does others.
    """
    cores = grounds.need_cores()
    given = grounds.parallelism()
    large = grounds.case("cpu-bound", model="processes", workers=cores, pool="warm")
    speedup = grounds.speedup("cpu-bound", large)
    busy = grounds.cores_in_use("cpu-bound", large)
    most = grounds.cores_in_use("cpu-bound", grounds.yardstick())
    used = quotient(busy, most)
    numbers: Numbers = {
        "speed-up": speedup,
        "cores in use": busy,
        "cores in use by independent processes": most,
        "share of them used": used,
    }
    sentence = (
        f"{cores} processes kept {formats.plain_interval(busy)} cores busy and were"
        f" {formats.ratio_interval(speedup)} as fast as one, where independent processes kept"
        f" {formats.number(most.value)} busy"
    )
    if not above(used, EFFICIENT, "the share of the cores that processes used"):
        return Ruling("does not hold", f"{sentence}.", numbers)
    by_ms = _by_task_ms(grounds)
    numbers |= _named(by_ms)
    enough = EFFICIENT * given.value
    efficient = [ms for ms, found in by_ms.items() if found.low > enough]
    wasteful = [ms for ms, found in by_ms.items() if found.high < enough]
    if not wasteful:
        return Ruling("holds", f"{sentence}.", numbers)
    shortest = _boundary(wasteful, efficient, numbers)
    return Ruling(
        "holds only if",
        f"a task is long enough: {sentence}, but with tasks of {_task(max(wasteful))} they were"
        f" {formats.ratio(by_ms[max(wasteful)].value)} as fast; tasks of {_task(shortest)} were"
        " long enough.",
        numbers | {"shortest efficient task, ms": shortest},
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
        f"Handing a call to a process took {formats.seconds(times['processes'].value)}, to a thread"
        f" {formats.seconds(times['threads'].value)}: {formats.ratio_interval(dearer)} as long"
    )
    if not above(dearer, 1.0, "the time to hand over to a process against a thread"):
        return Ruling("does not hold", f"{sentence}.", numbers)
    slight = ", which is more than slightly" if dearer.low > DEARER else ""
    return Ruling("holds", f"{sentence}{slight}.", numbers)


def perfect_for_cpu(grounds: Grounds) -> Ruling:
    """C16: processes pay for CPU-bound work beyond a break-even length of a task."""
    grounds.parallelism()
    by_ms = _by_task_ms(grounds)
    numbers = _named(by_ms)
    paid = [ms for ms, found in by_ms.items() if found.low > 1]
    lost = [ms for ms, found in by_ms.items() if found.high < 1]
    if lost and paid:
        shortest = _boundary(lost, paid, numbers)
        return Ruling(
            "holds only if",
            "a task is long enough to pay for its hand-over: in a pool of processes tasks of"
            f" {_task(max(lost))} were {formats.ratio_interval(by_ms[max(lost)])} as fast as in a"
            f" plain loop, tasks of {_task(shortest)} {formats.ratio_interval(by_ms[shortest])}.",
            numbers | {"shortest task that pays, ms": shortest},
        )
    if len(paid) == len(by_ms):
        least = min(by_ms)
        return Ruling(
            "holds",
            f"All lengths of task tried gained from a pool of processes, from {_task(least)}"
            f" ({formats.ratio_interval(by_ms[least])} as fast) on.",
            numbers,
        )
    if len(lost) == len(by_ms):
        most = max(by_ms)
        return Ruling(
            "does not hold",
            f"No length of task tried gained from a pool of processes, up to {_task(most)}"
            f" ({formats.ratio_interval(by_ms[most])} as fast).",
            numbers,
        )
    raise Undecided(
        f"of {formats.plural(len(by_ms), 'length')} of task {len(paid)} gained for certain and"
        f" {len(lost)} lost for certain",
        numbers,
    )


def _by_task_ms(grounds: Grounds) -> dict[float, Estimate]:
    """Return the speed-up of a pool of processes at each length of a task."""
    cases = grounds.cases("task-size", model="processes", payload_bytes=0)
    found = {
        parameter(case, "task_ms"): grounds.speedup("task-size", case, comparisons=len(cases))
        for case in cases
    }
    for ms, speedup in found.items():
        need_rounds(speedup, f"the speed-up of tasks of {_task(ms)}")
    return dict(sorted(found.items()))


def _boundary(below: Iterable[float], beyond: Iterable[float], numbers: Numbers) -> float:
    """Return the least of ``beyond``; raise :class:`Undecided` where it is not past ``below``."""
    longest, shortest = max(below), min(beyond, default=0.0)
    if longest < shortest:
        return shortest
    raise Undecided(
        f"tasks of {_task(longest)} were too short, and no longer ones were long enough for"
        " certain",
        numbers,
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
            grounds.typical("shared-memory", inherited[0], counted(name)).value
            for name in ("uss_bytes", "rss_bytes")
        )
    except NotTested:
        return ""  # only Linux says how pages are shared
    if own >= rss:
        return ""
    return (
        f" A forked child that shows {formats.size(rss)} has {formats.size(own)} to itself; the"
        " rest are pages that it shares with its parent until one of the two writes."
    )


def _task(ms: float) -> str:
    return formats.tick_seconds(ms / 1000)
