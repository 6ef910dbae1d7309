"""Multiprocessing: the rules of its claims."""

from collections.abc import Collection
from dataclasses import dataclass, field

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
from conc.figures import Given, Known
from conc.records import Case, Estimate
from conc.results.estimates import inverse
from conc.results.quantities import CORES_IN_USE, counted

EFFICIENT = 0.8
"""From this share of the cores that the yardstick used, the cores count as used."""

SLIGHT = 2.0
"""Up to this ratio what a process's hand-over costs more than a thread's is slight."""


@dataclass(frozen=True, slots=True, order=True)
class Length:
    """How long a task is in seconds, and whether that was given or measured."""

    value: float
    quantity: str = field(compare=False)

    @classmethod
    def of(cls, known: Known) -> "Length":
        """Take a length as it is known."""
        return cls(known.value, known.quantity)


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
    numbers: Numbers = {
        "cores in use": busy,
        "cores that independent processes used": grounds.cores_in_use("cpu-bound", yardstick),
        "share of what independent processes used": used,
    }
    sentence = (
        f"{formats.count(Given(cores))} processes kept {formats.plain_interval(busy)} cores busy,"
        f" {formats.share_interval(used)} of what independent processes did"
    )
    if not above(used, EFFICIENT, "the share that processes used of what independent ones did"):
        grounds.need_parallelism("cpu-bound", sentence, numbers)
        return Ruling("does not hold", f"{sentence}.", numbers)
    if busy.low < LEAST_PARALLELISM:
        grounds.need_parallelism("cpu-bound", sentence, numbers)
    given = need_rounds(grounds.parallelism(), "how many cores’ worth independent processes got")
    by_length, chunk = _by_length(grounds), _chunk(grounds)
    numbers |= {"cores’ worth that independent processes got": given, **_named(by_length)}
    wasteful = [one for one, found in by_length.items() if found.high < EFFICIENT * given.low]
    if not wasteful:
        return Ruling("holds", f"{sentence}.", numbers)
    efficient = {one for one, found in by_length.items() if found.low > EFFICIENT * given.high}
    longest, _ = _boundary(by_length, wasteful, efficient | {chunk}, numbers)
    return Ruling(
        "holds only if",
        f"a task is long enough: with tasks of {formats.tick_seconds(chunk)}, {sentence}; with"
        f" tasks of {formats.tick_seconds(longest)} a pool of them was"
        f" {formats.ratio_interval(by_length[longest])} as fast as a plain loop.",
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
    by_length = _by_length(grounds)
    numbers = _named(by_length)
    paid = [one for one, found in by_length.items() if found.low > 1]
    lost = [one for one, found in by_length.items() if found.high < 1]
    if lost and paid:
        longest, from_ = _boundary(by_length, lost, paid, numbers)
        return Ruling(
            "holds only if",
            "a task is long enough to pay for its hand-over: in a pool of processes tasks of"
            f" {formats.tick_seconds(longest)} were {formats.ratio_interval(by_length[longest])}"
            f" as fast as in a plain loop; {from_}.",
            numbers | {PAYS_FROM_S: min(one for one in paid if one > longest).value},
        )
    if len(paid) == len(by_length):
        least = min(by_length)
        return Ruling(
            "holds",
            "All lengths of task tried gained from a pool of processes, from"
            f" {formats.tick_seconds(least)} ({formats.ratio_interval(by_length[least])} as fast)"
            " on.",
            numbers | {PAYS_FROM_S: least.value},
        )
    if len(lost) == len(by_length):
        most = max(by_length)
        sentence = (
            "No length of task tried gained from a pool of processes, up to"
            f" {formats.tick_seconds(most)} ({formats.ratio_interval(by_length[most])} as fast)."
        )
        grounds.need_parallelism("task-size", sentence, numbers)
        return Ruling("does not hold", sentence, numbers)
    tried, gained, slowed = (
        grounds.counted("task-size", f"lengths of a task {what}", len(found))
        for what, found in (("tried", by_length), ("that gain", paid), ("that lose", lost))
    )
    raise Undecided(
        f"of {formats.plural(tried, 'length')} of a task the pool certainly made"
        f" {formats.count(gained)} faster and {formats.count(slowed)} slower",
        numbers,
    )


def _large(grounds: Grounds) -> Case:
    """Return the case of as many processes as cores that are open and have long tasks."""
    return grounds.case("cpu-bound", model="processes", workers=grounds.whole_cores, pool="warm")


def _chunk(grounds: Grounds) -> Length:
    """Return how long a task of that case is."""
    large = _large(grounds)
    alone = next(one for one in grounds.cases("cpu-bound") if one.id == large.against)
    return Length.of(grounds.cost("cpu-bound", alone))


def _by_length(grounds: Grounds) -> dict[Length, Estimate]:
    """Return the speed-up of a pool of processes at each length of a task, in order."""
    cases = grounds.cases("task-size", model="processes", payload_bytes=0)
    found = {
        Length.of(Given(parameter(case, "task_ms") / 1000)): grounds.speedup(
            "task-size", case, comparisons=len(cases) + 1
        )
        for case in cases
    }
    found[_chunk(grounds)] = grounds.speedup(
        "cpu-bound", _large(grounds), comparisons=len(cases) + 1
    )
    return {
        one: need_rounds(speedup, f"the speed-up of tasks of {formats.tick_seconds(one)}")
        for one, speedup in sorted(found.items(), key=lambda of: of[0])
    }


def _boundary(
    lengths: Collection[Length],
    below: Collection[Length],
    beyond: Collection[Length],
    numbers: Numbers,
) -> tuple[Length, str]:
    """Return the longest task that is too short, and from where on tasks are long enough.

    Raises :class:`Undecided` where longer ones are too short than some that are long enough.
    """
    longest = max(below)
    enough = [one for one in beyond if one > longest]
    if beyond and min(beyond) < longest:
        shorter = formats.tick_seconds(min(beyond))
        raise Undecided(
            f"a pool gained enough with tasks of {shorter}, and too little with longer ones of"
            f" {formats.tick_seconds(longest)}",
            numbers,
        )
    if not enough:
        raise Undecided(
            f"tasks of {formats.tick_seconds(longest)} were too short, and no longer ones were long"
            " enough for certain",
            numbers,
        )
    perhaps, certain = min(one for one in {*lengths, *enough} if one > longest), min(enough)
    if perhaps == certain:
        return longest, f"tasks of {formats.tick_seconds(certain)} and more certainly pay"
    return longest, (
        f"they may pay from {formats.tick_seconds(perhaps)} on, and certainly do from"
        f" {formats.tick_seconds(certain)} on"
    )


def _named(by_length: dict[Length, Estimate]) -> Numbers:
    return {
        f"speed-up with tasks of {formats.tick_seconds(one)}": found
        for one, found in by_length.items()
    }


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
