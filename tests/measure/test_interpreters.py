"""Measuring with several interpreters: which are found, what each gets, and that all go on."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import conc
from conc import cli, snippets
from conc.errors import ConcError
from conc.measure import interpreters
from conc.measure.interpreters import Python

HERE = Python(Path(sys.executable), f"{sys.version_info[0]}.{sys.version_info[1]}")
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a program."""

    def program(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return path

    return program


def refusal(asked: str) -> str:
    with pytest.raises(ConcError) as refused:
        interpreters.find(asked)
    assert str(refused.value).isprintable()
    return str(refused.value)


def test_an_interpreter_is_found_by_its_path_and_is_the_one_behind_its_environment() -> None:
    found = interpreters.find(sys.executable)
    assert found.version.removesuffix("t") == ".".join(map(str, sys.version_info[:3]))
    assert found.program.exists()
    assert Path(sys.base_prefix) in found.program.resolve().parents or sys.platform == "darwin"


def test_an_interpreter_of_pyenv_is_found_by_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("3.1.4", "3.13.0", "3.13.10t", "3.131.0"):
        (tmp_path / "versions" / name).mkdir(parents=True)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    found = [Path(path).parts[-3] for path in interpreters._of_pyenv("3.13")]
    assert found == ["3.13.10t", "3.13.0"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("3.99", "3.99: no such Python was found here; install it"),
        ("no-such-program", "no-such-program: there is no such Python"),
        ("/no/such/python", "/no/such/python: there is no such Python"),
    ],
)
def test_what_is_not_there_is_named_in_a_line(asked: str, says: str) -> None:
    assert refusal(asked).startswith(says)


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_a_broken_interpreter_is_named_in_a_line(write: Write) -> None:
    path = write("python3", "#!/bin/sh\necho broken >&2\nexit 3\n")
    assert str(path) in refusal(str(path))


def test_every_interpreter_gets_the_same_bytes_and_nothing_else(tmp_path: Path) -> None:
    copy = interpreters.code(tmp_path)
    assert {path.name for path in copy.iterdir()} == {"conc", interpreters._READY}
    package, timed = Path(conc.__file__).parent, Path(next(iter(snippets.__path__)))
    for name in ("cli/__init__.py", "measure/worker.py", "show/theme/main.html"):
        assert (copy / "conc" / name).read_bytes() == (package / name).read_bytes()
    for path in timed.glob("*.py"):
        assert (copy / "conc" / "snippets" / path.name).exists()
    assert interpreters.code(tmp_path) == copy


def test_half_a_copy_is_made_again(tmp_path: Path) -> None:
    copy = interpreters.code(tmp_path)
    (copy / interpreters._READY).unlink()
    (copy / "conc" / "cli" / "__init__.py").write_text("broken", encoding="utf-8")
    interpreters.code(tmp_path)
    assert (copy / "conc" / "cli" / "__init__.py").read_bytes() == Path(cli.__file__).read_bytes()


def test_an_environment_holds_the_dependencies_of_measuring_and_is_reused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(_: Python, command: Sequence[str], needs: str = "") -> None:
        del needs
        asked.append([*command])
        if "venv" in command:
            folder = Path(command[-1]) / ("Scripts" if sys.platform == "win32" else "bin")
            folder.mkdir(parents=True)
            for name in ("python", "python.exe"):
                (folder / name).touch()

    monkeypatch.setattr(interpreters, "_run", run)
    program = interpreters.prepare(HERE, tmp_path)
    assert interpreters.prepare(HERE, tmp_path) == program
    assert len(asked) == 2
    install = asked[1]
    assert "numpy>=2.2" in install
    assert not any(
        "mkdocs" in word or "conc" in word for word in install[install.index("-c") + 2 :]
    )
    assert "--only-binary" in install


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_an_environment_that_can_not_be_made_says_what_it_needed(
    tmp_path: Path, write: Write
) -> None:
    broken = write("python3", "#!/bin/sh\necho No module named venv\nexit 1\n")
    with pytest.raises(ConcError) as refused:
        interpreters.prepare(Python(broken, "3.13.1"), tmp_path)
    said = str(refused.value)
    assert said == "3.13.1: its environment can't be made: No module named venv"
    assert not [*tmp_path.glob("3.13.1-*/.ready")]


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
def test_without_a_network_an_environment_says_what_it_would_have_needed(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = write("python3", '#!/bin/sh\nmkdir -p "$4/bin" && touch "$4/bin/python"\n')
    pip = write(
        "pip",
        "#!/bin/sh\n"
        "echo 'WARNING: Retrying after connection broken'\n"
        "echo 'ERROR: No matching distribution found for numpy>=2.2'\n"
        "exit 1\n",
    )
    monkeypatch.setattr(interpreters, "_installer", lambda _: [str(pip)])
    with pytest.raises(ConcError) as refused:
        interpreters.prepare(Python(python, "3.13.1"), tmp_path / "envs")
    said = str(refused.value)
    assert said.startswith(
        "3.13.1: its environment can't be made: No matching distribution found for numpy>=2.2; it"
    )
    assert "it needs aiohttp" in said
    assert said.endswith("from a network or a cache")
    assert not [*tmp_path.glob("envs/*/.ready")]


def test_our_own_pip_or_else_uv_installs_for_an_interpreter_that_has_neither(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Path("env", "bin", "python")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: "uv")
    assert interpreters._installer(asked)[:3] == ["uv", "pip", "install"]
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert interpreters._installer(asked)[:4] == [sys.executable, "-m", "pip", "--python"]


def test_the_others_go_on_where_one_can_not_be_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(python: Python, folder: Path) -> Path:
        del folder
        if python.version == "bad":
            raise ConcError("bad: its environment can't be made")
        return Path(sys.executable)

    measured: list[tuple[list[str], str]] = []

    def measure(program: Path, path: Path, arguments: Sequence[str], part: str) -> int:
        assert program == Path(sys.executable)
        assert (path / "conc").is_dir()
        measured.append(([*arguments], part))
        return 1

    monkeypatch.setattr(interpreters, "prepare", prepare)
    monkeypatch.setattr(interpreters, "_measure", measure)
    pythons = [(name, Python(HERE.program, name)) for name in ("a", "bad", "c")]
    ends = dict(interpreters.measure_with(pythons, ["--profile", "smoke"], tmp_path))
    assert ends["a"] == ends["c"] == 1
    assert isinstance(ends["bad"], ConcError)
    assert measured == [(["--profile", "smoke"], "1/3/a"), (["--profile", "smoke"], "3/3/c")]


def test_an_interpreter_measures_with_the_copy_on_its_path(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = interpreters.code(tmp_path)
    here = os.fsdecode(sys.executable)
    assert interpreters._measure(Path(here), copy, ["--help"], "1/1/x") == 0
    assert "Measure what is missing or stale" in capfd.readouterr().out
