"""Threading: the rules of its claims."""

from conc import figures, formats
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
from conc.claims.rules.shared import overlap
from conc.figures import Counted, Given
from conc.records import Case, Estimate
from conc.results.differences import WORTH_IT
from conc.results.estimates import inverse, slope
from conc.results.quantities import Quantity, counted, percentile_of

SLOPE_LOW, SLOPE_HIGH = 0.8, 1.2
"""Between these, run lengths follow the switch interval one to one."""

_SLOPES = f"{formats.number(Given(SLOPE_LOW), 1)} to {formats.number(Given(SLOPE_HIGH), 2)}"

PROTECTED = 1 / 3
"""Up to this share of a task's lateness, a thread counts as protected from the same hog."""

FAR_MORE = 10


def waits_overlap(grounds: Grounds) -> Ruling:
    """C17: threads wait at the same time."""
    return overlap(grounds, "threads", "threads")


def locks_are_necessary(grounds: Grounds) -> Ruling:
    """C18: unlocked updates get lost; where none was, that is no promise.

    Without the GIL no switch interval makes threads take turns, so the usual cases say it all.
    """
    shares: dict[str, dict[str, float]] = {}
    with_gil = grounds.has_gil("lost-updates")
    for case in grounds.cases("lost-updates", fixed=False):
        if not with_gil and "interval_us" in case.parameters:
            continue
        expected, lost = (
            sum(grounds.each("lost-updates", case, counted(name))) for name in ("expected", "lost")
        )
        form = str(case.parameters.get("form", case.id))
        at = _interval(case) if with_gil else "without the GIL"
        shares.setdefault(at, {})[form] = lost / max(expected, 1)
    locked = _lost_under_a_lock(grounds)
    numbers: Numbers = {
        f"lost by {form}, {at}": share for at, of in shares.items() for form, share in of.items()
    }
    forms = list(dict.fromkeys(form for of in shares.values() for form in of))
    lost_by = {at: [form for form, share in of.items() if share > 0] for at, of in shares.items()}
    if not any(lost_by.values()):
        raise Undecided(
            f"none of {_ways(grounds, len(forms))} to write an update lost any in these runs, which"
            " is an accident of this interpreter and no promise",
            numbers,
            lacks="rounds",
        )
    losses = [
        f"{formats.count(grounds.counted('lost-updates', _ways_that_lose(at), len(losing)))} lost"
        f" some {at}"
        for at, losing in lost_by.items()
    ]
    share, worst = max((share, form) for of in shares.values() for form, share in of.items())
    most = grounds.of("lost-updates").counted(f"share lost by {worst}", share)
    keeping = [form for form in forms if all(form not in losing for losing in lost_by.values())]
    accident = (
        f" Nothing was lost here by {', '.join(keeping)}: an accident of this interpreter and no"
        " promise."
        if keeping
        else ""
    )
    return Ruling(
        "holds",
        f"Of {_ways(grounds, len(forms))} to write an update {formats.listed(losses)},"
        f" {formats.share(most)} of the updates at worst ({worst}). Under a lock"
        f" {_lost(grounds, locked)}.{accident}",
        numbers,
    )


def _interval(case: Case) -> str:
    """Name the switch interval at which a case ran."""
    interval_us = case.parameters.get("interval_us")
    if not isinstance(interval_us, int | float):
        return "at the usual switch interval"
    return f"at a switch interval of {formats.tick_seconds(Given(interval_us / 1e6))}"


def a_lock_admits_one(grounds: Grounds) -> Ruling:
    """C19: under a lock nothing is lost, and the lock costs."""
    lost = _lost_under_a_lock(grounds)
    if lost:
        return Ruling(
            "does not hold",
            f"Under a lock {_lost(grounds, lost)} all the same.",
            {"lost under a lock": lost},
        )
    bare = grounds.case("lock-price", workers=1, lock=False)
    locked = grounds.case("lock-price", workers=1, lock=True)
    dearer = inverse(grounds.ratio("lock-price", locked, than=bare))
    cost = grounds.cost("lock-price", locked)
    numbers = {"update with a lock against one without": dearer, "update with a lock, s": cost}
    sentence = (
        "No update was lost where every writer took the lock, and with it an update took"
        f" {formats.ratio_interval(dearer)} as long ({formats.seconds(cost)})."
    )
    costs = above(dearer, WORTH_IT, "the time of an update with a lock against one without")
    return Ruling("holds" if costs else "does not hold", sentence, numbers)


def two_threads_a_core(grounds: Grounds) -> Ruling:
    """C20: what is usual among the world's cores is not seen on one machine."""
    machine, known = grounds.machine, grounds.machine.threads_per_core
    threads = Counted(known, "machine: hardware threads a core") if known else None
    here = (
        "virtual machine, which need not show those of its host,"
        if machine.virtualisation
        else "machine"
    )
    seen = (
        f"; a core of this {here} has {formats.plural(threads, 'hardware thread')}"
        if threads
        else ""
    )
    raise NotTested(f"what is usual can’t be told from one machine{seen}")


def far_more_threads_than_cores(grounds: Grounds) -> Ruling:
    """C21: a process can hold far more threads than the machine has cores."""
    most = max(grounds.cases("many-waiting", model="threads"), key=lambda case: case.workers)
    started = min(grounds.each("many-waiting", most, counted("started")))
    waited = grounds.counted("many-waiting", f"least started of {most.id}", started)
    numbers: Numbers = {
        "threads asked for": most.workers,
        "threads started": started,
    }
    sentence = (
        f"{formats.count(waited)} of {formats.count(Given(most.workers))} threads asked for waited"
        f" at once in one process, on {formats.plural(grounds.logical_cpus, 'logical CPU')}."
    )
    if started < FAR_MORE * grounds.machine.cores:
        return Ruling("does not hold", sentence, numbers)
    if started < most.workers:
        return Ruling("holds only if", f"the system’s limit allows it: {sentence}", numbers)
    return Ruling("holds", sentence, numbers)


def all_threads_are_pooled(grounds: Grounds) -> Ruling:
    """C22: a thread needs no pool; the system's scheduler is none."""
    case = grounds.case("identities", model="threads")
    pools = max(grounds.each("identities", case, counted("pools")))
    threads = min(grounds.each("identities", case, counted("python_threads")))
    numbers: Numbers = {"threads": threads, "pools": pools}
    ran = formats.plural(grounds.counted("identities", "least Python threads", threads), "thread")
    if pools:
        found = grounds.counted("identities", "most pools", pools)
        return Ruling(
            "holds",
            f"{ran} ran in {formats.plural(found, 'pool')}.",
            numbers,
        )
    return Ruling(
        "does not hold",
        f"{ran} ran to the end without a pool: pools are what"
        " concurrent.futures adds, and the operating system schedules threads without one.",
        numbers,
    )


def interrupted_at_any_time(grounds: Grounds) -> Ruling:
    """C23: between Python threads the switch interval decides, not the operating system alone."""
    if not grounds.has_gil("switching"):
        raise NotTested("this interpreter runs without the GIL, so it has no switch interval")
    cases = {parameter(case, "interval_ms"): case for case in grounds.cases("switching")}
    medians = {
        ms: grounds.typical("switching", case, percentile_of("run_length_s", 50))
        for ms, case in sorted(cases.items())
    }
    short, long = min(medians), max(medians)
    if short == long:
        raise NotTested("fewer than two switch intervals were tried")
    rise = slope(medians[short], medians[long], (long - short) / 1000)
    numbers: Numbers = {f"run length at {ms:g} ms, s": found for ms, found in medians.items()}
    numbers["run length per switch interval"] = rise
    lengths = formats.listed([formats.seconds(found) for found in medians.values()])
    intervals = formats.listed([formats.tick_ms(Given(ms)) for ms in medians])
    ran = (
        f"at switch intervals of {intervals} a thread computed for {lengths} before another Python"
        f" thread had its turn, {formats.plain_interval(rise)} ms more for each millisecond of the"
        " interval"
    )
    usable = need_rounds(rise, "the rise of run lengths with the switch interval")
    if usable.low > SLOPE_LOW and usable.high < SLOPE_HIGH:
        return Ruling(
            "holds only if",
            "the other thread runs no Python. Between two that do, the GIL has to change hands, and"
            f" its switch interval decides when: {ran}.",
            numbers,
        )
    if usable.low <= SLOPE_HIGH and usable.high >= SLOPE_LOW:
        raise Undecided(
            f"{ran}, and it takes {_SLOPES} to tell that the one follows the other",
            numbers,
        )
    grounds.need_undisturbed("switching", ran, numbers)
    return Ruling("holds", f"The switch interval alone did not decide: {ran}.", numbers)


def preemption_is_a_drawback(grounds: Grounds) -> Ruling:
    """C24: pre-emption delays who is interrupted, and protects the others from one that hogs."""
    late, relative = _on_both(grounds, "cpu", percentile_of("lateness_s", 100))
    numbers: Numbers = {
        f"greatest lateness with {model}, s": found for model, found in late.items()
    }
    protects = (
        "beside the same computation a thread’s beat was late by at most"
        f" {formats.seconds(late['threads'])}, that of a task on an event loop by at most"
        f" {formats.seconds(late['asyncio'])}"
    )
    costs, price = _price(grounds, numbers)
    if above(relative, PROTECTED, "the lateness of a thread against that of a task"):
        grounds.need_undisturbed("heartbeat", protects, numbers)
        return Ruling("holds", f"{protects}{price}", numbers)
    if costs is False:
        return Ruling("does not hold", f"{protects}{price}", numbers)
    return Ruling(
        "holds only if",
        "nothing in the program computes for long, else being interrupted is what saves the"
        f" others: {protects}{price}.",
        numbers,
    )


def _price(grounds: Grounds, numbers: Numbers) -> tuple[bool | None, str]:
    """Return whether pre-emption costs the one it interrupts, and how it compares, in words."""
    if not grounds.cases_if_any("heartbeat", model="threads", hog="steps"):
        return None, "; what pre-emption costs the one that it interrupts was not measured"
    steps, dearer = _on_both(grounds, "steps", percentile_of("step_s", 100))
    numbers |= {f"longest step with {model}, s": found for model, found in steps.items()}
    price = (
        "; a step of work beside one that computes took"
        f" {formats.seconds(steps['threads'])} in a thread that is interrupted, and"
        f" {formats.seconds(steps['asyncio'])} in a task that is not"
    )
    return above(dearer, WORTH_IT, "the time of a step in a thread against one in a task"), price


def _on_both(
    grounds: Grounds, hog: str, quantity: Quantity
) -> tuple[dict[str, Estimate], Estimate]:
    """Return a quantity beside a hog, of threads and of asyncio, and the first by the second."""
    thread, task = (
        grounds.case("heartbeat", model=model, hog=hog) for model in ("threads", "asyncio")
    )
    found: dict[str, Estimate] = {
        case.model: grounds.typical("heartbeat", case, quantity) for case in (thread, task)
    }
    return found, grounds.relative("heartbeat", thread, task, quantity)


def _ways(grounds: Grounds, count: int) -> str:
    return formats.plural(grounds.counted("lost-updates", "ways tried", count), "way")


def _ways_that_lose(at: str) -> str:
    return f"ways that lose some {figures.read(at)}"


def _lost(grounds: Grounds, count: float) -> str:
    """Say how many updates were lost under a lock, where some were."""
    if not count:
        return "none was lost"
    lost = grounds.counted("lost-updates", "updates lost under a lock", count)
    return f"{formats.plural(lost, 'update')} {'was' if count == 1 else 'were'} lost"


def _lost_under_a_lock(grounds: Grounds) -> float:
    return sum(
        sum(grounds.each("lost-updates", case, counted("lost")))
        for case in grounds.cases("lost-updates", fixed=True)
    )
