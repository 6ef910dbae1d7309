"""What workflows and the action promise: all is pinned, little is allowed, no input is a script."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it has none

from conc import action, job
from conc.action import Asked
from conc.cli.trying import try_
from conc.show import project
from tests.tracked import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONS = sorted((ROOT / ".github" / "actions").glob("*/action.yml"))
TRY = ROOT / ".github" / "actions" / "try" / "action.yml"

PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\$/\.github/actions/\w+")
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")

PUBLISHING = {"site": "deploy", "release": "publish"}
"""The job of a workflow that publishes: no other may write anything."""

every_file = pytest.mark.parametrize(
    "path", [*WORKFLOWS, *ACTIONS], ids=lambda path: f"{path.parent.name}/{path.name}"
)
every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def triggers(path: Path) -> set[str]:
    """Return what starts a workflow: YAML reads its ``on`` as a truth value."""
    whole: dict[object, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {*whole[True]}


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read(path)["jobs"]
    return found


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the steps of a workflow or an action."""
    whole = read(path)
    for one in [whole["runs"]] if "runs" in whole else whole["jobs"].values():
        yield from one["steps"]


@every_file
def test_every_action_is_pinned_by_its_hash_with_its_version(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    assert [name for name in used if not PINNED.fullmatch(name)] == []


def test_one_action_has_one_version() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (*WORKFLOWS, *ACTIONS))
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"uses: ([\w./-]+)@(\w+ # \S+)", text):
        versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@every_file
def test_no_expression_stands_in_the_text_of_a_script(path: Path) -> None:
    scripts = [step["run"] for step in steps(path) if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


@every_workflow
def test_a_workflow_may_do_nothing_that_its_job_does_not_name(path: Path) -> None:
    assert read(path)["permissions"] == {}
    for name, one in jobs(path).items():
        writes = {what for what, may in one["permissions"].items() if may == "write"}
        assert {*one["permissions"].values()} <= {"read", "write"}
        assert not writes or PUBLISHING.get(path.stem) == name


@pytest.mark.parametrize(("workflow", "name"), PUBLISHING.items())
def test_the_job_that_publishes_runs_no_code_of_a_checkout(workflow: str, name: str) -> None:
    one = jobs(ROOT / ".github" / "workflows" / f"{workflow}.yml")[name]
    assert one["permissions"]["id-token"] == "write"
    assert one["permissions"]["attestations"] == "write"
    assert one["environment"]
    used = " ".join(step.get("uses", "") for step in one["steps"])
    assert "actions/checkout" not in used
    assert "actions/setup-python" not in used


@every_workflow
def test_every_job_ends_and_keeps_no_credentials(path: Path) -> None:
    assert all(one["timeout-minutes"] <= 60 for one in jobs(path).values())
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"persist-credentials": False}


@every_workflow
def test_what_is_published_or_recorded_comes_from_no_cache(path: Path) -> None:
    cached = [step for step in steps(path) if "cache" in step.get("with", {})]
    assert bool(cached) == (path.stem == "test")
    assert not any("actions/cache" in step.get("uses", "") for step in steps(path))


def test_nothing_of_a_pull_request_or_of_a_branch_is_published() -> None:
    release = jobs(ROOT / ".github" / "workflows" / "release.yml")
    assert release["publish"]["needs"] == "build"
    assert release["build"]["if"] == "github.ref == 'refs/heads/main'"
    assert triggers(ROOT / ".github" / "workflows" / "release.yml") == {"workflow_dispatch"}
    site = jobs(ROOT / ".github" / "workflows" / "site.yml")
    assert site["deploy"]["needs"] == "build"
    assert site["build"]["if"] == (
        "github.event_name != 'pull_request' && github.ref == 'refs/heads/main'"
    )
    assert site["preview"]["if"] == "github.event_name == 'pull_request'"
    for path in WORKFLOWS:
        assert not {"pull_request_target", "workflow_run", "issue_comment"} & triggers(path)


def test_a_deploy_measures_nothing() -> None:
    build = jobs(ROOT / ".github" / "workflows" / "site.yml")["build"]
    (building,) = (step for step in build["steps"] if "make site" in step.get("run", ""))
    assert building["env"]["CONC_MEASURE"] == "committed"


def test_every_job_of_a_round_notes_an_image_and_a_python_that_a_round_knows() -> None:
    measure = jobs(ROOT / ".github" / "workflows" / "rounds.yml")["measure"]
    matrix = measure["strategy"]["matrix"]
    assert len(matrix["image"]) == 6
    assert len(matrix["python"]) == 3
    for image in matrix["image"]:
        for python in matrix["python"]:
            assert re.fullmatch(job.PATTERNS["image"], image)
            assert re.fullmatch(job.PATTERNS["python"], python)
    text = "\n".join(step.get("run", "") for step in measure["steps"])
    assert set(re.findall(r'--at "?([\w ]+\w)', text)) == {*job.STEPS}


def test_every_input_of_the_action_reaches_its_program_by_the_environment() -> None:
    inputs = read(TRY)["inputs"]
    used = EXPRESSION.findall(TRY.read_text(encoding="utf-8"))
    assert {f"inputs.{name}" for name in inputs} <= {*used}
    names = {
        name: value
        for step in steps(TRY)
        for name, value in step.get("env", {}).items()
        if name.startswith(action.INPUT)
    }
    assert {*names} == {
        f"{action.INPUT}{name.upper().replace('-', '_')}"
        for name in inputs
        if name not in {"python-version", "working-directory"}
    }
    assert all(EXPRESSION.fullmatch(value) for value in names.values())


def test_every_output_of_the_action_is_one_that_its_program_writes() -> None:
    found = read(TRY)["outputs"]
    told = {name for one in found.values() for name in EXPRESSION.findall(one["value"])}
    assert told == {f"steps.try.outputs.{name}" for name in found}


def test_the_defaults_of_the_action_are_those_of_the_command() -> None:
    inputs = read(TRY)["inputs"]
    options = {option.name: option for option in try_.params}
    assert float(inputs["seconds"]["default"]) == options["seconds"].default
    assert int(inputs["at-once"]["default"]) == options["at_once"].default
    assert inputs["fail-on"]["default"] == "", "nothing fails a job unasked"
    given = {
        f"{action.INPUT}{name.upper().replace('-', '_')}": one.get("default", "work:resize")
        for name, one in inputs.items()
    }
    assert Asked.of(given).fail_on == frozenset()


def test_the_page_lists_every_input_and_output_of_the_action() -> None:
    page = (ROOT / "docs" / "your-own-code.md").read_text(encoding="utf-8")
    section = page.partition("## In a workflow")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([\w-]+)`", row)} == {
        *read(TRY)["inputs"]
    }
    prose = section.partition("the outputs ")[2]
    assert {*read(TRY)["outputs"]} <= {*re.findall(r"`([\w-]+)`", prose)}


@pytest.mark.parametrize("address", ["", "https://example.org/someone/conc/"])
def test_the_job_that_the_page_shows_is_one(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(project.ADDRESS, address)
    shown = yaml.safe_load(project.in_a_workflow().removeprefix("```yaml").removesuffix("```"))
    (job,) = shown["jobs"].values()
    (step,) = (one for one in job["steps"] if "with" in one)
    source = "someone/conc" if address else "<owner>/<repository>"
    assert step["uses"] == f"{source}/{TRY.parent.relative_to(ROOT).as_posix()}@main"
    assert step["with"].keys() <= read(TRY)["inputs"].keys()
    given = {
        f"{action.INPUT}{name.upper().replace('-', '_')}": value
        for name, value in step["with"].items()
    }
    assert Asked.of(given).function == "work:resize"
    assert shown["permissions"] == {"contents": "read"}
