"""The program of the action: what it reads, what it tells a workflow, whom it does not trust."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from conc import action
from conc.action import Answer, Done, Environment
from conc.measure.tries import FOLDER
from conc.records import Result
from conc.results import store
from tests.invented.tries import compared, failed, tried
from tests.tracked import ROOT

NAMES = {
    *("advice", "decided", "model", "workers", "speed-up", "speed-up-low", "speed-up-high"),
    *("compared", "ratio", "ratio-low", "ratio-high", "json", "report", "artifact"),
}
HOSTILE = (
    "work:resize\nmodel=processes",
    "work:resize\r\n::set-output name=model::processes",
    "work:resize\u2028model<<EOF\u2028processes\u2028EOF",
    "| a | b |\n|---|---|\n\n# Big <script>alert(1)</script> ![x](https://example.org/x.png)",
    "</td></table><img src=x onerror=alert(1)>",
    "${{ secrets.GITHUB_TOKEN }} $(id) `id` %0A::error::x \x1b[2J\x00",
    "é" * 1_900,
)
WORKS_WELL = {"loop": 0.1, "processes": 0.055, "processes_cold": 0.2, "threads": 0.1}


@dataclass
class Conc:
    """Stands in for the command: keeps what it was given, and leaves an invented result."""

    result: Result | None = field(default_factory=lambda: tried(WORKS_WELL))
    done: Done = field(default_factory=lambda: Done(0, b"{}\n", ""))
    given: list[tuple[list[str], dict[str, str]]] = field(default_factory=list)

    def __call__(self, words: Sequence[str], environment: Environment) -> Done:
        """Do as ``run_conc`` does."""
        self.given.append(([*words], {**environment}))
        if self.result is not None:
            store.save(self.result, self.folder / FOLDER / "here.json")
        return self.done

    @property
    def folder(self) -> Path:
        """The folder that it was told to leave its result in."""
        *_, (words, _) = self.given
        return next(Path(w.removeprefix("--results=")) for w in words if w.startswith("--results="))


@dataclass
class Job:
    """The surroundings of a step in a workflow."""

    folder: Path
    conc: Conc = field(default_factory=Conc)

    def run(self, **inputs: str) -> int:
        """Run the program with some inputs, as the action's metadata name them."""
        return action.main(self.environment(inputs), self.conc)

    def environment(self, inputs: Mapping[str, str]) -> dict[str, str]:
        """Return what a step is given."""
        asked = {"FUNCTION": "work:resize"} | {name.upper(): inputs[name] for name in inputs}
        return {
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_ENV": str(self.folder / "env"),
            **{f"CONC_ACTION_{name}": value for name, value in asked.items()},
        }

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs as a runner reads them: to the first ``=`` of each line."""
        written = (self.folder / "output").read_bytes().decode()
        lines = re.split(r"\r\n|\r|\n", written.removesuffix("\n"))
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        """The summary, as it is written."""
        return (self.folder / "summary").read_text(encoding="utf-8")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_the_answer_is_told_as_outputs(job: Job) -> None:
    assert job.run() == 0
    assert job.outputs.keys() == NAMES
    assert job.outputs["decided"] == "true"
    assert (job.outputs["model"], job.outputs["workers"]) == ("processes", "2")
    low, value, high = (float(job.outputs[f"speed-up{end}"]) for end in ("-low", "", "-high"))
    assert low <= value <= high
    assert value == pytest.approx(0.1 / 0.055, rel=1e-3)
    assert job.outputs["advice"].startswith("Take processes with 2 workers: 1.82×")


def test_what_conc_wrote_for_programs_lies_where_the_output_says(job: Job) -> None:
    job.conc.done = Done(0, b'{"functions": {}}\n', "")
    job.run()
    assert json.loads(Path(job.outputs["json"]).read_bytes()) == {"functions": {}}
    assert f"--html={job.outputs['report']}" in job.conc.given[0][0]


def test_where_no_model_pays_the_model_is_the_plain_loop(job: Job) -> None:
    job.conc.result = tried({"loop": 0.1})
    assert job.run(expect="sequential", fail_on="changed") == 0
    assert (job.outputs["decided"], job.outputs["model"]) == ("true", "sequential")
    assert (job.outputs["workers"], job.outputs["speed-up"]) == ("1", "")


def undecided() -> Result:
    return tried(WORKS_WELL, noise=0.8, runs=2, rounds=2)


def without_figure() -> Result:
    return failed(tried(WORKS_WELL), "loop", "crashed", "\n# out of memory")


@pytest.mark.parametrize("result", [undecided(), without_figure()])
def test_what_is_undecided_never_fails_a_job(job: Job, result: Result) -> None:
    job.conc.result = result
    job.conc.done = Done(1, b"{}\n", "")
    assert job.run(expect="sequential", fail_on="changed") == 0
    assert (job.outputs["decided"], job.outputs["model"]) == ("false", "")
    assert job.outputs["advice"]


def test_another_model_fails_a_job_only_where_that_was_asked(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    assert job.run(expect="threads") == 0
    assert "::error" not in capsys.readouterr().out
    assert job.run(expect="threads", fail_on="changed") == 1
    assert "::error title=conc try::work:resize: threads was expected" in capsys.readouterr().out
    assert job.run(expect="processes", fail_on="changed") == 0


def test_a_model_that_can_not_be_told_from_the_best_has_not_changed(job: Job) -> None:
    job.conc.result = tried(WORKS_WELL | {"threads": 0.055})
    assert job.run(expect="processes", fail_on="changed") == 0
    assert job.outputs["model"] == "threads"
    assert job.run(expect="sequential", fail_on="changed") == 1


def test_a_slower_function_fails_a_job_only_where_that_was_asked(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    job.conc.result = compared(0.15, 0.1)
    assert job.run(baseline="work:resize_as_it_was") == 0
    assert "--against=work:resize_as_it_was" in job.conc.given[0][0]
    assert job.outputs["compared"] == "slower"
    low, value, high = (float(job.outputs[f"ratio{end}"]) for end in ("-low", "", "-high"))
    assert low <= value <= high < 1
    assert value == pytest.approx(0.1 / 0.15, rel=0.1)
    assert "resize is slower than resize_as_it_was" in job.summary
    assert "::error" not in capsys.readouterr().out
    assert job.run(baseline="work:resize_as_it_was", fail_on="slower") == 1
    assert "resize is slower than resize_as_it_was" in capsys.readouterr().out.split("::error")[1]


@pytest.mark.parametrize(
    ("result", "word"),
    [
        (compared(0.1, 0.15), "faster"),
        (compared(0.1, 0.1, runs=40), "no difference"),
        (compared(0.2, 0.1, runs=1), "undecided"),
        (tried(WORKS_WELL), ""),
    ],
)
def test_what_is_not_surely_slower_fails_no_job(job: Job, result: Result, word: str) -> None:
    job.conc.result = result
    assert job.run(baseline="work:resize_as_it_was", fail_on="slower") == 0
    assert job.outputs["compared"] == word


def test_an_interval_without_ends_leaves_its_outputs_empty(job: Job) -> None:
    job.conc.result = compared(0.2, 0.1, runs=1)
    job.run(baseline="work:resize_as_it_was")
    assert float(job.outputs["ratio"])
    assert (job.outputs["ratio-low"], job.outputs["ratio-high"]) == ("", "")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"function": " "}, "function: name one"),
        ({"expect": "fibers"}, "expect: 'fibers' is no model; there are sequential, threads"),
        ({"fail_on": "undecided"}, "fail-on: 'undecided' is neither changed nor slower"),
        ({"fail_on": "changed"}, "fail-on: changed needs to know what to expect"),
        ({"fail_on": "changed, slower", "expect": "threads"}, "fail-on: slower needs a baseline"),
        ({"any_answer": "perhaps"}, "any-answer: write true or false"),
    ],
)
def test_an_input_that_can_not_be_meant_is_named_before_anything_is_called(
    job: Job, inputs: dict[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert job.run(**inputs) == 2
    assert f"::error title=conc try::{said}" in capsys.readouterr().out
    assert job.conc.given == []


def test_inputs_are_words_of_a_command_line_that_no_shell_reads(job: Job) -> None:
    job.run(
        function="--help; rm -rf /",
        items="cat.png\r\n  --html=/etc/passwd  \n\n$(id) '${{ github.token }}' && x\n-1",
        at_once="100",
        seconds="5",
        any_answer="true",
    )
    words, _ = job.conc.given[0]
    before, after = words[: words.index("--")], words[words.index("--") + 1 :]
    assert after == [
        "--help; rm -rf /",
        "cat.png",
        "--html=/etc/passwd",
        "$(id) '${{ github.token }}' && x",
        "-1",
    ]
    assert before[0] == "try"
    assert {"--json", "--at-once=100", "--seconds=5", "--any-answer"} < {*before}
    assert not any(word.startswith("--items") for word in before)


def test_items_can_be_taken_from_a_name(job: Job) -> None:
    job.run(items_from="--json")
    assert "--items=--json" in job.conc.given[0][0]


def test_the_code_that_is_tried_is_not_told_where_a_workflow_reads(job: Job) -> None:
    job.run(items="a")
    _, environment = job.conc.given[0]
    assert environment == {"RUNNER_TEMP": str(job.folder)}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_adds_an_output_or_ends_one(job: Job, name: str) -> None:
    job.conc.result = tried(WORKS_WELL, function=name)
    assert job.run() == 0
    assert job.outputs.keys() == NAMES
    assert job.outputs["model"] == "processes"
    assert re.fullmatch(r"[a-z0-9-]{1,90}", job.outputs["artifact"])
    assert all(len(value) <= 500 for value in job.outputs.values())


@pytest.mark.parametrize("name", HOSTILE)
def test_the_summary_is_a_sentence_and_a_table_whatever_the_names(job: Job, name: str) -> None:
    job.conc.result = failed(
        tried(WORKS_WELL, function=name), "threads", "raised", name[: action.LONGEST]
    )
    job.run()
    assert len(job.summary.splitlines()) == 1, "or Markdown would be read in it"
    page = BeautifulSoup(job.summary, "html.parser")
    assert [tag.name for tag in page.find_all(recursive=False)] == ["p", "table"]
    allowed = {"p", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert {tag.name for tag in page.find_all()} == allowed
    assert not any(tag.attrs for tag in page.find_all())
    heads, *rows = (row.find_all(["th", "td"]) for row in page.find_all("tr"))
    assert len(rows) == 6
    assert {len(row) for row in rows} == {len(heads)}
    assert len(job.summary) < 10_000


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_is_printed_is_a_command_but_the_error_that_is_meant(
    job: Job, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    job.conc.result = tried(WORKS_WELL, function=name)
    job.run(expect="threads", fail_on="changed")
    commands, stopped = [], ""
    for line in re.split(r"\r\n|\r|\n", capsys.readouterr().out):
        if stopped:
            stopped = "" if line == f"::{stopped}::" else stopped
        elif found := re.fullmatch(r"::stop-commands::([0-9a-f]{32})", line):
            stopped = found[1]
        else:
            commands += [line] if line else []
    assert [command.split("::")[1] for command in commands] == ["error title=conc try"]
    assert "%0A" not in commands[0].replace("%250A", "")


def test_a_try_that_gives_no_answer_fails_with_its_last_words(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    job.conc.result = None
    job.conc.done = Done(2, b"", "conc: no module 100%\x1b")
    assert job.run() == 2
    assert "::error title=conc try::conc: no module 100%25\ufffd\n" in capsys.readouterr().out
    assert not (job.folder / "output").exists()


def test_beside_a_workflow_it_writes_no_file_of_one(tmp_path: Path) -> None:
    asked = {"RUNNER_TEMP": str(tmp_path), "CONC_ACTION_FUNCTION": "work:resize"}
    assert action.main(asked, Conc()) == 0
    assert [path.name.rpartition("-")[0] for path in tmp_path.iterdir()] == ["conc-try"]


def test_the_whole_program_tries_a_function_whose_module_shadows_ours_and_prints_commands(
    tmp_path: Path, job: Job
) -> None:
    """What is found depends on the machine; that something is, does not."""
    place = tmp_path / "pröject"
    place.mkdir()
    (place / "conc.py").write_text("raise SystemExit('not this one')\n")
    (place / "work.py").write_text(
        "def resize(item):\n    print('\\n::error::from the function')\n    return [item] * 2\n"
    )
    inputs = {"items": "cat.png\n-1", "seconds": "1", "expect": "asyncio"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "conc.action"],
        cwd=place,
        env=os.environ | job.environment(inputs),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert job.outputs.keys() == NAMES
    found = json.loads(Path(job.outputs["json"]).read_bytes())
    assert [*found["functions"]] == ["work:resize"]
    assert "work:resize" in job.summary
    assert Path(job.outputs["report"]).read_bytes().startswith(b"<!doctype html>")


def test_the_advice_of_the_summary_is_that_of_the_report() -> None:
    answer = Answer.of(tried(WORKS_WELL))
    assert f"<strong>{action.cut(answer.says)}</strong>" in answer.summary


def installing(
    monkeypatch: pytest.MonkeyPatch, asked: str, code: int = 0
) -> tuple[ModuleType, list[list[str]]]:
    """Load what the action installs with, in which pip is replaced."""
    path = ROOT / ".github" / "actions" / "try" / "install.py"
    spec = importlib.util.spec_from_file_location("install", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    commands: list[list[str]] = []

    def run(command: list[str], *, check: bool) -> SimpleNamespace:
        assert not check
        commands.append(command)
        return SimpleNamespace(returncode=code)

    monkeypatch.setattr(module.subprocess, "run", run)
    monkeypatch.setenv("CONC_ACTION_INSTALL", asked)
    return module, commands


def test_conc_is_installed_beside_what_the_function_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    install, commands = installing(monkeypatch, "-r requirements.txt 'pillow >= 10; x' $(id)")
    assert install.main() == 0
    ((python, *words),) = commands
    assert python == sys.executable
    assert words[:3] == ["-m", "pip", "install"]
    asked = ["-r", "requirements.txt", "pillow >= 10; x", "$(id)"]
    assert words[-5:] == [str(ROOT), *asked]


def test_what_can_not_be_installed_fails_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    install, commands = installing(monkeypatch, "", code=3)
    assert install.main() == 3
    assert commands[0][-1] == str(ROOT)
    install, commands = installing(monkeypatch, "'pillow")
    assert install.main() == "::error::install: No closing quotation"
    assert commands == []


def test_a_python_that_is_too_old_is_told_before_pip_complains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install, commands = installing(monkeypatch, "")
    monkeypatch.setattr(install.sys, "version_info", (3, 9, 1))
    assert "needs Python 3.11 or newer and this is 3.9" in str(install.main())
    assert commands == []
