"""The command line: what it calls, what it prints, how it ends."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from conc import cli
from conc.claims import ledger
from conc.claims.nulls import NULLS
from conc.errors import ConcError
from conc.experiments import registry
from conc.experiments.experiment import Experiment
from conc.measure import interpreters, machine, session
from conc.records import Failure, Profile, Result
from conc.results import store
from tests.invented import uploads
from tests.invented.results import invented_result

COMMANDS = sorted(cli.conc.commands)

Run = Callable[..., int]


@pytest.fixture
def run() -> Iterator[Run]:
    """Return a call of the command line that gives its exit code."""

    def call(*arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        return int(ended.value.code or 0)

    before = signal.getsignal(signal.SIGTERM)
    yield call
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="module")
def result() -> Result:
    """Return an invented result of every experiment."""
    return invented_result()


@pytest.fixture
def measured(tmp_path: Path, result: Result) -> Path:
    """Return a folder where this machine's result is the invented one."""
    path = store.result_path(tmp_path, machine.describe_machine(), machine.describe_interpreter())
    store.save(result, path)
    return tmp_path


class Measuring:
    """Stands in for the session: keeps what it was asked for, and gives an invented result."""

    def __init__(self, result: Result) -> None:
        """Give this result."""
        self.result = result
        self.asked: list[tuple[list[str], Profile, Path | None, bool]] = []
        self.error: BaseException | None = None

    def __call__(
        self,
        chosen: Sequence[Experiment],
        profile: Profile,
        *,
        folder: Path | None = None,
        refresh: bool = False,
    ) -> tuple[Path, Result]:
        """Do as ``measure_here`` says it does."""
        self.asked.append(([one.name for one in chosen], profile, folder, refresh))
        if self.error:
            raise self.error
        return Path("somewhere.json"), self.result


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch, result: Result) -> Measuring:
    """Replace measuring by an invented result."""
    stand_in = Measuring(result)
    monkeypatch.setattr(session, "measure_here", stand_in)
    return stand_in


def test_measures_every_experiment_with_profile_quick_unless_told_otherwise(
    run: Run, measuring: Measuring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONC_PROFILE", raising=False)
    monkeypatch.delenv("CONC_RESULTS", raising=False)
    assert run("measure") == 0
    names = [one.name for one in registry.EXPERIMENTS]
    assert measuring.asked == [(names, "quick", None, False)]


def test_measures_what_is_named_as_it_is_told(
    run: Run, measuring: Measuring, tmp_path: Path
) -> None:
    options = ("--profile", "full", "--refresh", "--results", str(tmp_path))
    assert run("measure", "cpu-bound", *options) == 0
    assert measuring.asked == [(["cpu-bound"], "full", tmp_path, True)]


def test_prints_the_result_file_last_for_whoever_called(
    run: Run, measuring: Measuring, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("measure") == 0
    assert measuring.asked
    assert capsys.readouterr().out == "somewhere.json\n"


def test_names_each_failed_case_and_ends_with_1(
    run: Run, measuring: Measuring, result: Result, capsys: pytest.CaptureFixture[str]
) -> None:
    name, measurement = next(iter(result.measurements.items()))
    case = measurement.cases[0].id
    failed = Failure(case=case, run=0, kind="crashed", detail="signal 11")
    measurement = msgspec.structs.replace(measurement, failures=[failed])
    measuring.result = msgspec.structs.replace(
        result, measurements={**result.measurements, name: measurement}
    )
    assert run("measure") == cli.FAILED
    assert capsys.readouterr().err == f"conc: {case} crashed: signal 11\n"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("measure", "cpu-bond"), "did you mean cpu-bound"),
        (("measure", "--profile", "Quik"), "did you mean quick?"),
        (("measure", "zzz"), "known: cpu-bound"),
        (("export", "--format", "cvs"), "did you mean csv?"),
        (("reprot",), "'report'?"),
    ],
)
def test_an_unknown_name_is_answered_in_one_line_with_the_nearest(
    run: Run, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], hint: str
) -> None:
    assert run(*arguments) == cli.USAGE
    said = capsys.readouterr()
    assert hint in said.err
    assert said.err.startswith("conc: ")
    assert said.err.count("\n") == 1
    assert not said.out


def test_an_error_of_the_user_is_one_line_without_a_traceback(
    run: Run, measuring: Measuring, capsys: pytest.CaptureFixture[str]
) -> None:
    measuring.error = ConcError("results/x.json: can't be written:\n No space left on device")
    assert run("measure") == cli.USAGE
    line = "conc: results/x.json: can't be written: No space left on device\n"
    assert capsys.readouterr().err == line


def test_control_c_ends_with_130_and_says_that_nothing_is_lost(
    run: Run, measuring: Measuring, capsys: pytest.CaptureFixture[str]
) -> None:
    measuring.error = KeyboardInterrupt()
    assert run("measure") == cli.INTERRUPTED
    assert "kept" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_sigterm_runs_what_cleans_up_and_ends_with_143() -> None:
    program = (
        "import time\n"
        "from conc import cli\n"
        "from conc.measure import session\n"
        "def measure_here(*_, **__):\n"
        "    try:\n"
        "        print('ready', flush=True)\n"
        "        time.sleep(60)\n"
        "    finally:\n"
        "        print('in order', flush=True)\n"
        "session.measure_here = measure_here\n"
        "cli.main(['measure'])\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"ready"
        child.terminate()
        rest = child.stdout.read()
    assert rest.strip() == b"in order"
    assert child.returncode == 143


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    child = subprocess.run(
        [sys.executable, "-m", "conc", "list"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert child.stderr == b""
    assert child.returncode == 1


def test_a_terminal_without_the_characters_gets_the_rest(
    run: Run, measured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    assert run("report", "--results", str(measured)) == 0
    narrow.flush()
    written = narrow.buffer
    assert isinstance(written, io.BytesIO)
    assert b"cpu-bound" in written.getvalue()


def test_a_report_without_a_measurement_says_how_to_measure(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("report", "--results", str(tmp_path)) == cli.USAGE
    assert "conc measure" in capsys.readouterr().err


def test_the_report_as_json_is_json(
    run: Run, measured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("report", "--json", "--results", str(measured)) == 0
    assert json.loads(capsys.readouterr().out)


def test_the_report_has_no_colour_when_it_is_piped(
    run: Run, measured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("report", "--results", str(measured)) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_verdicts_are_a_line_each_where_another_program_reads(
    run: Run, measured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verdicts", "--results", str(measured)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == [claim.id for claim in ledger.CLAIMS]


def test_some_verdicts_can_be_asked_for_in_any_case(
    run: Run, measured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verdicts", "c7", "C26", "--json", "--results", str(measured)) == 0
    assert [one["claim"] for one in json.loads(capsys.readouterr().out)] == ["C7", "C26"]


def test_a_claim_that_is_not_there_is_a_wrong_usage(run: Run, measured: Path) -> None:
    assert run("verdicts", "C99", "--results", str(measured)) == cli.USAGE


def test_an_impossible_figure_ends_verdicts_with_a_code_and_a_line(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "impossible.json"
    fast = {"asyncio": 0.01}
    store.save(
        invented_result(
            [registry.get("cpu-bound")], seconds_of=lambda case: fast.get(case.model, 0.05)
        ),
        path,
    )
    assert run("verdicts", "C20", "--file", str(path)) == cli.FAILED
    printed = capsys.readouterr()
    assert printed.out.startswith("C20\t")
    assert "impossible figure in cpu-bound: cpu_bound asyncio" in printed.err


def test_a_result_file_of_another_machine_can_be_named(
    run: Run, result: Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other machine ü.json"
    store.save(result, path)
    assert run("report", "--file", str(path)) == 0
    assert result.machine.cpu in capsys.readouterr().out


def test_export_as_json_gives_the_result_back(run: Run, measured: Path, result: Result) -> None:
    path = measured / "sub.json"
    options = ("--results", str(measured), "-o", str(path))
    assert run("export", "--format", "json", *options) == 0
    assert store.load(path) == result


@pytest.mark.parametrize("form", ["csv", "pyperf"])
def test_export_goes_to_standard_output_unless_a_file_is_named(
    run: Run, measured: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    assert run("export", "--format", form, "--results", str(measured)) == 0
    printed = capsys.readouterr().out
    path = measured / "exported"
    assert run("export", "--format", form, "--results", str(measured), "-o", str(path)) == 0
    assert path.read_bytes().decode() == printed


def test_export_into_a_folder_that_is_not_there_is_one_line(
    run: Run, measured: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--results", str(measured), "-o", str(measured / "no" / "such.csv"))
    assert run("export", "--format", "csv", *options) == cli.USAGE
    assert "cannot write" in capsys.readouterr().err


def test_lists_every_experiment_with_its_question(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    expected = [(one.name, one.question) for one in registry.EXPERIMENTS]
    assert [(one["name"], one["question"]) for one in listed] == expected
    assert run("list") == 0
    printed = capsys.readouterr().out
    assert all(one.name in printed for one in registry.EXPERIMENTS)


def test_the_doctor_says_the_same_for_people_and_for_programs(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("doctor", "--json", "--results", str(tmp_path)) == 0
    findings = json.loads(capsys.readouterr().out)
    assert run("doctor", "--results", str(tmp_path)) == 0
    printed = capsys.readouterr().out
    assert all(f" {finding['subject']}: " in printed for finding in findings)


def test_without_a_command_it_teaches(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert "Start here" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(
    run: Run, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run(command, "--help") == 0
    assert len(capsys.readouterr().out.splitlines()) > 5


def test_help_imports_nothing_that_measures_or_draws() -> None:
    program = (
        "import sys\n"
        "from conc import cli\n"
        "try:\n"
        "    cli.main(['--help'])\n"
        "finally:\n"
        "    heavy = {'numpy', 'rich', 'msgspec', 'psutil', 'aiohttp', 'asyncio'}\n"
        "    assert not heavy & {*sys.modules}, heavy & {*sys.modules}\n"
    )
    child = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert child.returncode == 0, child.stderr


def test_the_rules_can_be_simulated_and_read_by_programs(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conc.show.simulation.NULLS", NULLS[:2])
    assert run("simulate", "--rules", "--times", "1", "--json") == 0

    found = json.loads(capsys.readouterr().out)
    assert [one["claim"] for one in found["rules"]] == [null.claim for null in NULLS[:2]]
    assert found["coverage"] == []


def test_contributes_a_result_into_the_folder_and_checks_it(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.save(invented_result(registry.EXPERIMENTS[:1]), tmp_path / "mine.json")
    asked = ("contribute", str(tmp_path / "mine.json"), "--to", str(tmp_path / "machines"))
    assert run(*asked) == 0
    (written,) = (tmp_path / "machines").iterdir()
    assert capsys.readouterr().out == f"{written}\n"
    first = written.read_bytes()
    assert run(*asked) == 0, "the same again is the same file"
    assert written.read_bytes() == first
    assert run("check", str(written)) == 0


def test_an_interrupted_contribution_leaves_nothing_behind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(invented_result(registry.EXPERIMENTS[:1]), tmp_path / "mine.json")
    asked = ("contribute", str(tmp_path / "mine.json"), "--to", str(tmp_path / "machines"))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", interrupted)
        assert run(*asked) == cli.INTERRUPTED
    assert [*(tmp_path / "machines").iterdir()] == []
    assert run(*asked) == 0
    assert len([*(tmp_path / "machines").iterdir()]) == 1


def test_an_incomplete_result_is_not_contributed(
    run: Run, result: Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, measurement = next(iter(result.measurements.items()))
    broken = {first: msgspec.structs.replace(measurement, complete=False)}
    store.save(msgspec.structs.replace(result, measurements=broken), tmp_path / "mine.json")
    assert run("contribute", str(tmp_path / "mine.json"), "--to", str(tmp_path / "m")) == cli.USAGE
    assert not (tmp_path / "m").exists()
    assert "it is not complete" in capsys.readouterr().err


def test_checking_ends_with_1_for_a_file_that_is_no_contribution(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.json.gz"
    path.write_bytes(b"no gzip")
    assert run("check", str(path)) == cli.FAILED
    assert capsys.readouterr().err.count("\n") == 1


def test_a_whole_result_is_no_contributed_one_and_is_told_so(
    run: Run, result: Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.save(result, tmp_path / "mine.json")
    assert run("check", str(tmp_path / "mine.json")) == cli.FAILED
    assert "conc contribute makes that of it" in capsys.readouterr().err


def test_a_contributed_file_is_read_by_every_command_and_contributed_again_as_it_is(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.save(invented_result(registry.EXPERIMENTS[:1]), tmp_path / "mine.json")
    assert run("contribute", str(tmp_path / "mine.json"), "--to", str(tmp_path / "one")) == 0
    (packed,) = (tmp_path / "one").iterdir()
    assert run("verdicts", "--file", str(packed)) == 0
    assert run("contribute", str(packed), "--to", str(tmp_path / "two")) == 0
    (again,) = (tmp_path / "two").iterdir()
    assert (again.name, again.read_bytes()) == (packed.name, packed.read_bytes())
    assert capsys.readouterr().err == ""


def test_a_comparison_says_what_is_not_fit_to_be_shown(
    run: Run, result: Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.save(result, tmp_path / "a.json")
    machine = msgspec.structs.replace(result.machine, usable_cores=1e6)
    store.save(msgspec.structs.replace(result, machine=machine), tmp_path / "b.json")
    assert run("compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")) == 0
    assert "b.json: take care, 1e+06 usable cores" in capsys.readouterr().err


def test_compares_two_files_for_a_reader_and_for_a_program(
    run: Run, result: Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.save(result, tmp_path / "a.json")
    assert run("compare", str(tmp_path / "a.json"), str(tmp_path / "a.json")) == 0
    assert "No verdict differs" in capsys.readouterr().out
    assert run("compare", str(tmp_path / "a.json"), str(tmp_path / "a.json"), "--json") == 0
    assert json.loads(capsys.readouterr().out)["verdicts"] == []


def test_comparing_with_a_file_that_is_not_there_names_it(
    run: Run, result: Result, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store.save(result, tmp_path / "a.json")
    assert run("compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")) == cli.USAGE
    assert "b.json: there is no such file" in capsys.readouterr().err


def test_measures_with_each_interpreter_and_names_those_that_are_not_there(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked: list[tuple[list[str], list[str]]] = []

    def measure_with(
        pythons: Sequence[tuple[str, interpreters.Python]], arguments: Sequence[str]
    ) -> Iterator[tuple[str, int | ConcError]]:
        asked.append(([name for name, _ in pythons], [*arguments]))
        yield from ((name, 0) for name, _ in pythons)

    monkeypatch.setattr(interpreters, "measure_with", measure_with)
    options = ("--python", sys.executable, "--python", "3.99", "--results", str(tmp_path))
    assert run("measure", "cpu-bound", "--profile", "smoke", *options) == cli.FAILED
    assert "3.99: no such Python" in capsys.readouterr().err
    arguments = ["cpu-bound", "--profile", "smoke", "--results", str(tmp_path)]
    assert asked == [([sys.executable], arguments)]


def test_measuring_with_no_interpreter_that_is_there_is_an_error(run: Run) -> None:
    assert run("measure", "--python", "3.99") == cli.USAGE


def test_gathers_what_jobs_uploaded_and_tells_of_each_that_is_refused(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uploaded, docs = tmp_path / "uploaded", tmp_path / "docs"
    measured = uploads.result("ubuntu-24.04", "3.14", "2026-10")
    uploads.upload(uploaded, "ubuntu-24.04", "3.14", measured)
    uploads.upload(uploaded, "macos-26", "3.14", None, "installing")
    assert run("gather", str(uploaded), "--to", str(docs)) == 0
    printed = capsys.readouterr()
    round_, raw = printed.out.split()
    assert Path(round_) == docs / "rounds" / "2026-10.json"
    assert Path(raw).parent == docs / "machines"
    assert printed.err == "conc: macos-26, Python 3.14: no result: it ended while installing\n"
    assert run("check", raw) == 0
    (uploaded / "ubuntu-24.04-3.14" / "result.json").write_bytes(b"{")
    asked = ("gather", str(uploaded), "--to", str(docs), "--round", "2026-11")
    assert run(*asked) == cli.FAILED
    assert "conc: ubuntu-24.04-3.14: result.json: no result of conc" in capsys.readouterr().err


def test_gathering_what_no_run_uploaded_is_one_line(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("gather", str(tmp_path), "--to", str(tmp_path / "docs")) == cli.USAGE
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "docs").exists()


def test_series_without_a_change_can_be_simulated(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("simulate", "--history", "--times", "1", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["series"] for one in found["history"]] == [1, 1, 1, 1]
    assert found["rules"] == found["coverage"] == []
