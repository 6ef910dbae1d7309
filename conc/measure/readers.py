"""A reader's modules in a worker: found first by whoever imports them, and never by us.

Until a reader's folder is let in, everything that a worker needs has been imported without it.
From then on the path is that of a program of the reader's own, with one folder before it, which
holds our package alone: the processes that a pool spawns import us from there.
"""

import os
import pickle
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor
from importlib.machinery import PathFinder
from pathlib import Path

AHEAD = str(Path(__file__).parent / "ahead")
"""What comes first on the path of a worker and of all that it starts."""

OURS = "conc"
OUR_FILE = Path(__file__).resolve().parents[1] / "__init__.py"
KEPT = {OURS, "__main__", "encodings"}
"""What stays imported under its name: ours, and what Python has before it has a path."""

MISLED = (ImportError, AttributeError, BrokenExecutor, pickle.PickleError)
"""What is raised where one module is found in place of another."""


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of a process that finds our modules, then what this process finds."""
    path = [AHEAD, *(entry or str(Path.cwd()) for entry in sys.path)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), **changes}


def let_in(folder: str) -> list[str]:
    """Let a reader's modules be found, before any but ours, as in a program in their folder.

    What has been imported here under the name of such a module is left to those who hold it: who
    imports that name from now on gets the reader's. Returns those names of Python's own modules,
    and ours, that the folder has too.
    """
    loaded = {name.partition(".")[0] for name in sys.modules} - KEPT
    theirs = {name for name in _found_in(folder, loaded) if not _is_within_python(name)}
    twice = sorted(_found_in(folder, {*sys.stdlib_module_names, OURS}))
    sys.path.insert(sys.path.index(AHEAD) + 1, folder)
    for name in [name for name in sys.modules if name.partition(".")[0] in theirs]:
        del sys.modules[name]
    return twice


def hint(error: BaseException, twice: Iterable[str]) -> str:
    """Say which names there are twice, where that can be why something was raised."""
    raised: BaseException | None = error
    while raised and not isinstance(raised, MISLED):
        raised = raised.__cause__ or raised.__context__
    names = ", ".join(twice) if raised else ""
    return f"; your folder has modules named as Python's or conc's own: {names}" if names else ""


def _found_in(folder: str, names: Iterable[str]) -> Iterator[str]:
    """Yield those names that a file or package in the folder has, but for what came from there."""
    for name in names:
        found = PathFinder.find_spec(name, [folder])
        if found and found.origin and not _is_there(name, Path(found.origin).resolve()):
            yield name


def _is_there(name: str, origin: Path) -> bool:
    """Tell whether a file is ours, as in a clone, or the one that was imported under its name."""
    loaded = getattr(sys.modules.get(name), "__file__", None) or ""
    return origin in (Path(loaded).resolve(), OUR_FILE)


def _is_within_python(name: str) -> bool:
    """Tell whether Python finds a module before it looks into any folder."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return spec is not None and spec.origin in {"built-in", "frozen"}
