"""The home page's answers: which model for which work, and on what that was measured.

Nothing here is known beforehand: which model helps, by how much, and whether that can be told
at all, is read from the intervals.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from conc import formats
from conc.errors import MissingError
from conc.figures import Counted, Given
from conc.models import MODELS, ModelName
from conc.records import Case, Estimate
from conc.results.differences import VERDICT_LEVEL, Difference, difference
from conc.results.evidence import Evidence, Measured
from conc.show import advice
from conc.show.advice import Decision
from conc.show.tables import Cell, Column, Said, Table
from conc.show.views import columns, cpu_bound, io_bound, overhead
from conc.show.views.cells import answered, interval, present
from conc.show.views.registry import Views


@dataclass(frozen=True, slots=True)
class Gain:
    """What a model gained over a plain loop, as it is shown, and what is said of it."""

    model: ModelName
    seen: Estimate
    word: Difference


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work in the picture of the answer: what each model gained over a plain loop.

    ``limit`` is the speed-up that no model can exceed, ``limit_says`` what sets it.
    """

    heading: str
    terms: str
    gains: tuple[Gain, ...]
    limit: float
    limit_says: str


def kinds(evidence: Evidence) -> Iterator[Kind]:
    """Yield both kinds of work with what each model gained, as far as they were measured."""
    for make in (_computing, _waiting):
        try:
            yield make(evidence)
        except MissingError:
            continue


def _computing(evidence: Evidence) -> Kind:
    measured = evidence.of(cpu_bound.NAME)
    return Kind(
        "Work that computes",
        f"CPU-bound, {workers(evidence)} in a warm pool",
        _gains(evidence, measured, partial(cpu_bound.best_case, evidence)),
        evidence.cores,
        usable_cores(evidence),
    )


def _waiting(evidence: Evidence) -> Kind:
    measured, level, latency = shared_corner(evidence)
    return Kind(
        "Work that waits",
        f"I/O-bound, {in_flight(level, latency)}",
        _gains(
            evidence,
            measured,
            lambda model: io_bound.fair_case(measured, model, level, latency),
        ),
        level,
        f"{formats.count(Given(level))} in flight",
    )


def workers(evidence: Evidence) -> str:
    """Write how many workers there are, one for each whole usable core."""
    return formats.plural(Given(evidence.whole_cores), "worker")


def usable_cores(evidence: Evidence) -> str:
    """Write how many cores may be used: what no model can exceed."""
    cores = formats.tick(Counted(evidence.cores, "machine: usable cores"))
    return f"{cores} usable {'core' if evidence.cores == 1 else 'cores'}"


def in_flight(level: int, latency_ms: float) -> str:
    """Write how many requests are in flight, and how long each takes the service."""
    requests = formats.plural(Given(level), "request")
    return f"{requests} in flight, each answered after {formats.tick_ms(Given(latency_ms))}"


def _gains(
    evidence: Evidence, measured: Measured, case_of: Callable[[str], Case]
) -> tuple[Gain, ...]:
    """Return the speed-up of each model that has one; raises MissingError where none has."""
    found: list[Gain] = []
    for model in _models(evidence):
        if model == "sequential":
            continue
        try:
            case = case_of(model)
        except MissingError:
            continue
        seen, judged = measured.speedup(case), measured.speedup(case, level=VERDICT_LEVEL)
        if seen and judged:
            found.append(Gain(model, seen, difference(judged)))
    if not found:
        raise MissingError(f"{measured.measurement.experiment} has no speed-up here")
    return tuple(found)


def _models(evidence: Evidence) -> list[ModelName]:
    """Return the models that the interpreter offers, first those whose workers share a GIL."""
    possible = (model for model in MODELS if evidence.result.interpreter.offers(model))
    return [model.name for model in sorted(possible, key=lambda model: model.is_apart)]


def shared_corner(evidence: Evidence) -> tuple[Measured, int, float]:
    """Return the measurement, and the highest level and longest latency that processes share.

    Of several it is the longest latency and the highest level there. Raises MissingError where
    threads and asyncio share no level.
    """
    measured, level, latency = io_bound.corner(evidence)
    levels = {*io_bound.levels_of_pair(measured)}
    reached = [
        (float(case.parameters["latency_ms"]), case.workers)
        for case in measured.select(workload=io_bound.WORKLOAD, model="processes")
        if case.workers in levels
    ]
    latency, level = max(reached, default=(latency, level))
    return measured, level, latency


def answers_table(evidence: Evidence) -> Table:
    """Answer the article's question in one table: each model under each kind of work."""
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
        _models(evidence),
        notes=(
            (
                "Speed-ups are over sequential, with their 95 % intervals. CPU-bound: "
                f"{workers(evidence)} in a warm pool."
            ),
            _io_note(evidence),
        ),
    ).in_cards()


def cpu_sentence(evidence: Evidence) -> str:
    """Name the model that CPU-bound work gains most from, or say that none helps or is decided."""
    terms = f"with {workers(evidence)}"
    return advice.take("CPU-bound", cpu_bound.decisions(evidence), terms)


def io_sentence(evidence: Evidence) -> str:
    """Name what I/O-bound work gains from where all models were measured, or say nothing does."""
    _, level, _ = shared_corner(evidence)
    found = waiting_decisions(evidence)
    if not found:
        raise MissingError("io-bound has no speed-up at the same concurrency level here")
    terms = f"with {formats.plural(Given(level), 'request')} in flight at once"
    return advice.take("I/O-bound", found, terms, advice.decide_pair(evidence))


def waiting_decisions(evidence: Evidence) -> list[Decision]:
    """Return what was decided of threads and asyncio for work that waits."""
    measured, level, latency = shared_corner(evidence)
    cases = [io_bound.fair_case(measured, model, level, latency) for model in io_bound.PAIR]
    return present(advice.decide(evidence, "I/O-bound", measured, case) for case in cases)


def _cpu_answer(evidence: Evidence, model: str) -> Cell:
    if model == "sequential":
        return Cell("1×", 1.0)
    return _gain(evidence.of(cpu_bound.NAME), cpu_bound.best_case(evidence, model))


def _io_answer(evidence: Evidence, model: str) -> Cell:
    measured, level, latency = shared_corner(evidence)
    if model == "sequential":
        return Cell("1×", 1.0)
    return _gain(measured, io_bound.fair_case(measured, model, level, latency))


def _gain(measured: Measured, case: Case) -> Cell:
    found = measured.speedup(case)
    return interval(found, formats.ratio_interval) or Cell("failed")


def _start_answer(evidence: Evidence, model: str) -> Said:
    return overhead.start_cell(evidence, model) if model != "sequential" else None


def _memory_answer(evidence: Evidence, model: str) -> Cell | None:
    return overhead.memory_cell(evidence, model) if model != "sequential" else None


def _io_note(evidence: Evidence) -> str:
    try:
        _, level, latency = shared_corner(evidence)
    except MissingError:
        return "I/O-bound work was not measured here."
    return f"I/O-bound: {in_flight(level, latency)}."


VIEWS = Views(
    tables={"home/answers": answers_table},
    sentences={
        "home/cpu-bound": cpu_sentence,
        "home/io-bound": io_sentence,
    },
)
