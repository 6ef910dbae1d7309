"""The article's summary table in our words, with what was measured here below it."""

from collections.abc import Callable, Mapping
from functools import partial

from conc import formats
from conc.errors import MissingError
from conc.models import find
from conc.records import Case
from conc.results.evidence import Evidence
from conc.show.tables import Cell, Column, Said, Table
from conc.show.views import columns, cpu_bound, io_bound, overhead
from conc.show.views.cells import ABSENT, Answer, answered, failed, interval, known
from conc.show.views.registry import Views

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
    models = [m for m in _HEADINGS if evidence.result.interpreter.offers(find(m))]
    workers = formats.plural(evidence.whole_cores, "worker")
    measured: Mapping[str, Answer] = {
        f"CPU-bound speed-up, {workers}": _speedup,
        f"Cores in use by that, of {evidence.cores:g}": _cores,
        f"I/O-bound requests/s{_corner(evidence)}": _throughput,
        "Context switches a request": _switches,
        "CPU time a request": _cpu_a_request,
        "Start of one": overhead.start_cell,
        "Memory of an idle one": overhead.memory_cell,
    }
    rows: Mapping[str, Callable[[str], Said]] = {
        **{title: said.get for title, said in _WORDS.items()},
        **{title: partial(answered, answer, evidence) for title, answer in measured.items()},
    }

    def column(model: str) -> Column[str]:
        return columns.words(model, _HEADINGS[model], lambda title: rows[title](model))

    return Table.of(
        "The article’s summary, and what this machine measured",
        (columns.name("what", "Concurrency type", str), *map(column, models)),
        rows,
        notes=(
            "Higher is better: speed-up (over sequential) and requests/s.",
            "Lower is better: the last four rows.",
            "Ratios and rates stand with their 95 % intervals.",
            "Pools of workers are warm, and all models have as many requests in flight.",
        ),
    ).in_cards()


_HEADINGS: Mapping[str, str] = {
    "processes": "Multiprocessing",
    "threads": "Threading",
    "asyncio": "AsyncIO",
    "interpreters": "Interpreters",
}


def _speedup(evidence: Evidence, model: str) -> Cell | str:
    measured, case = evidence.of(cpu_bound.NAME), cpu_bound.best_case(evidence, model)
    found = interval(measured.speedup(case), formats.ratio_interval)
    return found or failed(measured.failure(case))


def _cores(evidence: Evidence, model: str) -> Cell | str:
    measured, case = evidence.of(cpu_bound.NAME), cpu_bound.best_case(evidence, model)
    if measured.wall_s(case) is None:
        return failed(measured.failure(case))
    return known(measured.cores_in_use(case), formats.number) or ABSENT


def _throughput(evidence: Evidence, model: str) -> Cell | str:
    measured, case = evidence.of(io_bound.NAME), _request_case(evidence, model)
    found = interval(measured.throughput(case), formats.plain_interval)
    return found or failed(measured.failure(case))


def _switches(evidence: Evidence, model: str) -> Cell:
    found = evidence.of(io_bound.NAME).switches_per_item(_request_case(evidence, model))
    return known(found, formats.number) or ABSENT


def _cpu_a_request(evidence: Evidence, model: str) -> Cell:
    found = evidence.of(io_bound.NAME).cpu_per_item_s(_request_case(evidence, model))
    return known(found, formats.seconds) or ABSENT


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
    return max(with_processes or levels), latencies[(len(latencies) - 1) // 2]


def _corner(evidence: Evidence) -> str:
    try:
        level, latency = _level_and_latency(evidence)
    except MissingError:
        return ""
    return f", {level} in flight at {latency:g} ms"


VIEWS = Views(
    tables={
        "summary/models": models_table,
    },
)
