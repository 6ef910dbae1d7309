"""Verdicts of a busy machine: open where it can't tell, never other than those of a quiet one.

``python -m tests.bench.load FILE`` compares with a result that was measured before.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from conc.measure import machine
from conc.results import store
from tests.bench.agreement import agreement
from tests.bench.build import build
from tests.bench.figures import Figure, show

SPINNING_PER_CORE = 2
SPINNING = [sys.executable, "-c", "while True: pass"]


def figures(paths: Sequence[Path]) -> Iterator[Figure]:
    """Measure with the profile ``quick``, quiet unless that is given, then with others beside."""
    quiet = store.load(paths[0]) if paths else build("quick").result
    with ExitStack() as spinning:
        for _ in range(SPINNING_PER_CORE * int(machine.setting("quick").cores)):
            process = spinning.enter_context(subprocess.Popen(SPINNING))
            spinning.callback(process.kill)
        busy = build("quick").result
    yield from agreement("load", {"quiet": quiet, "busy": busy})


if __name__ == "__main__":
    sys.exit(not show(figures([Path(name) for name in sys.argv[1:]])))
