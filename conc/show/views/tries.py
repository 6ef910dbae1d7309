"""What ``own-function`` found: each model around one function, and what to do."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from statistics import median

from msgspec.structs import replace

from conc import formats
from conc.advise import HALF, Advice, Finding, Tried, advise
from conc.against import Against, blocks_against, compare
from conc.errors import MissingError
from conc.experiments import tries
from conc.experiments.pairs import is_of_pair
from conc.experiments.parts.executors import BURST_EACH_S, HOP_S
from conc.experiments.parts.looking import Look
from conc.experiments.tries import (
    ASIDE,
    EXAMPLES,
    HELD,
    MOST_ITEMS,
    MOST_LOOKED,
    NAME,
    PROFILED,
    THREADS,
    WAITED,
)
from conc.figures import Counted, Given, widened
from conc.models import find
from conc.records import Case, Estimate
from conc.results import samples
from conc.results.differences import SHOWN_LEVEL, WORTH_IT, difference
from conc.results.evidence import Evidence, Measured
from conc.results.quantities import counted
from conc.results.scaling import LAW, MACHINES, Hop
from conc.show.tables import NONE, Column, Table
from conc.show.views import columns
from conc.show.views.cells import interval, known, number
from conc.show.views.counted import cores_used
from conc.show.views.registry import Views

DASK = "distributed"
"""The distribution of the pools that can reach other machines."""


def example_table(evidence: Evidence, example: str) -> Table:
    """List what each model made of one of the two examples."""
    return table(*find_example(evidence, example))


def example_advice(evidence: Evidence, example: str) -> str:
    """Say what to do with one of the two examples, an option as code."""
    return re.sub("--[a-z-]+", r"`\g<0>`", " ".join(sentences(*find_example(evidence, example))))


def find_example(evidence: Evidence, example: str) -> tuple[Measured, str]:
    """Return what was measured, and the block of one of the two examples in it.

    Raises MissingError where it was not tried.
    """
    measured, function = evidence.of(NAME), EXAMPLES[example].call.function
    # In older files the module of the snippets is none of the package yet.
    for block in (function, function.removeprefix("conc.")):
        if block in blocks(measured):
            return measured, block
    raise MissingError(f"{function} was not tried")


def blocks(measured: Measured) -> list[str]:
    """Return the functions that were tried."""
    return list(dict.fromkeys(case.block for case in measured.cases if not is_of_pair(case)))


def table(measured: Measured, block: str) -> Table:
    """List what each model made of one function."""
    cases = [case for case in measured.select(block=block) if _has_a_row(measured, case)]
    return columns.of_cases(
        measured,
        f"{columns.written(block)}, {formats.plural(cases[0].items, 'call')} a sample",
        (
            columns.name("model", "Model", name),
            columns.workers(meaning="or calls at once"),
            Column(
                "cost_s",
                "Wall time",
                lambda case: known(measured.cost_s(case), formats.seconds),
                "of a call",
                "lower",
            ),
            _speed_up_column(measured, block),
            Column(
                "cores",
                "Cores used",
                lambda case: known(cores_used(measured, case), formats.number),
                "CPU time over wall time",
            ),
            *_memory_column(measured),
            columns.rounds(measured.cost_s),
        ),
        cases,
        notes=(
            "A pool is open before the sample, a cold one is opened and closed within it.",
            _not_tried(cases),
        ),
    )


def _has_a_row(measured: Measured, case: Case) -> bool:
    """Tell whether a table lists a case: what stands beside the models, where it was timed."""
    stands_aside = case.parameters.get("pool") in {"cold", "none"}
    was_tried = measured.timed(case) or measured.failure(case)
    return case.model not in ASIDE and (bool(was_tried) or not stands_aside)


def against_table(measured: Measured, block: str) -> Table:
    """List two functions that were compared under one model."""
    cases = list(reversed(measured.select(block=block)))
    return columns.of_cases(
        measured,
        f"{columns.written(block)}, {formats.plural(cases[0].items, 'call')} a sample",
        (
            columns.name("function", "Function", lambda case: case.workload),
            columns.name("model", "Model", lambda case: _workers(case.model, case.workers)),
            columns.wall_time(measured.cost_s, "of a call"),
            columns.speed_up(measured, "the other, 95 % interval"),
            columns.rounds(measured.cost_s),
        ),
        cases,
    )


def sentences(measured: Measured, block: str) -> Iterator[str]:
    """Yield what the figures come to. Raises MissingError where the plain loop gave none."""
    try:
        advice = advise(measured, block)
    except LookupError as error:
        raise MissingError(str(error)) from None
    named = _named(measured, block)
    if answers_anew(measured, block):
        yield _anew(block)
        return
    yield _nature(block, advice, named)
    if advice.lets_go is not None and measured.measurement.gil:
        yield (
            "Threads computed side by side, so it lets go of the GIL."
            if advice.lets_go
            else "Processes gained and threads did not, so it holds the GIL."
        )
    for finding in advice.findings:
        yield FINDINGS[finding](advice, named)
    yield choice(measured, block, advice)
    yield from _raised_in_threads(measured, block)
    in_a_loop = any(case.block == block and case.model == "asyncio" for case in measured.cases)
    yield from _cautions(advice, named, in_a_loop=in_a_loop)
    yield from _hops(measured, block)
    yield from _profile(measured, block)
    for pair in blocks_against(measured, block):
        yield against_sentence(compare(measured, pair))


def answers_anew(measured: Measured, block: str) -> bool:
    """Tell whether a plain loop returned something else in another process."""
    loops = measured.select(block=block, model="sequential")
    failures = (measured.failure(loop) for loop in loops[:1])
    return any(failure is not None and failure.kind == "wrong answer" for failure in failures)


def _anew(block: str) -> str:
    return (
        f"{block.partition(':')[2]} returned something else for the same items in another process,"
        " so its models can't be checked. If its module makes its data anew whenever it is"
        " imported, as with random numbers, give those a seed; if its answers may differ, add"
        " --any-answer."
    )


def _profile(measured: Measured, block: str) -> Iterator[str]:
    seen = {case.id for case in measured.select(block=block, model=PROFILED)}
    for values in (one.values for one in measured.measurement.samples if one.case in seen):
        held, waited = (
            measured.counted(f"{what} by the threads of {block}", float(str(values[what])))
            for what in (HELD, WAITED)
        )
        threads = formats.plural(int(float(str(values[THREADS]))), "thread")
        yield (
            f"The sampling profiler, in a run of its own that was not timed, saw {threads} hold the"
            f" GIL in {formats.share(held)} of their time and wait for it in"
            f" {formats.share(waited)}."
        )


def hop_of(measured: Measured, case: Case) -> Hop | None:
    """Return what a call costs that an executor is handed, where that was measured."""
    hops = measured.pooled(case, HOP_S)
    each = measured.each(case, counted(BURST_EACH_S))
    return Hop(median(hops), median(each)) if hops and each and min(each) > 0 else None


def predictions(measured: Measured, block: str) -> Iterator[tuple[Case, float, Hop]]:
    """Yield each pool that could reach other machines, the length of a call, and what a hop costs.

    From these it is predicted what more machines bring.
    """
    loop = next(iter(measured.select(block=block, model="sequential")), None)
    cost = measured.cost_s(loop) if loop else None
    for case in measured.select(block=block, pool="warm"):
        hop = hop_of(measured, case)
        if cost and hop and find(case.model).distribution == DASK:
            yield case, cost.value, hop


def _hops(measured: Measured, block: str) -> Iterator[str]:
    for case in measured.select(block=block, pool="warm"):
        if hop := hop_of(measured, case):
            known = measured.counted(f"hop to {case.id}", hop.there_and_back_s)
            yield (
                f"A call of nothing takes {formats.seconds(known, 2)} by way of {case.model}, from"
                " handing it over to having its answer."
            )
    for case, call_s, hop in predictions(measured, block):
        where = "" if find(case.model).kind == "elsewhere" else ", and further over a network"
        from_s = measured.counted(f"another machine pays from, {case.id}", hop.pays_from_s())
        two, *more = (f"{hop.predicted(call_s, count):.2g}×" for count in MACHINES[1:])
        gains = formats.listed(
            [f"{count} {gain}" for count, gain in zip(MACHINES[2:], more, strict=True)]
        )
        yield (
            f"Predicted by {LAW} from that hop{where}: another machine pays from calls of"
            f" {formats.seconds(from_s, 2)} on. For calls as long as these, 2 machines with a"
            f" worker each would be {two} as fast as the loop, {gains}."
        )


def against_sentence(found: Against) -> str:
    """Say whether a function is faster than another, and whether both return the same."""
    ours, theirs = _short(found.function, found.other), _short(found.other, found.function)
    if found.ratio is None:
        return f"{theirs} was not compared: {found.failed or 'there was no time left'}."
    ratio = formats.ratio_interval(found.ratio)
    under = f"both under {_workers(found.model, found.workers)}"
    said = {
        "faster": f"{ours} is faster than {theirs}: {ratio} as fast, {under}.",
        "slower": f"{ours} is slower than {theirs}: {ratio} as fast, {under}.",
        "no difference": f"{ours} is as fast as {theirs}: {ratio} as fast, {under}.",
        "undecided": f"Whether {ours} is faster than {theirs} is undecided: {ratio} as fast,"
        f" {under}. More --seconds would tell more.",
    }[found.word]
    if found.same_answers is False:
        said += f" Their answers differ for the {formats.plural(found.items, 'item')} called."
    return said


def _short(function: str, beside: str) -> str:
    """Name a function without its module where that tells it from another."""
    name = function.partition(":")[2]
    return function if name == beside.partition(":")[2] else name


Named = Callable[[str, float], Counted]
"""Gives a figure of the function its name, under which it is the same everywhere."""


def _named(measured: Measured, block: str) -> Named:
    return lambda what, value: measured.counted(f"{what} of {block}", value)


def _nature(block: str, advice: Advice, named: Named) -> str:
    function = block.partition(":")[2]
    busy = advice.busy
    if busy is None:
        unknown = "computes or waits is not known: this system tells no CPU time."
        return f"Whether {function} {unknown}"
    does = "computes and waits" if advice.nature == "both" else advice.nature
    share = formats.share(named("share of its time with a CPU", min(1.0, busy.value)))
    return f"{function} {does}: a CPU worked for it in {share} of its time."


def _blocks(advice: Advice, named: Named) -> str:
    assert advice.look is not None
    return (
        f"It never lets go of the event loop while it waits: it kept the loop to itself in"
        f" {_held(advice.look, named)} of its time. What it waits for has to be awaited, or"
        " the call belongs into a thread, as with asyncio.to_thread."
    )


def _held(look: Look, named: Named) -> str:
    return formats.share(named("time that it kept its loop", look.held))


def _computes_in_loop(advice: Advice, named: Named) -> str:
    assert advice.look is not None
    return (
        "An event loop runs one coroutine at a time, and this one computes: it kept the loop to"
        f" itself in {_held(advice.look, named)} of its time. So it was tried in pools too."
    )


def _waits_with_gil(advice: Advice, named: Named) -> str:
    assert advice.look is not None
    gap = formats.seconds(named("turn of another thread", advice.look.gap_s), 2)
    return (
        "It keeps the GIL while it waits: another thread's turn was"
        f" {gap} in coming. Threads can't help; processes can."
    )


def _in_turn(_advice: Advice, _named: Named) -> str:
    return (
        "Neither threads nor processes waited side by side: it waits for something that serves one"
        " at a time, such as a lock or a service. More workers don't help; that has to be widened."
    )


def _in_turn_within(_advice: Advice, _named: Named) -> str:
    return (
        "Threads did not wait side by side, though others could run meanwhile, and processes did:"
        " it waits for a lock of its own process."
    )


def _several(advice: Advice, named: Named) -> str:
    assert advice.look is not None
    cores = formats.number(named("cores of a call", advice.look.busy), 2)
    return (
        f"A call uses {cores} cores by itself, so it was also tried"
        " with its native threads limited to one."
    )


def _children(advice: Advice, named: Named) -> str:
    assert advice.look is not None
    share = formats.share(named("CPU time of its children", advice.look.children))
    return (
        f"Its child processes do the work: {share} of the CPU time"
        " was theirs. Threads are enough to start several."
    )


def _transfer(advice: Advice, named: Named) -> str:
    look = advice.look
    assert look is not None
    argument = formats.size(named("bytes of an argument", look.argument_bytes))
    answer = formats.size(named("bytes of an answer", look.answer_bytes))
    return (
        f"A call's argument has {argument} when it is sent, its answer {answer}: there and back"
        f" that takes {formats.seconds(named('time to send a call', look.transfer_s), 2)},"
        f" {formats.share(named('share of sending', look.transfer_s / look.seconds_each))} of a"
        " call. Send names or places"
        " of data instead, or make the answer smaller where it is computed."
    )


def _long_item(advice: Advice, named: Named) -> str:
    assert advice.look is not None
    bound = formats.ratio(named("most that a model can gain", 1 / advice.look.largest))
    share = formats.share(named("share of the longest item", advice.look.largest))
    return (
        f"One item takes {share} of the time of all, so no model can be more than {bound} as fast,"
        " whatever the cores. Split that item."
    )


def _remembers(advice: Advice, named: Named) -> str:
    assert advice.look is not None
    first = formats.number(named("first calls over repeated ones", advice.look.first), 2)
    return (
        f"The first calls took {first} times as long as those that"
        " repeated them: it keeps what it found or made ready, as a cache does or an import. Only"
        " repeated calls were timed; each process would pay for the first ones again. If it is a"
        " cache, try what it calls without it to compare those."
    )


def _not_sendable(advice: Advice, _named: Named) -> str:
    assert advice.look is not None
    what, _, why = advice.look.unpicklable.partition(": ")
    way_out = {
        "function": "define it at the top of a module",
        "argument": "send a name or a path, and open it in the call",
        "answer": "return plain data",
    }
    return (
        f"Its {what} can't be sent to another process ({why}), so only threads were tried:"
        f" {way_out.get(what, 'send plain data')}."
    )


def _shared_units(advice: Advice, _named: Named) -> str:
    assert advice.yardstick is not None
    return (
        "Independent processes that are sent nothing got"
        f" {formats.ratio_interval(advice.yardstick)} as much of this very code done: what the"
        " cores share, such as memory, caches or hardware threads, is the limit."
    )


def _handing_over(advice: Advice, named: Named) -> str:
    said = (
        "Handing a call over to a process costs"
        f" {formats.seconds(named('CPU time of handing over', advice.handing_s), 2)} of CPU time"
        if advice.handing_s
        else "Handing calls over is what is lost"
    )
    if advice.seconds_each:
        said += f", and the call itself takes {formats.seconds(advice.seconds_each, 2)}"
    if advice.yardstick:
        said += (
            "; independent processes that are sent nothing got"
            f" {formats.ratio_interval(advice.yardstick)} as much of this very code done"
        )
    return f"{said}. Let each call do more."


FINDINGS: Mapping[Finding, Callable[[Advice, Named], str]] = {
    "blocks its loop": _blocks,
    "computes in its loop": _computes_in_loop,
    "waits with the GIL": _waits_with_gil,
    "waits in turn": _in_turn,
    "waits in turn within a process": _in_turn_within,
    "several cores": _several,
    "children": _children,
    "transfer": _transfer,
    "one long item": _long_item,
    "remembers": _remembers,
    "not sendable": _not_sendable,
    "shared units": _shared_units,
    "handing over": _handing_over,
}
"""What is said of each finding, with its evidence."""


def _gain(measured: Measured, advice: Advice) -> str:
    """Write what the best model gains as the table has it; with no interval that says nothing."""
    found = gained(measured, advice.best) if advice.best else None
    found = found or advice.gain
    if found is None:
        return ""
    return formats.ratio_interval(found) if formats.has_interval(found) else formats.ratio(found)


def choice(measured: Measured, block: str, advice: Advice) -> str:
    """Say what to do, with its figures (:mod:`conc.figures`)."""
    gain, named = _gain(measured, advice), _named(measured, block)
    if advice.outcome == "keep":
        others = "no model that gave a figure" if advice.silent else "no model"
        least = formats.share(Given(WORTH_IT - 1))
        return f"Keep the plain loop: {others} can be {least} faster here."
    if advice.outcome == "alone":
        return "Only the plain loop gave a figure; the table says why."
    if advice.best is None or not gain:
        return f"Undecided: {_how_near(measured, advice)}. {_what_helps(advice)}"
    said = f"Take {model(advice.best)}: {gain} as fast."
    if len(advice.tied) > 1:
        names = formats.listed([model(case) for case in advice.tied], "or")
        said = f"{names}, not to be told apart: take the first, the simplest. {said}"
        said = said[0].upper() + said[1:]
    said += _of_counts(measured, advice)
    if advice.start_s and advice.pays_from:
        calls = named("calls from which a pool pays", advice.pays_from)
        said += (
            " Opening and closing the pool costs"
            f" {formats.seconds(named('opening and closing a pool', advice.start_s), 2)}; it pays"
            f" from {formats.plural(calls, 'call')} on. Keep it open for more."
        )
    return said


def _of_counts(measured: Measured, advice: Advice) -> str:
    """Say where the best number of workers lies, and what tries more where it is the most."""
    assert advice.best is not None
    best, counts = advice.best, dict(advice.counts)
    most = max(counts, default=0)
    gains = formats.listed(
        [
            f"{formats.count(Given(n))} gave {formats.ratio(_at(measured, best, n) or counts[n])}"
            for n in sorted(counts)
        ]
    )
    said = ""
    if len(counts) > 1:
        said = f" Of the numbers of workers tried, {gains}."
        if best.workers < most:
            said += f" More than {formats.count(Given(best.workers))} are not worth it."
    if best.workers == most and counts[most].value >= HALF * most and advice.nature == "waits":
        more = formats.count(Given(tries.STEP * most))
        said += f" With more at once it may gain more: --at-once {more} tries it."
    return said


def _at(measured: Measured, best: Case, workers: int) -> Estimate | None:
    """Return what the best model gains with another number of workers, as the table has it."""
    for case in measured.select(block=best.block, model=best.model, workers=workers):
        if case.against == best.against and case.parameters == best.parameters:
            return gained(measured, case)
    return None


def _how_near(measured: Measured, advice: Advice) -> str:
    if advice.nearest is None:
        return "the intervals are too wide"
    case, gain = advice.nearest
    shown = gained(measured, case) or gain
    judged = replace(
        shown, low=gain.low, high=gain.high, level=gain.level, shown=(shown.low, shown.high)
    )
    came_out = f"{model(case)} came out {widened(formats.ratio_interval(judged))} as fast"
    least = formats.ratio(Given(WORTH_IT))
    if gain.low >= WORTH_IT:
        return f"{came_out}, but in so few rounds it takes more for {least} to be certain"
    disturbed = advice.cause is not None and advice.cause.kind != "unknown"
    if shown.value < WORTH_IT and not disturbed:
        return f"{came_out}, so likely keep the plain loop, but that is not certain yet"
    return f"{came_out}, and at least {least} has to be certain"


def _what_helps(advice: Advice) -> str:
    if advice.cause is None or advice.cause.kind == "unknown":
        return "Measure longer (--seconds 60), or on a machine with less other work."
    others = advice.cause.kind == "other programs"
    helps = "try again without them" if others else "measure longer (--seconds 60)"
    return f"{advice.cause.sentence[0].upper()}{advice.cause.sentence[1:]}: {helps}."


def _raised_in_threads(measured: Measured, block: str) -> Iterator[str]:
    """Say what threads raised, where the plain loop raised nothing."""
    for case in measured.select(block=block, model="threads"):
        failure = measured.failure(case)
        if failure is not None and failure.kind == "raised":
            yield (
                f"In threads it raised {failure.detail}, which the plain loop did not: what calls"
                " share, such as an open file or a connection, bears one thread at a time. Let"
                " each call open its own."
            )
            return


def _cautions(advice: Advice, named: Named, *, in_a_loop: bool) -> Iterator[str]:
    look = advice.look
    if in_a_loop and look is None and advice.nature == "computes" and advice.outcome != "take":
        yield (
            "An event loop runs one coroutine at a time, so what computes gains nothing in it;"
            " try it as a plain function, in threads and processes."
        )
    if look is not None and look.raising:
        tried = min(int(look.items), MOST_LOOKED)
        yield (
            f"It raised for {formats.count(named('items that raised', len(look.raising)))} of"
            f" {formats.plural(named('items looked at', tried), 'item')} ({look.raised}; the first"
            f" was item {formats.count(Given(int(look.raising[0]) + 1))}); those were left out."
        )
    if look is not None and look.items >= MOST_ITEMS:
        yield f"There were more items; the first {formats.count(Given(MOST_ITEMS))} were taken."
    if look is not None and look.changes:
        yield f"A call changes {look.changes}, so later calls may not do the same."
    if advice.twin and difference(advice.twin) in {"faster", "slower"}:
        yield (
            f"The same loop beside itself came out {formats.ratio_interval(advice.twin)} as fast:"
            " differences of that size say nothing here."
        )


def model(case: Case) -> str:
    """Name a model with its workers, as advice does."""
    limited = ", one native thread each" if case.parameters.get("native_threads") else ""
    return f"{_workers(case.model, case.workers)}{limited}"


def _workers(model: str, count: int) -> str:
    if model == "sequential":
        return "the plain loop"
    unit = "call at once" if model == "asyncio" else "worker"
    plural = "calls at once" if model == "asyncio" else "workers"
    return f"{model} with {formats.count(Given(count))} {unit if count == 1 else plural}"


def name(case: Case) -> str:
    """Name a case by its model and what is special about it."""
    again = ", again" if case.parameters.get(samples.TWIN) else ""
    pool = str(case.parameters.get("pool", ""))
    aside = {"cold": ", cold", "none": ", sent nothing"}.get(pool, "")
    limited = ", one native thread each" if case.parameters.get("native_threads") else ""
    return f"{case.model}{again}{aside}{limited}"


def gained(measured: Measured, case: Case) -> Estimate | None:
    """Return what a case gains over its loop, alike in table, drawing and sentence.

    Those of a try take each round for itself, as its advice does.
    """
    tried = _tried(measured, case.block)
    if tried is None:
        return measured.speedup(case)
    found = tried.ratio(case, tried.loop, SHOWN_LEVEL) if case.against else None
    quantity = measured.name(f"speed-up of {case.id}, each round for itself")
    return replace(found, quantity=quantity) if found else None


def _tried(measured: Measured, block: str) -> Tried | None:
    """Return what a try measured of a function, ``None`` where it was timed without a look."""
    try:
        tried = Tried(measured, block)
    except LookupError:
        return None
    return tried if tried.look else None


def _speed_up_column(measured: Measured, block: str) -> Column[Case]:
    """Return the column of the speed-ups."""
    if _tried(measured, block) is None:
        return columns.speed_up(measured, "the plain loop, 95 % interval")
    return Column(
        "speed_up",
        "Speed-up",
        lambda case: interval(gained(measured, case), formats.ratio_interval),
        "over the plain loop, 95 % interval, each round for itself",
        "higher",
        otherwise=NONE,
    )


def _memory_column(measured: Measured) -> Iterator[Column[Case]]:
    """Yield the column of the memory where it was read."""
    memory = measured.measurement.memory
    tells_pss = all(read.pss is not None for read in memory)

    def peak(case: Case) -> float | None:
        read = measured.memory(case)
        if read is None:
            return None
        return float(read.pss if read.pss is not None and tells_pss else read.rss)

    if memory:
        what = "PSS" if tells_pss else "RSS"
        yield Column(
            "memory",
            "Memory",
            lambda case: number(peak(case), formats.size),
            f"peak {what} of all processes",
            "lower",
        )


def _not_tried(cases: list[Case]) -> str:
    if any(case.model == "asyncio" for case in cases):
        return "A coroutine function runs in an event loop; threads and processes have none."
    return "asyncio runs a plain function in threads only, with asyncio.to_thread."


VIEWS = Views(
    tables={
        "own-function/computes": partial(example_table, example="computes"),
        "own-function/waits": partial(example_table, example="waits"),
    },
    sentences={
        "own-function/computes": partial(example_advice, example="computes"),
        "own-function/waits": partial(example_advice, example="waits"),
    },
)
