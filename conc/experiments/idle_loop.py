"""What an event loop does while its tasks wait."""

from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting_fields, rounds
from conc.records import Case
from conc.snippets import idle_loop

TASKS = (0, 1_000)
SECONDS = {"smoke": 0.05, "quick": 0.1, "full": 1.0}


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for an empty loop and one for a loop full of waiting tasks."""
    return tuple(
        Case(
            workload="idle_loop",
            model="asyncio",
            parameters={"tasks": tasks, "seconds": SECONDS[setting.profile]},
            host="loops",
        )
        for tasks in TASKS
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: each execution has a loop of its own."""
    tasks, seconds = int(case.parameters["tasks"]), float(case.parameters["seconds"])
    return counting_fields(partial(idle_loop.run_asyncio, tasks, seconds))


EXPERIMENT = Experiment(
    name="idle-loop",
    title="The idle event loop",
    question=(
        "How often does an event loop wake up while all its tasks wait, and how many threads and"
        " processes does it have?"
    ),
    snippets=("conc.snippets.idle_loop",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    effort=rounds((1, 4), (2, 4), seconds=1.3, full_seconds=18),
)
