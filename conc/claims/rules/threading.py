"""Threading: claims C17 to C24."""

from conc import formats
from conc.claims.claim import Finding
from conc.claims.evidence import Evidence, NotTested, Undecided, above, quotient
from conc.records import Estimate

OVERLAP = 0.8
LOCK_COSTS = 1.1
SLOPE_LOW, SLOPE_HIGH = 0.8, 1.2
PROTECTED = 1 / 3
LEVEL = 10
USUAL_HARDWARE_THREADS = 2


def waits_overlap(evidence: Evidence) -> Finding:
    """C17: threads wait at the same time."""
    case = evidence.case("io-bound", model="threads", workers=LEVEL, latency_ms=100)
    took = evidence.cost("io-bound", case)
    ideal = Estimate(
        value=0.1 / LEVEL, low=0.1 / LEVEL, high=0.1 / LEVEL, runs=took.runs, rounds=took.rounds
    )
    share = quotient(ideal, took)
    numbers = {"share of the ideal overlap": share}
    sentence = (
        f"{LEVEL} threads that each wait 100 ms a request reached {formats.share(share.value)} of"
        f" {LEVEL} waits at once"
    )
    if above(share, OVERLAP, "the share of the ideal overlap"):
        return Finding("holds", f"{sentence}.", numbers)
    return Finding("does not hold", f"{sentence} only.", numbers)


def locks_are_necessary(evidence: Evidence) -> Finding:
    """C18: unlocked updates get lost; where none was, that is no promise."""
    lost = {}
    for case in evidence.cases("lost-updates", fixed=False):
        form = str(case.parameters["form"])
        expected = sum(evidence.counted("lost-updates", case, "expected"))
        lost[form] = sum(evidence.counted("lost-updates", case, "lost")) / expected
    if not lost:
        raise NotTested("no form of update was tried")
    locked = _lost_under_a_lock(evidence)
    losing = {form: share for form, share in lost.items() if share > 0}
    keeping = sorted(form for form, share in lost.items() if not share)
    if not losing:
        raise Undecided(
            f"none of {len(lost)} forms lost an update in these runs, which is an accident of this"
            " interpreter and no promise",
            lost,
        )
    worst = max(losing, key=lambda form: losing[form])
    accident = (
        f" {', '.join(keeping)} lost none here: an accident of the implementation, no promise."
        if keeping
        else ""
    )
    return Finding(
        "holds",
        f"{len(losing)} of {len(lost)} forms of update lost some ({worst}:"
        f" {formats.share(losing[worst])}); under a lock {formats.count(locked)} were lost."
        f"{accident}",
        lost,
    )


def a_lock_admits_one(evidence: Evidence) -> Finding:
    """C19: under a lock nothing is lost, and the lock costs."""
    lost = _lost_under_a_lock(evidence)
    if lost:
        return Finding("does not hold", f"{formats.count(lost)} updates were lost under a lock.")
    bare = evidence.case("lock-price", workers=1, lock=False)
    locked = evidence.case("lock-price", workers=1, lock=True)
    slower = evidence.ratio("lock-price", bare, locked)
    cost = evidence.cost("lock-price", locked)
    numbers = {"update with a lock against one without": slower, "update with a lock, s": cost}
    sentence = (
        f"no update was lost under a lock, and an update took {formats.ratio_interval(slower)} as"
        f" long with one ({formats.seconds(cost.value)})"
    )
    if above(slower, LOCK_COSTS, "the price of a lock"):
        return Finding(
            "holds",
            f"Holds where every writer takes the lock: {sentence}.",
            numbers,
        )
    return Finding("does not hold", f"The lock added next to nothing: {sentence}.", numbers)


def two_threads_a_core(evidence: Evidence) -> Finding:
    """C20: hardware threads a core; the article says usually two."""
    threads = evidence.machine.threads_per_core
    if threads is None:
        raise NotTested("this system does not say how many hardware threads a core has")
    hidden = (
        " (a virtual machine need not show its host's)" if evidence.machine.virtualisation else ""
    )
    sentence = f"this machine shows {formats.plural(threads, 'hardware thread')} a core{hidden}"
    if threads == USUAL_HARDWARE_THREADS:
        return Finding("holds", f"Holds here: {sentence}.", {"hardware threads a core": threads})
    return Finding(
        "does not hold", f"Does not hold here: {sentence}.", {"hardware threads a core": threads}
    )


def far_more_threads_than_cores(evidence: Evidence) -> Finding:
    """C21: a process can hold far more threads than the machine has cores."""
    cases = evidence.cases("many-waiting", model="threads")
    if not cases:
        raise NotTested("no large number of threads was started")
    most = max(cases, key=lambda case: case.workers)
    started = min(evidence.counted("many-waiting", most, "started"))
    numbers = {"threads asked": most.workers, "threads started": started}
    sentence = (
        f"{formats.count(started)} of {formats.count(most.workers)} threads asked for waited at"
        f" once in one process on {formats.plural(evidence.machine.cores, 'logical CPU')}"
    )
    if started == most.workers:
        return Finding("holds", f"{sentence}.", numbers)
    if started > 10 * evidence.machine.cores:
        return Finding("holds only if", f"Holds up to a limit of the system: {sentence}.", numbers)
    return Finding("does not hold", f"{sentence}.", numbers)


def all_threads_are_pooled(evidence: Evidence) -> Finding:
    """C22: a thread needs no pool; the system's scheduler is none."""
    case = evidence.case("identities", model="threads")
    pools = max(evidence.counted("identities", case, "pools"))
    threads = min(evidence.counted("identities", case, "python_threads"))
    numbers = {"threads": threads, "pools": pools}
    if pools == 0 and threads > 0:
        return Finding(
            "does not hold",
            f"{formats.count(threads)} threads ran to their end without any pool: a pool is what"
            " concurrent.futures adds, and the operating system schedules threads, it keeps none.",
            numbers,
        )
    return Finding("holds", f"{formats.count(threads)} threads ran in a pool.", numbers)


def interrupted_at_any_time(evidence: Evidence) -> Finding:
    """C23: between Python threads the switch interval decides, not the operating system alone."""
    if not evidence.interpreter.gil:
        raise NotTested("this interpreter runs without the GIL, so no switch interval applies")
    medians = {
        float(case.parameters["interval_ms"]): evidence.typical_percentile(
            "switching", case, "run_length_s", 50
        )
        for case in evidence.cases("switching")
    }
    if len(medians) < 2:  # noqa: PLR2004 - a slope needs two points
        raise NotTested("fewer than two switch intervals were tried")
    short, long = min(medians), max(medians)
    gap = (long - short) / 1000
    slope = Estimate(
        value=(medians[long].value - medians[short].value) / gap,
        low=(medians[long].low - medians[short].high) / gap,
        high=(medians[long].high - medians[short].low) / gap,
        runs=medians[long].runs,
        rounds=min(medians[long].rounds, medians[short].rounds),
    )
    numbers = {"run length per switch interval": slope} | {
        f"run length at {formats.seconds(ms / 1000)}": found for ms, found in medians.items()
    }
    follows = above(slope, SLOPE_LOW, "the slope of run length over switch interval")
    beyond = above(slope, SLOPE_HIGH, "the slope of run length over switch interval")
    lengths = ", ".join(
        f"{formats.seconds(found.value)} at {formats.seconds(ms / 1000)}"
        for ms, found in sorted(medians.items())
    )
    if follows and not beyond:
        return Finding(
            "holds only if",
            "Holds for the operating system; but another Python thread gets its turn only when"
            " the GIL is handed over, and while bytecode runs that follows the switch interval:"
            f" runs of {lengths}.",
            numbers,
        )
    return Finding("holds", f"Run lengths did not follow the switch interval: {lengths}.", numbers)


def preemption_is_a_drawback(evidence: Evidence) -> Finding:
    """C24: being pre-empted also protects the others from one that hogs the CPU."""
    beside_thread = evidence.typical_percentile(
        "heartbeat", evidence.case("heartbeat", model="threads", hog="cpu"), "lateness_s", 99
    )
    beside_task = evidence.typical_percentile(
        "heartbeat", evidence.case("heartbeat", model="asyncio", hog="cpu"), "lateness_s", 99
    )
    relative = quotient(beside_thread, beside_task)
    numbers = {
        "lateness of a thread beside a hog, s": beside_thread,
        "lateness of a task beside the same hog, s": beside_task,
    }
    sentence = (
        f"beside the same CPU-bound hog a thread's heartbeat came at most"
        f" {formats.seconds(beside_thread.value)} late (99th percentile), a task's on an event"
        f" loop {formats.seconds(beside_task.value)}"
    )
    if above(relative, PROTECTED, "lateness of a thread against that of a task"):
        return Finding("holds", f"Pre-emption gave no protection: {sentence}.", numbers)
    return Finding(
        "holds only if",
        f"Holds only if every part of the program cooperates; else it protects: {sentence}.",
        numbers,
    )


def _lost_under_a_lock(evidence: Evidence) -> float:
    cases = evidence.cases("lost-updates", fixed=True)
    if not cases:
        raise NotTested("no update under a lock was tried")
    return sum(sum(evidence.counted("lost-updates", case, "lost")) for case in cases)
