"""What holds for the repository as a whole: nothing stands alone, nothing leaks, all is pinned."""

import re
import shutil
import subprocess
import tomllib
from functools import cache
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conc import cli
from conc.claims import ledger
from conc.claims.claim import Claim
from conc.experiments.registry import EXPERIMENTS
from tests.bench.__main__ import PARTS
from tests.tracked import ROOT, tracked_files

DISTRIBUTION = "conc-measured"
SNIPPETS = sorted(path.stem for path in (ROOT / "snippets").glob("*.py") if path.stem != "__init__")


@cache
def text_of(pattern: str) -> str:
    """Return all files that match, as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob(pattern)))


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_snippet_is_shown_by_a_page(snippet: str) -> None:
    assert re.search(rf"-8<-+ [\"']{snippet}\.py", text_of("docs/**/*.md"))


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_stands_alone(snippet: str) -> None:
    assert not re.search(
        r"^\s*(from|import) conc\b", text_of(f"snippets/{snippet}.py"), re.MULTILINE
    )


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_snippet_is_run_by_an_experiment(snippet: str) -> None:
    assert any(f"conc.snippets.{snippet}" in experiment.snippets for experiment in EXPERIMENTS)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_snippet_has_a_test_that_imports_or_runs_it(snippet: str) -> None:
    used = rf"^from conc\.snippets(\.{snippet} import\b| import [\w\s,(]*\b{snippet}\b)"
    assert re.search(rf"{used}|[\"']{snippet}[\"']", text_of("tests/**/test_*.py"), re.MULTILINE)


@pytest.mark.parametrize("experiment", [experiment.name for experiment in EXPERIMENTS])
def test_a_page_says_how_to_measure_every_experiment_again(experiment: str) -> None:
    assert re.search(rf"conc (measure [^\n]*\b)?{experiment}(?![\w-])", text_of("docs/**/*.md"))


@pytest.mark.parametrize("experiment", [experiment.name for experiment in EXPERIMENTS])
def test_every_experiment_times_snippets_that_are_there(experiment: str) -> None:
    timed = next(one for one in EXPERIMENTS if one.name == experiment).snippets
    assert {name.removeprefix("conc.snippets.") for name in timed} <= set(SNIPPETS)


@pytest.mark.parametrize("claim", ledger.CLAIMS, ids=lambda claim: claim.id)
def test_every_claim_names_experiments_that_are_there(claim: Claim) -> None:
    assert {*claim.experiments} <= {experiment.name for experiment in EXPERIMENTS}


@pytest.mark.parametrize("claim", [claim.id for claim in ledger.CLAIMS])
def test_every_claim_has_its_place_on_a_page(claim: str) -> None:
    assert re.search(rf"[\"']{claim}[\"']", text_of("docs/**/*.md"))


def test_every_folder_and_file_that_contributing_lists_is_there_and_none_is_left_out() -> None:
    listed = re.findall(r"^\| `([^`]+)` \|", text_of("CONTRIBUTING.md"), re.MULTILINE)
    assert [name for name in listed if not (ROOT / name).exists()] == []
    top = {path.relative_to(ROOT).parts[:2] for path in tracked_files()}
    package = {name for folder, name, *_ in (p for p in top if len(p) > 1) if folder == "conc"}
    told = {name.split("/")[1] for name in listed if name.startswith("conc/")}
    assert package - told == {"__init__.py", "__main__.py", "py.typed"}


@pytest.mark.parametrize("command", sorted(cli.conc.commands))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"conc {command}" in text_of("README.md")


@pytest.mark.parametrize("target", re.findall(r"^(\w+):.*## ", text_of("Makefile"), re.MULTILINE))
def test_every_target_of_the_makefile_is_in_the_readme(target: str) -> None:
    assert f"make {target}" in text_of("README.md")


def test_every_part_of_the_bench_that_is_named_is_there() -> None:
    named = re.findall(r"ONLY=(?:'([^']+)'|([\w-]+))", text_of("*.md") + text_of("tests/**/*.py"))
    parts = {part for found in named for part in "".join(found).split()}
    assert parts
    assert parts - {*PARTS} == set()
    assert [part for part, (module, *_) in PARTS.items() if not is_bench(module)] == []


def is_bench(module: str) -> bool:
    return (ROOT / "tests" / "bench" / f"{module}.py").is_file()


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
def test_make_help_lists_every_part_of_the_bench() -> None:
    helped = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert " ".join(PARTS) in " ".join(helped.stdout.split())


def test_no_file_names_a_folder_of_this_machine_or_the_address_of_a_registry() -> None:
    # Each part is written so that it does not match itself.
    parts = [rf"{re.escape(str(ROOT))}\b", r"index-ur[l]", r"https?://[^\s\"']+/simpl[e]/"]
    if Path.home() != Path("/root"):
        parts.append(re.escape(str(Path.home())))
    found = re.compile("|".join(parts).encode())
    assert [path for path in tracked_files() if found.search(path.read_bytes())] == []


def constraints() -> list[str]:
    """Return the lines of the constraints file that say something."""
    return [line for line in text_of("constraints.txt").splitlines() if not line.startswith("#")]


def test_the_constraints_are_exact_versions() -> None:
    for line in constraints():
        assert [one.operator for one in Requirement(line).specifier] == ["=="], line


def test_no_other_file_pins_a_version_of_a_package() -> None:
    lists = re.compile(r"(.*\.lock|pylock.*\.toml|Pipfile.*|.*requirements.*|.*constraints.*)")
    names = {path.relative_to(ROOT).as_posix() for path in tracked_files()}
    assert [name for name in names if lists.fullmatch(name)] == ["constraints.txt"]
    pins = re.compile(r"^[^#\n]*[\w\]]==\d", re.MULTILINE)
    for pattern in ("pyproject.toml", "README.md", ".github/**/*.yml", ".ci/*", "Makefile"):
        assert pins.findall(text_of(pattern)) == [], pattern
    assert "uv" not in tomllib.loads(text_of("pyproject.toml"))["tool"]


def test_all_that_is_asked_for_is_constrained() -> None:
    names = {canonicalize_name(Requirement(line).name) for line in constraints()}
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    asked = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    wanted = {canonicalize_name(Requirement(line).name) for line in asked} - {DISTRIBUTION}
    assert wanted <= names


def test_all_that_is_installed_for_the_tests_is_constrained() -> None:
    allowed = {canonicalize_name(Requirement(line).name) for line in constraints()}
    assert needed(DISTRIBUTION, frozenset({"site", "test"})) - {DISTRIBUTION} <= allowed


def needed(name: str, extras: frozenset[str]) -> set[str]:
    """Return the names of all distributions that one needs here, itself and its extras included."""
    found: set[tuple[str, frozenset[str]]] = set()
    ahead = [(name, extras)]
    while ahead:
        one = ahead.pop()
        if one in found:
            continue
        found.add(one)
        for line in metadata.requires(one[0]) or ():
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *one[1])):
                known = canonicalize_name(requirement.name)
                ahead.append((known, frozenset(requirement.extras)))
    return {known for known, _ in found}
