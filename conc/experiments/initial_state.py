"""What a process starts with: what it inherits, what is pickled for it, and what that costs."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, cast

from conc.experiments.experiment import Effort, Experiment, Output, Service, Setting, Trial
from conc.records import Case
from conc.snippets import initial_state

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

WORKLOAD = "initial_state"
NUMBERS = 100_000
"""So many numbers are in the list that a process is given: a few milliseconds to pickle."""

FEW_NUMBERS = 1_000
"""In smoke."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a pair for each start method: the list that a process is given is full, or empty."""
    numbers = FEW_NUMBERS if setting.profile == "smoke" else NUMBERS
    return tuple(case for method in setting.start_methods for case in _pair(method, numbers))


def _pair(method: str, numbers: int) -> tuple[Case, Case]:
    make = partial(Case, workload=WORKLOAD, model="processes", host="one process")
    empty = make(parameters={"start_method": method, "numbers": 0})
    full = make(parameters={"start_method": method, "numbers": numbers}, against=empty.id)
    return empty, full


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: its list is there before the clock starts."""
    return _given(str(case.parameters["start_method"]), int(case.parameters["numbers"]))


@contextmanager
def _given(method: str, numbers: int) -> Iterator[Trial]:
    argument = initial_state.Numbers(list(range(numbers)))

    def count_anew() -> None:
        argument.pickled = 0

    def read(started: object) -> Output:
        told, process = cast("tuple[initial_state.Told, BaseProcess]", started)
        process.join()
        seen = {name: float(value) for name, value in told.items()}
        lambda_starts = initial_state.starts_lambda(method)
        return Output(
            values=seen
            | {"pickled": float(argument.pickled), "lambda_starts": float(lambda_starts)}
        )

    act = partial(initial_state.start_process, method, argument)
    yield Trial(act=act, read=read, before=count_anew)


EXPERIMENT = Experiment(
    name="initial-state",
    title="What a process starts with",
    question=(
        "By each start method: is a process’s argument pickled, does the child run the module of"
        " its function again, does it see a global that was changed before, can its function be a"
        " lambda? And how much longer does a start take with a list of numbers as the argument? It"
        " lasts from the call until the child, which then has its argument, has answered."
    ),
    snippets=("conc.snippets.initial_state",),
    cases=cases,
    open=open_case,
    fresh=True,
    effort={
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=1, warmups=1, seconds=3),
        "quick": Effort(min_runs=4, max_runs=4, rounds_per_run=1, warmups=1, seconds=2.3),
        "full": Effort(min_runs=4, max_runs=4, rounds_per_run=3, warmups=1, seconds=3.3),
    },
)
