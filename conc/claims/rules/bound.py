"""CPU-bound and I/O-bound: claims C1 to C4."""

from conc import formats
from conc.claims.claim import Finding
from conc.claims.evidence import Evidence, Undecided, above
from conc.records import Case, Estimate

ALL_CPU = 0.95
"""CPU time over wall time from here on: the work never waits."""

MEMORY_COUNTS = 1.2
"""From this ratio on, where the numbers lie in memory decides more than what is computed."""

SLOPE_LOW, SLOPE_HIGH = 0.9, 1.1
MOST_CPU_WHILE_WAITING = 0.2


def cpu_time_decides(evidence: Evidence) -> Finding:
    """C1: the clock decides, unless the CPU waits for memory."""
    small = evidence.case("memory-bound", order="in order", size="small")
    busy = _cpu_share(evidence, small)
    scattered = _scattered(evidence)
    numbers = {"CPU share": busy, "scattered against in order": scattered}
    if not above(busy, ALL_CPU, "the CPU share of the sum"):
        return Finding(
            "does not hold",
            f"The sum used a CPU for only {formats.share(busy.value)} of its time.",
            numbers,
        )
    if above(scattered, MEMORY_COUNTS, "the cost of scattered memory"):
        return Finding(
            "holds only if",
            f"Holds only if the data is near: the sum used a CPU {formats.share(busy.value)} of"
            f" its time, yet the same sum over numbers scattered in memory took"
            f" {formats.ratio_interval(scattered)} as long at the same clock.",
            numbers,
        )
    return Finding(
        "holds",
        f"The sum used a CPU {formats.share(busy.value)} of its time, and where its numbers lay"
        f" in memory changed that time by {formats.ratio_interval(scattered)} only.",
        numbers,
    )


def a_sum_is_cpu_bound(evidence: Evidence) -> Finding:
    """C2: the example; that most programs are CPU-bound is an opinion and stays untested."""
    large = evidence.case("memory-bound", order="shuffled", size="large")
    busy = _cpu_share(evidence, large)
    scattered = _scattered(evidence)
    numbers = {"CPU share": busy, "scattered against in order": scattered}
    if not above(busy, ALL_CPU, "the CPU share of the large sum"):
        return Finding(
            "does not hold",
            f"Summing a large list used a CPU for only {formats.share(busy.value)} of its time.",
            numbers,
        )
    if above(scattered, MEMORY_COUNTS, "the cost of scattered memory"):
        return Finding(
            "holds only if",
            "By CPU time the sum of a list is CPU-bound"
            f" ({formats.share(busy.value)}), but only if its numbers lie in order: scattered they"
            f" took {formats.ratio_interval(scattered)} as long, waiting for memory. That most"
            " programs are CPU-bound is an opinion and is not tested.",
            numbers,
        )
    return Finding(
        "holds",
        f"Summing a list used a CPU {formats.share(busy.value)} of its time, however its numbers"
        " lay in memory. That most programs are CPU-bound is an opinion and is not tested.",
        numbers,
    )


def waiting_decides(evidence: Evidence) -> Finding:
    """C3: the time of I/O-bound work follows the latency one to one and uses little CPU."""
    fast, slow = (
        evidence.case("io-bound", model="sequential", latency_ms=latency) for latency in (20, 100)
    )
    slope = _slope(evidence.cost("io-bound", fast), evidence.cost("io-bound", slow), 0.080)
    busy = evidence.cpu_share("io-bound", fast)
    numbers = {"seconds a request per second of latency": slope, "CPU share at 20 ms": busy}
    follows = above(slope, SLOPE_LOW, "the slope") and not above(slope, SLOPE_HIGH, "the slope")
    idle = not above(busy, MOST_CPU_WHILE_WAITING, "the CPU share at 20 ms")
    sentence = (
        f"Each second of latency added {formats.number(slope.value)} s to a request"
        f" ({formats.number(slope.low)}–{formats.number(slope.high)}), and at 20 ms the client"
        f" used a CPU for {formats.share(busy.value)} of the time"
    )
    if follows and idle:
        return Finding("holds", f"{sentence}.", numbers)
    if follows:
        return Finding("holds only if", f"{sentence}: the client's own cost counts too.", numbers)
    return Finding("does not hold", f"{sentence}.", numbers)


def memory_is_io(evidence: Evidence) -> Finding:
    """C4: waiting for memory is CPU time to the operating system, so nothing can overlap it."""
    large = evidence.case("memory-bound", order="shuffled", size="large")
    busy = _cpu_share(evidence, large)
    scattered = _scattered(evidence)
    numbers = {"CPU share": busy, "scattered against in order": scattered}
    if above(busy, ALL_CPU, "the CPU share of a sum that waits for memory"):
        return Finding(
            "does not hold",
            f"A sum slowed {formats.ratio_interval(scattered)} by memory still counts as"
            f" {formats.share(busy.value)} CPU time: no other thread can use that wait, as it"
            " could for a disk or a network.",
            numbers,
        )
    return Finding(
        "holds",
        f"A sum that waits for memory used a CPU for only {formats.share(busy.value)} of its time.",
        numbers,
    )


def _cpu_share(evidence: Evidence, case: Case) -> Estimate:
    evidence.need_quiet("memory-bound", [case])
    return evidence.cpu_share("memory-bound", case)


def _scattered(evidence: Evidence) -> Estimate:
    """Return how many times as long the shuffled sum took as the one in order."""
    in_order = evidence.case("memory-bound", order="in order", size="large")
    shuffled = evidence.case("memory-bound", order="shuffled", size="large")
    if shuffled.against != in_order.id:
        raise Undecided("the shuffled sum was not paired with the one in order")
    faster = evidence.speedup("memory-bound", shuffled)
    return Estimate(
        value=1 / faster.value,
        low=1 / faster.high,
        high=1 / faster.low,
        runs=faster.runs,
        rounds=faster.rounds,
    )


def _slope(fast: Estimate, slow: Estimate, difference_s: float) -> Estimate:
    """Return the seconds of wall time a second of latency adds.

    The two were not measured in the same rounds, so the ends of their intervals are set against
    each other: wider than need be, never too narrow.
    """
    return Estimate(
        value=(slow.value - fast.value) / difference_s,
        low=(slow.low - fast.high) / difference_s,
        high=(slow.high - fast.low) / difference_s,
        runs=min(fast.runs, slow.runs),
        rounds=min(fast.rounds, slow.rounds),
    )
