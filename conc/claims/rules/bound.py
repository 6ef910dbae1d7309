"""CPU-bound and I/O-bound: the rules of its claims."""

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import Grounds, Undecided, above
from conc.figures import Given
from conc.records import Estimate
from conc.results.estimates import inverse, slope

ALL_CPU = 0.95
"""CPU time over wall time from here on: the work never waits."""

MEMORY_COUNTS = 1.2
"""From this ratio on, where the numbers lie in memory decides more than what is computed."""

SLOPE_LOW, SLOPE_HIGH = 0.9, 1.1
MOST_CPU_WHILE_WAITING = 0.2

FAST_MS, SLOW_MS = 20, 100

OPINION = "That most programs are CPU-bound is an opinion and was not tested."
NO_CLOCK = "The clock itself was not changed."


def cpu_time_decides(grounds: Grounds) -> Ruling:
    """C1: the clock decides, unless the CPU waits for memory."""
    busy = _cpu_share(grounds, order="in order", size="small")
    scattered = _scattered(grounds)
    numbers = {"CPU share": busy, "scattered against in order": scattered}
    used = f"the sum of a short list used a CPU {formats.share(busy)} of its time"
    if not above(busy, ALL_CPU, "the CPU share of a sum"):
        return Ruling("does not hold", f"{used} only.", numbers)
    if above(scattered, MEMORY_COUNTS, "the cost of numbers that lie scattered"):
        return Ruling(
            "holds only if",
            f"the data is near: {used}, but at the same clock the sum of a long list took"
            f" {formats.ratio_interval(scattered)} as long when its numbers lay scattered in"
            f" memory. {NO_CLOCK}",
            numbers,
        )
    return Ruling(
        "holds",
        f"{used}, and where the numbers of a long list lay in memory hardly mattered:"
        f" scattered they took {formats.ratio_interval(scattered)} as long. {NO_CLOCK}",
        numbers,
    )


def a_sum_is_cpu_bound(grounds: Grounds) -> Ruling:
    """C2: the example; that most programs are CPU-bound is an opinion and stays untested."""
    busy = _cpu_share(grounds, order="shuffled", size="large")
    scattered = _scattered(grounds)
    numbers = {"CPU share": busy, "scattered against in order": scattered}
    used = f"the sum of a long list used a CPU {formats.share(busy)} of its time"
    if not above(busy, ALL_CPU, "the CPU share of a sum over scattered numbers"):
        return Ruling("does not hold", f"{used} only. {OPINION}", numbers)
    if above(scattered, MEMORY_COUNTS, "the cost of numbers that lie scattered"):
        return Ruling(
            "holds only if",
            f"the numbers lie in order: scattered in memory they took"
            f" {formats.ratio_interval(scattered)} as long, although {used}. {OPINION}",
            numbers,
        )
    return Ruling(
        "holds",
        f"{used}, and scattered numbers took {formats.ratio_interval(scattered)} as long"
        f" as those in order. {OPINION}",
        numbers,
    )


def waiting_decides(grounds: Grounds) -> Ruling:
    """C3: the time of I/O-bound work follows the latency one to one and uses little CPU."""
    fast, slow = (
        grounds.case("io-bound", model="sequential", latency_ms=latency)
        for latency in (FAST_MS, SLOW_MS)
    )
    rise = slope(
        grounds.cost("io-bound", fast),
        grounds.cost("io-bound", slow),
        (SLOW_MS - FAST_MS) / 1000,
    )
    busy = grounds.cores_in_use("io-bound", fast)
    numbers = {"seconds a request per second of latency": rise, "CPU share at 20 ms": busy}
    what = "the time that a second of latency adds to a request"
    follows = above(rise, SLOPE_LOW, what) and not above(rise, SLOPE_HIGH, what)
    fast_ms = formats.tick_ms(Given(FAST_MS))
    idle = not above(busy, MOST_CPU_WHILE_WAITING, f"the CPU share at {fast_ms}")
    sentence = (
        f"each second of latency added {formats.seconds_interval(rise)} to a request, and at"
        f" {fast_ms} the client used a CPU {formats.share(busy)} of the time"
    )
    if follows and idle:
        return Ruling("holds", sentence, numbers)
    if follows:
        return Ruling(
            "holds only if", f"the client itself needs little CPU time: {sentence}.", numbers
        )
    grounds.need_undisturbed("io-bound", sentence, numbers)
    return Ruling("does not hold", sentence, numbers)


def memory_is_io(grounds: Grounds) -> Ruling:
    """C4: waiting for memory is CPU time to the operating system, so nothing can overlap it."""
    busy = _cpu_share(grounds, order="shuffled", size="large")
    scattered = _scattered(grounds)
    numbers = {"CPU share": busy, "scattered against in order": scattered}
    if not above(scattered, MEMORY_COUNTS, "the cost of numbers that lie scattered"):
        raise Undecided(
            f"scattered numbers took {formats.ratio_interval(scattered)} as long as those in order,"
            " so there was no wait for memory to look at",
            numbers,
            lacks="other",
        )
    slowed = f"A sum that took {formats.ratio_interval(scattered)} as long because of memory"
    if above(busy, ALL_CPU, "the CPU share of a sum that waits for memory"):
        return Ruling(
            "does not hold",
            f"{slowed} still counted as {formats.share(busy)} CPU time: the system gives that"
            " wait to no other thread, as it does a wait for a disk or a network.",
            numbers,
        )
    return Ruling("holds", f"{slowed} used a CPU {formats.share(busy)} of its time only.", numbers)


def _cpu_share(grounds: Grounds, *, order: str, size: str) -> Estimate:
    case = grounds.case("memory-bound", order=order, size=size)
    return grounds.cores_in_use("memory-bound", case)


def _scattered(grounds: Grounds) -> Estimate:
    """Return how many times as long the sum over scattered numbers took as the one in order."""
    in_order = grounds.case("memory-bound", order="in order", size="large")
    shuffled = grounds.case("memory-bound", order="shuffled", size="large")
    return inverse(grounds.ratio("memory-bound", shuffled, than=in_order))
