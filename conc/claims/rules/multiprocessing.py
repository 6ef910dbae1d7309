"""Multiprocessing: claims C13 to C16."""

from conc import formats
from conc.claims.claim import Finding
from conc.claims.evidence import Evidence, NotTested, Undecided, above, quotient
from conc.records import Estimate

EFFICIENT = 0.8
"""From this share of the cores that the yardstick got, the cores count as used."""

DEARER = 10.0
"""From this ratio on a process's hand-over is a different order of cost than a thread's."""


def uses_all_cores(evidence: Evidence) -> Finding:
    """C13: processes use all cores, where a task is long enough to pay for its hand-over."""
    cores = evidence.need_cores()
    given = evidence.parallelism()
    large = evidence.case("cpu-bound", model="processes", workers=cores, pool="warm")
    speedup = evidence.speedup("cpu-bound", large)
    used = quotient(speedup, given)
    numbers: dict[str, Estimate | float] = {
        "speed-up": speedup,
        "cores that independent processes got": given,
        "share of them used": used,
    }
    if not above(used, EFFICIENT, "the share of the cores that processes used"):
        return Finding(
            "does not hold",
            f"{cores} processes reached {formats.ratio_interval(speedup)} where independent"
            f" processes got {formats.number(given.value)} cores.",
            numbers,
        )
    by_size = _by_task_size(evidence)
    numbers |= {f"speed-up at {_task(ms)} a task": found for ms, found in by_size.items()}
    efficient = [ms for ms, found in by_size.items() if found.low > EFFICIENT * given.value]
    wasteful = [ms for ms, found in by_size.items() if found.high < EFFICIENT * given.value]
    sentence = (
        f"{cores} processes reached {formats.ratio_interval(speedup)} where independent processes"
        f" got {formats.number(given.value)} cores"
    )
    if wasteful and efficient:
        return Finding(
            "holds only if",
            f"Holds only if a task is long enough: {sentence}; at {_task(max(wasteful))} a task"
            f" most of that was lost, from {_task(min(efficient))} on it was not.",
            numbers | {"shortest efficient task in ms": min(efficient)},
        )
    return Finding("holds", f"{sentence}.", numbers)


def share_no_memory(evidence: Evidence) -> Finding:
    """C14: processes do not see each other's changes, unless memory is shared on purpose."""
    alone = evidence.case("shared-memory", form="global")
    seen = max(evidence.counted("shared-memory", alone, "parent_sees"))
    if seen:
        return Finding("does not hold", "The parent saw what a child wrote to a global.")
    on_purpose = evidence.cases("shared-memory", form="shared_memory")
    shared = bool(on_purpose) and min(
        evidence.counted("shared-memory", on_purpose[0], "parent_sees")
    )
    if not shared:
        return Finding("holds", "The parent saw nothing of what a child wrote to a global.")
    return Finding(
        "holds only if",
        "Holds only by default: the parent saw nothing of what a child wrote to a global, and all"
        f" of what it wrote to shared_memory.{_pages(evidence)}",
    )


def costs_overhead(evidence: Evidence) -> Finding:
    """C15: processes cost overhead; the article's word for it is slight."""
    process = _hand_over(evidence, "processes")
    thread = _hand_over(evidence, "threads")
    dearer = quotient(process, thread)
    numbers = {
        "hand-over to a process": process,
        "hand-over to a thread": thread,
        "process against thread": dearer,
    }
    sentence = (
        f"handing a call to a process took {formats.seconds(process.value)}, to a thread"
        f" {formats.seconds(thread.value)}: {formats.ratio(dearer.value)} as long"
    )
    if above(dearer, DEARER, "the hand-over to a process against a thread"):
        return Finding("holds", f"Holds, and “slightly” is too little said: {sentence}.", numbers)
    if above(dearer, 1.0, "the hand-over to a process against a thread"):
        return Finding("holds", f"Holds: {sentence}.", numbers)
    return Finding("does not hold", f"Does not hold: {sentence}.", numbers)


def perfect_for_cpu(evidence: Evidence) -> Finding:
    """C16: processes pay for CPU-bound work beyond a break-even length of a task."""
    evidence.need_cores()
    evidence.parallelism()
    by_size = _by_task_size(evidence)
    numbers = {f"speed-up at {_task(ms)} a task": found for ms, found in by_size.items()}
    paid = [ms for ms, found in by_size.items() if found.low > 1]
    lost = [ms for ms, found in by_size.items() if found.high < 1]
    if paid and lost:
        return Finding(
            "holds only if",
            f"Holds only beyond a break-even: tasks of {_task(max(lost))} were slower in a pool of"
            f" processes ({formats.ratio(by_size[max(lost)].value)}), tasks of"
            f" {_task(min(paid))} faster ({formats.ratio(by_size[min(paid)].value)}).",
            numbers | {"shortest task that pays in ms": min(paid)},
        )
    if len(paid) == len(by_size):
        return Finding(
            "holds", f"Every length of task tried was faster, from {_task(min(paid))} on.", numbers
        )
    if len(lost) == len(by_size):
        return Finding(
            "does not hold", f"No length of task up to {_task(max(lost))} was faster.", numbers
        )
    raise Undecided("no length of task lost, or none won, beyond its interval", numbers)


def _by_task_size(evidence: Evidence) -> dict[float, Estimate]:
    cases = evidence.cases("task-size", model="processes", payload_bytes=0)
    if not cases:
        raise NotTested("the experiment task-size has no sample of processes")
    return {
        float(case.parameters["task_ms"]): evidence.speedup(
            "task-size", case, comparisons=len(cases)
        )
        for case in cases
    }


def _hand_over(evidence: Evidence, model: str) -> Estimate:
    return evidence.cost("overhead", evidence.case("overhead", workload="hand_over", model=model, to="pool"))


def _pages(evidence: Evidence) -> str:
    inherited = evidence.cases("shared-memory", form="inherited")
    if not inherited:
        return ""
    try:
        pss = evidence.typical("shared-memory", inherited[0], "pss_bytes").value
        rss = evidence.typical("shared-memory", inherited[0], "rss_bytes").value
    except NotTested:
        return ""
    if pss >= rss:
        return ""
    return (
        f" A forked child that shows {formats.size(rss)} resident owns {formats.size(pss)} of it;"
        " the rest are its parent's pages, shared until one of them writes."
    )


def _task(ms: float) -> str:
    return formats.seconds(ms / 1000)
