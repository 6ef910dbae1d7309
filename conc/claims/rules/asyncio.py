"""AsyncIO: the rules of its claims."""

import math
from functools import partial

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
from conc.claims.rules.shared import FEW, MANY, at_end, cells, first_sufficient, overlap, terms
from conc.figures import Given
from conc.records import Case
from conc.results.differences import WORTH_IT
from conc.results.quantities import counted, percentile_of, share_of

GAIN = formats.share(Given(WORTH_IT - 1))

SELECTOR_HELPS = 5.0
"""Ten requests in flight that are at least so many times as fast as one after the other."""

POLLS = 10.0
"""An idle loop that wakes up at least so often a second is looking, not waiting."""

CORNERS = {
    "few requests in flight that wait long": (FEW, max),
    "many requests in flight that are answered soon": (MANY, min),
}
"""Where a client has least to do and where it has most: the concurrency levels, and which end of
the latencies."""

NORMAL = 1.96
"""A count of n is this many times the square root of n away from what it stands for, at most."""

THREADS = "most threads of an event loop"

BLOCKED = 0.9
"""A beat that came late by this share of a block was stopped by it."""


def one_thread_overlaps_waits(grounds: Grounds) -> Ruling:
    """C25: tasks on one thread wait at the same time."""
    overlapped = overlap(grounds, "asyncio", "tasks")
    threads = max(grounds.each("idle-loop", _fullest(grounds), counted("threads")))
    had = grounds.counted("idle-loop", THREADS, threads)
    on = f"{overlapped.sentence}, on {formats.plural(had, 'thread')}"
    numbers = {**overlapped.numbers, "threads of an event loop": threads}
    return Ruling(overlapped.outcome if threads == 1 else "does not hold", on, numbers)


def faster_than_threads(grounds: Grounds) -> Ruling:
    """C26: at equal terms, where a client has least to do, and where it has most.

    These two corners were fixed before anything was measured. A verdict needs both of them, so it
    is wrong only where one of them is, and neither interval is widened for the other.
    """
    groups = cells(grounds)
    found, experiments = {}, []
    for name, (levels, end) in CORNERS.items():
        compared = first_sufficient(grounds, groups, partial(at_end, levels=levels, end=end), 1)
        if compared is None:
            raise NotTested(f"threads and asyncio were not compared with {name}")
        experiments.append(compared[0][0].experiment)
        found[name] = (
            terms(compared[0]),
            need_rounds(compared[1], f"asyncio against threads, {name}"),
        )
    numbers: Numbers = {f"asyncio against threads, {where}": one for where, one in found.values()}
    said = formats.listed(
        [f"{formats.ratio_interval(one)} as fast with {where}" for where, one in found.values()]
    )
    sentence = f"compared with threads at equal terms, asyncio was {said}"
    for experiment in experiments:
        grounds.need_undisturbed(experiment, sentence, numbers)
    faster = [name for name, (_, one) in found.items() if one.low > WORTH_IT]
    not_faster = [name for name, (_, one) in found.items() if one.high < WORTH_IT]
    if len(faster) == len(found):
        return Ruling("holds", sentence, numbers)
    if len(not_faster) == len(found):
        return Ruling(
            "does not hold", f"{sentence}: in neither case more than {GAIN} faster.", numbers
        )
    if faster and not_faster:
        return Ruling("holds only if", f"there are {faster[0]}: {sentence}.", numbers)
    raise Undecided(f"{sentence}, and the line is {GAIN} faster", numbers)


def threads_can_not_know(grounds: Grounds) -> Ruling:
    """C27: one thread with a selector knows which request was sent, without asyncio."""
    case = grounds.case("selector-loop", model="selector")
    speedup = grounds.speedup("selector-loop", case)
    threads = max(grounds.each("selector-loop", case, counted("threads_used")))
    numbers: Numbers = {"speed-up": speedup, "threads": threads}
    had = grounds.counted("selector-loop", "most threads", threads)
    sentence = (
        f"A plain loop with the selectors module, on {formats.plural(had, 'thread')} and"
        f" without asyncio, had {formats.count(Given(case.workers))} requests in flight and was"
        f" {formats.ratio_interval(speedup)} as fast as one request after the other."
    )
    if above(speedup, SELECTOR_HELPS, "the speed-up of a selector loop") and threads == 1:
        return Ruling("does not hold", sentence, numbers)
    if threads == 1:
        grounds.need_undisturbed("selector-loop", sentence, numbers)
    return Ruling("holds", sentence, numbers)


def one_process_one_thread(grounds: Grounds) -> Ruling:
    """C28: the loop itself is one thread of one process."""
    case = _fullest(grounds)
    threads = int(max(grounds.each("idle-loop", case, counted("threads"))))
    processes = int(max(grounds.each("idle-loop", case, counted("processes"))))
    numbers: Numbers = {"threads": threads, "processes": processes}
    had = {
        "process": grounds.counted("idle-loop", "most processes of an event loop", processes),
        "thread": grounds.counted("idle-loop", THREADS, threads),
    }
    sentence = (
        f"An event loop with {formats.plural(Given(parameter(case, 'tasks')), 'waiting task')} was"
        f" {' with '.join(formats.plural(count, noun) for noun, count in had.items())}"
    )
    if threads == processes == 1:
        return Ruling(
            "holds", f"{sentence}; to_thread, name look-ups and executors add threads.", numbers
        )
    return Ruling("does not hold", f"{sentence}.", numbers)


def the_loop_polls(grounds: Grounds) -> Ruling:
    """C29: an idle loop sleeps until the operating system wakes it."""
    counts = {
        parameter(case, "tasks"): (
            sum(grounds.each("idle-loop", case, counted("wakeups"))),
            max(sum(grounds.each("idle-loop", case, counted("seconds"))), 1e-9),
        )
        for case in grounds.cases("idle-loop")
    }
    numbers: Numbers = {
        f"wake-ups a second with {formats.plural(int(tasks), 'waiting task')}": wakeups / seconds
        for tasks, (wakeups, seconds) in counts.items()
    }
    tasks, (wakeups, seconds) = max(counts.items(), key=lambda one: (one[1][0] / one[1][1], one[0]))
    what = f"wake-ups a second with {tasks:g} waiting"
    rate = grounds.of("idle-loop").counted(what, wakeups / seconds)
    sentence = (
        f"With {formats.plural(Given(tasks), 'waiting task')} an idle event loop woke"
        f" {formats.number(rate)} times a second"
    )
    if wakeups + NORMAL * math.sqrt(wakeups + 1) + 1 < POLLS * seconds:
        return Ruling(
            "does not hold",
            f"{sentence}: it measures nothing, the operating system wakes it when something is"
            " ready or a timer is due.",
            numbers,
        )
    if wakeups - NORMAL * math.sqrt(max(wakeups, 0)) > POLLS * seconds:
        return Ruling("holds", f"{sentence}.", numbers)
    raise Undecided(
        f"{sentence}, near the {formats.count(Given(POLLS))} of one that looks again and again",
        numbers,
    )


def tasks_must_cooperate(grounds: Grounds) -> Ruling:
    """C30: while a task does not let go, no other runs."""
    late = percentile_of("lateness_s", 100)
    behind = {
        hog: grounds.typical(
            "heartbeat",
            grounds.case("heartbeat", model="asyncio", hog=hog),
            share_of(late, counted("block_s")),
        )
        for hog in ("sleep", "cpu")
    }
    numbers: Numbers = {
        f"latest beat behind {hog}, share of the block": share for hog, share in behind.items()
    }
    sentence = (
        "The latest beat of one task was late by"
        f" {formats.share(behind['sleep'])} of the time that another slept without await, and"
        f" by {formats.share(behind['cpu'])} of the time that it computed"
    )
    for case in grounds.cases_if_any("heartbeat", model="asyncio", hog="to_thread sleep"):
        aside = grounds.typical("heartbeat", case, late)
        numbers["latest beat with to_thread, s"] = aside
        sentence += f"; with the sleep moved to a thread, by {formats.seconds(aside)}"
    what = "the latest beat behind a task that does not let go, as a share of the block,"
    blocked = [above(share, BLOCKED, what) for share in behind.values()]
    return Ruling("holds" if all(blocked) else "does not hold", f"{sentence}.", numbers)


def _fullest(grounds: Grounds) -> Case:
    """Return the case of the event loop with the most waiting tasks."""
    return max(grounds.cases("idle-loop"), key=lambda case: parameter(case, "tasks"))
