"""AsyncIO: claims C25 to C30."""

from conc import formats
from conc.claims.claim import Finding
from conc.claims.evidence import Evidence, NotTested, Undecided, above, quotient
from conc.records import Case, Estimate

OVERLAP = 0.8
FASTER, SLOWER = 1.10, 0.90
SELECTOR_HELPS = 5.0
POLLS = 1.0
BLOCKED = 0.9
LEVEL = 10


def one_thread_overlaps_waits(evidence: Evidence) -> Finding:
    """C25: tasks on one thread wait at the same time."""
    case = evidence.case("io-bound", model="asyncio", workers=LEVEL, latency_ms=100)
    took = evidence.cost("io-bound", case)
    ideal = Estimate(
        value=0.1 / LEVEL, low=0.1 / LEVEL, high=0.1 / LEVEL, runs=took.runs, rounds=took.rounds
    )
    share = quotient(ideal, took)
    threads = _threads(evidence)
    numbers: dict[str, Estimate | float] = {
        "share of the ideal overlap": share,
        "threads": threads,
    }
    sentence = (
        f"{LEVEL} tasks that each wait 100 ms a request reached {formats.share(share.value)} of"
        f" {LEVEL} waits at once, on {formats.plural(int(threads), 'thread')}"
    )
    overlapped = above(share, OVERLAP, "the share of the ideal overlap")
    if overlapped and threads == 1:
        return Finding("holds", f"{sentence}.", numbers)
    return Finding("does not hold", f"{sentence}.", numbers)


def faster_than_threads(evidence: Evidence) -> Finding:
    """C26: at equal terms, over the grid of latency, concurrency level and client."""
    cells = _cells(evidence)
    numbers: dict[str, Estimate | float] = {_cell(case): found for case, found in cells}
    faster = [cell for cell in cells if cell[1].low > FASTER]
    level = [cell for cell in cells if _inside(cell[1])]
    slower = [cell for cell in cells if cell[1].high < SLOWER]
    unclear = len(cells) - len(faster) - len(level) - len(slower)
    if len(faster) == len(cells):
        least = min(faster, key=lambda cell: cell[1].value)
        return Finding(
            "holds",
            f"asyncio was faster in all {len(cells)} cells, by {formats.ratio_interval(least[1])}"
            f" at least ({_cell(least[0])}).",
            numbers,
        )
    if faster and (level or slower):
        most = max(faster, key=lambda cell: cell[1].value)
        return Finding(
            "holds only if",
            f"Holds only in {len(faster)} of {len(cells)} cells of equal terms ("
            f"{'; '.join(_cell(case) for case, _ in faster)}), by up to"
            f" {formats.ratio_interval(most[1])}; in {len(level) + len(slower)} the two were level"
            " or threads were faster.",
            numbers,
        )
    if not faster and not unclear:
        most = max(cells, key=lambda cell: cell[1].value)
        return Finding(
            "does not hold",
            f"In none of {len(cells)} cells of equal terms was asyncio more than 10 % faster; at"
            f" best {formats.ratio_interval(most[1])} ({_cell(most[0])}).",
            numbers,
        )
    raise Undecided(
        f"in {unclear} of {len(cells)} cells the interval reaches across ±10 %", numbers
    )


def threads_can_not_know(evidence: Evidence) -> Finding:
    """C27: one thread with a selector knows which request was sent, without asyncio."""
    case = evidence.case("selector-loop", model="selector")
    speedup = evidence.speedup("selector-loop", case)
    threads = max(evidence.counted("selector-loop", case, "threads_used"))
    numbers: dict[str, Estimate | float] = {"speed-up": speedup, "threads": threads}
    sentence = (
        f"a plain thread with the selectors module kept {case.workers} requests in flight and was"
        f" {formats.ratio_interval(speedup)} as fast as one after the other, on"
        f" {formats.plural(int(threads), 'thread')}"
    )
    if above(speedup, SELECTOR_HELPS, "the speed-up of a selector loop") and threads == 1:
        return Finding("does not hold", f"Does not hold: {sentence}.", numbers)
    return Finding("holds", f"Holds here: {sentence}.", numbers)


def one_process_one_thread(evidence: Evidence) -> Finding:
    """C28: the loop itself is one thread of one process."""
    case = max(evidence.cases("idle-loop"), key=lambda c: c.parameters["tasks"], default=None)
    if case is None:
        raise NotTested("the experiment idle-loop has no sample")
    threads = max(evidence.counted("idle-loop", case, "threads"))
    processes = max(evidence.counted("idle-loop", case, "processes"))
    numbers = {"threads": threads, "processes": processes}
    sentence = (
        f"a loop with {formats.count(float(case.parameters['tasks']))} waiting tasks was"
        f" {formats.plural(int(processes), 'process').replace('processs', 'processes')} with"
        f" {formats.plural(int(threads), 'thread')}"
    )
    if threads == 1 and processes == 1:
        return Finding(
            "holds",
            f"Holds for the loop: {sentence}. to_thread, name look-ups and executors add threads.",
            numbers,
        )
    return Finding("does not hold", f"Does not hold: {sentence}.", numbers)


def the_loop_polls(evidence: Evidence) -> Finding:
    """C29: an idle loop sleeps until the operating system wakes it."""
    rates = {}
    for case in evidence.cases("idle-loop"):
        wakeups = sum(evidence.counted("idle-loop", case, "wakeups"))
        seconds = sum(evidence.counted("idle-loop", case, "seconds"))
        rates[float(case.parameters["tasks"])] = wakeups / seconds
    if not rates:
        raise NotTested("the experiment idle-loop has no sample")
    most = max(rates.values())
    tasks = formats.count(max(rates))
    numbers: dict[str, Estimate | float] = {
        f"wake-ups a second with {formats.count(count)} tasks": rate
        for count, rate in rates.items()
    }
    sentence = (
        f"with {tasks} tasks waiting the idle loop woke {formats.number(rates[max(rates)])} times"
        " a second"
    )
    if most < POLLS:
        return Finding(
            "does not hold",
            f"It measures nothing: {sentence}; the operating system wakes it when something is"
            " ready or a timer is due.",
            numbers,
        )
    return Finding("holds", f"Holds here: {sentence}.", numbers)


def tasks_must_cooperate(evidence: Evidence) -> Finding:
    """C30: while a task does not let go, no other runs."""
    worst = {}
    for hog in ("sleep", "cpu"):
        case = evidence.case("heartbeat", model="asyncio", hog=hog)
        late = evidence.typical_percentile("heartbeat", case, "lateness_s", 100)
        worst[hog] = quotient(late, evidence.typical("heartbeat", case, "block_s"))
    aside = evidence.cases("heartbeat", model="asyncio", hog="to_thread sleep")
    numbers: dict[str, Estimate | float] = {
        f"latest heartbeat behind {hog}, share of the block": share for hog, share in worst.items()
    }
    blocked = [above(share, BLOCKED, "the latest heartbeat") for share in worst.values()]
    sentence = (
        "a heartbeat came late by"
        f" {formats.share(worst['sleep'].value)} of a blocking sleep and"
        f" {formats.share(worst['cpu'].value)} of a computation in another task"
    )
    if aside:
        late = evidence.typical_percentile("heartbeat", aside[0], "lateness_s", 100)
        numbers["latest heartbeat with to_thread, s"] = late
        sentence += f"; moved aside with to_thread, by {formats.seconds(late.value)}"
    if all(blocked):
        return Finding("holds", f"Holds: {sentence}.", numbers)
    return Finding("does not hold", f"Does not hold: {sentence}.", numbers)


def _threads(evidence: Evidence) -> float:
    case = max(evidence.cases("idle-loop"), key=lambda c: c.parameters["tasks"], default=None)
    if case is None:
        raise NotTested("the threads of an event loop were not counted")
    return max(evidence.counted("idle-loop", case, "threads"))


def _cells(evidence: Evidence) -> list[tuple[Case, Estimate]]:
    cases = evidence.cases("equal-terms", model="asyncio")
    if not cases:
        raise NotTested("the experiment equal-terms has no sample of asyncio")
    return [(case, evidence.speedup("equal-terms", case, comparisons=len(cases))) for case in cases]


def _inside(found: Estimate) -> bool:
    return found.low > SLOWER and found.high < FASTER


def _cell(case: Case) -> str:
    parameters = case.parameters
    return f"{parameters['client']}, {parameters['latency_ms']} ms, {case.workers} in flight"
