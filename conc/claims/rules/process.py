"""Process and thread in Python, the GIL: claims C5 to C12."""

from conc import formats
from conc.claims.claim import Finding
from conc.claims.evidence import Evidence, NotTested, Undecided, above
from conc.records import Case, Estimate

RELEASED, HELD = 0.2, 0.8
"""The longest silence of a ticking thread as a share of a call: below, released; above, held."""

ONE_CORE = 1.08
"""CPU time over wall time that one core can't exceed, with the clock's resolution allowed for."""

CORE_SHARE = 0.7
"""From this share of the usable cores on, a program uses several cores."""

AS_GOOD = 0.9
NO_HELP, HELP = 1.10, 1.10
IO_HELP = 5.0
IO_LEVEL = 10
PURE = "pure Python"


def one_thread_at_a_time(evidence: Evidence) -> Finding:
    """C5: one thread at a time, while bytecode runs and the GIL is on."""
    released, held = _probe(evidence)
    if not evidence.interpreter.gil:
        return Finding(
            "does not hold",
            f"This interpreter runs without the GIL: beside {len(released)} of"
            f" {len(released) + len(held)} calls another thread went on running.",
        )
    if not released:
        return Finding("holds", f"All {len(held)} functions tried kept every other thread waiting.")
    if not held:
        return Finding(
            "does not hold",
            f"Beside each of the {len(released)} functions tried another thread went on running.",
        )
    return Finding(
        "holds only if",
        f"Holds only while bytecode runs or C code keeps the GIL: of {len(released) + len(held)}"
        f" functions tried, {len(released)} let another thread run meanwhile"
        f" ({_names(released)}) and {len(held)} did not ({_names(held)}).",
        {**released, **held},
    )


def native_thread_is_hardware(evidence: Evidence) -> Finding:
    """C6: a Python thread is an operating system's thread, not a thread of the core."""
    case = evidence.case("identities", model="threads")
    threads = min(evidence.counted("identities", case, "python_threads"))
    own = min(evidence.counted("identities", case, "os_thread_ids"))
    sentence = (
        f"{formats.count(threads)} Python threads had {formats.count(own)} thread ids of the"
        f" operating system, on {formats.plural(evidence.machine.cores, 'logical CPU')}"
    )
    if own == threads:
        return Finding(
            "does not hold",
            f"{sentence}: each is a thread of its own, and the system moves it among the CPUs.",
            {"Python threads": threads, "operating system's thread ids": own},
        )
    return Finding("holds", f"{sentence}: they share them.", {"thread ids": own})


def at_most_one_core(evidence: Evidence) -> Finding:
    """C7: one process, at most 100 % of a core."""
    evidence.need_cores()
    pure = _threads_use(evidence, PURE)
    numbers = {f"cores used, {PURE}": pure}
    if above(pure, ONE_CORE, "the cores that threads on pure Python use"):
        return Finding(
            "does not hold",
            f"Threads on pure Python used {formats.number(pure.value)} cores in one process.",
            numbers,
        )
    letting_go = {
        work: use for work in ("hashlib", "zlib", "numpy") if (use := _use(evidence, work))
    }
    numbers |= {f"cores used, {work}": use for work, use in letting_go.items()}
    beyond = [
        work for work, use in letting_go.items() if use.low > CORE_SHARE * evidence.cores > ONE_CORE
    ]
    if beyond:
        most = max(beyond, key=lambda work: letting_go[work].value)
        return Finding(
            "holds only if",
            f"Holds only for pure Python ({formats.number(pure.value)} cores): one process with"
            f" threads used {formats.number(letting_go[most].value)} of {evidence.cores} cores in"
            f" {most}, which lets go of the GIL.",
            numbers,
        )
    evidence.parallelism()
    if letting_go and all(use.high < ONE_CORE for use in letting_go.values()):
        return Finding("holds", "No work tried used more than one core in one process.", numbers)
    raise Undecided("work that lets go of the GIL used between one core and all of them", numbers)


def processes_are_needed(evidence: Evidence) -> Finding:
    """C8: for CPU-bound work there is no other way than processes."""
    evidence.need_cores()
    evidence.parallelism()
    processes = _speedup(evidence, "processes", PURE)
    numbers: dict[str, Estimate | float] = {f"processes on {PURE}": processes}
    if not above(processes, HELP, "the speed-up of processes"):
        return Finding(
            "does not hold",
            f"Processes did not help: {formats.ratio_interval(processes)}.",
            numbers,
        )
    rivals = _rivals(evidence)
    numbers |= {f"{model} on {work} against processes": rival for model, work, rival in rivals}
    as_good = [rival for rival in rivals if rival[2].low > AS_GOOD]
    for model, work, rival in as_good:
        if work == PURE:
            return Finding(
                "does not hold",
                f"On {PURE}, {model} were {formats.ratio_interval(rival)} as fast as processes.",
                numbers,
            )
    if as_good:
        model, work, rival = max(as_good, key=lambda found: found[2].value)
        return Finding(
            "holds only if",
            f"Holds only for {PURE}, where processes reached"
            f" {formats.ratio_interval(processes)}: on {work}, {model} in one process were"
            f" {formats.ratio_interval(rival)} as fast as processes.",
            numbers,
        )
    if not rivals:
        raise NotTested("no alternative to processes was measured here")
    if all(rival.high < AS_GOOD for _, _, rival in rivals):
        return Finding(
            "holds",
            f"Processes reached {formats.ratio_interval(processes)}, and nothing else came near.",
            numbers,
        )
    raise Undecided("an alternative to processes came near them, within the interval", numbers)


def c_uses_several_cores(evidence: Evidence) -> Finding:
    """C9: threads of a C program use several cores."""
    cores = evidence.need_cores()
    compiled = evidence.cases("utilisation", model="c-threads", workers=cores)
    if not compiled:
        raise NotTested("there is no C compiler (install gcc or clang), so no C program was timed")
    evidence.parallelism()
    use = evidence.cpu_share("utilisation", compiled[0])
    numbers = {"cores used": use}
    sentence = f"A C program with {cores} threads used {formats.number(use.value)} cores"
    if above(use, max(ONE_CORE, CORE_SHARE * cores), "the cores that the C program uses"):
        return Finding("holds", f"{sentence} in one process.", numbers)
    return Finding("does not hold", f"{sentence} only.", numbers)


def c_has_no_gil(evidence: Evidence) -> Finding:
    """C10: C knows no GIL; but C code that Python calls holds it until it lets go."""
    if not evidence.interpreter.gil:
        raise NotTested("this interpreter runs without the GIL")
    released, held = _probe(evidence)
    numbers = {**released, **held}
    if released and held:
        return Finding(
            "holds only if",
            f"Holds only outside Python: of {len(released) + len(held)} C functions called from"
            f" Python, {len(held)} kept the GIL to their end ({_names(held)}).",
            numbers,
        )
    if held:
        return Finding("does not hold", f"All {len(held)} C functions kept the GIL.", numbers)
    return Finding("holds", f"All {len(released)} C functions let go of the GIL.", numbers)


def threads_do_not_help_cpu(evidence: Evidence) -> Finding:
    """C11: threads do not speed up CPU-bound work."""
    cores = evidence.need_cores()
    threads = evidence.speedup(
        "cpu-bound", evidence.case("cpu-bound", model="threads", workers=cores, pool="warm")
    )
    numbers: dict[str, Estimate | float] = {f"threads on {PURE}": threads}
    if above(threads, NO_HELP, f"the speed-up of {cores} threads"):
        return Finding(
            "does not hold",
            f"{cores} threads on {PURE} reached {formats.ratio_interval(threads)}.",
            numbers,
        )
    released = {
        work: _speedup(evidence, "threads", work)
        for work in ("hashlib", "zlib", "numpy")
        if evidence.cases("utilisation", model="threads", workers=cores, work=work)
    }
    numbers |= {f"threads on {work}": speedup for work, speedup in released.items()}
    helped = [work for work, speedup in released.items() if speedup.low > HELP]
    if helped:
        work = max(helped, key=lambda name: released[name].value)
        return Finding(
            "holds only if",
            f"Holds only for {PURE} ({formats.ratio_interval(threads)} with {cores} threads):"
            f" on {work}, which lets go of the GIL, they reached"
            f" {formats.ratio_interval(released[work])}.",
            numbers,
        )
    return Finding(
        "holds",
        f"{cores} threads on {PURE} reached {formats.ratio_interval(threads)}.",
        numbers,
    )


def threads_help_io(evidence: Evidence) -> Finding:
    """C12: threads speed up I/O-bound work."""
    case = evidence.case("io-bound", model="threads", workers=IO_LEVEL, latency_ms=20)
    threads = evidence.speedup("io-bound", case)
    numbers = {f"{IO_LEVEL} threads against one after the other": threads}
    sentence = (
        f"{IO_LEVEL} threads fetched {formats.ratio_interval(threads)} as many ratings a second"
        " at 20 ms as one request after the other"
    )
    if above(threads, IO_HELP, f"the speed-up of {IO_LEVEL} threads"):
        return Finding("holds", f"{sentence}.", numbers)
    return Finding("does not hold", f"{sentence} only.", numbers)


def _probe(evidence: Evidence) -> tuple[dict[str, float], dict[str, float]]:
    """Return the functions that let another thread run, and those that did not.

    Of each function's calls the one with the shortest silence counts: a neighbour on the machine
    can lengthen a silence and never shorten it. Raises :class:`Undecided` where a sleeping
    control was silent too, or where some function lies between.
    """
    shares = {
        str(case.parameters["function"]): min(
            silence / call
            for silence, call in zip(
                evidence.counted("gil-probe", case, "silence_s"),
                evidence.counted("gil-probe", case, "call_s"),
                strict=True,
            )
        )
        for case in evidence.cases("gil-probe")
    }
    control = shares.pop("time.sleep", None)
    if control is None:
        raise NotTested("the probe's control, time.sleep, has no sample")
    if control > RELEASED:
        raise Undecided(
            f"the machine was busy: beside time.sleep the ticking thread was silent"
            f" {formats.share(control)} of the call",
            {"time.sleep": control},
        )
    released = {name: share for name, share in shares.items() if share < RELEASED}
    held = {name: share for name, share in shares.items() if share > HELD}
    if not released and not held:
        raise Undecided("no function let go of the GIL or kept it clearly enough", shares)
    return released, held


def _names(functions: dict[str, float]) -> str:
    return ", ".join(sorted(functions))


def _use(evidence: Evidence, work: str) -> Estimate | None:
    cases = evidence.cases("utilisation", model="threads", workers=evidence.cores, work=work)
    return evidence.cpu_share("utilisation", cases[0]) if cases else None


def _threads_use(evidence: Evidence, work: str) -> Estimate:
    case = _case(evidence, "threads", work)
    return evidence.cpu_share("utilisation", case)


def _case(evidence: Evidence, model: str, work: str) -> Case:
    return evidence.case("utilisation", model=model, workers=evidence.cores, work=work)


def _speedup(evidence: Evidence, model: str, work: str) -> Estimate:
    return evidence.speedup("utilisation", _case(evidence, model, work))


def _rivals(evidence: Evidence) -> list[tuple[str, str, Estimate]]:
    """Return each alternative to processes: its model, its work, and its speed against theirs."""
    found = []
    for model in ("threads", "interpreters"):
        for work in (PURE, "hashlib", "zlib", "numpy"):
            cases = evidence.cases("utilisation", model=model, workers=evidence.cores, work=work)
            rivalled = evidence.cases(
                "utilisation", model="processes", workers=evidence.cores, work=work
            )
            if cases and rivalled:
                found.append((model, work, evidence.ratio("utilisation", cases[0], rivalled[0])))
    return found
