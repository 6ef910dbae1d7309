"""What ``overhead`` and ``memory`` found: the price of starting, handing over, and being there."""

from collections.abc import Iterator, Mapping

from conc import formats
from conc.errors import MissingError
from conc.figures import Counted
from conc.models import MODELS, find
from conc.records import Case, Estimate
from conc.results.estimates import inverse
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_models
from conc.show.markup import plain
from conc.show.specs import Dot, DotRow
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import (
    ABSENT,
    failed,
    interval,
    known,
    present,
)
from conc.show.views.registry import Views

NAME = "overhead"
MEMORY = "memory"
START = "start"
HAND_OVER = "hand_over"
HOLD = "hold"


def cost_chart(evidence: Evidence) -> Chart:
    """Draw what starting and handing over cost, from the cheapest to the dearest."""
    measured = evidence.of(NAME)
    costs = [
        (case, found)
        for workload in (START, HAND_OVER)
        for case in measured.select(workload=workload)
        if (found := measured.cost_s(case))
    ]
    drawn(costs, "overhead has no costs here: no case gave a figure")
    costs.sort(key=lambda pair: (pair[0].workload != START, pair[1].value))
    rows = [
        DotRow.of(what(case), find(case.model), found, formats.seconds_interval(found))
        for case, found in costs
    ]
    return Chart(
        title="What it costs to start a worker, and to hand it a call",
        description=captions.description(
            "Dot plot on a logarithmic axis",
            (f"{what(case)}: {formats.seconds(found)}" for case, found in costs),
        ),
        caption=(
            captions.LOWER_ON_LOG,
            captions.marks("the typical wall time of one start or one call"),
            captions.sample_size(found for _, found in costs),
        ),
        source=measured.measurement,
        drawings=specs.dots(
            rows, specs.log_axis("wall time", specs.reach(rows), formats.tick_seconds)
        ),
        legend=keys_of_models(case.model for case, _ in costs),
        table=cost_table(evidence),
    )


def cost_table(evidence: Evidence) -> Table:
    """List what each start and each hand-over costs, in wall and CPU time, and beside a thread."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "Overheads: starting and handing over",
        (
            columns.name("what", "What", what),
            columns.wall_time(measured.cost_s, "of one"),
            Column(
                "cpu_s",
                "CPU time",
                lambda case: interval(measured.cpu_per_item_s(case), formats.seconds_interval),
                "of one, children included",
                "lower",
                otherwise=ABSENT,
            ),
            Column(
                "beside_thread",
                "Beside a thread",
                lambda case: _beside_thread(measured, case),
                "how many times as long",
                "lower",
            ),
            columns.rounds(measured.cost_s),
        ),
        [case for case in measured.cases if case.workload in {START, HAND_OVER}],
    )


def memory_chart(evidence: Evidence) -> Chart:
    """Draw what one idle task, thread, process or interpreter weighs."""
    measured = evidence.of(MEMORY)
    weights = [(case, found) for case in _held(measured) if (found := weight(measured, case))]
    drawn(weights, "memory could not be read on this system")
    weights.sort(key=lambda pair: pair[1].value)
    words = [f"{one(case)}: {formats.size(found)}" for case, found in weights]
    rows = [
        DotRow(one(case), find(case.model), (Dot.alone(found.value, tip),))
        for (case, found), tip in zip(weights, words, strict=True)
    ]
    return Chart(
        title="What an idle one of each weighs",
        description=captions.description("Dot plot on a logarithmic axis", words),
        caption=(
            captions.LOWER_ON_LOG,
            (
                "A mark is the difference in peak memory between many and one, divided by how many "
                "more they are."
            ),
            f"{_kind(measured)}; one reading of each, not timed, so there is no interval.",
        ),
        source=measured.measurement,
        drawings=specs.dots(rows, specs.byte_axis("memory of one", specs.reach(rows))),
        legend=keys_of_models(case.model for case, _ in weights),
        table=memory_table(evidence),
    )


def memory_table(evidence: Evidence) -> Table:
    """List the memory of one idle task, thread, process or interpreter."""
    measured = evidence.of(MEMORY)
    return Table.of(
        "Overheads: memory of an idle one",
        (
            columns.name("what", "What", one),
            Column(
                "memory",
                "Memory",
                lambda case: known(weight(measured, case), formats.size),
                "of one",
                "lower",
            ),
            columns.workers("held", "n", "held at once"),
        ),
        _held(measured),
        missing=lambda case: None if weight(measured, case) else _no_weight(measured, case),
        notes=(f"{_kind(measured)}.",),
    ).resting_on(measured.measurement)


def start_cell(evidence: Evidence, model: str) -> Cell | str:
    """Return what starting one of a model costs. Raises MissingError where it wasn't measured."""
    measured = evidence.of(NAME)
    case = start_case(measured, model, _method(evidence, model))
    if case is None:
        raise MissingError(f"overhead has no start of {model} here")
    return known(measured.cost_s(case), formats.seconds) or failed(measured.failure(case))


def memory_cell(evidence: Evidence, model: str) -> Cell:
    """Return what an idle one of a model weighs."""
    measured = evidence.of(MEMORY)
    for case in measured.select(workload=HOLD, model=model, start_method=_method(evidence, model)):
        if case.against and (found := weight(measured, case)):
            return Cell(formats.size(found), found.value)
    return ABSENT


def weight(measured: Measured, many: Case) -> Counted | None:
    """Return the bytes of one, from many against one; ``None`` where none could be told."""
    one = next((case for case in measured.cases if case.id == many.against), None)
    read = measured.memory(many), one and measured.memory(one)
    if not (read[0] and read[1] and one):
        return None
    pairs = ((read[0].pss, read[1].pss), (read[0].uss, read[1].uss))
    for of_many, of_one in pairs:
        if of_many is not None and of_one is not None:
            difference = (of_many - of_one) / (many.workers - one.workers)
            what = f"memory of one of {many.id}"
            return measured.counted(what, difference) if difference > 0 else None
    return None


def start_case(measured: Measured, model: str, method: str | None = None) -> Case | None:
    """Return the case that starts one of a model, by the start method where it has several."""
    cases = measured.select(workload=START, model=model)
    named = [case for case in cases if case.parameters.get("start_method") == method]
    return next(iter(named if method else cases), None)


def what(case: Case) -> str:
    """Say what a case does, in words."""
    if case.workload == START:
        return f"start {one(case)}"
    to = case.parameters.get("to")
    if to == "task":
        return "switch to another task"
    if to == "to_thread":
        return "call by asyncio.to_thread"
    return f"call in a pool of {case.model}"


def one(case: Case) -> str:
    """Name one of what a case starts or holds: ``a process (spawn)``."""
    noun = find(case.model).worker
    method = case.parameters.get("start_method")
    article = "an" if noun[0] in "aeiou" else "a"
    return f"{article} {noun}" + (f" ({method})" if method else "")


def _beside_thread(measured: Measured, case: Case) -> Cell | None:
    thread = next((other for other in measured.cases if other.id == case.against), None)
    if thread is None:
        return Cell("1×", 1.0)
    return interval(_longer(measured, case, thread), formats.ratio_interval)


def _longer(measured: Measured, case: Case, thread: Case) -> Estimate | None:
    """Return how many times as long a case took as that of a thread, paired as verdicts are."""
    faster = measured.ratio(case, thread)
    return inverse(faster) if faster else None


def _held(measured: Measured) -> list[Case]:
    return [case for case in measured.select(workload=HOLD) if case.against]


def _no_weight(measured: Measured, case: Case) -> str:
    failure = measured.failure(case)
    return failed(failure) if failure else "not available, or less than could be read"


def _method(evidence: Evidence, model: str) -> str | None:
    """Return the start method that a model has: processes start by the default one here."""
    return evidence.result.interpreter.start_method if model == "processes" else None


def _kind(measured: Measured) -> str:
    """Say which memory was read: a system gives one or the other."""
    read = present(measured.memory(case) for case in measured.cases)
    if any(memory.pss is not None for memory in read):
        return "Memory is PSS: what a process has alone, and its part of what it shares"
    if any(memory.uss is not None for memory in read):
        return "Memory is USS, what a process has alone: PSS is not available on this system"
    return f"Memory is {formats.ABSENT}"


def start_sentence(evidence: Evidence) -> str:
    """Say what starting a thread and a process cost, and how far they are apart."""
    measured = evidence.of(NAME)
    method = evidence.result.interpreter.start_method
    cases: dict[str, Case] = {
        model: case
        for model, by in (("asyncio", None), ("threads", None), ("processes", method))
        if (case := start_case(measured, model, by)) and measured.cost_s(case)
    }
    if not {"threads", "processes"} <= cases.keys():
        raise MissingError("overhead has no start of a thread and of a process here")
    found = {model: formats.seconds(cost) for model, cost in _costs(measured, cases)}
    tasks = f", a task {found['asyncio']}" if "asyncio" in found else ""
    longer = _longer(measured, cases["processes"], cases["threads"])
    times = f": {formats.ratio_interval(longer)} as long as a thread" if longer else ""
    return (
        f"**Starting one:** a thread took {found['threads']}{tasks}, a process"
        f" ({plain(method)}, the default here) {found['processes']}{times}."
    )


def hand_over_sentence(evidence: Evidence) -> str:
    """Say what handing a call to a thread and to a process cost."""
    measured = evidence.of(NAME)
    cases: dict[str, Case] = {
        model: case
        for model in (one.name for one in MODELS if one.pool)
        for case in measured.select(workload=HAND_OVER, model=model)
        if measured.cost_s(case)
    }
    if not {"threads", "processes"} <= cases.keys():
        raise MissingError("overhead has no hand-over to a thread and to a process here")
    found = {model: formats.seconds(cost) for model, cost in _costs(measured, cases)}
    longer = _longer(measured, cases["processes"], cases["threads"])
    times = f", {formats.ratio_interval(longer)} as long" if longer else ""
    return (
        f"Handing an empty call to a pool and getting its answer took {found['threads']} with a"
        f" thread and {found['processes']} with a process{times}. A call that takes much less than"
        " that costs more to hand over than to make."
    )


def _costs(measured: Measured, cases: Mapping[str, Case]) -> Iterator[tuple[str, Estimate]]:
    for model, case in cases.items():
        if cost := measured.cost_s(case):
            yield model, cost


def memory_sentence(evidence: Evidence) -> str:
    """Say what an idle one of each weighs."""
    measured = evidence.of(MEMORY)
    said = [
        f"{one(case)} {formats.size(found)}"
        for case in measured.select(workload=HOLD)
        if case.against and (found := weight(measured, case))
    ]
    if not said:
        raise MissingError("memory could not be read on this system")
    return f"Idle, each weighs: {', '.join(said)}."


VIEWS = Views(
    charts={
        "overheads/costs": cost_chart,
        "overheads/memory": memory_chart,
    },
    tables={
        "overheads/costs": cost_table,
        "overheads/memory": memory_table,
    },
    sentences={
        "overheads/start": start_sentence,
        "overheads/hand-over": hand_over_sentence,
        "overheads/memory": memory_sentence,
    },
)
