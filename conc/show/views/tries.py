"""What ``own-function`` found: each model around one function, and what to do."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from conc import formats
from conc.advise import HALF, Advice, Finding, Tried, advise
from conc.errors import MissingError
from conc.experiments import tries
from conc.experiments.tries import EXAMPLES, FIRST_LOOK, MOST_ITEMS, MOST_LOOKED, NAME
from conc.records import Case, Estimate
from conc.results import samples
from conc.results.differences import SHOWN_LEVEL, WORTH_IT, difference
from conc.results.evidence import Evidence, Measured
from conc.show.tables import NONE, Column, Table
from conc.show.views import columns
from conc.show.views.cells import interval, known, number
from conc.show.views.counted import cores_used
from conc.show.views.registry import Views


def example_table(evidence: Evidence, example: str) -> Table:
    """List what each model made of one of the two examples."""
    return table(*find_example(evidence, example))


def example_advice(evidence: Evidence, example: str) -> str:
    """Say what to do with one of the two examples."""
    return " ".join(sentences(*find_example(evidence, example)))


def find_example(evidence: Evidence, example: str) -> tuple[Measured, str]:
    """Return what was measured, and the block of one of the two examples in it.

    Raises MissingError where it was not tried.
    """
    measured, function = evidence.of(NAME), EXAMPLES[example][0].function
    # In older files the module of the snippets is none of the package yet.
    for block in (function, function.removeprefix("conc.")):
        if block in blocks(measured):
            return measured, block
    raise MissingError(f"{function} was not tried")


def blocks(measured: Measured) -> list[str]:
    """Return the functions that were tried."""
    return list(dict.fromkeys(case.block for case in measured.cases))


def table(measured: Measured, block: str) -> Table:
    """List what each model made of one function."""
    cases = [case for case in measured.select(block=block) if _has_a_row(measured, case)]
    return columns.of_cases(
        measured,
        f"{block}, {formats.plural(cases[0].items, 'call')} a sample",
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
    return case.model != FIRST_LOOK and (bool(was_tried) or not stands_aside)


def sentences(measured: Measured, block: str) -> Iterator[str]:
    """Yield what the figures come to. Raises MissingError where the plain loop gave none."""
    try:
        advice = advise(measured, block)
    except LookupError as error:
        raise MissingError(str(error)) from None
    yield _nature(block, advice)
    if advice.lets_go is not None and measured.measurement.gil:
        yield (
            "Threads computed side by side, so it lets go of the GIL."
            if advice.lets_go
            else "Processes gained and threads did not, so it holds the GIL."
        )
    for finding in advice.findings:
        yield FINDINGS[finding](advice)
    yield choice(advice)
    yield from _raised_in_threads(measured, block)
    in_a_loop = any(case.block == block and case.model == "asyncio" for case in measured.cases)
    yield from _cautions(advice, in_a_loop=in_a_loop)


def _nature(block: str, advice: Advice) -> str:
    function = block.partition(":")[2]
    busy = advice.busy
    if busy is None:
        unknown = "computes or waits is not known: this system tells no CPU time."
        return f"Whether {function} {unknown}"
    does = "computes and waits" if advice.nature == "both" else advice.nature
    share = formats.share(min(1.0, busy.value))
    return f"{function} {does}: a CPU worked for it in {share} of its time."


def _blocks(advice: Advice) -> str:
    assert advice.look is not None
    return (
        f"It never lets go of the event loop while it waits: it kept the loop to itself in"
        f" {formats.share(advice.look.held)} of its time. What it waits for has to be awaited, or"
        " the call belongs into a thread, as with asyncio.to_thread."
    )


def _computes_in_loop(advice: Advice) -> str:
    assert advice.look is not None
    return (
        "An event loop runs one coroutine at a time, and this one computes: it kept the loop to"
        f" itself in {formats.share(advice.look.held)} of its time. So it was tried in pools too."
    )


def _waits_with_gil(advice: Advice) -> str:
    assert advice.look is not None
    return (
        "It keeps the GIL while it waits: another thread's turn was"
        f" {formats.seconds(advice.look.gap_s, 2)} in coming. Threads can't help; processes can."
    )


def _in_turn(_advice: Advice) -> str:
    return (
        "Neither threads nor processes waited side by side: it waits for something that serves one"
        " at a time, such as a lock or a service. More workers don't help; that has to be widened."
    )


def _in_turn_within(_advice: Advice) -> str:
    return (
        "Threads did not wait side by side, though it lets go of the GIL, and processes did: it"
        " waits for a lock of its own process."
    )


def _several(advice: Advice) -> str:
    assert advice.look is not None
    return (
        f"A call uses {formats.number(advice.look.busy, 2)} cores by itself, so it was also tried"
        " with its native threads limited to one."
    )


def _children(advice: Advice) -> str:
    assert advice.look is not None
    return (
        f"Its child processes do the work: {formats.share(advice.look.children)} of the CPU time"
        " was theirs. Threads are enough to start several."
    )


def _transfer(advice: Advice) -> str:
    look = advice.look
    assert look is not None
    return (
        f"A call's argument has {formats.size(look.argument_bytes)} when it is sent, its answer"
        f" {formats.size(look.answer_bytes)}: there and back that takes"
        f" {formats.seconds(look.transfer_s, 2)},"
        f" {formats.share(look.transfer_s / look.seconds_each)} of a call. Send names or places"
        " of data instead, or make the answer smaller where it is computed."
    )


def _long_item(advice: Advice) -> str:
    assert advice.look is not None
    bound = formats.number(1 / advice.look.largest, 3)
    return (
        f"One item takes {formats.share(advice.look.largest)} of the time of all, so no model can"
        f" be more than {bound}× as fast, whatever the cores. Split that item."
    )


def _remembers(advice: Advice) -> str:
    assert advice.look is not None
    return (
        f"The first calls took {formats.number(advice.look.first, 2)} times as long as those that"
        " repeated them: it keeps what it found or made ready. Only repeated calls were timed; each"
        " process would pay for the first ones again. To compare those, try what it calls without"
        " the cache."
    )


def _not_sendable(advice: Advice) -> str:
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


def _shared_units(advice: Advice) -> str:
    assert advice.yardstick is not None
    return (
        "Independent processes that are sent nothing got"
        f" {formats.ratio_interval(advice.yardstick)} as much of this very code done: what the"
        " cores share, such as memory, caches or hardware threads, is the limit."
    )


def _handing_over(advice: Advice) -> str:
    said = (
        f"Handing a call over to a process costs {formats.seconds(advice.handing_s, 2)} of CPU time"
        if advice.handing_s
        else "Handing calls over is what is lost"
    )
    if advice.seconds_each:
        said += f", and the call itself takes {formats.seconds(advice.seconds_each.value, 2)}"
    if advice.yardstick:
        said += (
            "; independent processes that are sent nothing got"
            f" {formats.ratio_interval(advice.yardstick)} as much of this very code done"
        )
    return f"{said}. Let each call do more."


FINDINGS: Mapping[Finding, Callable[[Advice], str]] = {
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


def choice(advice: Advice) -> str:
    """Say what to do."""
    if advice.outcome == "keep":
        others = "no model that gave a figure" if advice.silent else "no model"
        gain = formats.share(WORTH_IT - 1)
        return f"Keep the plain loop: {others} can be {gain} faster here."
    if advice.outcome == "alone":
        return "Only the plain loop gave a figure; the table says why."
    if advice.best is None or advice.gain is None:
        return f"Undecided: {_how_near(advice)}. {_what_helps(advice)}"
    said = f"Take {_model(advice.best)}: {formats.ratio_interval(advice.gain)} as fast."
    if len(advice.tied) > 1:
        names = formats.listed([_model(case) for case in advice.tied], "or")
        said = f"{names}, not to be told apart: take the first, the simplest. {said}"
        said = said[0].upper() + said[1:]
    said += _of_counts(advice)
    if advice.start_s and advice.pays_from:
        said += (
            f" Opening and closing the pool costs {formats.seconds(advice.start_s, 2)}; it pays"
            f" from {formats.plural(advice.pays_from, 'call')} on. Keep it open for more."
        )
    return said


def _of_counts(advice: Advice) -> str:
    """Say where the best number of workers lies, and what tries more where it is the most."""
    assert advice.best is not None
    best, counts = advice.best, dict(advice.counts)
    most = max(counts, default=0)
    gains = formats.listed([f"{n} gave {formats.ratio(counts[n].value)}" for n in sorted(counts)])
    said = ""
    if len(counts) > 1:
        said = f" Of the numbers of workers tried, {gains}."
        if best.workers < most:
            said += f" More than {best.workers} are not worth it."
    if best.workers == most and counts[most].value >= HALF * most and advice.nature == "waits":
        said += f" With more at once it may gain more: --at-once {tries.STEP * most} tries it."
    return said


def _how_near(advice: Advice) -> str:
    if advice.nearest is None:
        return "the intervals are too wide"
    case, gain = advice.nearest
    least = formats.ratio(WORTH_IT)
    came_out = f"{_model(case)} came out {formats.ratio_interval(gain)} as fast"
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


def _cautions(advice: Advice, *, in_a_loop: bool) -> Iterator[str]:
    look = advice.look
    if in_a_loop and look is None and advice.nature == "computes" and advice.outcome != "take":
        yield (
            "An event loop runs one coroutine at a time, so what computes gains nothing in it;"
            " try it as a plain function, in threads and processes."
        )
    if look is not None and look.raising:
        tried = min(int(look.items), MOST_LOOKED)
        yield (
            f"It raised for {len(look.raising)} of {formats.plural(tried, 'item')}"
            f" ({look.raised}; the first was item {int(look.raising[0]) + 1}); those were left out."
        )
    if look is not None and look.items >= MOST_ITEMS:
        yield f"There were more items; the first {formats.count(MOST_ITEMS)} were taken."
    if look is not None and look.changes:
        yield f"A call changes {look.changes}, so later calls may not do the same."
    if advice.twin and difference(advice.twin) in {"faster", "slower"}:
        yield (
            f"The same loop beside itself came out {formats.ratio_interval(advice.twin)} as fast:"
            " differences of that size say nothing here."
        )


def _model(case: Case) -> str:
    unit = "call at once" if case.model == "asyncio" else "worker"
    plural = "calls at once" if case.model == "asyncio" else "workers"
    limited = ", one native thread each" if case.parameters.get("native_threads") else ""
    return f"{case.model} with {case.workers} {unit if case.workers == 1 else plural}{limited}"


def name(case: Case) -> str:
    """Name a case by its model and what is special about it."""
    again = ", again" if case.parameters.get(samples.TWIN) else ""
    pool = str(case.parameters.get("pool", ""))
    aside = {"cold": ", cold", "none": ", sent nothing"}.get(pool, "")
    limited = ", one native thread each" if case.parameters.get("native_threads") else ""
    return f"{case.model}{again}{aside}{limited}"


def _speed_up_column(measured: Measured, block: str) -> Column[Case]:
    """Return the column of the speed-ups: those of a try take each round for itself, as advice."""
    try:
        tried = Tried(measured, block)
    except LookupError:
        tried = None
    if tried is None or tried.look is None:
        return columns.speed_up(measured, "the plain loop, 95 % interval")

    def gained(case: Case) -> Estimate | None:
        return tried.ratio(case, tried.loop, SHOWN_LEVEL) if case.against else None

    return Column(
        "speed_up",
        "Speed-up",
        lambda case: interval(gained(case), formats.ratio_interval),
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
