"""What is installed from the built wheel: all that the package needs, and nothing beside it."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import conc
from conc.experiments.registry import EXPERIMENTS
from conc.results import store
from tests.tracked import ROOT, tracked_files

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pip") is None, reason="there is no pip in this environment"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and install it into a folder of its own, without asking any index."""
    folder = tmp_path_factory.mktemp("wheel")
    output(ROOT, sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (wheel,) = folder.glob("*.whl")
    assert wheel.name.startswith(f"conc_measured-{conc.__version__}-")
    target = folder / "installed"
    offline = ["--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check"]
    pip = (sys.executable, "-m", "pip", "install")
    output(folder, *pip, *offline, "--target", str(target), str(wheel))
    return target


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a reader's own folder, in which names of this project mean something else."""
    for name in ("snippets", "tests", "docs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('this is the reader’s')\n")
    return tmp_path


def output(folder: Path, *command: str | Path, beside: Path | None = None) -> str:
    """Run a command in a folder, with ``beside`` first on the path; return what it prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(beside)} if beside else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def run(installed: Path, folder: Path, *arguments: str) -> str:
    """Run the installed command in a folder."""
    program = shutil.which("conc", path=installed / "bin")
    assert program is not None
    return output(folder, program, *arguments, beside=installed)


def test_every_file_of_the_package_and_every_snippet_is_installed(installed: Path) -> None:
    kept = [path.relative_to(ROOT) for path in tracked_files()]
    package = {path for path in kept if path.parts[0] == "conc"}
    snippets = {Path("conc") / path for path in kept if path.parts[0] == "snippets"}
    there = {path.relative_to(installed) for path in installed.rglob("*") if path.is_file()}
    assert (package | snippets) - there == set()
    assert {path.parts[0] for path in there} - {"bin"} == {
        "conc",
        f"conc_measured-{conc.__version__}.dist-info",
    }


def test_what_is_installed_is_what_runs(installed: Path, home: Path) -> None:
    printed = output(
        home, sys.executable, "-c", "import conc; print(conc.__file__)", beside=installed
    )
    assert Path(printed.strip()).is_relative_to(installed)


def test_the_command_answers(installed: Path, home: Path) -> None:
    assert "Usage: conc" in run(installed, home, "--help")
    listed = run(installed, home, "list")
    assert [one.name for one in EXPERIMENTS if one.name not in listed] == []


def test_an_experiment_is_measured_in_a_folder_with_snippets_of_the_readers(
    installed: Path, home: Path
) -> None:
    run(installed, home, "measure", "idle-loop", "--profile", "smoke", "--results", "figures")
    (path,) = store.result_files(home / "figures")
    assert store.load(path).measurements["idle-loop"].failures == []
