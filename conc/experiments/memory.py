"""What an idle task, thread, process or interpreter weighs: many are held while it is read."""

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from conc.experiments.experiment import Effort, Experiment, Service, Setting, Trial
from conc.models import ModelName
from conc.records import Case, Scalar
from conc.snippets import idle

WORKLOAD = "hold"

HELD: Mapping[ModelName, int] = {"asyncio": 10_001, "threads": 201}
FEW = 4
"""How many are held: so many that their weight stands out from that of the process."""

HELD_FOR_S = 0.05
"""How long they are held: time enough to read the memory a few times."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Hold one, then many, of each kind: the difference leaves out what all of them share."""
    kinds: list[tuple[ModelName, dict[str, Scalar]]] = [("asyncio", {}), ("threads", {})]
    kinds += [("processes", {"start_method": method}) for method in setting.start_methods]
    if "interpreters" in setting.optional:
        kinds.append(("interpreters", {}))
    return tuple(case for model, parameters in kinds for case in _one_and_many(model, parameters))


def _one_and_many(model: ModelName, parameters: dict[str, Scalar]) -> tuple[Case, Case]:
    make = partial(
        Case,
        workload=WORKLOAD,
        model=model,
        parameters=parameters,
        block=WORKLOAD,
        host=WORKLOAD,
        memory=True,
    )
    one = make()
    return one, make(workers=HELD.get(model, FEW), against=one.id)


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready. All is started and ended within the sample, so nothing stays behind."""
    return nullcontext(Trial(act=partial(_hold_a_while, _holder(case), case.workers)))


def _hold_a_while(hold: Callable[[int], AbstractContextManager[int]], count: int) -> None:
    with hold(count):
        time.sleep(HELD_FOR_S)


def _holder(case: Case) -> Callable[[int], AbstractContextManager[int]]:
    if case.model == "processes":
        return partial(idle.hold_processes, method=str(case.parameters["start_method"]))
    if sys.version_info >= (3, 14) and case.model == "interpreters":
        return idle.hold_interpreters
    return idle.hold_tasks if case.model == "asyncio" else idle.hold_threads


EXPERIMENT = Experiment(
    name="memory",
    title="Memory",
    question=(
        "What does an idle task, thread, process or interpreter weigh? One is held, then many; "
        "the difference in peak memory, divided by how many more they are, is the weight of one. "
        "The times of these samples say only how long they were held."
    ),
    snippets=("conc.snippets.idle",),
    cases=cases,
    open=open_case,
    fresh=True,
    effort={
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=1, seconds=3),
        "quick": Effort(min_runs=1, max_runs=1, rounds_per_run=1, seconds=3.2),
        "full": Effort(min_runs=1, max_runs=1, rounds_per_run=1, seconds=6),
    },
)
