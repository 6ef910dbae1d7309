"""Numbers in prose: what stands between double braces in a page becomes what was measured.

The grammar::

    EXPERIMENT STATISTIC MODEL [NAME=VALUE …]     cpu-bound speed-up processes workers=cores
    machine FIELD                                 machine usable-cores
    interpreter FIELD                             interpreter version

``NAME`` is ``workers``, ``workload`` or a parameter of the case; ``workers=cores`` is the
greatest measured count that is no more than the usable cores. The words must leave one case.
"""

from collections.abc import Callable, Collection, Mapping

from conc import formats
from conc.errors import ConcError, MissingError
from conc.experiments.registry import EXPERIMENTS
from conc.records import MODELS, Case, Estimate
from conc.results.samples import TWIN
from conc.show.evidence import PERCENTILES, Evidence, Measured, property_of
from conc.show.markup import plain
from conc.show.page import evidence as shown_evidence

Statistic = Callable[[Measured, Case], str | None]


def render(expression: str) -> str:
    """Return what an expression of a page stands for, as Markdown, about the result shown.

    Raises MissingError where it was not measured on this machine, and ConcError, naming the
    expression and what is known, where it can never be measured.
    """
    try:
        return plain(_answer(expression.split(), shown_evidence()))
    except MissingError:
        raise
    except ConcError as error:
        raise ConcError(f"in {{{{ {expression} }}}}: {error}") from error


def _answer(words: list[str], evidence: Evidence) -> str:
    match words:
        case ["machine", field]:
            return _field(_machine(evidence), field)
        case ["interpreter", field]:
            return _field(_interpreter(evidence), field)
        case [experiment, statistic, model, *conditions]:
            return _measured(evidence, experiment, statistic, model, conditions)
        case _:
            raise ConcError("write EXPERIMENT STATISTIC MODEL [NAME=VALUE …], or machine FIELD")


def _measured(
    evidence: Evidence, experiment: str, statistic: str, model: str, conditions: list[str]
) -> str:
    _check("experiment", experiment, [known.name for known in EXPERIMENTS])
    _check("statistic", statistic, STATISTICS)
    _check("model", model, MODELS)
    measured = evidence.of(experiment)
    case = _one_case(evidence, measured, model, conditions)
    if failure := measured.failure(case):
        raise MissingError(f"{case.id} failed: {failure.kind}")
    text = STATISTICS[statistic](measured, case)
    if text is None:
        raise MissingError(f"{case.id} has no {statistic} on this system")
    return text


def _one_case(evidence: Evidence, measured: Measured, model: str, conditions: list[str]) -> Case:
    cases = [case for case in measured.select(model=model) if not case.parameters.get(TWIN)]
    if not any(condition.startswith("workload=") for condition in conditions):
        cases = [case for case in cases if case.workload == measured.workload]
    for condition in conditions:
        name, _, value = condition.partition("=")
        known = {"workers", "workload"} | {name for case in cases for name in case.parameters}
        if cases:
            _check("name", name, known)
        if condition == "workers=cores":
            fitting = [case.workers for case in cases if case.workers <= evidence.whole_cores]
            value = str(max(fitting, default=1))
        cases = [case for case in cases if _written(case, name) == value]
    if not cases:
        wanted = " ".join([model, *conditions])
        raise MissingError(f"{measured.measurement.experiment} has no case {wanted} here")
    if len(cases) > 1:
        raise ConcError(f"{len(cases)} cases fit: {', '.join(case.id for case in cases)}")
    return cases[0]


def _written(case: Case, name: str) -> str:
    value = property_of(case, name)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _check(kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise ConcError(f"no {kind} is named {name!r}; known: {', '.join(sorted(known))}")


def _field(fields: Mapping[str, str], name: str) -> str:
    _check("field", name, fields)
    return fields[name]


def _machine(evidence: Evidence) -> dict[str, str]:
    machine = evidence.result.machine
    return {
        "cpu": machine.cpu,
        "architecture": machine.architecture,
        "cores": formats.count(machine.cores),
        "usable-cores": f"{machine.usable_cores:g}",
        "memory": formats.size(machine.memory),
        "system": machine.system,
        "kernel": machine.kernel,
    }


def _interpreter(evidence: Evidence) -> dict[str, str]:
    python = evidence.result.interpreter
    return {
        "implementation": python.implementation,
        "version": python.version,
        "build": python.build,
        "start-method": python.start_method,
        "switch-interval": formats.seconds(python.switch_interval_s),
    }


def _percentile(place: int) -> Statistic:
    def text(measured: Measured, case: Case) -> str | None:
        values = measured.percentiles_s(case)
        return formats.seconds(values[place]) if values else None

    return text


def _estimated(
    estimate: Callable[[Measured, Case], Estimate | None], write: Callable[[Estimate], str]
) -> Statistic:
    def text(measured: Measured, case: Case) -> str | None:
        found = estimate(measured, case)
        return write(found) if found else None

    return text


def _memory(measured: Measured, case: Case) -> str | None:
    memory = measured.memory(case)
    return formats.size(memory.pss) if memory and memory.pss is not None else None


STATISTICS: Mapping[str, Statistic] = {
    "speed-up": _estimated(Measured.speedup, formats.ratio_interval),
    "wall-time": _estimated(Measured.wall_s, formats.seconds_interval),
    "cpu-time": _estimated(Measured.cpu_s, formats.seconds_interval),
    "cost": _estimated(Measured.cost_s, formats.seconds_interval),
    "cpu-cost": _estimated(Measured.cpu_per_item_s, formats.seconds_interval),
    "throughput": _estimated(Measured.throughput, formats.rate_interval),
    "memory": _memory,
    **{f"latency-p{q:g}": _percentile(place) for place, q in enumerate(PERCENTILES)},
}
