"""A large list of objects in a forked child: how much becomes its own by reading, by collecting."""

from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting, rounds
from conc.records import Case
from conc.snippets import inherited_objects

ROWS = {"smoke": 5_000, "quick": 100_000, "full": 200_000}
"""Small lists within the large one: of those in quick, what is copied is several megabytes."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for each thing a child does, frozen and not; none where nothing can be forked."""
    if "fork" not in setting.start_methods:
        return ()
    return tuple(
        Case(
            workload="inherited_objects",
            model="processes",
            items=ROWS[setting.profile],
            parameters={"way": way, "frozen": frozen},
            host="one process",
        )
        for way in inherited_objects.WAYS
        for frozen in (False, True)
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: the child starts and ends within the execution."""
    way = inherited_objects.WAYS[str(case.parameters["way"])]
    frozen = bool(case.parameters["frozen"])
    return counting(
        partial(inherited_objects.run_forked, way, case.items, frozen=frozen), lambda told: told
    )


EXPERIMENT = Experiment(
    name="inherited-objects",
    title="Objects that a forked child inherits",
    question=(
        "How much of a large list of objects becomes a forked child’s own when it reads the list,"
        " and when it collects garbage, with gc.freeze() before the fork and without?"
    ),
    snippets=("conc.snippets.inherited_objects",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    fresh=True,
    effort=rounds((1, 4), (2, 6), seconds=1.1, full_seconds=5),
)
