"""Python's threads as the operating system knows them."""

from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting_fields, rounds
from conc.records import Case
from conc.snippets import identities

THREADS = 5
SECONDS = {"smoke": 0.01, "quick": 0.05, "full": 0.2}


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make the one case: more threads than most cores have hardware threads, and no pool."""
    return (
        Case(
            workload="identities",
            model="threads",
            workers=THREADS,
            parameters={"seconds": SECONDS[setting.profile]},
        ),
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make the case ready: there is nothing to prepare."""
    seconds = float(case.parameters["seconds"])
    return counting_fields(partial(identities.run_threads, case.workers, seconds))


EXPERIMENT = Experiment(
    name="identities",
    title="Who runs a thread",
    question=(
        "How many thread ids of the operating system do five Python threads have, on how many"
        " logical CPUs do they run, and how many pools do they need?"
    ),
    snippets=("conc.snippets.identities",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    effort=rounds((1, 8), (2, 8), seconds=0.7, full_seconds=5),
)
