"""Thousands of threads and tasks that wait at once, and the memory of each."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting_fields, rounds
from conc.models import ModelName
from conc.records import Case
from conc.snippets import many_waiting

COUNTS = {"smoke": (100,), "quick": (1_000,), "full": (1_000, 5_000)}

RUNS: Mapping[ModelName, Callable[[int], many_waiting.Waiting]] = {
    "threads": many_waiting.run_threads,
    "asyncio": many_waiting.run_asyncio,
}


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for each kind of waiting and each count."""
    return tuple(
        Case(workload="many_waiting", model=model, workers=count, items=count)
        for count in COUNTS[setting.profile]
        for model in RUNS
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: nothing waits before the execution."""
    return counting_fields(partial(RUNS[case.model], case.workers))


EXPERIMENT = Experiment(
    name="many-waiting",
    title="Thousands that wait",
    question=(
        "Do as many threads, or tasks, start as are asked for, and how much memory does each take"
        " while it waits?"
    ),
    snippets=("conc.snippets.many_waiting",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    fresh=True,
    # A process that has had many threads keeps their memory, so each sample has a fresh one.
    effort=rounds((4, 1), (6, 1), seconds=2.1, full_seconds=26),
)
