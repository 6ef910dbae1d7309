"""A reader's folder: whatever its files are called, ours are not shadowed, nor theirs by ours."""

import json
import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

OWN = ("numpy", "msgspec", "psutil", "statistics", "calendar", "docs")
"""Modules of the reader's, named as others that we, Python, or our dependencies have."""

WORK = """
import multiprocessing, time
import tests.words, snippets, docs
from snippets.cpu_bound import ANSWER
import {modules}

multiprocessing.set_start_method({method!r}, force=True)
assert all(one.MINE for one in ({modules},))
assert tests.words.MINE and ANSWER == 42

def twice(item):
    end = time.perf_counter() + 0.01
    while time.perf_counter() < end:
        pass
    return 2 * item
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a reader's folder with files that have the names of ours and of Python's."""
    folder = tmp_path / "my wörk"
    for name in OWN:
        write(folder / f"{name}.py", "MINE = True")
    write(folder / "conc.py", "raise RuntimeError('the reader has a conc, too')")
    write(folder / "tests" / "__init__.py", "")
    write(folder / "tests" / "words.py", "MINE = True")
    write(folder / "snippets" / "__init__.py", "")
    write(folder / "snippets" / "cpu_bound.py", "ANSWER = 42")
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def conc(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    results = str(folder.parent / "results")
    return subprocess.run(
        [sys.executable, "-P", "-m", "conc", *arguments, "--results", results],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


def tried(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Try a function of a folder for a second."""
    options = ("--seconds", "1", "--at-once", "2", "--json")
    return conc(folder, "try", *arguments, *options)


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_function_is_tried_beside_files_with_the_names_of_others(
    folder: Path, method: str
) -> None:
    write(folder / "work.py", WORK.format(method=method, modules=", ".join(OWN)))
    ended = tried(folder, "work:twice", "1", "2")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    rows = json.loads(ended.stdout)["functions"]["work:twice"]["table"]["rows"]
    assert {"sequential", "threads", "processes"} <= {row["model"] for row in rows}


def test_what_hides_a_module_that_a_pool_needs_fails_there_with_its_name(folder: Path) -> None:
    """A program of the reader's would fail likewise, when its pool imports what is hidden."""
    write(folder / "random.py", "MINE = True")
    write(folder / "work.py", WORK.format(method="spawn", modules="random"))
    ended = tried(folder, "work:twice", "1", "2")
    function = json.loads(ended.stdout)["functions"]["work:twice"]
    costs = {row["model"]: str(row["cost_s"]) for row in function["table"]["rows"]}
    assert ended.returncode == 1
    assert not costs["threads"].startswith("failed")
    assert "named as Python's or conc's own: calendar, conc, random" in costs["processes"]


@pytest.mark.parametrize(
    ("source", "function"),
    [("from conc import helper", "work:twice"), ("", "conc:twice")],
    ids=["imported", "tried"],
)
def test_a_module_named_as_this_package_is_said_to_be_so(
    folder: Path, source: str, function: str
) -> None:
    write(folder / "work.py", source)
    ended = tried(folder, function, "1", "2")
    assert ended.returncode == 2
    assert (
        "your folder has modules named as Python's or conc's own: calendar, conc, " in ended.stderr
    )
    assert ended.stderr.count("\n") == 1


def test_what_a_reader_raises_is_not_blamed_on_names(folder: Path) -> None:
    write(folder / "work.py", "def twice(item):\n    raise ValueError('burnt')\n")
    assert tried(folder, "work:twice", "1", "2").stderr.endswith("burnt (work.py:2, twice)\n")


def test_in_a_clone_our_package_is_no_module_of_the_readers(tmp_path: Path) -> None:
    asked = ("try", "snippets.own_function:nothing", "1", "--results", str(tmp_path))
    ended = subprocess.run(
        [sys.executable, "-m", "conc", *asked],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "has no attribute 'nothing'" in ended.stderr
    assert "conc's own" not in ended.stderr


def test_a_folder_that_is_in_the_way_changes_nothing_for_our_own_experiments(folder: Path) -> None:
    ended = conc(folder, "measure", "many-waiting", "io-bound", "--profile", "smoke")
    assert ended.returncode == 0, ended.stderr


def test_the_command_takes_no_module_from_the_folder_that_its_user_stands_in(
    folder: Path,
) -> None:
    (folder / "conc.py").unlink()  # which Python itself would take
    for name in ("msgspec", "click", "shutil"):
        write(folder / f"{name}.py", "raise RuntimeError('taken from the folder')")
    ended = subprocess.run(
        [sys.executable, "-m", "conc", "list"], cwd=folder, capture_output=True, check=False
    )
    assert b"taken from the folder" not in ended.stderr
    assert ended.returncode == 0
