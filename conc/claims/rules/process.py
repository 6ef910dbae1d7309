"""Process and thread in Python, the GIL: the rules of its claims."""

from collections.abc import Mapping

from conc import formats
from conc.claims.claim import Ruling
from conc.claims.grounds import Grounds, NotTested, Numbers, Undecided, above, need_rounds
from conc.figures import Counted, Given
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

TOLD_APART = formats.number(Given(ONE_CORE))

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
    tried, did, kept, unclear = _counts(grounds, released, held)
    if not released:
        return Ruling(
            "holds",
            f"No other thread could run beside any of {tried} tried.",
            numbers,
        )
    if not held or not grounds.has_gil("gil-probe"):
        without = "" if grounds.has_gil("gil-probe") else " without the GIL"
        return Ruling(
            "does not hold",
            f"Another thread ran on beside {did} of {tried} tried{without}.",
            numbers,
        )
    return Ruling(
        "holds only if",
        f"bytecode runs, or C code that keeps the GIL: of {tried} tried {kept} kept every other"
        f" thread waiting ({_names(held)}), and {did} did not ({_names(released)}).{unclear}",
        numbers,
    )


def native_thread_is_hardware(grounds: Grounds) -> Ruling:
    """C6: a definition; Python and the system call their own threads native, not the core's."""
    case = grounds.case("identities", model="threads")
    threads = min(grounds.each("identities", case, counted("python_threads")))
    own = min(grounds.each("identities", case, counted("os_thread_ids")))
    numbers: Numbers = {"Python threads": threads, "thread ids": own}
    of_python = grounds.counted("identities", "least Python threads", threads)
    of_system = grounds.counted("identities", "least thread ids", own)
    sentence = (
        f"{formats.plural(of_python, 'Python thread')} had"
        f" {formats.plural(of_system, 'native thread id')}, on"
        f" {formats.plural(grounds.logical_cpus, 'logical CPU')}"
    )
    if own < threads:
        raise Undecided(
            f"{sentence}, so they are not the system’s own threads", numbers, lacks="other"
        )
    return Ruling(
        "does not hold",
        "This is a definition, and Python and the operating system use another: they call native"
        f" what the system schedules. {sentence}.",
        numbers,
    )


def at_most_one_core(grounds: Grounds) -> Ruling:
    """C7: one process, at most 100 % of a core."""
    grounds.need_cores()
    releasing = [work for work in RELEASING if _cases(grounds, "threads", work)]
    use = {
        work: grounds.cores_in_use("utilisation", _case(grounds, "threads", work))
        for work in (PURE, *releasing)
    }
    numbers: Numbers = {f"cores used, {work}": one for work, one in use.items()}
    several = {work: _several(grounds, "utilisation", work) for work in use}
    pure = formats.plain_interval(use[PURE])
    if several[PURE]:
        return Ruling(
            "does not hold", f"One process with threads on {PURE} used {pure} cores.", numbers
        )
    if several[PURE] is None:
        raise Undecided(
            f"threads on {PURE} used {pure} cores, and one core is told from more at {TOLD_APART}",
            numbers,
        )
    beyond = [work for work in releasing if several[work]]
    if beyond:
        most = max(beyond, key=lambda work: use[work].value)
        return Ruling(
            "holds only if",
            f"its threads run {PURE}, where they used {pure} cores: on {most}, which lets go of the"
            f" GIL, one used {formats.plain_interval(use[most])} of"
            f" {formats.plural(Given(grounds.whole_cores), 'core')}.",
            numbers,
        )
    if not releasing:
        raise NotTested("no work that lets go of the GIL was measured")
    most = max(releasing, key=lambda work: use[work].value)
    found = f"{formats.plain_interval(use[most])} cores"
    if any(several[work] is None for work in releasing):
        raise Undecided(
            f"on {most}, which lets go of the GIL, one process used {found}, and one core is told"
            f" from more at {TOLD_APART}",
            numbers,
        )
    sentence = f"No work tried used more than one core in one process: {found} at most, on {most}."
    grounds.need_parallelism("utilisation", sentence, numbers)
    return Ruling("holds", sentence, numbers)


def processes_are_needed(grounds: Grounds) -> Ruling:
    """C8: for CPU-bound work there is no other way than processes."""
    processes = grounds.speedup("cpu-bound", _open_pool(grounds, "processes"))
    rivals = _rivals(grounds)
    numbers: Numbers = {f"{rival} against processes": found for rival, found in rivals.items()}
    numbers[f"speed-up of processes on {PURE}"] = processes
    fast = f"Processes were {formats.ratio_interval(processes)} as fast as one"
    if not above(processes, WORTH_IT, f"the speed-up of processes on {PURE}"):
        grounds.need_parallelism("cpu-bound", fast, numbers)
        return Ruling("does not hold", f"{fast}, so they did not help either.", numbers)
    for rival, found in rivals.items():
        need_rounds(found, f"{rival} against processes")
    said = {
        rival: f"{rival} in one process were {formats.ratio_interval(found)} as fast as processes"
        for rival, found in rivals.items()
    }
    on_pure = [rival for rival in rivals if rival.endswith(PURE)]
    as_good = [rival for rival, found in rivals.items() if found.low > WORTH_LEAVING]
    if rival := next((rival for rival in as_good if rival in on_pure), ""):
        return Ruling("does not hold", said[rival], numbers)
    for of in filter(None, (on_pure, rivals)):
        best = max(of, key=lambda rival: rivals[rival].high)
        if best not in as_good and rivals[best].high >= WORTH_LEAVING:
            line = formats.number(Given(WORTH_LEAVING))
            raise Undecided(f"{said[best]}, and the line is {line}", numbers)
    if as_good:
        condition = f"the work is {PURE}, where processes were"
        gain = f"{formats.ratio_interval(processes)} as fast as one"
        return Ruling("holds only if", f"{condition} {gain}: {said[as_good[0]]}.", numbers)
    return Ruling("holds", f"{fast}; the best of all else: {said[best]}.", numbers)


def c_uses_several_cores(grounds: Grounds) -> Ruling:
    """C9: threads of a C program use several cores."""
    several, use, numbers = _c_program(grounds)
    return Ruling("holds" if several else "does not hold", use, numbers)


def c_has_no_gil(grounds: Grounds) -> Ruling:
    """C10: a C program knows no GIL; C code that Python calls is another matter."""
    several, use, numbers = _c_program(grounds)
    if not several:
        return Ruling("does not hold", f"{use}, as if its threads took turns.", numbers)
    return Ruling(
        "holds", f"{use}: nothing made its threads take turns.{_called(grounds)}", numbers
    )


def threads_do_not_help_cpu(grounds: Grounds) -> Ruling:
    """C11: threads do not speed up CPU-bound work."""
    cores = grounds.need_cores()
    case = _open_pool(grounds, "threads")
    threads, use = grounds.speedup("cpu-bound", case), grounds.cores_in_use("cpu-bound", case)
    numbers: Numbers = {f"cores used, {PURE}": use, f"speed-up of threads on {PURE}": threads}
    on_pure = (
        f"{formats.count(Given(cores))} threads on {PURE} used {formats.plain_interval(use)} cores"
        f" and were {formats.ratio_interval(threads)} as fast as one"
    )
    several = grounds.uses_more(
        "cpu-bound", case, ONE_CORE, f"the cores that threads on {PURE} used"
    )
    if several is not False and above(threads, WORTH_IT, f"the speed-up of threads on {PURE}"):
        return Ruling("does not hold", f"{on_pure}.", numbers)
    works = [work for work in RELEASING if _cases(grounds, "threads", work)]
    speedups = {
        work: grounds.speedup(
            "utilisation", _case(grounds, "threads", work), comparisons=len(works)
        )
        for work in works
    }
    numbers |= {f"speed-up of threads on {work}": found for work, found in speedups.items()}
    helped = [
        work
        for work, found in speedups.items()
        if need_rounds(found, f"the speed-up of threads on {work}").low > WORTH_IT
    ]
    if helped:
        most = max(helped, key=lambda work: speedups[work].value)
        return Ruling(
            "holds only if",
            f"the work is {PURE}: {on_pure}, but on {most}, which lets go of the GIL, they were"
            f" {formats.ratio_interval(speedups[most])} as fast.",
            numbers,
        )
    grounds.need_parallelism("cpu-bound", on_pure, numbers)
    unsure = [work for work, found in speedups.items() if found.high >= WORTH_IT]
    if unsure:
        raise Undecided(
            f"{on_pure}, and on {unsure[0]}, which lets go of the GIL,"
            f" {formats.ratio_interval(speedups[unsure[0]])}",
            numbers,
        )
    if works:
        grounds.need_undisturbed("utilisation", on_pure, numbers)
    return Ruling("holds", f"{on_pure}.", numbers)


def threads_help_io(grounds: Grounds) -> Ruling:
    """C12: threads speed up I/O-bound work."""
    case = grounds.case("io-bound", model="threads", workers=IO_LEVEL, latency_ms=IO_LATENCY_MS)
    threads = grounds.speedup("io-bound", case)
    numbers = {f"speed-up of {IO_LEVEL} threads": threads}
    latency = formats.tick_ms(Given(IO_LATENCY_MS))
    sentence = (
        f"{formats.count(Given(IO_LEVEL))} threads were {formats.ratio_interval(threads)} as fast"
        f" as one request after the other, with answers after {latency}."
    )
    if above(threads, IO_HELP, "the speed-up of threads"):
        return Ruling("holds", sentence, numbers)
    grounds.need_undisturbed("io-bound", sentence, numbers)
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
            f"even beside {CONTROL}, which is known to let go, the ticking thread was silent for"
            f" {formats.share(Counted(control, f'silence beside {CONTROL}'))} of the call",
            {CONTROL: control},
        )
    released = {name: share for name, share in shares.items() if share < RELEASED}
    held = {name: share for name, share in shares.items() if share > HELD}
    if not released and not held:
        raise Undecided("no function let go of the GIL, or kept it, clearly enough", shares)
    return released, held


def _counts(
    grounds: Grounds, released: Mapping[str, float], held: Mapping[str, float]
) -> tuple[str, str, str, str]:
    """Return how many functions were tried, let another thread run, did not, and were unclear."""
    probed = {str(case.parameters.get("function")) for case in grounds.cases("gil-probe")}
    tried, did, kept, unclear = (
        grounds.counted("gil-probe", f"functions {what}", count)
        for what, count in (
            ("tried", len(probed - {CONTROL})),
            ("that let go", len(released)),
            ("that hold on", len(held)),
            ("that are unclear", len(probed - {CONTROL, *released, *held})),
        )
    )
    between = f" {formats.count(unclear)} lay between." if unclear.value else ""
    return formats.plural(tried, "function"), formats.count(did), formats.count(kept), between


def _names(functions: Mapping[str, float]) -> str:
    return ", ".join(sorted(functions))


def _cases(grounds: Grounds, model: str, work: str) -> list[Case]:
    return grounds.cases_if_any("utilisation", model=model, workers=grounds.whole_cores, work=work)


def _case(grounds: Grounds, model: str, work: str) -> Case:
    return grounds.case("utilisation", model=model, workers=grounds.whole_cores, work=work)


def _several(grounds: Grounds, experiment: str, work: str) -> bool | None:
    """Whether threads on a work used more than one core; ``None`` where that is not certain."""
    case = _case(grounds, "threads", work)
    return grounds.uses_more(experiment, case, ONE_CORE, f"the cores that threads on {work} used")


def _c_program(grounds: Grounds) -> tuple[bool, str, Numbers]:
    """Return whether threads of a C program used several cores, how many, and the numbers."""
    cores = grounds.need_cores()
    compiled = grounds.cases_if_any("utilisation", model="c-threads", workers=cores)
    if not compiled:
        reasons = "; ".join(grounds.of("utilisation").measurement.left_out)
        raise NotTested(
            reasons or "no C program was timed, for want of a C compiler (gcc or clang)"
        )
    use = grounds.cores_in_use("utilisation", compiled[0])
    numbers: Numbers = {"cores used by a C program": use}
    had = formats.plural(Given(cores), "thread")
    sentence = f"A C program with {had} used {formats.plain_interval(use)} cores"
    several = grounds.uses_more(
        "utilisation", compiled[0], ONE_CORE, "the cores that a C program used"
    )
    if not several:
        grounds.need_parallelism("utilisation", sentence, numbers)
    if several is None:
        raise Undecided(f"{sentence}, and one core is told from more at {TOLD_APART}", numbers)
    return several, sentence, numbers


def _called(grounds: Grounds) -> str:
    """Say how C code that Python calls compares, where that was probed."""
    try:
        released, held = _probe(grounds)
    except (NotTested, Undecided):
        return ""
    if not held or not grounds.has_gil("gil-probe"):
        return ""
    tried, _, kept, _ = _counts(grounds, released, held)
    return (
        f" C code that Python calls is another matter: of {tried} tried {kept} kept the GIL to"
        f" the end ({_names(held)})."
    )


def _rivals(grounds: Grounds) -> dict[str, Estimate]:
    """Return how fast each alternative to processes was against them, by its name.

    All work that lets go of the GIL is one: there is one question, so there is one test.
    """
    processes = _open_pool(grounds, "processes")
    groups: dict[str, tuple[str, list[tuple[Case, Case]]]] = {
        f"{case.model} on {PURE}": ("cpu-bound", [(case, processes)])
        for model in ("threads", "interpreters")
        for case in _open_pools(grounds, model)
    }
    releasing = {
        work: (threads, others)
        for work in RELEASING
        for threads in _cases(grounds, "threads", work)
        for others in _cases(grounds, "processes", work)
    }
    if releasing:
        name = f"threads on {formats.listed(list(releasing))}"
        groups[name] = ("utilisation", list(releasing.values()))
    if not groups:
        raise NotTested("nothing was measured that could take the place of processes")
    return {
        name: grounds.together(experiment, pairs, comparisons=len(groups))
        for name, (experiment, pairs) in groups.items()
    }


def _open_pool(grounds: Grounds, model: str) -> Case:
    """Return the case of as many workers as cores that are open and have long tasks."""
    cores = grounds.need_cores()
    return grounds.case("cpu-bound", model=model, workers=cores, pool="warm")


def _open_pools(grounds: Grounds, model: str) -> list[Case]:
    cores = grounds.need_cores()
    return grounds.cases_if_any("cpu-bound", model=model, workers=cores, pool="warm")
