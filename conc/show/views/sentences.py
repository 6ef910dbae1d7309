"""Sentences whose direction follows the evidence, and the table of answers.

Nothing here is known beforehand: which model helps, by how much, and whether that can be told
at all, is read from the intervals.
"""

from collections.abc import Callable, Mapping

from conc import formats
from conc.errors import MissingError
from conc.records import Case, Estimate
from conc.results import samples
from conc.show import captions
from conc.show.evidence import Difference, Evidence, Measured, difference
from conc.show.markup import plain
from conc.show.tables import Cell, Column, Table
from conc.show.views import cpu_bound, io_bound, overhead
from conc.show.views.cells import NONE

_EFFECT: Mapping[Difference, str] = {
    "faster": "made it faster",
    "slower": "made it slower",
    "no difference": "made no difference",
    "undecided": "made no difference that can be told from noise here",
}
_WORKERS_MODELS = ("threads", "processes", "interpreters")


def answers_table(evidence: Evidence) -> Table:
    """Answer the article's question in one table: each model under each kind of work."""
    models = ["sequential", "threads", "asyncio", "processes"]
    if evidence.result.interpreter.interpreters:
        models.append("interpreters")
    answers = (_cpu_answer, _io_answer, _start_answer, _memory_answer)
    return Table(
        title="Which model for which work, measured on this machine",
        columns=(
            Column("model", "Model", figures=False),
            Column("cpu_bound", "CPU-bound", "speed-up, higher is better"),
            Column("io_bound", "I/O-bound", "speed-up, higher is better"),
            Column("start_s", "Start of one", "lower is better"),
            Column("memory", "Memory of one", "idle, lower is better"),
        ),
        rows=tuple(
            (Cell(model), *(_answered(answer, evidence, model) for answer in answers))
            for model in models
        ),
        notes=(
            (
                "Speed-ups are over sequential, with their 95 % intervals. CPU-bound: "
                f"{formats.plural(evidence.whole_cores, 'worker')} in a warm pool."
            ),
            _io_note(evidence),
        ),
    )


def cpu_answer(evidence: Evidence) -> str:
    """Name the model that CPU-bound work gains most from, or say that none helps."""
    gains = _gains(evidence)
    if not gains:
        return f"**CPU-bound work:** {_no_gain(evidence)}."
    model, (case, best) = max(gains.items(), key=lambda item: item[1][1].value)
    workers = formats.plural(case.workers, "worker")
    return (
        f"**CPU-bound work: {model}.** With {workers} the same work was "
        f"{formats.ratio_interval(best)} as fast as sequential."
    )


def io_answer(evidence: Evidence) -> str:
    """Name what I/O-bound work gains from at the highest concurrency level, or say nothing does."""
    measured, level, latency = _io_corner(evidence)
    speedups = {
        model: found
        for model in ("threads", "asyncio")
        if (found := measured.speedup(io_bound.fair_case(measured, model, level, latency)))
    }
    if not speedups:
        raise MissingError("io-bound has no speed-up on equal terms here")
    gains = [model for model, found in speedups.items() if difference(found) == "faster"]
    between = _asyncio_over_threads(evidence, level, latency)
    if len(gains) > 1 and between:
        gains = {"faster": ["asyncio"], "slower": ["threads"]}.get(difference(between), gains)
    named = f" {' or '.join(gains)}.**" if gains else "** no model was measurably faster."
    said = ", ".join(f"{m} {formats.ratio_interval(found)}" for m, found in speedups.items())
    return (
        f"**I/O-bound work:{named} With {level} requests in flight, each {latency:g} ms long, "
        f"against one at a time: {said}. {_tie(evidence)}"
    ).strip()


def start_answer(evidence: Evidence) -> str:
    """Say what starting a thread and a process cost, and how far they are apart."""
    measured = evidence.of(overhead.NAME)
    method = evidence.result.interpreter.start_method
    found = {}
    for model in ("asyncio", "threads", "processes"):
        case = overhead.start_case(measured, model, method if model == "processes" else None)
        if case and (estimate := measured.cost_s(case)):
            found[model] = estimate
    if not {"threads", "processes"} <= found.keys():
        raise MissingError("overhead has no start of a thread and of a process here")
    times = found["processes"].value / found["threads"].value
    task = found.get("asyncio")
    tasks = f", a task {formats.seconds(task.value)}" if task else ""
    return (
        f"**Starting one:** a thread took {formats.seconds(found['threads'].value)}"
        f"{tasks}, a process ({plain(method)}, the default here) "
        f"{formats.seconds(found['processes'].value)}: {formats.ratio(times)} a thread."
    )


def machine(evidence: Evidence) -> str:
    """Name the machine, the interpreter, the profile and the day."""
    return plain(captions.provenance(evidence.result, None))


def cpu_threads(evidence: Evidence) -> str:
    """Say what threads did to CPU-bound work, and whether the GIL was on."""
    gil = evidence.result.interpreter.gil
    reason = (
        "This interpreter has a GIL: one thread at a time runs Python bytecode."
        if gil
        else "In this interpreter the GIL is off: threads run Python bytecode at the same time."
    )
    return f"{_effect_of(evidence, 'threads')} {reason}"


def cpu_asyncio(evidence: Evidence) -> str:
    """Say what asyncio did to CPU-bound work."""
    return f"{_effect_of(evidence, 'asyncio')} Its tasks share one thread, and none of them waits."


def cpu_processes(evidence: Evidence) -> str:
    """Say what processes did to CPU-bound work, and how close that is to the machine's ceiling."""
    return f"{_effect_of(evidence, 'processes')} {_of_ceiling(evidence, 'processes')}".strip()


def cpu_interpreters(evidence: Evidence) -> str:
    """Say what interpreters did to CPU-bound work."""
    if not evidence.result.interpreter.interpreters:
        return "Interpreters were not tested here: they need Python 3.14 or later."
    return f"{_effect_of(evidence, 'interpreters')} {_of_ceiling(evidence, 'interpreters')}".strip()


def cpu_pool_start(evidence: Evidence) -> str:
    """Say what starting the pool of processes took away from its speed-up."""
    measured = evidence.of(cpu_bound.NAME)
    cold = cpu_bound.best_case(evidence, "processes", "cold")
    warm = cpu_bound.best_case(evidence, "processes", "warm")
    ratio = measured.ratio(cold, warm)
    cost = measured.wall_s(cold)
    if ratio is None or cost is None:
        raise MissingError("cold and warm pools of processes share no round here")
    word = {
        "faster": "The cold pool was faster than the warm one, which starting can’t explain",
        "slower": "With the start of the pool included, processes were slower",
        "no difference": "The start of the pool made no difference to work of this length",
        "undecided": "What the start of the pool cost can’t be told from noise here",
    }[difference(ratio)]
    return (
        f"{word}: a cold pool was {formats.ratio_interval(ratio)} as fast as a warm one, "
        f"over {formats.seconds(cost.value)} of work."
    )


def cpu_follows(evidence: Evidence) -> str:
    """Draw the conclusion for CPU-bound work from all models together."""
    gains = _gains(evidence)
    if evidence.whole_cores == 1:
        return "On one usable core no model can make CPU-bound work faster."
    if not gains:
        return f"On this machine {_no_gain(evidence)}."
    named = " and ".join(gains)
    read = _readings(evidence)
    others = [model for model, (_, _, word) in read.items() if word in {"slower", "no difference"}]
    rest = f" {' and '.join(others).capitalize()} did not." if others else ""
    return f"On this machine {named} made this work faster.{rest}"


def io_overlap(evidence: Evidence) -> str:
    """Say how much of the ideal overlap each model reached at the highest level."""
    measured, level, latency = _io_corner(evidence)
    ideal = level / (latency / 1000)
    said = []
    for model in ("threads", "asyncio"):
        found = measured.throughput(io_bound.fair_case(measured, model, level, latency))
        if found:
            rate = formats.rate(found.value, io_bound.ITEM)
            said.append(f"{model} {rate}, {formats.share(found.value / ideal)} of the ideal")
    if not said:
        raise MissingError("io-bound has no throughput on equal terms here")
    return f"At level {level} and {latency:g} ms: {'; '.join(said)}."


def io_pair(evidence: Evidence) -> str:
    """Say in how many cells asyncio was faster or slower than threads, and name those."""
    measured = evidence.of(io_bound.NAME)
    found: dict[Difference, list[str]] = {}
    for latency in io_bound.latencies_ms(measured):
        for level in io_bound.levels_of_pair(measured):
            if ratio := io_bound.pair_ratio(measured, level, latency):
                cell = f"level {level} at {latency:g} ms ({formats.ratio(ratio.value)})"
                found.setdefault(difference(ratio), []).append(cell)
    total = sum(map(len, found.values()))
    if not total:
        raise MissingError("threads and asyncio share no round of io-bound here")
    told: tuple[Difference, ...] = ("faster", "slower")
    parts = [
        f"was {word} in {len(cells)}: {', '.join(cells)}"
        for word in told
        if (cells := found.get(word))
    ]
    if ties := found.get("no difference"):
        parts.append(f"showed no difference in {len(ties)}")
    if unknown := found.get("undecided"):
        parts.append(f"can’t be told from noise in {len(unknown)}")
    cells_of = formats.plural(total, "pair")
    return f"Of {cells_of} of level and latency, on equal terms, asyncio {'; '.join(parts)}."


def io_ceiling(evidence: Evidence) -> str:
    """Say whether the service, rather than a model, was the limit anywhere."""
    measured = evidence.of(io_bound.NAME)
    limit = io_bound.service_limit(measured)
    if limit is None:
        raise MissingError("the service’s own ceiling was not measured")
    rates = [
        (found.value / limit.value, case)
        for latency in io_bound.latencies_ms(measured)
        for level in io_bound.levels_of_pair(measured)
        for case in (io_bound.fair_case(measured, "asyncio", level, latency),)
        if (found := measured.throughput(case))
    ]
    most, case = max(rates, key=lambda pair: pair[0], default=(0.0, None))
    if case is None:
        raise MissingError("io-bound has no throughput on equal terms here")
    rate = formats.rate_interval(limit, io_bound.ITEM)
    return (
        f"The service itself can answer {rate}. The fastest asyncio case, {case.workers} in "
        f"flight at {float(case.parameters['latency_ms']):g} ms, used {formats.share(most)} of "
        "that."
    )


def overhead_hand_over(evidence: Evidence) -> str:
    """Say what handing a call to a thread and to a process cost."""
    measured = evidence.of(overhead.NAME)
    found = {
        model: cost
        for model in _WORKERS_MODELS
        for case in measured.select(workload=overhead.HAND_OVER, model=model)
        if (cost := measured.cost_s(case))
    }
    if not {"threads", "processes"} <= found.keys():
        raise MissingError("overhead has no hand-over to a thread and to a process here")
    thread, process = found["threads"], found["processes"]
    return (
        f"Handing an empty call to a pool and getting its answer took "
        f"{formats.seconds(thread.value)} with a thread and {formats.seconds(process.value)} with "
        f"a process, {formats.ratio(process.value / thread.value)} as long. A task much shorter "
        "than that is not worth handing over."
    )


def overhead_memory(evidence: Evidence) -> str:
    """Say what an idle one of each weighs."""
    measured = evidence.of(overhead.MEMORY)
    said = [
        f"{overhead.one(case)} {formats.size(found)}"
        for case in measured.select(workload=overhead.HOLD)
        if case.against and (found := overhead.weight(measured, case))
    ]
    if not said:
        raise MissingError("memory could not be read on this system")
    return f"Idle, each weighs: {', '.join(said)}."


def noise(evidence: Evidence) -> str:
    """Say what the noise floor is, and what it means."""
    floor = samples.noise_floor(evidence.of(cpu_bound.NAME).measurement)
    if floor is None:
        raise MissingError("the noise floor was not measured")
    judged = {
        "no difference": "As it should, it stays close to 1.",
        "undecided": "Its interval is wide: the machine was busy, and only large differences show.",
        "faster": "It leaves out 1: the machine was uneven, take all ratios with care.",
        "slower": "It leaves out 1: the machine was uneven, take all ratios with care.",
    }[difference(floor)]
    return f"Sequential against itself reads {formats.ratio_interval(floor)}. {judged}"


SENTENCES: Mapping[str, Callable[[Evidence], str]] = {
    "home/cpu-bound": cpu_answer,
    "home/io-bound": io_answer,
    "home/start": start_answer,
    "home/machine": machine,
    "cpu-bound/threads": cpu_threads,
    "cpu-bound/asyncio": cpu_asyncio,
    "cpu-bound/processes": cpu_processes,
    "cpu-bound/interpreters": cpu_interpreters,
    "cpu-bound/pool-start": cpu_pool_start,
    "cpu-bound/follows": cpu_follows,
    "io-bound/overlap": io_overlap,
    "io-bound/threads-or-asyncio": io_pair,
    "io-bound/ceiling": io_ceiling,
    "overheads/start": start_answer,
    "overheads/hand-over": overhead_hand_over,
    "overheads/memory": overhead_memory,
    "method/noise": noise,
}


def _effect_of(evidence: Evidence, model: str) -> str:
    measured = evidence.of(cpu_bound.NAME)
    case = cpu_bound.best_case(evidence, model)
    found = measured.speedup(case)
    if found is None:
        failure = measured.failure(case)
        raise MissingError(f"{model} gave no speed-up" + (f": {failure.kind}" if failure else ""))
    workers = formats.plural(case.workers, "worker")
    terms = "in one thread" if model == "asyncio" else f"with {workers}"
    name = model if model == "asyncio" else model.capitalize()
    return (
        f"{name} {_EFFECT[difference(found)]}: {formats.ratio_interval(found)} as fast as "
        f"sequential, {terms}."
    )


def _readings(evidence: Evidence) -> dict[str, tuple[Case, Estimate, Difference]]:
    """Return what each model did to CPU-bound work, with as many workers as usable cores."""
    measured = evidence.of(cpu_bound.NAME)
    found = {}
    for model in ("threads", "asyncio", "processes", "interpreters"):
        try:
            case = cpu_bound.best_case(evidence, model)
        except MissingError:
            continue
        if estimate := measured.speedup(case):
            found[model] = (case, estimate, difference(estimate))
    return found


def _gains(evidence: Evidence) -> dict[str, tuple[Case, Estimate]]:
    """Return the models that certainly made CPU-bound work faster."""
    return {
        model: (case, estimate)
        for model, (case, estimate, word) in _readings(evidence).items()
        if word == "faster"
    }


def _no_gain(evidence: Evidence) -> str:
    """Say that nothing was faster, or that noise hides whether anything was."""
    read = _readings(evidence)
    if not read:
        raise MissingError("cpu-bound has no speed-up here: no case gave a figure")
    hidden = [
        f"{model} {formats.ratio_interval(estimate)}"
        for model, (_, estimate, word) in read.items()
        if word == "undecided"
    ]
    if hidden:
        return f"noise hides whether any model was faster than sequential: {', '.join(hidden)}"
    return "no model was measurably faster than sequential"


def _of_ceiling(evidence: Evidence, model: str) -> str:
    measured = evidence.of(cpu_bound.NAME)
    case = cpu_bound.best_case(evidence, model)
    given = samples.parallelism(measured.measurement).get(case.workers)
    found = measured.speedup(case)
    if given is None or found is None:
        return ""
    return (
        f"The machine itself gave as many independent processes {formats.ratio_interval(given)}; "
        f"this is {formats.share(found.value / given.value)} of it."
    )


def _io_corner(evidence: Evidence) -> tuple[Measured, int, float]:
    """Return the measurement, the highest level of both models, and the longest latency."""
    measured = evidence.of(io_bound.NAME)
    levels, latencies = io_bound.levels_of_pair(measured), io_bound.latencies_ms(measured)
    if not levels or not latencies:
        raise MissingError("io-bound has no pair of threads and asyncio on equal terms here")
    return measured, levels[-1], latencies[-1]


def _asyncio_over_threads(evidence: Evidence, level: int, latency: float) -> Estimate | None:
    return io_bound.pair_ratio(evidence.of(io_bound.NAME), level, latency)


def _tie(evidence: Evidence) -> str:
    _, level, latency = _io_corner(evidence)
    ratio = _asyncio_over_threads(evidence, level, latency)
    if ratio is None:
        return ""
    text = formats.ratio_interval(ratio)
    return {
        "faster": f"There asyncio was faster than threads: {text}.",
        "slower": f"There asyncio was slower than threads: {text}.",
        "no difference": f"There the two showed no difference: {text}.",
        "undecided": f"Which of the two is faster can’t be told from noise there: {text}.",
    }[difference(ratio)]


def _answered(answer: Callable[[Evidence, str], Cell], evidence: Evidence, model: str) -> Cell:
    try:
        return answer(evidence, model)
    except MissingError:
        return Cell("not measured here")


def _cpu_answer(evidence: Evidence, model: str) -> Cell:
    if model == "sequential":
        return Cell("1×", 1.0)
    found = evidence.of(cpu_bound.NAME).speedup(cpu_bound.best_case(evidence, model))
    return Cell(formats.ratio_interval(found), found.value) if found else Cell("failed")


def _io_answer(evidence: Evidence, model: str) -> Cell:
    measured, level, latency = _io_corner(evidence)
    if model == "sequential":
        return Cell("1×", 1.0)
    try:
        case = io_bound.fair_case(measured, model, level, latency)
    except MissingError:
        return Cell("not measured at this level")
    found = measured.speedup(case)
    return Cell(formats.ratio_interval(found), found.value) if found else Cell("failed")


def _start_answer(evidence: Evidence, model: str) -> Cell:
    if model == "sequential":
        return NONE
    measured = evidence.of(overhead.NAME)
    method = evidence.result.interpreter.start_method if model == "processes" else None
    case = overhead.start_case(measured, model, method)
    found = measured.cost_s(case) if case else None
    return Cell(formats.seconds(found.value), found.value) if found else Cell("not measured here")


def _memory_answer(evidence: Evidence, model: str) -> Cell:
    if model == "sequential":
        return NONE
    measured = evidence.of(overhead.MEMORY)
    method = evidence.result.interpreter.start_method if model == "processes" else None
    for case in measured.select(workload=overhead.HOLD, model=model, start_method=method):
        if case.against and (found := overhead.weight(measured, case)):
            return Cell(formats.size(found), found)
    return Cell("not available here")


def _io_note(evidence: Evidence) -> str:
    try:
        _, level, latency = _io_corner(evidence)
    except MissingError:
        return "I/O-bound work was not measured here."
    return f"I/O-bound: {level} requests in flight, each answered after {latency:g} ms."
