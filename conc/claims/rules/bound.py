"""CPU-bound and I/O-bound: claims C1 to C4."""

from conc import formats
from conc.claims.claim import Finding
from conc.claims.evidence import Evidence, Undecided, above, inverse, slope
from conc.records import Estimate

ALL_CPU = 0.95
"""CPU time over wall time from here on: the work never waits."""

MEMORY_COUNTS = 1.2
"""From this ratio on, where the numbers lie in memory decides more than what is computed."""

SLOPE_LOW, SLOPE_HIGH = 0.9, 1.1
MOST_CPU_WHILE_WAITING = 0.2

FAST_MS, SLOW_MS = 20, 100

OPINION = "That most programs are CPU-bound is an opinion and was not tested."
NO_CLOCK = "The clock itself was not changed."


def cpu_time_decides(evidence: Evidence) -> Finding:
    """C1: the clock decides, unless the CPU waits for memory."""
    busy = _cpu_share(evidence, order="in order", size="small")
    scattered = _scattered(evidence)
    numbers = {"CPU share": busy, "scattered against in order": scattered}
    used = f"the sum of a short list used a CPU {formats.share(busy.value)} of its time"
    if not above(busy, ALL_CPU, "the CPU share of a sum"):
        return Finding("does not hold", f"{used} only.", numbers)
    if above(scattered, MEMORY_COUNTS, "the cost of numbers that lie scattered"):
        return Finding(
            "holds only if",
            f"the data is near: {used}, but at the same clock the sum of a long list took"
            f" {formats.ratio_interval(scattered)} as long when its numbers lay scattered in"
            f" memory. {NO_CLOCK}",
            numbers,
        )
    return Finding(
        "holds",
        f"{used}, and where the numbers of a long list lay in memory hardly mattered:"
        f" scattered they took {formats.ratio_interval(scattered)} as long. {NO_CLOCK}",
        numbers,
    )


def a_sum_is_cpu_bound(evidence: Evidence) -> Finding:
    """C2: the example; that most programs are CPU-bound is an opinion and stays untested."""
    busy = _cpu_share(evidence, order="shuffled", size="large")
    scattered = _scattered(evidence)
    numbers = {"CPU share": busy, "scattered against in order": scattered}
    used = f"the sum of a long list used a CPU {formats.share(busy.value)} of its time"
    if not above(busy, ALL_CPU, "the CPU share of a sum over scattered numbers"):
        return Finding("does not hold", f"{used} only. {OPINION}", numbers)
    if above(scattered, MEMORY_COUNTS, "the cost of numbers that lie scattered"):
        return Finding(
            "holds only if",
            f"the numbers lie in order: scattered in memory they took"
            f" {formats.ratio_interval(scattered)} as long, most of it waiting for memory, although"
            f" {used}. {OPINION}",
            numbers,
        )
    return Finding(
        "holds",
        f"{used}, and scattered numbers took {formats.ratio_interval(scattered)} as long"
        f" as those in order. {OPINION}",
        numbers,
    )


def waiting_decides(evidence: Evidence) -> Finding:
    """C3: the time of I/O-bound work follows the latency one to one and uses little CPU."""
    fast, slow = (
        evidence.case("io-bound", model="sequential", latency_ms=latency)
        for latency in (FAST_MS, SLOW_MS)
    )
    rise = slope(
        evidence.cost("io-bound", fast),
        evidence.cost("io-bound", slow),
        (SLOW_MS - FAST_MS) / 1000,
    )
    busy = evidence.cpu_share("io-bound", fast)
    numbers = {"seconds a request per second of latency": rise, "CPU share at 20 ms": busy}
    what = "the time that a second of latency adds to a request"
    follows = above(rise, SLOPE_LOW, what) and not above(rise, SLOPE_HIGH, what)
    idle = not above(busy, MOST_CPU_WHILE_WAITING, f"the CPU share at {FAST_MS} ms")
    sentence = (
        f"each second of latency added {formats.number(rise.value)} s"
        f" ({formats.number(rise.low)}–{formats.number(rise.high)}) to a request, and at"
        f" {FAST_MS} ms the client used a CPU {formats.share(busy.value)} of the time"
    )
    if follows and idle:
        return Finding("holds", sentence, numbers)
    if follows:
        return Finding("holds only if", f"the client costs little: {sentence}.", numbers)
    evidence.need_quiet("io-bound", [fast, slow])
    return Finding("does not hold", sentence, numbers)


def memory_is_io(evidence: Evidence) -> Finding:
    """C4: waiting for memory is CPU time to the operating system, so nothing can overlap it."""
    busy = _cpu_share(evidence, order="shuffled", size="large")
    scattered = _scattered(evidence)
    numbers = {"CPU share": busy, "scattered against in order": scattered}
    if not above(scattered, MEMORY_COUNTS, "the cost of numbers that lie scattered"):
        raise Undecided(
            f"scattered numbers took {formats.ratio_interval(scattered)} as long as those in order,"
            " so there was no wait for memory to look at",
            numbers,
        )
    slowed = f"A sum that took {formats.ratio_interval(scattered)} as long because of memory"
    if above(busy, ALL_CPU, "the CPU share of a sum that waits for memory"):
        return Finding(
            "does not hold",
            f"{slowed} still counted as {formats.share(busy.value)} CPU time: the system gives that"
            " wait to no other thread, as it does a wait for a disk or a network.",
            numbers,
        )
    return Finding(
        "holds", f"{slowed} used a CPU {formats.share(busy.value)} of its time only.", numbers
    )


def _cpu_share(evidence: Evidence, *, order: str, size: str) -> Estimate:
    case = evidence.case("memory-bound", order=order, size=size)
    evidence.need_quiet("memory-bound", [case])
    return evidence.cpu_share("memory-bound", case)


def _scattered(evidence: Evidence) -> Estimate:
    """Return how many times as long the sum over scattered numbers took as the one in order."""
    in_order = evidence.case("memory-bound", order="in order", size="large")
    shuffled = evidence.case("memory-bound", order="shuffled", size="large")
    return inverse(evidence.ratio("memory-bound", shuffled, than=in_order))
