"""Process and thread in Python, the GIL: the rules of its claims."""

from collections.abc import Mapping

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import Grounds, NotTested, Numbers, Undecided, above, need_rounds
from conc.records import Case, Estimate
from conc.results.differences import WORTH_IT, WORTH_LEAVING
from conc.results.quantities import counted, share_of

RELEASED, HELD = 0.2, 0.8
"""The longest silence of a ticking thread as a share of a call: below, released; above, held."""

SILENCE = share_of(counted("silence_s"), counted("call_s"))
"""That silence."""

CONTROL = "time.sleep"
"""The function of the probe that is known to let go of the GIL."""

ONE_CORE = 1.08
"""CPU time over wall time that one core can't exceed, with the clock's resolution allowed for."""

IO_HELP = 5.0
IO_LEVEL = 10
IO_LATENCY_MS = 20

PURE = "pure Python"
RELEASING = ("hashlib", "zlib", "numpy")
"""Work whose C code lets go of the GIL."""


def one_thread_at_a_time(grounds: Grounds) -> Ruling:
    """C5: one thread at a time, while bytecode runs and the GIL is on."""
    released, held = _probe(grounds)
    numbers = {**released, **held}
    tried = len(released) + len(held)
    if not released:
        return Ruling(
            "holds",
            f"Beside none of {formats.plural(tried, 'function')} tried could another thread run.",
            numbers,
        )
    if not held or not grounds.has_gil("gil-probe"):
        without = "" if grounds.has_gil("gil-probe") else "Without the GIL, "
        return Ruling(
            "does not hold",
            f"{without}{'b' if without else 'B'}eside {len(released)} of"
            f" {formats.plural(tried, 'function')} tried another thread ran on.",
            numbers,
        )
    return Ruling(
        "holds only if",
        f"bytecode runs, or C code that keeps the GIL: of {formats.plural(tried, 'function')} tried"
        f" {len(held)} kept every other thread waiting ({_names(held)}), and {len(released)} did"
        f" not ({_names(released)}).",
        numbers,
    )


def native_thread_is_hardware(grounds: Grounds) -> Ruling:
    """C6: a Python thread is an operating system's thread, not a thread of the core."""
    case = grounds.case("identities", model="threads")
    threads = min(grounds.each("identities", case, counted("python_threads")))
    own = min(grounds.each("identities", case, counted("os_thread_ids")))
    numbers: Numbers = {"Python threads": threads, "thread ids": own}
    sentence = (
        f"{formats.plural(int(threads), 'Python thread')} had"
        f" {formats.plural(int(own), 'thread id')} of the operating system, on"
        f" {formats.plural(grounds.machine.cores, 'logical CPU')}"
    )
    if own < threads:
        raise Undecided(f"{sentence}, so they are not the system’s own threads", numbers)
    return Ruling(
        "does not hold",
        f"{sentence}: a native thread is the operating system’s, which moves it among the CPUs.",
        numbers,
    )


def at_most_one_core(grounds: Grounds) -> Ruling:
    """C7: one process, at most 100 % of a core."""
    grounds.need_cores()
    works = [PURE, *(work for work in RELEASING if _cases(grounds, "threads", work))]
    use = {
        work: grounds.cores_in_use(
            "utilisation", _case(grounds, "threads", work), comparisons=len(works)
        )
        for work in works
    }
    numbers: Numbers = {f"cores used, {work}": one for work, one in use.items()}
    pure = use.pop(PURE)
    if above(pure, ONE_CORE, f"the cores that threads on {PURE} used"):
        return Ruling(
            "does not hold",
            f"One process with threads on {PURE} used {formats.plain_interval(pure)} cores.",
            numbers,
        )
    for work, one in use.items():
        need_rounds(one, f"the cores that threads used on {work}")
    most = max(use, key=lambda work: use[work].low, default=PURE)
    if use and use[most].low > ONE_CORE:
        return Ruling(
            "holds only if",
            f"its threads run {PURE}, where they used {formats.plain_interval(pure)} cores: on"
            f" {most}, which lets go of the GIL, one used {formats.plain_interval(use[most])}"
            f" of {grounds.whole_cores} cores.",
            numbers,
        )
    grounds.parallelism()
    if not use:
        raise NotTested("no work that lets go of the GIL was measured")
    if all(one.high < ONE_CORE for one in use.values()):
        return Ruling(
            "holds",
            "No work tried used more than one core in one process:"
            f" {formats.plain_interval(use[most])} cores at most, on {most}.",
            numbers,
        )
    raise Undecided(
        f"on {most}, which lets go of the GIL, one process used {formats.plain_interval(use[most])}"
        " cores",
        numbers,
    )


def processes_are_needed(grounds: Grounds) -> Ruling:
    """C8: for CPU-bound work there is no other way than processes."""
    grounds.parallelism()
    processes = grounds.speedup("utilisation", _case(grounds, "processes", PURE))
    rivals = _rivals(grounds)
    numbers: Numbers = {
        f"{model} on {work} against processes": rival for (model, work), rival in rivals.items()
    }
    numbers[f"speed-up of processes on {PURE}"] = processes
    if not above(processes, WORTH_IT, f"the speed-up of processes on {PURE}"):
        return Ruling(
            "does not hold",
            f"Processes did not help either, they were {formats.ratio_interval(processes)} as fast"
            " as one.",
            numbers,
        )
    as_good = {which: rival for which, rival in rivals.items() if rival.low > WORTH_LEAVING}
    on_pure = [model for model, work in as_good if work == PURE]
    if on_pure:
        rival = as_good[on_pure[0], PURE]
        return Ruling(
            "does not hold",
            f"On {PURE} {on_pure[0]} in one process were {formats.ratio_interval(rival)} as fast as"
            " processes.",
            numbers,
        )
    if as_good:
        (model, work), rival = max(as_good.items(), key=lambda one: one[1].value)
        return Ruling(
            "holds only if",
            f"the work is {PURE}, where processes were {formats.ratio_interval(processes)} as fast"
            f" as one: on {work} {model} in one process were {formats.ratio_interval(rival)} as"
            " fast as processes.",
            numbers,
        )
    if all(rival.high < WORTH_LEAVING for rival in rivals.values()):
        (model, work), rival = max(rivals.items(), key=lambda one: one[1].value)
        return Ruling(
            "holds",
            f"Processes were {formats.ratio_interval(processes)} as fast as one; of all else"
            f" the best, {model} on {work}, was {formats.ratio_interval(rival)} as fast as they.",
            numbers,
        )
    raise Undecided("an alternative came near to processes, within its interval", numbers)


def c_uses_several_cores(grounds: Grounds) -> Ruling:
    """C9: threads of a C program use several cores."""
    cores = grounds.need_cores()
    compiled = grounds.cases_if_any("utilisation", model="c-threads", workers=cores)
    if not compiled:
        reasons = "; ".join(grounds.of("utilisation").measurement.left_out)
        raise NotTested(
            reasons or "no C program was timed, for want of a C compiler (gcc or clang)"
        )
    use = grounds.cores_in_use("utilisation", compiled[0])
    numbers = {"cores used": use}
    sentence = f"A C program with {cores} threads used {formats.plain_interval(use)} cores."
    if not use.low > ONE_CORE:
        grounds.parallelism()
    several = above(use, ONE_CORE, f"the cores that a C program with {cores} threads used")
    return Ruling("holds" if several else "does not hold", sentence, numbers)


def c_has_no_gil(grounds: Grounds) -> Ruling:
    """C10: C knows no GIL; but C code that Python calls holds it until it lets go."""
    if not grounds.has_gil("gil-probe"):
        raise NotTested("this interpreter runs without the GIL")
    released, held = _probe(grounds)
    numbers = {**released, **held}
    tried = formats.plural(len(numbers), "C function")
    if not held:
        return Ruling("holds", f"All of {tried} called from Python let go of the GIL.", numbers)
    if not released:
        return Ruling(
            "does not hold", f"All of {tried} called from Python kept the GIL to the end.", numbers
        )
    return Ruling(
        "holds only if",
        f"no Python calls it, or it lets go of the GIL: of {tried} called from Python {len(held)}"
        f" kept it to the end ({_names(held)}).",
        numbers,
    )


def threads_do_not_help_cpu(grounds: Grounds) -> Ruling:
    """C11: threads do not speed up CPU-bound work."""
    grounds.parallelism()
    cores = grounds.whole_cores
    threads = grounds.speedup(
        "cpu-bound", grounds.case("cpu-bound", model="threads", workers=cores, pool="warm")
    )
    numbers: Numbers = {f"speed-up of threads on {PURE}": threads}
    on_pure = f"{cores} threads on {PURE} were {formats.ratio_interval(threads)} as fast as one"
    if above(threads, WORTH_IT, f"the speed-up of {cores} threads on {PURE}"):
        return Ruling("does not hold", f"{on_pure}.", numbers)
    works = [work for work in RELEASING if _cases(grounds, "threads", work)]
    speedups = {
        work: grounds.speedup(
            "utilisation", _case(grounds, "threads", work), comparisons=len(works)
        )
        for work in works
    }
    numbers |= {f"speed-up of threads on {work}": found for work, found in speedups.items()}
    for work, found in speedups.items():
        need_rounds(found, f"the speed-up of {cores} threads on {work}")
    most = max(speedups, key=lambda work: speedups[work].low, default=PURE)
    if speedups and speedups[most].low > WORTH_IT:
        return Ruling(
            "holds only if",
            f"the work is {PURE}: {on_pure}, but on {most}, which lets go of the GIL, they were"
            f" {formats.ratio_interval(speedups[most])} as fast.",
            numbers,
        )
    unsure = [work for work, found in speedups.items() if found.high >= WORTH_IT]
    if unsure:
        raise Undecided(
            f"{on_pure}, and on {unsure[0]}, which lets go of the GIL,"
            f" {formats.ratio_interval(speedups[unsure[0]])}",
            numbers,
        )
    return Ruling("holds", f"{on_pure}.", numbers)


def threads_help_io(grounds: Grounds) -> Ruling:
    """C12: threads speed up I/O-bound work."""
    case = grounds.case("io-bound", model="threads", workers=IO_LEVEL, latency_ms=IO_LATENCY_MS)
    threads = grounds.speedup("io-bound", case)
    numbers = {f"speed-up of {IO_LEVEL} threads": threads}
    sentence = (
        f"With answers after {IO_LATENCY_MS} ms {IO_LEVEL} threads were"
        f" {formats.ratio_interval(threads)} as fast as one request after the other."
    )
    if above(threads, IO_HELP, f"the speed-up of {IO_LEVEL} threads"):
        return Ruling("holds", sentence, numbers)
    grounds.need_quiet(
        "io-bound",
        [case, *grounds.cases("io-bound", model="sequential", latency_ms=IO_LATENCY_MS)],
    )
    return Ruling("does not hold", sentence, numbers)


def _probe(grounds: Grounds) -> tuple[dict[str, float], dict[str, float]]:
    """Return the functions that let another thread run, and those that did not.

    Of each function's calls the one with the shortest silence counts: a neighbour on the machine
    can lengthen a silence and never shorten it. Raises :class:`Undecided` where a sleeping
    control was silent too, or where all functions lie between.
    """
    shares = {
        str(case.parameters.get("function", case.id)): min(grounds.each("gil-probe", case, SILENCE))
        for case in grounds.cases("gil-probe")
    }
    control = shares.pop(CONTROL, None)
    if control is None:
        raise NotTested(f"the probe’s control, {CONTROL}, has no sample")
    if control > RELEASED:
        raise Undecided(
            f"the machine was busy with other work: beside {CONTROL} the ticking thread was silent"
            f" for {formats.share(control)} of the call",
            {CONTROL: control},
        )
    released = {name: share for name, share in shares.items() if share < RELEASED}
    held = {name: share for name, share in shares.items() if share > HELD}
    if not released and not held:
        raise Undecided("no function let go of the GIL, or kept it, clearly enough", shares)
    return released, held


def _names(functions: Mapping[str, float]) -> str:
    return ", ".join(sorted(functions))


def _cases(grounds: Grounds, model: str, work: str) -> list[Case]:
    return grounds.cases_if_any("utilisation", model=model, workers=grounds.whole_cores, work=work)


def _case(grounds: Grounds, model: str, work: str) -> Case:
    return grounds.case("utilisation", model=model, workers=grounds.whole_cores, work=work)


def _rivals(grounds: Grounds) -> dict[tuple[str, str], Estimate]:
    """Return the speed of each alternative to processes against theirs, by model and work."""
    pairs = {
        (model, work): (rival, processes)
        for model in ("threads", "interpreters")
        for work in (PURE, *RELEASING)
        for rival in _cases(grounds, model, work)[:1]
        for processes in _cases(grounds, "processes", work)[:1]
    }
    if not pairs:
        raise NotTested("no alternative to processes was measured here")
    return {
        which: grounds.ratio("utilisation", rival, than=processes, comparisons=len(pairs))
        for which, (rival, processes) in pairs.items()
    }
