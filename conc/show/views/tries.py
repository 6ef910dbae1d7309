"""What ``own-function`` found: each model around one function, and what to do."""

from collections.abc import Iterator

from conc import formats
from conc.advise import LEAST_GAIN, Advice, advise
from conc.errors import MissingError
from conc.experiments.tries import EXAMPLES, NAME
from conc.records import Case
from conc.results import samples
from conc.show.evidence import Evidence, Measured, difference
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import NONE, either, interval_data
from conc.show.views.counted import cores_used, missing


def example_table(evidence: Evidence, example: str) -> Table:
    """List what each model made of one of the two examples."""
    return table(*_example(evidence, example))


def example_advice(evidence: Evidence, example: str) -> str:
    """Say what to do with one of the two examples."""
    return " ".join(sentences(*_example(evidence, example)))


def _example(evidence: Evidence, example: str) -> tuple[Measured, str]:
    measured, block = evidence.of(NAME), EXAMPLES[example][0].function
    if block not in blocks(measured):
        raise MissingError(f"{block} was not tried")
    return measured, block


def blocks(measured: Measured) -> list[str]:
    """Return the functions that were tried."""
    return list(dict.fromkeys(case.block for case in measured.cases))


def table(measured: Measured, block: str) -> Table:
    """List what each model made of one function."""
    cases = [case for case in measured.cases if case.block == block]
    return Table(
        title=f"{block}, {formats.plural(cases[0].items, 'call')} a sample",
        columns=(
            Column("model", "Model", figures=False),
            Column("workers", "Workers", "or calls at once"),
            Column("cost_s", "Wall time", "median of a call, lower is better"),
            Column("speed_up", "Speed-up", "over the plain loop, 95 % interval, higher is better"),
            Column("cores", "Cores used", "CPU time over wall time"),
            *_memory_column(measured),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(_row(measured, case) for case in cases),
        source=measured.measurement,
        notes=(
            "A pool is open before the sample, a cold one is opened and closed within it.",
            _not_tried(cases),
        ),
    )


def sentences(measured: Measured, block: str) -> Iterator[str]:
    """Yield what the figures come to. Raises MissingError where the plain loop gave none."""
    try:
        advice = advise(measured.measurement, block)
    except LookupError as error:
        raise MissingError(str(error)) from None
    yield _nature(block, advice)
    if advice.lets_go is not None and measured.measurement.gil:
        yield (
            "Threads computed side by side, so it lets go of the GIL."
            if advice.lets_go
            else "Processes gained and threads did not, so it holds the GIL."
        )
    yield _choice(advice)
    in_a_loop = any(case.block == block and case.model == "asyncio" for case in measured.cases)
    yield from _cautions(advice, in_a_loop=in_a_loop)


def _nature(block: str, advice: Advice) -> str:
    name = block.partition(":")[2]
    busy = advice.busy
    if busy is None:
        return f"Whether {name} computes or waits is not known: this system tells no CPU time."
    does = "computes and waits" if advice.nature == "both" else advice.nature
    return (
        f"{name} {does}: a CPU worked for it in {formats.share(min(1.0, busy.value))} of its time."
    )


def _choice(advice: Advice) -> str:
    if advice.outcome == "keep":
        others = "no model that gave a figure" if advice.silent else "no model"
        gain = formats.share(LEAST_GAIN - 1)
        return f"Keep the plain loop: {others} can be {gain} faster here."
    if advice.outcome == "alone":
        return "Only the plain loop gave a figure; the table says why."
    if advice.best is None or advice.gain is None:
        return (
            "Undecided: the intervals are too wide. Measure longer, or on a machine with less"
            " other work."
        )
    said = f"Take {_model(advice.best)}: {formats.ratio_interval(advice.gain)} as fast."
    if advice.start_s and advice.pays_from:
        said += (
            f" Opening and closing the pool costs {formats.seconds(advice.start_s, 2)}; it pays"
            f" from {formats.plural(advice.pays_from, 'call')} on. Keep it open for more."
        )
    return said


def _cautions(advice: Advice, *, in_a_loop: bool) -> Iterator[str]:
    if in_a_loop and advice.nature == "computes" and advice.outcome != "take":
        yield (
            "An event loop runs one coroutine at a time, so what computes gains nothing in it;"
            " try it as a plain function, in threads and processes."
        )
    each = advice.seconds_each
    if each and advice.slowed and advice.outcome == "keep":
        yield (
            f"A call takes {formats.seconds(each.value, 2)}, and handing it over costs about as"
            " much or more: let each call do more."
        )
    if advice.twin and difference(advice.twin) in {"faster", "slower"}:
        yield (
            f"The same loop beside itself came out {formats.ratio_interval(advice.twin)} as fast:"
            " differences of that size say nothing here."
        )


def _model(case: Case) -> str:
    unit = "call at once" if case.model == "asyncio" else "worker"
    plural = "calls at once" if case.model == "asyncio" else "workers"
    return f"{case.model} with {case.workers} {unit if case.workers == 1 else plural}"


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    again = ", again" if case.parameters.get(samples.TWIN) else ""
    cold = ", cold" if case.parameters.get("pool") == "cold" else ""
    names = (Cell(f"{case.model}{again}{cold}"), Cell(formats.count(case.workers), case.workers))
    cost = measured.cost_s(case)
    memory = tuple(_memory(measured, case) for _ in _memory_column(measured))
    if cost is None:
        return (*names, *missing(measured, case, 4 + len(memory)))
    return (
        *names,
        Cell(formats.seconds(cost.value), interval_data(cost)),
        either(measured.speedup(case), formats.ratio_interval),
        either(cores_used(measured, case), lambda cores: formats.number(cores.value)),
        *memory,
        Cell(formats.sample_size(cost.runs, cost.rounds)),
    )


def _memory_column(measured: Measured) -> tuple[Column, ...]:
    """Return the column of the memory where it was read."""
    if not measured.measurement.memory:
        return ()
    what = "PSS" if _tells_pss(measured) else "RSS"
    return (Column("memory", "Memory", f"peak {what} of all processes, lower is better"),)


def _tells_pss(measured: Measured) -> bool:
    return all(read.pss is not None for read in measured.measurement.memory)


def _memory(measured: Measured, case: Case) -> Cell:
    read = measured.memory(case)
    if read is None:
        return NONE
    peak = read.pss if read.pss is not None and _tells_pss(measured) else read.rss
    return Cell(formats.size(peak), float(peak))


def _not_tried(cases: list[Case]) -> str:
    if any(case.model == "asyncio" for case in cases):
        return "A coroutine function runs in an event loop; threads and processes have none."
    return "asyncio runs a plain function in threads only, with asyncio.to_thread."
