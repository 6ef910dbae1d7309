"""How late a sleeping thread wakes beside others that compute."""

from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting, rounds
from conc.records import Case
from conc.snippets import gil_latency

BESIDE = (0, 1, 2, 4)
USUAL_MS, SHORT_MS = 5.0, 0.5
NAPS = {"smoke": 2, "quick": 4, "full": 20}


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for each number of neighbours, and one with a short switch interval."""
    pairs = [(beside, USUAL_MS) for beside in BESIDE] + [(1, SHORT_MS)]
    return tuple(
        Case(
            workload="gil_latency",
            model="threads",
            items=NAPS[setting.profile],
            parameters={"beside": beside, "interval_ms": interval_ms},
            host="threads",
        )
        for beside, interval_ms in pairs
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: the neighbours start and stop within the execution."""
    beside, interval_s = int(case.parameters["beside"]), float(case.parameters["interval_ms"]) / 1e3
    return counting(
        partial(gil_latency.run_threads, beside, interval_s, case.items),
        lambda lateness_s: {"lateness_s": lateness_s},
    )


EXPERIMENT = Experiment(
    name="gil-latency",
    title="Waking up beside threads that compute",
    question=(
        "How late does a thread that slept 2 ms go on, beside 0 to 4 threads that compute, and"
        " what does a shorter switch interval change?"
    ),
    snippets=("conc.snippets.gil_latency",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    effort=rounds((4, 2), (8, 2), seconds=3.5, full_seconds=25),
)
