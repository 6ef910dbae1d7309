"""Threading: the rules of its claims."""

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import Grounds, NotTested, Numbers, Undecided, above, parameter
from conc.claims.rules.shared import overlap
from conc.results.differences import WORTH_IT
from conc.results.estimates import inverse, quotient, slope
from conc.results.quantities import counted, percentile_of

SLOPE_LOW, SLOPE_HIGH = 0.8, 1.2
"""Between these, run lengths follow the switch interval one to one."""

PROTECTED = 1 / 3
"""Up to this share of a task's lateness, a thread counts as protected from the same hog."""

FAR_MORE = 10
USUAL_HARDWARE_THREADS = 2


def waits_overlap(grounds: Grounds) -> Ruling:
    """C17: threads wait at the same time."""
    return overlap(grounds, "threads", "threads")


def locks_are_necessary(grounds: Grounds) -> Ruling:
    """C18: unlocked updates get lost; where none was, that is no promise."""
    shares = {}
    for case in grounds.cases("lost-updates", fixed=False):
        expected, lost = (
            sum(grounds.each("lost-updates", case, counted(name))) for name in ("expected", "lost")
        )
        shares[str(case.parameters.get("form", case.id))] = lost / max(expected, 1)
    locked = _lost_under_a_lock(grounds)
    numbers: Numbers = {f"lost by {form}": at for form, at in shares.items()}
    losing = {form: share for form, share in shares.items() if share > 0}
    if not losing:
        raise Undecided(
            f"none of {formats.plural(len(shares), 'form')} of update lost any in these runs, which"
            " is an accident of this interpreter and no promise",
            numbers,
        )
    worst = max(losing, key=lambda form: losing[form])
    keeping = [form for form in shares if form not in losing]
    accident = (
        f" Nothing was lost here by {', '.join(keeping)}: an accident of this interpreter and no"
        " promise."
        if keeping
        else ""
    )
    return Ruling(
        "holds",
        f"{len(losing)} of {formats.plural(len(shares), 'form')} of update lost some,"
        f" {formats.share(losing[worst])} at worst ({worst}); lost under a lock:"
        f" {formats.count(locked)}.{accident}",
        numbers,
    )


def a_lock_admits_one(grounds: Grounds) -> Ruling:
    """C19: under a lock nothing is lost, and the lock costs."""
    lost = _lost_under_a_lock(grounds)
    if lost:
        return Ruling(
            "does not hold",
            f"Under a lock updates were lost all the same: {formats.count(lost)} in all.",
            {"lost under a lock": lost},
        )
    bare = grounds.case("lock-price", workers=1, lock=False)
    locked = grounds.case("lock-price", workers=1, lock=True)
    dearer = inverse(grounds.ratio("lock-price", locked, than=bare))
    cost = grounds.cost("lock-price", locked)
    numbers = {"update with a lock against one without": dearer, "update with a lock, s": cost}
    sentence = (
        "No update was lost where every writer took the lock, and with it an update took"
        f" {formats.ratio_interval(dearer)} as long ({formats.seconds(cost.value)})."
    )
    costs = above(dearer, WORTH_IT, "the time of an update with a lock against one without")
    return Ruling("holds" if costs else "does not hold", sentence, numbers)


def two_threads_a_core(grounds: Grounds) -> Ruling:
    """C20: hardware threads a core; the article says usually two."""
    threads = grounds.machine.threads_per_core
    if threads is None:
        raise NotTested("this system does not say how many hardware threads a core has")
    machine = "virtual machine, which need not show those of its host,"
    return Ruling(
        "holds" if threads == USUAL_HARDWARE_THREADS else "does not hold",
        f"A core of this {machine if grounds.machine.virtualisation else 'machine'} has"
        f" {formats.plural(threads, 'hardware thread')}.",
        {"hardware threads a core": threads},
    )


def far_more_threads_than_cores(grounds: Grounds) -> Ruling:
    """C21: a process can hold far more threads than the machine has cores."""
    most = max(grounds.cases("many-waiting", model="threads"), key=lambda case: case.workers)
    started = min(grounds.each("many-waiting", most, counted("started")))
    numbers: Numbers = {
        "threads asked for": most.workers,
        "threads started": started,
    }
    sentence = (
        f"of {formats.count(most.workers)} threads asked for {formats.count(started)} waited at"
        f" once in one process, on {formats.plural(grounds.machine.cores, 'logical CPU')}."
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
    if pools:
        return Ruling(
            "holds",
            f"{formats.plural(int(threads), 'thread')} ran in"
            f" {formats.plural(int(pools), 'pool')}.",
            numbers,
        )
    return Ruling(
        "does not hold",
        f"{formats.plural(int(threads), 'thread')} ran to the end without a pool: pools are what"
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
    lengths = ", ".join(
        f"{formats.seconds(found.value)} at {ms:g} ms" for ms, found in medians.items()
    )
    what = "the rise of run lengths with the switch interval"
    if above(rise, SLOPE_LOW, what) and not above(rise, SLOPE_HIGH, what):
        return Ruling(
            "holds only if",
            "the other thread runs no Python: between two that do, the GIL changes hands, and its"
            f" switch interval decides when: a thread ran {lengths}.",
            numbers,
        )
    grounds.need_quiet("switching", cases.values())
    return Ruling(
        "holds", f"Runs did not follow the switch interval, they lasted {lengths}.", numbers
    )


def preemption_is_a_drawback(grounds: Grounds) -> Ruling:
    """C24: being pre-empted also protects the others from one that hogs the CPU."""
    cases = {
        model: grounds.case("heartbeat", model=model, hog="cpu") for model in ("threads", "asyncio")
    }
    late = {
        model: grounds.typical("heartbeat", case, percentile_of("lateness_s", 100))
        for model, case in cases.items()
    }
    relative = quotient(late["threads"], late["asyncio"])
    numbers: Numbers = {
        f"greatest lateness with {model}, s": found for model, found in late.items()
    }
    sentence = (
        "beside the same hog the heartbeat of a thread came"
        f" {formats.seconds(late['threads'].value)} late, that of a task on an event loop"
        f" {formats.seconds(late['asyncio'].value)} at most."
    )
    if above(relative, PROTECTED, "the lateness of a thread against that of a task"):
        grounds.need_quiet("heartbeat", cases.values())
        return Ruling("holds", sentence, numbers)
    return Ruling(
        "holds only if",
        f"nothing in the program hogs the CPU, else pre-emption protects: {sentence}",
        numbers,
    )


def _lost_under_a_lock(grounds: Grounds) -> float:
    return sum(
        sum(grounds.each("lost-updates", case, counted("lost")))
        for case in grounds.cases("lost-updates", fixed=True)
    )
