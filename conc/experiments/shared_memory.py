"""What parent and child share of their memory: nothing, what they agree on, and untouched pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting, rounds
from conc.records import Case
from conc.snippets import shared_memory

INHERITED_BYTES = {"smoke": 1_000_000, "quick": 20_000_000, "full": 20_000_000}


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for each form; memory is inherited only where processes can be forked."""
    make = partial(Case, workload="shared_memory", model="processes", host="one process")
    found = [make(parameters={"form": form}) for form in ("global", "shared_memory")]
    if "fork" in setting.start_methods:
        size = INHERITED_BYTES[setting.profile]
        found.append(make(parameters={"form": "inherited", "bytes": size}))
    return tuple(found)


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: the child starts and ends within the execution."""
    return counting(_run(case), lambda found: found)


def _run(case: Case) -> Callable[[], shared_memory.Findings]:
    if case.parameters["form"] == "inherited":
        return partial(shared_memory.run_inherited, int(case.parameters["bytes"]))
    if case.parameters["form"] == "global":
        return shared_memory.run_global
    return shared_memory.run_shared_memory


EXPERIMENT = Experiment(
    name="shared-memory",
    title="What processes share",
    question=(
        "Does a parent see what its child wrote to a global, and to shared memory? And how much of"
        " the memory that a forked child reads is its own?"
    ),
    snippets=("conc.snippets.shared_memory",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    fresh=True,
    effort=rounds((1, 8), (2, 8), seconds=1.1, full_seconds=4),
)
