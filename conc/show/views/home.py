"""The home page's answers: which model for which work, and on what that was measured.

Nothing here is known beforehand: which model helps, by how much, and whether that can be told
at all, is read from the intervals.
"""

from functools import partial

from conc import formats
from conc.errors import MissingError
from conc.models import MODELS
from conc.records import Case
from conc.results.evidence import Evidence, Measured
from conc.show import advice, captions
from conc.show.markup import plain
from conc.show.tables import Cell, Column, Said, Table
from conc.show.views import columns, cpu_bound, io_bound, overhead
from conc.show.views.cells import answered, interval, present
from conc.show.views.registry import Views


def answers_table(evidence: Evidence) -> Table:
    """Answer the article's question in one table: each model under each kind of work."""
    python = evidence.result.interpreter
    possible = (model for model in MODELS if python.offers(model))
    models = [model.name for model in sorted(possible, key=lambda model: model.is_apart)]
    return Table.of(
        "Which model for which work, measured on this machine",
        (
            columns.name("model", "Model", str),
            Column(
                "cpu_bound",
                "CPU-bound",
                partial(answered, _cpu_answer, evidence),
                "speed-up",
                "higher",
            ),
            Column(
                "io_bound",
                "I/O-bound",
                partial(answered, _io_answer, evidence),
                "speed-up",
                "higher",
            ),
            Column(
                "start_s",
                "Start of one",
                partial(answered, _start_answer, evidence),
                better="lower",
            ),
            Column(
                "memory",
                "Memory of one",
                partial(answered, _memory_answer, evidence),
                "idle",
                "lower",
            ),
        ),
        models,
        notes=(
            (
                "Speed-ups are over sequential, with their 95 % intervals. CPU-bound: "
                f"{formats.plural(evidence.whole_cores, 'worker')} in a warm pool."
            ),
            _io_note(evidence),
        ),
    )


def cpu_sentence(evidence: Evidence) -> str:
    """Name the model that CPU-bound work gains most from, or say that none helps or is decided."""
    workers = formats.plural(evidence.whole_cores, "worker")
    return advice.take("CPU-bound", cpu_bound.decisions(evidence), f"With {workers}")


def io_sentence(evidence: Evidence) -> str:
    """Name what I/O-bound work gains from at the highest concurrency level, or say nothing does."""
    measured, level, latency = io_bound.corner(evidence)
    cases = [io_bound.fair_case(measured, model, level, latency) for model in io_bound.PAIR]
    found = present(advice.decide(evidence, "I/O-bound", measured, case) for case in cases)
    if not found:
        raise MissingError("io-bound has no speed-up on equal terms here")
    threads, tasks = cases
    between = advice.decide_pair(evidence, measured, tasks, threads)
    terms = f"With {level} requests in flight, each {latency:g} ms long"
    said = advice.take("I/O-bound", found, terms, between)
    return f"{said} {advice.between(between) if between else ''}".strip()


def machine_sentence(evidence: Evidence) -> str:
    """Name the machine, the interpreter, the profile and the day."""
    return plain(captions.provenance(evidence.result, None))


def _cpu_answer(evidence: Evidence, model: str) -> Cell:
    if model == "sequential":
        return Cell("1×", 1.0)
    return _gain(evidence.of(cpu_bound.NAME), cpu_bound.best_case(evidence, model))


def _io_answer(evidence: Evidence, model: str) -> Cell:
    measured, level, latency = io_bound.corner(evidence)
    if model == "sequential":
        return Cell("1×", 1.0)
    try:
        case = io_bound.fair_case(measured, model, level, latency)
    except MissingError:
        return Cell("not measured at this level")
    return _gain(measured, case)


def _gain(measured: Measured, case: Case) -> Cell:
    found = measured.speedup(case)
    return interval(found, formats.ratio_interval) or Cell("failed")


def _start_answer(evidence: Evidence, model: str) -> Said:
    return overhead.start_cell(evidence, model) if model != "sequential" else None


def _memory_answer(evidence: Evidence, model: str) -> Cell | None:
    return overhead.memory_cell(evidence, model) if model != "sequential" else None


def _io_note(evidence: Evidence) -> str:
    try:
        _, level, latency = io_bound.corner(evidence)
    except MissingError:
        return "I/O-bound work was not measured here."
    return f"I/O-bound: {level} requests in flight, each answered after {latency:g} ms."


VIEWS = Views(
    tables={"home/answers": answers_table},
    sentences={
        "home/cpu-bound": cpu_sentence,
        "home/io-bound": io_sentence,
        "home/start": overhead.start_sentence,
        "home/machine": machine_sentence,
    },
)
