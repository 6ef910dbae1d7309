"""AsyncIO: claims C25 to C30."""

import math

from conc import formats
from conc.claims.claim import Finding
from conc.claims.evidence import (
    Evidence,
    Numbers,
    Undecided,
    above,
    counted,
    need_rounds,
    parameter,
    percentile_of,
    share_of,
)
from conc.claims.rules.shared import (
    FASTER,
    cell,
    equal_terms,
    in_flight,
    latency,
    overlap,
    together,
)
from conc.records import Case

SELECTOR_HELPS = 5.0
"""Ten requests in flight that are at least so many times as fast as one after the other."""

POLLS = 10.0
"""An idle loop that wakes up at least so often a second is looking, not waiting."""

NORMAL = 1.96
"""A count of n is this many times the square root of n away from what it stands for, at most."""

BLOCKED = 0.9
"""A beat that came late by this share of a block was stopped by it."""


def one_thread_overlaps_waits(evidence: Evidence) -> Finding:
    """C25: tasks on one thread wait at the same time."""
    overlapped = overlap(evidence, "asyncio", "tasks")
    threads = max(evidence.each("idle-loop", _fullest(evidence), counted("threads")))
    on = f"{overlapped.sentence}, on {formats.plural(int(threads), 'thread')}"
    numbers = {**overlapped.numbers, "threads of an event loop": threads}
    return Finding(overlapped.outcome if threads == 1 else "does not hold", on, numbers)


def faster_than_threads(evidence: Evidence) -> Finding:
    """C26: at equal terms, for each concurrency level and each latency over all other terms.

    A single cell counts where it is certain by itself; its interval, one of many, is wide.
    """
    cells = equal_terms(evidence)
    terms = together(evidence, cells, in_flight, latency)
    for case, found in cells:
        need_rounds(found, f"the cell {cell(case)}")
    every = {**terms, **{cell(case): found for case, found in cells}}
    numbers: Numbers = {**every}
    faster = {name: found for name, found in every.items() if found.low > FASTER}
    not_faster = {name: found for name, found in every.items() if found.high < FASTER}
    tested = f"over {len(cells)} cells of latency, concurrency level and client"
    if faster and not_faster:
        name, found = next(iter(faster.items()))
        other, least = min(not_faster.items(), key=lambda one: one[1].value)
        return Finding(
            "holds only if",
            f"the terms are right, here {name}: {tested} asyncio was"
            f" {formats.ratio_interval(found)} as fast as threads there, and"
            f" {formats.ratio_interval(least)} at {other}.",
            numbers,
        )
    if terms.keys() <= faster.keys():
        name, least = min(terms.items(), key=lambda one: one[1].value)
        return Finding(
            "holds",
            f"At every latency and concurrency level, {tested}, asyncio was more than 10 % faster"
            f" than threads, {formats.ratio_interval(least)} as fast at {name}.",
            numbers,
        )
    name, most = max(terms.items(), key=lambda one: one[1].value)
    if terms.keys() <= not_faster.keys():
        return Finding(
            "does not hold",
            f"At no latency and no concurrency level, {tested}, was asyncio more than 10 % faster"
            f" than threads; at best it was {formats.ratio_interval(most)} as fast, at {name}.",
            numbers,
        )
    raise Undecided(
        f"{tested} asyncio was {formats.ratio_interval(most)} as fast as threads at {name}, which"
        " does not tell whether it was more than 10 % faster",
        numbers,
    )


def threads_can_not_know(evidence: Evidence) -> Finding:
    """C27: one thread with a selector knows which request was sent, without asyncio."""
    case = evidence.case("selector-loop", model="selector")
    speedup = evidence.speedup("selector-loop", case)
    threads = max(evidence.each("selector-loop", case, counted("threads_used")))
    numbers: Numbers = {"speed-up": speedup, "threads": threads}
    sentence = (
        f"A plain loop with the selectors module, on {formats.plural(int(threads), 'thread')} and"
        f" without asyncio, had {case.workers} requests in flight and was"
        f" {formats.ratio_interval(speedup)} as fast as one request after the other."
    )
    if above(speedup, SELECTOR_HELPS, "the speed-up of a selector loop") and threads == 1:
        return Finding("does not hold", sentence, numbers)
    evidence.need_quiet("selector-loop", evidence.cases("selector-loop"))
    return Finding("holds", sentence, numbers)


def one_process_one_thread(evidence: Evidence) -> Finding:
    """C28: the loop itself is one thread of one process."""
    case = _fullest(evidence)
    threads = int(max(evidence.each("idle-loop", case, counted("threads"))))
    processes = int(max(evidence.each("idle-loop", case, counted("processes"))))
    numbers: Numbers = {"threads": threads, "processes": processes}
    sentence = (
        f"An event loop with {formats.plural(int(parameter(case, 'tasks')), 'waiting task')} was"
        f" {formats.plural(processes, 'process')} with {formats.plural(threads, 'thread')}"
    )
    if threads == processes == 1:
        return Finding(
            "holds", f"{sentence}; to_thread, name look-ups and executors add threads.", numbers
        )
    return Finding("does not hold", f"{sentence}.", numbers)


def the_loop_polls(evidence: Evidence) -> Finding:
    """C29: an idle loop sleeps until the operating system wakes it."""
    counts = {
        parameter(case, "tasks"): (
            sum(evidence.each("idle-loop", case, counted("wakeups"))),
            max(sum(evidence.each("idle-loop", case, counted("seconds"))), 1e-9),
        )
        for case in evidence.cases("idle-loop")
    }
    numbers: Numbers = {
        f"wake-ups a second with {formats.plural(int(tasks), 'waiting task')}": wakeups / seconds
        for tasks, (wakeups, seconds) in counts.items()
    }
    tasks, (wakeups, seconds) = max(counts.items(), key=lambda one: (one[1][0] / one[1][1], one[0]))
    sentence = (
        f"With {formats.plural(int(tasks), 'waiting task')} an idle event loop woke"
        f" {formats.number(wakeups / seconds)} times a second"
    )
    if wakeups + NORMAL * math.sqrt(wakeups + 1) + 1 < POLLS * seconds:
        return Finding(
            "does not hold",
            f"{sentence}: it measures nothing, the operating system wakes it when something is"
            " ready or a timer is due.",
            numbers,
        )
    if wakeups - NORMAL * math.sqrt(max(wakeups, 0)) > POLLS * seconds:
        return Finding("holds", f"{sentence}.", numbers)
    raise Undecided(f"{sentence}, near the {POLLS:g} of one that looks again and again", numbers)


def tasks_must_cooperate(evidence: Evidence) -> Finding:
    """C30: while a task does not let go, no other runs."""
    late = percentile_of("lateness_s", 100)
    behind = {
        hog: evidence.typical(
            "heartbeat",
            evidence.case("heartbeat", model="asyncio", hog=hog),
            share_of(late, counted("block_s")),
        )
        for hog in ("sleep", "cpu")
    }
    numbers: Numbers = {
        f"latest beat behind {hog}, share of the block": share for hog, share in behind.items()
    }
    sentence = (
        "The latest beat of one task was late by"
        f" {formats.share(behind['sleep'].value)} of the time that another slept without await, and"
        f" by {formats.share(behind['cpu'].value)} of the time that it computed"
    )
    for case in evidence.cases_if_any("heartbeat", model="asyncio", hog="to_thread sleep"):
        aside = evidence.typical("heartbeat", case, late)
        numbers["latest beat with to_thread, s"] = aside
        sentence += f"; with the sleep moved to a thread, by {formats.seconds(aside.value)}"
    what = "the latest beat behind a task that does not let go, as a share of the block,"
    blocked = [above(share, BLOCKED, what) for share in behind.values()]
    return Finding("holds" if all(blocked) else "does not hold", f"{sentence}.", numbers)


def _fullest(evidence: Evidence) -> Case:
    """Return the case of the event loop with the most waiting tasks."""
    return max(evidence.cases("idle-loop"), key=lambda case: parameter(case, "tasks"))
