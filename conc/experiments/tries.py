"""A reader's own function under every model that can run it, and two examples of such functions."""

import ast
import asyncio
import dataclasses
import importlib
import inspect
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from operator import attrgetter
from typing import Any, Literal

from msgspec.structs import replace

from conc.experiments.experiment import Effort, Experiment, Output, Service, Setting, Trial
from conc.experiments.parts import pools
from conc.experiments.parts.pools import is_possible, pool_models, warm_pool
from conc.experiments.parts.without_item import WithoutItem, take_path
from conc.models import Model, ModelName, find, stand_in
from conc.records import PROFILES, Case
from conc.snippets import own_function

NAME = "own-function"
FIRST_LOOK = stand_in("first look")
ITEMS, COROUTINE, SECONDS_EACH = "items", "coroutine", "seconds_each"
"""What a first look tells: how many items, whether calls are to be awaited, the time of one."""

LOOK_S = 0.01
"""A shorter loop says little of how long a call takes."""

MOST_IN_A_LOOK = 1 << 20

AT_ONCE = 32
"""How many calls wait at once, where that is more than there are cores: as Python's own pools."""

Function = Callable[..., Any]
Kind = Literal["function", "coroutine function"]


@dataclass(frozen=True, slots=True)
class Call:
    """What is called: ``function`` is ``module:name``, once for each of its items, in a sample.

    ``source`` says what the items are: a list of them as Python writes it, the name in the
    function's module of an iterable or of a function that returns one, or nothing where the call
    takes no argument.
    """

    function: str
    source: str = ""

    @property
    def module(self) -> str:
        """The module that holds the function."""
        return self.function.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a function is to be tried.

    At most ``at_once`` calls wait at once; the measuring lasts about ``seconds``, and no sample
    longer than ``sample_limit_s``. With ``any_answer`` calls may return something else each time.
    """

    at_once: int = AT_ONCE
    seconds: float = 20.0
    sample_limit_s: float = 60.0
    any_answer: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a function is, how many calls a sample makes, and whether their memory is read."""

    kind: Kind
    calls: int
    memory: bool = True


def first_look(call: Call) -> Case:
    """Return the case that calls the function once for each item and tells what they are."""
    return Case(workload=call.function, model=FIRST_LOOK, parameters={"items": call.source})


def cases_of(call: Call, plan: Plan, terms: Terms, setting: Setting) -> tuple[Case, ...]:
    """Make the block of a function: a plain loop, its twin, and the models that can run it.

    A plain function can't share an event loop, and a coroutine function belongs into one.
    """
    sequential = Case(
        workload=call.function,
        model="sequential",
        items=plan.calls,
        parameters={"items": call.source},
        block=call.function,
        answers="" if terms.any_answer else call.function,
        memory=plan.memory,
    )
    compared = partial(replace, sequential, against=sequential.id)
    twin = compared(parameters={**sequential.parameters, "twin": True}, memory=False)
    if plan.kind == "coroutine function":
        return sequential, twin, compared(model="asyncio", workers=min(terms.at_once, plan.calls))
    pooled = [
        compared(
            model=model,
            workers=workers,
            parameters={**sequential.parameters, "pool": pool},
            memory=plan.memory and pool == "warm",
        )
        for model in pool_models(setting)
        for workers in _worker_counts(model, min(terms.at_once, plan.calls), setting)
        if is_possible(model, workers, setting)
        for pool in ("warm", *(("cold",) if model != "threads" else ()))
    ]
    return sequential, twin, *pooled


def _worker_counts(model: ModelName, at_once: int, setting: Setting) -> Sequence[int]:
    """Give processes a worker a core, and threads also as many as wait at once."""
    counts = {setting.cores}
    if model == "threads":
        counts.add(max(setting.cores, at_once))
    return sorted(counts)


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Import the function and its items, and make the case ready."""
    function, found = load(case)
    if case.model == FIRST_LOOK:
        return nullcontext(_looking(function, found))
    items = list(islice(cycle(found), case.items))
    if case.model == "asyncio":
        return nullcontext(Trial(act=partial(_in_a_loop, function, items, case.workers)))
    if case.model == "sequential":
        return nullcontext(Trial(act=_one_by_one(function, items)))
    if case.parameters["pool"] == "cold":
        return nullcontext(Trial(act=partial(_cold, case, function, items)))
    return _warm(case, function, items)


def load(case: Case) -> tuple[Function, list[object]]:
    """Import the function that a case calls, and return it with its items.

    Raises whatever the import raises, ``TypeError`` for what can't be called, and ``ValueError``
    where there is no item.
    """
    module_name, _, name = case.workload.partition(":")
    module = importlib.import_module(module_name)
    function = attrgetter(name)(module)
    if not callable(function):
        raise TypeError(f"{name} of {module_name} can't be called")
    source = str(case.parameters["items"])
    if not source:
        return WithoutItem(function), [None]
    given = ast.literal_eval(source) if source.startswith("[") else attrgetter(source)(module)
    items = list(given() if callable(given) else given)
    if not items:
        raise ValueError(f"{source} of {module_name} holds no item")
    return function, items


def is_coroutine_function(function: Function) -> bool:
    """Tell whether what a call returns is to be awaited."""
    return inspect.iscoroutinefunction(
        function.function if isinstance(function, WithoutItem) else function
    )


def _looking(function: Function, items: list[object]) -> Trial:
    """Call the function for each item, and for more until it can be told how long a call takes."""
    seconds_each = 0.0

    def act() -> list[object]:
        nonlocal seconds_each
        answers, seconds = _timed(_one_by_one(function, items))
        if any(map(inspect.isawaitable, answers)):
            raise TypeError("what it returns is to be awaited, but it is no coroutine function")
        many = items
        while seconds < LOOK_S and len(many) < MOST_IN_A_LOOK:
            many = 2 * many
            _, seconds = _timed(_one_by_one(function, many))
        seconds_each = seconds / len(many)
        return answers

    def read(answers: object) -> Output:
        coroutine = float(is_coroutine_function(function))
        found = {ITEMS: len(items), COROUTINE: coroutine, SECONDS_EACH: seconds_each}
        return Output(answers, found)

    return Trial(act=act, read=read)


def _timed(act: Callable[[], list[object]]) -> tuple[list[object], float]:
    began_s = time.perf_counter()
    answers = act()
    return answers, time.perf_counter() - began_s


def _one_by_one(function: Function, items: list[object]) -> Callable[[], list[object]]:
    if is_coroutine_function(function):
        return lambda: asyncio.run(own_function.await_sequential(function, items))
    return partial(own_function.run_sequential, function, items)


def _in_a_loop(function: Function, items: list[object], at_once: int) -> list[object]:
    return asyncio.run(own_function.await_together(function, items, at_once))


def _cold(case: Case, function: Function, items: list[object]) -> list[object]:
    model = find(case.model)
    with model.open_pool(case.workers, **_path_taken(model)) as pool:
        return own_function.run_pool(pool, function, items, case.workers)


@contextmanager
def _warm(case: Case, function: Function, items: list[object]) -> Iterator[Trial]:
    with warm_pool(
        case.model, case.workers, function, items[0], **_path_taken(find(case.model))
    ) as pool:
        yield Trial(act=partial(own_function.run_pool, pool, function, items, case.workers))


def _path_taken(model: Model) -> dict[str, Any]:
    """Let interpreters find a reader's modules: each begins with the path of the command line."""
    return {"initializer": take_path, "initargs": (sys.path,)} if model.kind == "own GIL" else {}


def experiment(call: Call, plan: Plan, terms: Terms) -> Experiment:
    """Return the experiment that tries a reader's function."""
    effort = Effort(min_runs=3, max_runs=20, rounds_per_run=3, warmups=1, seconds=terms.seconds)
    return dataclasses.replace(
        EXPERIMENT,
        cases=partial(cases_of, call, plan, terms),
        effort=dict.fromkeys(PROFILES, effort),
        sample_limit_s=terms.sample_limit_s,
    )


EXAMPLES: Mapping[str, tuple[Call, Kind]] = {
    "computes": (Call("conc.snippets.own_function:count_primes", "[2500]"), "function"),
    "waits": (Call("conc.snippets.own_function:wait_for_answer", "[0.002]"), "coroutine function"),
}
"""Two functions as readers have them, tried with each build."""

CALLS_PER_CORE = 6


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a block for each example."""
    calls = CALLS_PER_CORE * setting.cores
    return tuple(
        case
        for call, kind in EXAMPLES.values()
        for case in cases_of(call, Plan(kind, calls, memory=False), Terms(), setting)
    )


EXPERIMENT = Experiment(
    name=NAME,
    title="A function of one's own",
    question=(
        "How much faster does each model call a function for many items than a plain loop does?"
    ),
    snippets=("conc.snippets.own_function",),
    times=(
        *pools.MODULES,
        "conc.experiments.parts.without_item",
    ),
    cases=cases,
    open=open_case,
    fresh=True,
    effort={
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=1, warmups=1, seconds=2),
        "quick": Effort(min_runs=2, max_runs=2, rounds_per_run=4, warmups=1, seconds=4.5),
        "full": Effort(min_runs=3, max_runs=8, rounds_per_run=4, warmups=1, seconds=20),
    },
)
