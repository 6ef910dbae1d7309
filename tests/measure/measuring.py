"""A measuring process for tests to interrupt.

It takes the model to measure, a folder, and whether workers are to be "fresh" or "forked". It
writes ``ready`` to standard output when the first run has been saved.
"""

import signal
import sys
from dataclasses import replace
from pathlib import Path

from conc.cli import prepare_process
from conc.experiments.experiment import Effort
from conc.measure import session
from conc.measure.launcher import ProcessLauncher
from conc.measure.world import World
from tests.measure import tiny
from tests.measure.fakes import RecordingProgress

EFFORT = Effort(min_runs=999, max_runs=999, rounds_per_run=1, seconds=999.0, half_width=0.0)


class Announcing(RecordingProgress):
    """Says when the first run is saved."""

    def interval(self, block: str, half_width: float | None) -> None:
        """Say so: a block has an interval from then on."""
        super().interval(block, half_width)
        if half_width is not None:
            print("ready", flush=True)  # noqa: T201 - the test waits for it


def main() -> None:
    prepare_process()
    # Where the tests run as a shell's background job, SIGINT came to them ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    model, folder, kind = sys.argv[1:]
    experiment = tiny.experiment(model, limit_s=60.0, effort=EFFORT)
    experiment = replace(experiment, fresh=kind == "fresh")
    world = World(ProcessLauncher(), Announcing())
    session.measure([experiment], "smoke", Path(folder), world)


if __name__ == "__main__":
    main()
