"""Measuring with several interpreters, one after the other, on the same bytes of code.

An interpreter gets an environment that holds what measuring imports and nothing else. The code
comes from a copy of this very package, so that all of them run the same bytes, whether conc stands
in a repository or was installed.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import filelock
from python_discovery import PythonInfo, get_interpreter

import conc
from conc.errors import ConcError
from conc.measure import details
from conc.measure.progress import PART

FOLDER = Path(".conc", "envs")
"""Where environments are kept, one for each interpreter and set of constraints."""

OLDEST = (3, 11)

DISTRIBUTION = "conc-measured"

_VERSION = re.compile(r"\d+(\.\d+){0,2}t?")
_READY = ".ready"
_LOCK = ".preparing.lock"


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter that was found: its program, and its version with a ``t`` if free-threaded."""

    program: Path
    version: str

    @classmethod
    def of(cls, found: PythonInfo) -> "Python":
        """Take what discovery found."""
        build = "t" if found.free_threaded else ""
        program = Path(str(found.system_executable or found.executable))
        return cls(program, f"{found.version_str}{build}")


def find(asked: str) -> Python:
    """Find an interpreter by its version (``3.13``, ``3.14t``), its name or its path.

    Raises :class:`ConcError` where there is none, it can't be run, or it is too old for conc.
    """
    named = Path(asked)
    is_version = _VERSION.fullmatch(asked) is not None
    if not is_version and not named.is_file() and not shutil.which(asked):
        raise ConcError(f"{asked}: there is no such Python; give a version as 3.13, or a path")
    wanted = asked if is_version else str(Path(shutil.which(asked) or named).absolute())
    try:
        found = get_interpreter(wanted, try_first_with=_of_pyenv(asked) if is_version else None)
    except (RuntimeError, OSError, ValueError) as error:
        raise ConcError(f"{asked}: can't be run: {details.one_line(str(error))}") from error
    if found is None:
        hint = "install it, or give the path of its program" if is_version else "it does not run"
        raise ConcError(f"{asked}: no such Python was found here; {hint}")
    if found.version_info[:2] < OLDEST:
        raise ConcError(f"{asked}: Python {found.version_str} is too old, conc needs 3.11 or newer")
    return Python.of(found)


def prepare(python: Python, folder: Path) -> Path:
    """Return the program of an interpreter's environment, made now unless it is there already.

    Raises :class:`ConcError` where it can't be made: what it would have needed is named.
    """
    wanted = requirements()
    environment = folder / f"{python.version}-{_digest(python, wanted)}"
    program = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if (environment / _READY).is_file() and program.exists():
        return program.absolute()
    shutil.rmtree(environment, ignore_errors=True)
    _run(python, [str(python.program), "-m", "venv", "--without-pip", str(environment)])
    options = ["--quiet", "--only-binary", ":all:"]
    constraints = ["-c", str(path)] if (path := _constraints()) else []
    needs = f"; it needs {', '.join(wanted)}, from a network or a cache"
    _run(python, [*_installer(program.absolute()), *options, *constraints, *wanted], needs)
    (environment / _READY).touch()
    return program.absolute()


def code(folder: Path) -> Path:
    """Return a folder that holds a copy of this package and nothing else, as a wheel has it."""
    sources = dict(_sources())
    digest = hashlib.sha256()
    for name, source in sorted(sources.items()):
        digest.update(name.encode() + b"\0" + source.read_bytes())
    target = folder / f"code-{digest.hexdigest()[:12]}"
    if not (target / _READY).is_file():
        shutil.rmtree(target, ignore_errors=True)
        for name, source in sources.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)
        (target / _READY).touch()
    return target.absolute()


def measure_with(
    pythons: Sequence[tuple[str, Python]], arguments: Sequence[str], folder: Path = FOLDER
) -> Iterator[tuple[str, int | ConcError]]:
    """Measure with one interpreter after the other; yield what each was asked as, and its end.

    ``arguments`` are those of ``conc measure``. The end is an exit code, or the error for which
    there was no measurement: the others go on.
    """
    with _preparing(folder):
        path = code(folder)
    for place, (asked, python) in enumerate(pythons):
        try:
            with _preparing(folder):
                program = prepare(python, folder)
        except ConcError as error:
            yield asked, error
            continue
        part = f"{place + 1}/{len(pythons)}/{python.version}"
        yield asked, _measure(program, path, arguments, part)


def requirements() -> list[str]:
    """Return what measuring imports, as the package asks for it; without extras."""
    try:
        asked = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        raise ConcError(
            "conc is not installed here, so what it needs is not known; install it with pip"
        ) from None
    return sorted(one for one in asked if "extra ==" not in one)


def _installer(program: Path) -> list[str]:
    """Return the command that installs for another interpreter: our own pip's, or else uv's."""
    if importlib.util.find_spec("pip") is None and (uv := shutil.which("uv")):
        return [uv, "pip", "install", "--python", str(program)]
    return [sys.executable, "-m", "pip", "--python", str(program), "install"]


def _measure(program: Path, path: Path, arguments: Sequence[str], part: str) -> int:
    """Run ``conc measure`` to its end; whoever ends us ends it first, with what it has saved."""
    command = [str(program), "-P", "-m", "conc", "measure", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(path), PART: part}
    with subprocess.Popen(command, env=environment) as child:  # noqa: S603 - an interpreter of ours
        before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        try:
            return child.wait()
        except KeyboardInterrupt:
            child.wait()  # the terminal has told it as well
            raise
        except SystemExit:
            child.terminate()
            child.wait()
            raise
        finally:
            signal.signal(signal.SIGTERM, before)


@contextmanager
def _preparing(folder: Path) -> Iterator[None]:
    """Hold the folder while something in it is made: another measurement may ask for the same."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / _LOCK):
            yield
    except OSError as error:
        raise ConcError(f"{folder}: can't be written: {error.strerror or error}") from error


def _run(python: Python, command: Sequence[str], needs: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - an interpreter of the user's
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR")] or lines
        said = details.one_line(errors[-1].removeprefix("ERROR: ")) if errors else "no reason given"
        raise ConcError(f"{python.version}: its environment can't be made: {said}{needs}")


def _digest(python: Python, wanted: Iterable[str]) -> str:
    path = _constraints()
    parts = [str(python.program), *wanted, path.read_text(encoding="utf-8") if path else ""]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _constraints() -> Path | None:
    """Return the file of exact versions, which a repository has and an installed package lacks."""
    path = Path(conc.__file__).parents[1] / "constraints.txt"
    return path if path.is_file() else None


def _sources() -> Iterator[tuple[str, Path]]:
    """Yield each file of the package by its name in a wheel."""
    package = Path(conc.__file__).parent
    for folder, name in ((package, "conc"), (_snippets(), "conc/snippets")):
        for path in folder.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
                yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _snippets() -> Path:
    """Return the folder of the snippets, which are copied and not imported."""
    timed = importlib.util.find_spec("conc.snippets.cpu_bound")
    assert timed is not None
    assert timed.origin is not None
    return Path(timed.origin).parent


def _of_pyenv(version: str) -> list[str]:
    """Return the interpreters of that version that pyenv has, whether or not it is switched on."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    number = version.removesuffix("t")
    folders = sorted(root.glob(f"versions/{number}*"), reverse=True)
    fits = re.compile(rf"{re.escape(number)}(?!\d).*")
    return [str(one / "bin" / "python") for one in folders if fits.fullmatch(one.name)]
