"""How long a thread computes before another Python thread gets its turn."""

from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting, rounds
from conc.records import Case
from conc.snippets import switching

INTERVALS_MS = (1, 5, 20)
RUNS_EXPECTED = {"smoke": 3, "quick": 9, "full": 25}
"""A sample lasts this many switch intervals, and as many times the time a switch takes."""

SWITCH_MS = 4


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for each switch interval."""
    return tuple(
        Case(
            workload="switching",
            model="threads",
            workers=2,
            parameters={
                "interval_ms": interval_ms,
                "seconds": RUNS_EXPECTED[setting.profile] * (interval_ms + SWITCH_MS) / 1e3,
            },
            host="threads",
        )
        for interval_ms in INTERVALS_MS
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: there is nothing to prepare."""
    interval_s = float(case.parameters["interval_ms"]) / 1e3
    return counting(
        partial(switching.run_threads, interval_s, float(case.parameters["seconds"])),
        lambda lengths: {"run_length_s": lengths},
    )


EXPERIMENT = Experiment(
    name="switching",
    title="Who switches threads, and when",
    question=(
        "How long does one of two threads that compute have the interpreter to itself, at three"
        " switch intervals?"
    ),
    snippets=("conc.snippets.switching",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    effort=rounds((4, 1), (8, 2), seconds=2.1, full_seconds=15),
)
