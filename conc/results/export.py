"""Results for other tools: pyperf's JSON, a table with a row a sample, a history of ratios."""

import csv
import io
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import msgspec

from conc import formats
from conc.errors import ConcError
from conc.records import Case, Measurement, Result, Sample
from conc.results.evidence import Evidence
from conc.results.quantities import COST_S
from conc.results.samples import TWIN, by_run, is_wrong

Metadata = dict[str, str | int | float]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would compute."""


def to_pyperf(result: Result) -> str:
    """Return the result as a pyperf suite: a benchmark a case, a pyperf run a run.

    A value is the wall time of an item. Warm-ups stay warm-ups; a case with a wrong answer is
    left out. Raises :class:`ConcError` if pyperf is not installed, or the result holds nothing
    that a suite can.
    """
    try:
        pyperf = import_module("pyperf")
    except ModuleNotFoundError:
        raise ConcError("this export needs pyperf; install it with: pip install pyperf") from None
    text = io.StringIO()
    try:
        pyperf.BenchmarkSuite([*_benchmarks(pyperf, result)]).dump(text)
    except ValueError as error:
        raise ConcError(f"this result can't be a pyperf suite: {error}") from error
    return text.getvalue()


def to_csv(result: Result) -> str:
    """Return every sample, warm-ups and wrong ones too, as a row of a CSV table with a header.

    Lines end as RFC 4180 asks. The names of columns end in their unit; an empty cell is what the
    system did not give. ``parameters`` and ``values`` are JSON. Machine and interpreter stand in
    every row, so that tables of several machines can be put together. A text that a spreadsheet
    would take for a formula gets a ``'`` in front.
    """
    text = io.StringIO()
    rows = csv.writer(text)
    header = [*_about(result), *_COLUMNS_OF_CASE, *_COLUMNS_OF_SAMPLE, "wrong_answer"]
    rows.writerow(header)
    rows.writerows([_cell(value) for value in row] for row in _rows(result))
    return text.getvalue()


def to_github_action_benchmark(result: Result) -> bytes:
    """Return what github-action-benchmark takes as its tool ``customBiggerIsBetter``.

    That is how many times as fast each case is as the one that it is compared with, paired within
    this result. Times are left out: those of another job are another machine's. A case without
    such a ratio, or with a wrong answer, is left out. Raises :class:`ConcError` where none is left.
    """
    entries = [entry for name in result.measurements for entry in _entries(result, name)]
    if not entries:
        raise ConcError("this result holds no ratio of two cases")
    return msgspec.json.format(msgspec.json.encode(entries)) + b"\n"


_COLUMNS_OF_CASE = (
    *("experiment", "profile", "workload", "model", "workers", "items"),
    *("block", "against", "parameters"),
)
_COLUMNS_OF_SAMPLE = tuple(name for name in Sample.__struct_fields__ if name != "spans")
"""A trace is no line of a table: it is exported on its own, by ``conc.results.chrome_trace``."""


def _about(result: Result) -> Metadata:
    """Return what machine and interpreter are, in pyperf's words where it has them."""
    machine, interpreter = result.machine, result.interpreter
    return {
        "conc_version": result.conc,
        "cpu_model_name": machine.cpu,
        "cpu_count": machine.cores,
        "usable_cores": machine.usable_cores,
        "platform": f"{machine.system} {machine.kernel} {machine.architecture}",
        "python_implementation": interpreter.implementation,
        "python_version": interpreter.version,
        "python_build": interpreter.build,
        "python_gil": "enabled" if interpreter.gil else "disabled",
    }


def _rows(result: Result) -> Iterator[list[object]]:
    about = [*_about(result).values()]
    for measurement in result.measurements.values():
        cases = {case.id: case for case in measurement.cases}
        wrong = {case_id for case_id in cases if is_wrong(measurement, case_id)}
        for sample in measurement.samples:
            case = cases[sample.case]
            yield [
                *about,
                *(measurement.experiment, measurement.profile, case.workload, case.model),
                *(case.workers, case.items, case.block, case.against, case.parameters),
                *(getattr(sample, name) for name in _COLUMNS_OF_SAMPLE),
                sample.case in wrong,
            ]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return msgspec.json.encode(value, order="deterministic").decode()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _benchmarks(pyperf: ModuleType, result: Result) -> Iterator[object]:
    about = _about(result)
    for measurement in result.measurements.values():
        samples_of: dict[str, list[Sample]] = {}
        for sample in measurement.samples:
            samples_of.setdefault(sample.case, []).append(sample)
        for case in measurement.cases:
            if case.id in samples_of and not is_wrong(measurement, case.id):
                metadata = _metadata(about | _about_case(measurement, case))
                yield pyperf.Benchmark(
                    [
                        _run(pyperf, run, case, metadata)
                        for run in by_run(samples_of[case.id]).values()
                    ]
                )


def _entries(result: Result, experiment: str) -> Iterator[dict[str, str | float]]:
    """Yield an entry for each ratio of an experiment; its ends are shown where it has any."""
    measured = Evidence(result).of(experiment)
    about = "\n".join(f"{name}: {value}" for name, value in _metadata(_about(result)).items())
    for case in measured.cases:
        ratio = None if case.parameters.get(TWIN) else measured.speedup(case)
        if ratio is None:
            continue
        entry: dict[str, str | float] = {
            "name": f"{experiment}: {case.id}",
            "unit": "times as fast",
            "value": ratio.value,
            "extra": f"over: {case.against}\nruns: {ratio.runs}\nrounds: {ratio.rounds}\n{about}",
        }
        if formats.has_interval(ratio):
            entry["range"] = f"{ratio.low:.4g} to {ratio.high:.4g}"
        yield entry


def _run(pyperf: ModuleType, samples: list[Sample], case: Case, metadata: Metadata) -> object:
    return pyperf.Run(
        [COST_S.read(s, case) for s in samples if not s.warmup],
        warmups=[(1, COST_S.read(s, case)) for s in samples if s.warmup],
        metadata=metadata,
        collect_metadata=False,  # it would add the host's name and paths
    )


def _about_case(measurement: Measurement, case: Case) -> Metadata:
    return {
        "name": f"{measurement.experiment}: {case.id}",
        "unit": "second",
        "loops": 1,
        "inner_loops": case.items,
        "profile": measurement.profile,
        "workload": case.workload,
        "model": case.model,
        "workers": case.workers,
        **{f"parameter_{name}": str(value) for name, value in case.parameters.items()},
    }


def _metadata(values: Metadata) -> Metadata:
    """Return what pyperf takes: no line ends and no empty texts."""
    clean = {k: " ".join(v.split()) if isinstance(v, str) else v for k, v in values.items()}
    return {key: value for key, value in clean.items() if value != ""}
