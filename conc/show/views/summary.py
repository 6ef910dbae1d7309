"""The article's summary table in our words, with what was measured here below it."""

from collections.abc import Callable, Mapping

from conc import formats
from conc.errors import MissingError
from conc.records import Case
from conc.show.evidence import Evidence, failed
from conc.show.tables import Cell, Column, Table
from conc.show.views import cpu_bound, io_bound, overhead
from conc.show.views.cells import ABSENT, interval_data

MODELS = ("processes", "threads", "asyncio")

_WORDS: Mapping[str, Mapping[str, str]] = {
    "The article: what it is": {
        "processes": "several processes, high CPU utilisation",
        "threads": "one process, several threads; the operating system switches between them",
        "asyncio": "one process, one thread; tasks decide where to switch",
        "interpreters": "not in the article: several interpreters in one process",
    },
    "The article: use it for": {
        "processes": "CPU-bound work",
        "threads": "fast I/O",
        "asyncio": "slow I/O",
        "interpreters": "–",
    },
    "The article’s kitchens, for ten dishes": {
        "processes": "ten kitchens, a chef in each",
        "threads": "one crowded kitchen, ten chefs",
        "asyncio": "one kitchen, one chef",
        "interpreters": "–",
    },
}


def models_table(evidence: Evidence) -> Table:
    """Set the article's words on each model beside this machine's figures."""
    models = [*MODELS]
    if evidence.result.interpreter.interpreters:
        models.append("interpreters")
    workers = formats.plural(evidence.whole_cores, "worker")
    rows: Mapping[str, Callable[[Evidence, str], Cell]] = {
        f"CPU-bound speed-up, {workers}": _speedup,
        f"Cores in use by that, of {evidence.cores:g}": _cores,
        f"I/O-bound requests/s{_corner(evidence)}": _throughput,
        "Context switches a request": _switches,
        "CPU time a request": _cpu_a_request,
        "Start of one": _start,
        "Memory of an idle one": _memory,
    }
    measured = [
        (Cell(title), *(_answered(answer, evidence, model) for model in models))
        for title, answer in rows.items()
    ]
    words = [
        (Cell(title), *(Cell(said[model]) for model in models)) for title, said in _WORDS.items()
    ]
    return Table(
        title="The article’s summary, and what this machine measured",
        columns=(
            Column("what", "Concurrency type", figures=False),
            *(Column(model, _HEADINGS[model], figures=False) for model in models),
        ),
        rows=(*words, *measured),
        notes=(
            "Higher is better: speed-up (over sequential) and requests/s.",
            "Lower is better: the last four rows.",
            "Ratios and rates stand with their 95 % intervals.",
            "Pools of workers are warm, and all models have as many requests in flight.",
        ),
    )


_HEADINGS = {
    "processes": "Multiprocessing",
    "threads": "Threading",
    "asyncio": "AsyncIO",
    "interpreters": "Interpreters",
}


def _answered(answer: Callable[[Evidence, str], Cell], evidence: Evidence, model: str) -> Cell:
    try:
        return answer(evidence, model)
    except MissingError:
        return Cell("not measured here")


def _speedup(evidence: Evidence, model: str) -> Cell:
    measured, case = evidence.of(cpu_bound.NAME), cpu_bound.best_case(evidence, model)
    found = measured.speedup(case)
    if found is None:
        return Cell(failed(measured.failure(case)))
    return Cell(formats.ratio_interval(found), interval_data(found))


def _cores(evidence: Evidence, model: str) -> Cell:
    measured, case = evidence.of(cpu_bound.NAME), cpu_bound.best_case(evidence, model)
    wall, cpu = measured.wall_s(case), measured.cpu_s(case)
    if wall is None:
        return Cell(failed(measured.failure(case)))
    return Cell(formats.number(cpu.value / wall.value), cpu.value / wall.value) if cpu else ABSENT


def _throughput(evidence: Evidence, model: str) -> Cell:
    measured, case = evidence.of(io_bound.NAME), _request_case(evidence, model)
    found = measured.throughput(case)
    if found is None:
        return Cell(failed(measured.failure(case)))
    return Cell(formats.plain_interval(found), interval_data(found))


def _switches(evidence: Evidence, model: str) -> Cell:
    found = evidence.of(io_bound.NAME).switches_per_item(_request_case(evidence, model))
    return Cell(formats.number(found.value), found.value) if found else ABSENT


def _cpu_a_request(evidence: Evidence, model: str) -> Cell:
    found = evidence.of(io_bound.NAME).cpu_per_item_s(_request_case(evidence, model))
    return Cell(formats.seconds(found.value), found.value) if found else ABSENT


def _start(evidence: Evidence, model: str) -> Cell:
    measured = evidence.of(overhead.NAME)
    case = overhead.start_case(measured, model, _method(evidence, model))
    if case is None:
        raise MissingError(f"overhead has no start of {model} here")
    found = measured.cost_s(case)
    if found is None:
        return Cell(failed(measured.failure(case)))
    return Cell(formats.seconds(found.value), found.value)


def _memory(evidence: Evidence, model: str) -> Cell:
    measured = evidence.of(overhead.MEMORY)
    method = _method(evidence, model)
    for case in measured.select(workload=overhead.HOLD, model=model, start_method=method):
        if case.against and (found := overhead.weight(measured, case)):
            return Cell(formats.size(found), found)
    return ABSENT


def _method(evidence: Evidence, model: str) -> str | None:
    """Return the start method that a model has: processes start by the default one here."""
    return evidence.result.interpreter.start_method if model == "processes" else None


def _request_case(evidence: Evidence, model: str) -> Case:
    level, latency = _level_and_latency(evidence)
    return io_bound.fair_case(evidence.of(io_bound.NAME), model, level, latency)


def _level_and_latency(evidence: Evidence) -> tuple[int, float]:
    """Return the highest level that all of the article's models share, and the middle latency."""
    measured = evidence.of(io_bound.NAME)
    latencies = io_bound.latencies_ms(measured)
    levels = set(io_bound.levels_of_pair(measured))
    with_processes = levels & {
        case.workers for case in measured.select(workload=io_bound.WORKLOAD, model="processes")
    }
    if not latencies or not levels:
        raise MissingError("io-bound has no pair of threads and asyncio on equal terms here")
    return max(with_processes or levels), latencies[len(latencies) // 2]


def _corner(evidence: Evidence) -> str:
    try:
        level, latency = _level_and_latency(evidence)
    except MissingError:
        return ""
    return f", {level} in flight at {latency:g} ms"
