"""Verdicts of a busy machine: open where it can't tell, never other than those of a quiet one.

``python -m tests.bench.load FOLDER`` compares with the quiet results below a folder, which were
measured before; without one a quiet build is made first. So does
``make bench ONLY=load RESULTS=FOLDER``. What is measured is kept in ``.conc/load``.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from conc.records import Result
from conc.results import store
from tests.bench.agreement import agreement, kept, profile_of
from tests.bench.build import build
from tests.bench.figures import Figure, show

KEPT = Path(".conc") / "load"

SPINNERS = (2, 4)
"""How many processes spin beside, one build after the other."""

SPINNING = [sys.executable, "-c", "while True: pass"]


def figures(folder: Path | None) -> Iterator[Figure]:
    """Measure with the profile ``quick`` beside spinning processes, and compare."""
    results = {name: one for name, one in _quiet(folder).items() if profile_of(one) == "quick"}
    for count in SPINNERS:
        name = f"beside {count}"
        results[name] = _beside(count)
        store.save(results[name], KEPT / f"beside-{count}.json")
    yield from agreement("load", results)


def _quiet(folder: Path | None) -> dict[str, Result]:
    return kept(folder) if folder else {"quiet": build("quick").result}


def _beside(count: int) -> Result:
    """Measure while so many processes spin."""
    with spinning(count):
        return build("quick").result


@contextmanager
def spinning(count: int) -> Iterator[None]:
    """Have so many processes spin meanwhile."""
    with ExitStack() as processes:
        for _ in range(count):
            process = processes.enter_context(subprocess.Popen(SPINNING))
            processes.callback(process.kill)
        yield


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("RESULTS", "")
    sys.exit(not show(figures(Path(given) if given else None)))
