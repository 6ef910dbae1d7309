"""What ``overhead`` and ``memory`` found: the price of starting, handing over, and being there."""

from conc import formats
from conc.errors import MissingError
from conc.records import Case, Estimate
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.evidence import Evidence, Measured, failed
from conc.show.models import look
from conc.show.specs import Point, Row
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import NONE, drawn_high, drawn_low, either, present

NAME = "overhead"
MEMORY = "memory"
START = "start"
HAND_OVER = "hand_over"
HOLD = "hold"

_SINGULAR = {
    "asyncio": "task",
    "threads": "thread",
    "processes": "process",
    "interpreters": "interpreter",
}


def cost_chart(evidence: Evidence) -> Chart:
    """Draw what starting and handing over cost, from the cheapest to the dearest."""
    measured = evidence.of(NAME)
    costs = {
        case.id: (case, found)
        for case in measured.select()
        if case.workload in {START, HAND_OVER} and (found := measured.cost_s(case))
    }
    if not costs:
        raise MissingError("overhead has no costs here: no case gave a figure")
    shown = sorted(costs.values(), key=lambda pair: (pair[0].workload != START, pair[1].value))
    rows = tuple(_row(case, found) for case, found in shown)
    values = [point.x for row in rows for point in row.points]
    models = dict.fromkeys(case.model for case, _ in shown)
    return Chart(
        title="What it costs to start a worker, and to hand it a call",
        description="Dot plot on a logarithmic axis. "
        + "; ".join(f"{what(case)}: {formats.seconds(found.value)}" for case, found in shown)
        + ".",
        caption=(
            "Lower is better; the axis is logarithmic.",
            "A mark is the median wall time of one start or one call, its bar the 95 % interval.",
            captions.sample_size(found for _, found in shown) + ".",
        ),
        source=measured.measurement,
        drawings={
            layout.name: specs.dots(
                rows, specs.log_axis("wall time", values, formats.tick_seconds), layout
            )
            for layout in specs.LAYOUTS
        },
        legend=tuple(Key.of(model, look(model)) for model in models),
        table=cost_table(evidence),
    )


def cost_table(evidence: Evidence) -> Table:
    """List what each start and each hand-over costs, in wall and CPU time, and beside a thread."""
    measured = evidence.of(NAME)
    return Table(
        title="Overheads: starting and handing over",
        columns=(
            Column("what", "What", figures=False),
            Column("cost_s", "Wall time", "of one, 95 % interval, lower is better"),
            Column("cpu_s", "CPU time", "of one, children included, lower is better"),
            Column("beside_thread", "Of the same from a thread", "how many times, lower is better"),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(
            _cost_row(measured, case)
            for case in measured.select()
            if case.workload in {START, HAND_OVER}
        ),
        source=measured.measurement,
    )


def memory_chart(evidence: Evidence) -> Chart:
    """Draw what one idle task, thread, process or interpreter weighs."""
    measured = evidence.of(MEMORY)
    weights = [(case, found) for case in _held(measured) if (found := weight(measured, case))]
    if not weights:
        raise MissingError("memory could not be read on this system")
    weights.sort(key=lambda pair: pair[1])
    rows = tuple(
        Row(
            one(case),
            look(case.model),
            (Point(found, 0, found, found, f"{one(case)}: {formats.size(found)}"),),
        )
        for case, found in weights
    )
    models = dict.fromkeys(case.model for case, _ in weights)
    return Chart(
        title="What an idle one of each weighs",
        description="Dot plot on a logarithmic axis. "
        + "; ".join(f"{one(case)}: {formats.size(found)}" for case, found in weights)
        + ".",
        caption=(
            "Lower is better; the axis is logarithmic.",
            (
                "A mark is the difference in peak memory between many and one, divided by how many "
                "more they are."
            ),
            f"{_kind(measured)}; one reading of each, not timed, so there is no interval.",
        ),
        source=measured.measurement,
        drawings={
            layout.name: specs.dots(
                rows,
                specs.log_axis("memory of one", [w for _, w in weights], formats.tick_size),
                layout,
            )
            for layout in specs.LAYOUTS
        },
        legend=tuple(Key.of(model, look(model)) for model in models),
        table=memory_table(evidence),
    )


def memory_table(evidence: Evidence) -> Table:
    """List the memory of one idle task, thread, process or interpreter."""
    measured = evidence.of(MEMORY)
    return Table(
        title="Overheads: memory of an idle one",
        columns=(
            Column("what", "What", figures=False),
            Column("memory", "Memory", "of one, lower is better"),
            Column("held", "n", "held at once"),
        ),
        rows=tuple(_memory_row(measured, case) for case in _held(measured)),
        source=measured.measurement,
        notes=(f"{_kind(measured)}.",),
    )


def weight(measured: Measured, many: Case) -> float | None:
    """Return the bytes of one, from many against one; ``None`` where none could be told."""
    one = next((case for case in measured.cases if case.id == many.against), None)
    read = measured.memory(many), one and measured.memory(one)
    if not (read[0] and read[1] and one):
        return None
    pairs = ((read[0].pss, read[1].pss), (read[0].uss, read[1].uss))
    for of_many, of_one in pairs:
        if of_many is not None and of_one is not None:
            difference = (of_many - of_one) / (many.workers - one.workers)
            return difference if difference > 0 else None
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
    noun = _SINGULAR.get(case.model, case.model)
    method = case.parameters.get("start_method")
    article = "an" if noun[0] in "aeiou" else "a"
    return f"{article} {noun}" + (f" ({method})" if method else "")


def _row(case: Case, found: Estimate) -> Row:
    tip = f"{what(case)}: {formats.seconds_interval(found)}"
    point = Point(found.value, 0, max(drawn_low(found), 1e-9), drawn_high(found), tip)
    return Row(what(case), look(case.model), (point,))


def _cost_row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    found = measured.cost_s(case)
    if found is None:
        return (Cell(what(case)), Cell(failed(measured.failure(case))), NONE, NONE, NONE)
    thread = next((other for other in measured.cases if other.id == case.against), None)
    times = found.value / base.value if thread and (base := measured.cost_s(thread)) else None
    return (
        Cell(what(case)),
        either(found, formats.seconds_interval),
        either(
            measured.cpu_per_item_s(case),
            formats.seconds_interval,
            otherwise=Cell(formats.ABSENT),
        ),
        Cell("1×" if thread is None else formats.ratio(times) if times else "–", times),
        Cell(formats.sample_size(found.runs, found.rounds)),
    )


def _held(measured: Measured) -> list[Case]:
    return [case for case in measured.select(workload=HOLD) if case.against]


def _memory_row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    found = weight(measured, case)
    failure = measured.failure(case)
    if found is not None:
        memory = Cell(formats.size(found), found)
    elif failure:
        memory = Cell(failed(failure))
    else:
        memory = Cell("not available, or less than could be read")
    return (Cell(one(case)), memory, Cell(formats.count(case.workers), case.workers))


def _kind(measured: Measured) -> str:
    """Say which memory was read: a system gives one or the other."""
    read = present(measured.memory(case) for case in measured.cases)
    if any(memory.pss is not None for memory in read):
        return "Memory is PSS: what a process has alone, and its part of what it shares"
    if any(memory.uss is not None for memory in read):
        return "Memory is USS, what a process has alone: PSS is not available on this system"
    return f"Memory is {formats.ABSENT}"
