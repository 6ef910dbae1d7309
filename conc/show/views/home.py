"""The home page's answers: which model for which work, and on what that was measured.

Nothing here is known beforehand: which model helps, by how much, and whether that can be told
at all, is read from the intervals.
"""

from functools import partial

from conc import formats
from conc.errors import MissingError
from conc.models import MODELS
from conc.records import Case, Estimate
from conc.results.differences import difference
from conc.results.evidence import Evidence, Measured
from conc.show import captions
from conc.show.markup import plain
from conc.show.tables import Cell, Column, Said, Table
from conc.show.views import columns, cpu_bound, io_bound, overhead
from conc.show.views.cells import answered, interval
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
    """Name the model that CPU-bound work gains most from, or say that none helps."""
    gains = cpu_bound.gains(evidence)
    if not gains:
        return f"**CPU-bound work:** {cpu_bound.no_gain(evidence)}."
    model, (case, best) = max(gains.items(), key=lambda item: item[1][1].value)
    workers = formats.plural(case.workers, "worker")
    return (
        f"**CPU-bound work: {model}.** With {workers} the same work was "
        f"{formats.ratio_interval(best)} as fast as sequential."
    )


def io_sentence(evidence: Evidence) -> str:
    """Name what I/O-bound work gains from at the highest concurrency level, or say nothing does."""
    measured, level, latency = io_bound.corner(evidence)
    speedups = {
        model: found
        for model in ("threads", "asyncio")
        if (found := measured.speedup(io_bound.fair_case(measured, model, level, latency)))
    }
    if not speedups:
        raise MissingError("io-bound has no speed-up on equal terms here")
    gains = [model for model, found in speedups.items() if difference(found) == "faster"]
    between = io_bound.pair_ratio(measured, level, latency)
    if len(gains) > 1 and between:
        gains = {"faster": ["asyncio"], "slower": ["threads"]}.get(difference(between), gains)
    named = f" {' or '.join(gains)}.**" if gains else "** no model was measurably faster."
    said = ", ".join(f"{m} {formats.ratio_interval(found)}" for m, found in speedups.items())
    return (
        f"**I/O-bound work:{named} With {level} requests in flight, each {latency:g} ms long, "
        f"against one at a time: {said}. {_tie(between)}"
    ).strip()


def machine_sentence(evidence: Evidence) -> str:
    """Name the machine, the interpreter, the profile and the day."""
    return plain(captions.provenance(evidence.result, None))


def _tie(ratio: Estimate | None) -> str:
    if ratio is None:
        return ""
    text = formats.ratio_interval(ratio)
    return {
        "faster": f"There asyncio was faster than threads: {text}.",
        "slower": f"There asyncio was slower than threads: {text}.",
        "no difference": f"There the two showed no difference: {text}.",
        "undecided": f"Which of the two is faster can’t be told from noise there: {text}.",
    }[difference(ratio)]


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
