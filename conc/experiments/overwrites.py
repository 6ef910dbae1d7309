"""Lost updates at three switch intervals, counted as what they are: writes over newer values."""

from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting_fields, rounds
from conc.records import Case
from conc.snippets import overwrites

THREADS = 4
INTERVALS_US = (5_000, 500, 10)

UPDATES = {"smoke": 1_000, "quick": 40_000, "full": 100_000}
"""Updates a thread makes in a sample: in quick they take a few of the longest intervals."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for each switch interval."""
    return tuple(
        Case(
            workload="overwrites",
            model="threads",
            workers=THREADS,
            items=THREADS * UPDATES[setting.profile],
            parameters={"interval_us": interval_us},
            host="threads",
        )
        for interval_us in INTERVALS_US
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: every execution counts from zero."""
    interval_s = float(case.parameters["interval_us"]) / 1e6
    times = case.items // case.workers
    return counting_fields(partial(overwrites.run_threads, case.workers, times, interval_s))


EXPERIMENT = Experiment(
    name="overwrites",
    title="What loses an update",
    question=(
        "How often does a thread write over newer values, and how many updates does each such"
        " write lose, at three switch intervals?"
    ),
    snippets=("conc.snippets.overwrites",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    effort=rounds((1, 6), (2, 8), seconds=0.9, full_seconds=4),
)
