"""The exports: pyperf's own commands work on ours, and a table holds every sample safely."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pyperf  # type: ignore[import-untyped]  # it has no types
import pytest

from conc.errors import ConcError
from conc.records import Failure, Measurement, Result
from conc.results import export
from conc.results.evidence import Evidence
from conc.results.samples import TWIN, timed
from tests.invented.results import invented_result

BASELINE = "compute sequential ×1"


def with_measurement(result: Result, measurement: Measurement) -> Result:
    """Return the result with another measurement of the one experiment."""
    return msgspec.structs.replace(result, measurements={"compute": measurement})


def with_failure(result: Result) -> Result:
    """Return the result with a wrong answer of the processes."""
    failure = Failure(case="compute processes ×2", run=0, kind="wrong answer", detail="another")
    measurement = msgspec.structs.replace(result.measurements["compute"], failures=[failure])
    return with_measurement(result, measurement)


def rows_of(result: Result) -> list[dict[str, str]]:
    """Return the rows of the table as a reader of CSV sees them."""
    return list(csv.DictReader(io.StringIO(export.to_csv(result), newline="")))


@pytest.fixture
def suite(result: Result, tmp_path: Path) -> Path:
    """Return a file with the exported suite."""
    path = tmp_path / "suite.json"
    path.write_text(export.to_pyperf(result), encoding="utf-8")
    return path


def test_pyperf_reads_every_case_with_its_runs_values_and_warmups(
    result: Result, suite: Path
) -> None:
    """Nothing is lost or averaged on the way."""
    benchmark = pyperf.BenchmarkSuite.load(str(suite)).get_benchmark(f"compute: {BASELINE}")
    samples = timed(result.measurements["compute"], BASELINE)
    assert [*benchmark.get_values()] == pytest.approx([s.wall_s / 100 for s in samples])
    assert benchmark.get_nrun() == 3
    assert all(len(run.warmups) == 1 for run in benchmark.get_runs())


def test_the_suite_names_machine_and_interpreter_and_no_place(suite: Path) -> None:
    """The metadata are ours; what pyperf would collect by itself names the host."""
    metadata = pyperf.BenchmarkSuite.load(str(suite)).get_metadata()
    assert metadata["cpu_model_name"] == "Invented CPU @ 3.00GHz"
    assert metadata["python_gil"] == "enabled"
    assert "hostname" not in metadata


@pytest.mark.parametrize("command", ["stats", "hist", "check", "compare_to"])
def test_pyperfs_commands_work_on_the_suite(suite: Path, command: str) -> None:
    """What users of pyperf do with its files they can do with ours."""
    files = [str(suite)] * (2 if command == "compare_to" else 1)
    done = subprocess.run(
        [sys.executable, "-m", "pyperf", command, *files],
        capture_output=True,
        check=False,
        timeout=60,
        env=os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout


def test_a_wrong_answer_is_no_benchmark(result: Result) -> None:
    """A case that computed something else has no time to compare."""
    names = {
        benchmark["metadata"]["name"]
        for benchmark in json.loads(export.to_pyperf(with_failure(result)))["benchmarks"]
    }
    assert f"compute: {BASELINE}" in names
    assert "compute: compute processes ×2" not in names


def test_an_empty_result_is_no_suite() -> None:
    """There is no empty suite in pyperf, and our words say so."""
    with pytest.raises(ConcError, match="can't be a pyperf suite"):
        export.to_pyperf(invented_result([]))


def test_without_pyperf_the_export_says_how_to_get_it(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing package is a line with a way out."""
    monkeypatch.setitem(sys.modules, "pyperf", None)
    with pytest.raises(ConcError, match="pip install pyperf"):
        export.to_pyperf(result)


def test_line_ends_in_names_do_not_reach_the_suite(result: Result) -> None:
    """They are refused by pyperf, and a contributed file may hold them."""
    machine = msgspec.structs.replace(result.machine, cpu="one\ntwo", kernel="")
    text = export.to_pyperf(msgspec.structs.replace(result, machine=machine))
    assert json.loads(text)["metadata"]["cpu_model_name"] == "one two"


def test_the_table_has_a_row_for_every_sample(result: Result) -> None:
    """Warm-ups are marked, not dropped."""
    rows, samples = rows_of(result), result.measurements["compute"].samples
    assert [float(row["wall_s"]) for row in rows] == [sample.wall_s for sample in samples]
    assert [row["warmup"] == "true" for row in rows] == [sample.warmup for sample in samples]
    assert rows[0]["cpu_model_name"] == "Invented CPU @ 3.00GHz"
    assert {row["workload"] for row in rows} == {"compute", "yardstick"}


def test_an_absent_quantity_is_an_empty_cell(result: Result) -> None:
    """What the system did not give is neither 0 nor a word."""
    measurement = result.measurements["compute"]
    sample = msgspec.structs.replace(measurement.samples[0], cpu_s=None, values={"n": [1.0]})
    (row,) = rows_of(
        with_measurement(result, msgspec.structs.replace(measurement, samples=[sample]))
    )
    assert row["cpu_s"] == ""
    assert json.loads(row["values"]) == {"n": [1.0]}


def test_a_wrong_answer_is_marked_in_the_table(result: Result) -> None:
    """The raw samples stay, and say what they are."""
    wrong = {row["case"] for row in rows_of(with_failure(result)) if row["wrong_answer"] == "true"}
    assert wrong == {"compute processes ×2"}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(result: Result, text: str) -> None:
    """A contributed name does not run in a spreadsheet."""
    machine = msgspec.structs.replace(result.machine, cpu=text)
    row = rows_of(msgspec.structs.replace(result, machine=machine))[0]
    assert row["cpu_model_name"] == f"'{text}"


def entries_of(result: Result) -> dict[str, dict[str, str | float]]:
    found = json.loads(export.to_github_action_benchmark(result))
    return {entry["name"]: entry for entry in found}


def test_a_history_gets_the_ratio_of_each_case_to_the_one_that_it_is_compared_with(
    result: Result,
) -> None:
    measured = Evidence(result).of("compute")
    compared = [c for c in measured.cases if c.against and not c.parameters.get(TWIN)]
    entries = entries_of(result)
    assert {*entries} == {f"compute: {case.id}" for case in compared}
    for case in compared:
        entry, ratio = entries[f"compute: {case.id}"], measured.speedup(case)
        assert ratio is not None
        assert entry["value"] == ratio.value
        assert entry["range"] == f"{ratio.low:.4g} to {ratio.high:.4g}"
        assert entry["unit"] == "times as fast"
        assert f"over: {case.against}\n" in str(entry["extra"])
        assert f"python_version: {result.interpreter.version}\n" in str(entry["extra"])


def test_a_history_leaves_out_wrong_answers_and_has_no_end_that_json_lacks(
    result: Result,
) -> None:
    assert "compute: compute processes ×2" not in entries_of(with_failure(result))
    measurement = result.measurements["compute"]
    one_run = [sample for sample in measurement.samples if sample.run == 0]
    short = with_measurement(result, msgspec.structs.replace(measurement, samples=one_run))
    assert not any("range" in entry for entry in entries_of(short).values())


def test_a_result_without_a_ratio_is_no_history(result: Result) -> None:
    with pytest.raises(ConcError, match="no ratio"):
        export.to_github_action_benchmark(msgspec.structs.replace(result, measurements={}))
