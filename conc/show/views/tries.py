"""What ``own-function`` found: each model around one function, and what to do."""

from collections.abc import Iterator
from functools import partial

from conc import formats
from conc.advise import Advice, advise
from conc.errors import MissingError
from conc.experiments.tries import EXAMPLES, NAME
from conc.records import Case
from conc.results import samples
from conc.results.differences import WORTH_IT, difference
from conc.results.evidence import Evidence, Measured
from conc.show.tables import Column, Table
from conc.show.views import columns
from conc.show.views.cells import known, number
from conc.show.views.counted import cores_used
from conc.show.views.registry import Views


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
    return columns.of_cases(
        measured,
        f"{block}, {formats.plural(cases[0].items, 'call')} a sample",
        (
            columns.name("model", "Model", _name),
            columns.workers(meaning="or calls at once"),
            Column(
                "cost_s",
                "Wall time",
                lambda case: known(measured.cost_s(case), formats.seconds),
                "of a call",
                "lower",
            ),
            columns.speed_up(measured, "the plain loop, 95 % interval"),
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
        gain = formats.share(WORTH_IT - 1)
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
            f"A call takes {formats.seconds(each, 2)}, and handing it over costs about as"
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


def _name(case: Case) -> str:
    again = ", again" if case.parameters.get(samples.TWIN) else ""
    cold = ", cold" if case.parameters.get("pool") == "cold" else ""
    return f"{case.model}{again}{cold}"


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
