"""A reader's own function under every model that can run it, and functions of known nature."""

import ast
import asyncio
import dataclasses
import importlib
import inspect
import os
import pickle
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from itertools import cycle, islice, takewhile
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, cast

from msgspec.structs import replace

from conc.experiments.experiment import Effort, Experiment, Output, Service, Setting, Trial
from conc.experiments.parts import executors, pools
from conc.experiments.parts.awaited import Awaited
from conc.experiments.parts.digests import digest
from conc.experiments.parts.executors import Asked
from conc.experiments.parts.looking import Look, look, same
from conc.experiments.parts.pools import is_possible, pool_models, warm_pool
from conc.experiments.parts.without_item import Everything, WithoutItem, take_path
from conc.experiments.parts.yardstick import spinning
from conc.models import NAMES, Model, ModelName, find, stand_in
from conc.records import Case, Profile, Scalar
from conc.snippets import own_function

NAME = "own-function"
FIRST_LOOK = stand_in("first look")
EXECUTOR = stand_in("executor")
"""In a model's place: a check of an executor that a reader asked for."""

PROFILED = stand_in("sampling profiler")
"""In a model's place: what a profiler saw of threads, in a run that is not timed."""

HELD, WAITED, THREADS = "held", "waited", "threads"
"""What it saw: the shares of the threads' time with the GIL and waiting for it, and how many."""

ASIDE = frozenset({FIRST_LOOK, EXECUTOR, PROFILED})
"""What stands in a model's place and is none."""

MOST_ITEMS, MOST_DRAWING_S = 100_000, 2.0
"""No more are taken, and for no longer: an iterable of items may have no end."""

GIVEN, ITEMS_VARIABLE = "*", "CONC_ITEMS"
"""The source of items that another process has pickled, and the variable that names their file."""

MOST_LOOKED = 200
"""At so many items a first look looks, spread evenly over all; samples call some of the same."""

NATIVE_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
"""What tells native libraries how many threads to use; read when they are imported."""

AT_ONCE = 32
"""How many calls wait at once, where that is more than there are cores: as Python's own pools."""

STEP = 4
"""By how many times more workers the next arm of a model has."""

Function = Callable[..., Any]
Kind = Literal["function", "coroutine function"]


@dataclass(frozen=True, slots=True)
class Call:
    """What is called: ``function`` is ``module:name``, once for each of its items, in a sample.

    ``source`` says what the items are: a list of them as Python writes it, the name in the
    function's module of an iterable or of a function that returns one, or nothing where the call
    takes no argument. :data:`GIVEN` stands for what another process has pickled. ``items_of`` is
    the module of that name, where it is another than the function's.
    """

    function: str
    source: str = ""
    items_of: str = ""

    @property
    def module(self) -> str:
        """The module that holds the function."""
        return self.function.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a function is to be tried.

    At most ``at_once`` calls wait at once; the whole lasts at most ``seconds``, and no sample
    longer than ``sample_limit_s``. With ``any_answer`` calls may return something else each time.
    ``executors`` are tried beside the models that always are. Under the best model the function is
    then compared with ``against``, another ``module:name``. ``why`` asks for a profile of threads.
    ``here`` says that it is tried within the process that has it, which no other can import.
    """

    at_once: int = AT_ONCE
    seconds: float = 20.0
    sample_limit_s: float = 60.0
    any_answer: bool = False
    executors: tuple[Asked, ...] = ()
    against: str = ""
    why: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a function is, and how its samples are drawn.

    A sample of the plain loop makes ``calls`` calls, one of a pool ``pooled``, and one of what
    waits together ``together``: multiples of ``distinct``, so that each has the same items. Of the
    items at which the look looked, those at the places ``without`` are left out, for the function
    raises for them. The answers for ``checked`` of the items are compared, where not all are.
    ``waits`` is whether many calls at once can gain, ``blocks`` whether a coroutine function keeps
    its event loop from others, ``spreads`` whether a call uses several cores by itself. Where
    ``sendable`` is false, no other process can be given the calls.
    """

    kind: Kind
    calls: int
    pooled: int = 0
    together: int = 0
    distinct: int = 0
    checked: int = 0
    taken: int = 0
    without: tuple[int, ...] = ()
    waits: bool = True
    blocks: bool = False
    spreads: bool = False
    sendable: bool = True
    memory: bool = True

    @property
    def drawn(self) -> dict[str, Scalar]:
        """How a worker draws the items of its samples, as parameters of a case."""
        if not self.distinct:
            return {}
        some: dict[str, Scalar] = {
            "checked": self.checked if self.checked < self.distinct else 0,
            "taken": self.taken,
            "without": ",".join(map(str, self.without)),
        }
        return {"distinct": self.distinct, **{name: said for name, said in some.items() if said}}


def first_look(call: Call, budget_s: float = 1.0) -> Case:
    """Return the case that calls the function for its items and tells what it is."""
    parameters: dict[str, Scalar] = {"items": call.source, "budget_s": budget_s}
    if call.items_of:
        parameters["items_of"] = call.items_of
    return Case(
        workload=call.function, model=FIRST_LOOK, parameters=parameters, block=call.function
    )


def executor_check(name: str, workers: int) -> Case:
    """Return the case that tells whether an executor that a reader asked for can be measured."""
    return Case(workload=name, model=EXECUTOR, workers=workers)


def profiled(threads: Case) -> Case:
    """Return the case that stands for what a profiler saw of threads."""
    return Case(workload=threads.workload, model=PROFILED, block=threads.block)


def cases_of(call: Call, plan: Plan, terms: Terms, setting: Setting) -> tuple[Case, ...]:
    """Make the block of a function: a plain loop, its twin, and the models that can run it.

    A plain function can't share an event loop, and a coroutine function belongs into one; one that
    keeps the loop from others is tried in pools as well, where each call has a loop of its own.
    """
    loop = Case(
        workload=call.function,
        model="sequential",
        items=plan.calls,
        parameters={"items": call.source, **plan.drawn},
        block=call.function,
        host="loop",
        answers="" if terms.any_answer else call.function,
        memory=plan.memory,
    )
    twin = replace(
        loop, parameters={**loop.parameters, "twin": True}, against=loop.id, memory=False
    )
    block = [loop, twin]
    if plan.kind == "coroutine function":
        # What keeps the loop to itself gains nothing there: a few calls show it.
        calls = plan.calls if plan.blocks else plan.together or plan.calls
        at_once = min(terms.at_once, calls)
        block.append(replace(loop, model="asyncio", workers=at_once, items=calls, against=loop.id))
        if not plan.blocks:
            return tuple(block)
    can_be_sent = plan.sendable and (not terms.here or "fork" in setting.start_methods)
    asked = [(stand_in(one.name), one.workers) for one in terms.executors]
    workers_each = few(plan, setting)
    for model, workers in (*((name, workers_each) for name in pool_models(setting)), *asked):
        if can_be_sent or not find(model).is_apart:
            block += _pooled(loop, model, workers, plan, terms, setting)
    return tuple(block)


def _pooled(  # noqa: PLR0913, PLR0917 - what a case is made from
    loop: Case, model: ModelName, workers: int, plan: Plan, terms: Terms, setting: Setting
) -> Iterator[Case]:
    """Yield a model's arms: a worker a core, and of threads as many as can wait at once."""
    if not is_possible(model, workers, setting):
        return
    yield (of_model := pooled(loop, model, workers, plan))
    together = min(terms.at_once, plan.together or plan.calls)
    if model == "threads" and plan.waits and workers < together:
        yield pooled(loop, model, together, plan)
    if find(model).kind != "threads":
        yield cold(of_model)
    if plan.spreads and not terms.here:  # where native libraries are imported already
        parameters = {**of_model.parameters, "native_threads": 1}
        yield replace(of_model, parameters=parameters, host="", memory=False)


def few(plan: Plan, setting: Setting) -> int:
    """Return how many workers each model has at first: one a core, and two of what waits."""
    return max(setting.cores, 2 if plan.waits else 1)


def is_first(case: Case, plan: Plan, setting: Setting) -> bool:
    """Tell whether a case is timed from the beginning; others are where the first gain."""
    many = case.model == "threads" and case.workers > few(plan, setting)
    return not many and (case.parameters.get("pool") != "cold" or is_asked_for(case.model))


def worker_counts(least: int, most: int) -> tuple[int, ...]:
    """Return in how many more workers something is tried: four times as many each time."""
    found: list[int] = []
    while (workers := STEP * (found[-1] if found else least)) < most:
        found.append(workers)
    return (*found, most) if most > least else ()


def pooled(loop: Case, model: ModelName, workers: int, plan: Plan) -> Case:
    """Return the case of an open pool: as many calls as are to suffice, and as wait at once."""
    awaited = {"awaited": True} if plan.kind == "coroutine function" else {}
    distinct = plan.distinct or 1
    calls = max(plan.pooled or plan.calls, -(-workers // distinct) * distinct)
    return replace(
        loop,
        model=model,
        workers=workers,
        items=calls,
        parameters={**loop.parameters, "pool": "warm", **awaited},
        against=loop.id,
        host=model if find(model).kind == "threads" else "",
        memory=loop.memory and find(model).is_seen,
    )


def cold(warm: Case) -> Case:
    """Return the case that opens and closes such a pool within its time."""
    parameters = {**warm.parameters, "pool": "cold"}
    return replace(warm, parameters=parameters, host="", memory=False)


def apart(loop: Case, workers: int) -> Case:
    """Return the yardstick of a function: processes that each run the loop, sent nothing."""
    return replace(
        loop,
        model="processes",
        workers=workers,
        items=workers * loop.items,
        parameters={**loop.parameters, "pool": "none"},
        against=loop.id,
        host="",
        answers="",
        memory=False,
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Import the function and its items, and make the case ready."""
    if case.parameters.get("native_threads"):
        os.environ.update(dict.fromkeys(NATIVE_THREADS, "1"))  # before anything is imported
    if case.model == FIRST_LOOK:
        return nullcontext(_looking(case))
    if case.model == EXECUTOR:
        checked = partial(executors.check, find(case.workload), case.workers)
        return nullcontext(Trial(checked, read=_as_told))
    function, found = load(case)
    drawn = _drawn(found, case)
    items = list(islice(cycle(drawn), case.items))
    distinct = case.parameters.get("distinct", case.items)
    read = _Checked(int(case.parameters.get("checked", distinct)))
    if case.model in {"sequential", "asyncio"}:
        one_by_one = _one_by_one(function, items)
        _one_by_one(function, items[:1])()  # which can have more to do, such as an import
        together = partial(_in_a_loop, function, items, case.workers)
        return nullcontext(Trial(one_by_one if case.model == "sequential" else together, read))
    called = Awaited(function) if case.parameters.get("awaited") else function
    if case.parameters["pool"] == "none":
        return spinning(case.workers, Everything(called), items[: case.items // case.workers])
    if case.parameters["pool"] == "cold":
        _ = find(case.model).executor  # imported before anything is timed
        return nullcontext(Trial(partial(_cold, case, called, items), read))
    return _warm(case, called, items, read)


class _Checked:
    """Gives the answers for so many items once: all samples have those, whatever calls they make.

    It gives their digest, which it makes anew only where they differ from those before: to write
    large answers takes longer than to compare them.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._before: list[object] | None = None
        self._digest = ""

    def __call__(self, answers: object) -> Output:
        assert isinstance(answers, list)
        found = answers[: self._count]
        if self._before is None or not same(found, self._before):
            self._before, self._digest = found, digest(found)
        return Output(self._digest)


def load(case: Case) -> tuple[Function, list[object]]:
    """Import the function that a case calls, and return it with its items.

    Raises whatever the import raises, ``TypeError`` for what can't be called, and ``ValueError``
    where there is no item.
    """
    if case.workload in _held:
        return _held[case.workload]
    taken, items_of = (case.parameters.get(name) for name in ("taken", "items_of"))
    source = str(case.parameters["items"])
    return _load(case.workload, source, int(taken or 0), str(items_of or ""))


_held: dict[str, tuple[Function, list[object]]] = {}


@contextmanager
def holding(name: str, function: Function, items: Iterable[object] | None) -> Iterator[None]:
    """Let cases of this process find a function and its items by a name that none could import."""
    if items is None:
        _held[name] = WithoutItem(function), [None]
    else:
        _held[name] = function, list(islice(items, MOST_ITEMS))
    try:
        yield
    finally:
        del _held[name]


@cache
def _load(
    workload: str, source: str, taken: int, items_of: str = ""
) -> tuple[Function, list[object]]:
    module_name, _, name = workload.partition(":")
    module = importlib.import_module(module_name)
    function = attrgetter(name)(module)
    if not callable(function):
        raise TypeError(f"{name} of {module_name} can't be called")
    if not source:
        return WithoutItem(function), [None]
    given = _given(source, importlib.import_module(items_of) if items_of else module)
    items = _taken(given() if callable(given) else given, taken)
    if not items:
        raise ValueError(f"{source} of {module_name} holds no item")
    return function, items


def _taken(given: Iterable[object], count: int) -> list[object]:
    """Return so many of the items; for 0, as many as are drawn in a moment."""
    if count:
        return list(islice(given, count))
    end_s = time.monotonic() + MOST_DRAWING_S
    return list(takewhile(lambda _item: time.monotonic() < end_s, islice(given, MOST_ITEMS)))


def _given(source: str, module: ModuleType) -> Any:  # noqa: ANN401 - whatever is to be iterated
    if source == GIVEN:
        return pickle.loads(Path(os.environ[ITEMS_VARIABLE]).read_bytes())  # noqa: S301 - our own
    return ast.literal_eval(source) if source.startswith("[") else attrgetter(source)(module)


def _drawn(items: list[object], case: Case) -> list[object]:
    """Return the different items that a case's samples are called for, the same in all of them."""
    if "distinct" not in case.parameters:
        return items
    left_out = {int(place) for place in str(case.parameters.get("without", "")).split(",") if place}
    looked = spread(items, MOST_LOOKED)
    good = [item for place, item in enumerate(looked) if place not in left_out]
    return spread(good, int(case.parameters["distinct"]))


def spread(items: list[object], count: int) -> list[object]:
    """Return so many of the items, spread evenly over all of them."""
    count = min(count, len(items))
    return [items[at * len(items) // count] for at in range(count)]


def is_coroutine_function(function: Function) -> bool:
    """Tell whether what a call returns is to be awaited."""
    return inspect.iscoroutinefunction(
        function.function if isinstance(function, WithoutItem) else function
    )


def _looking(case: Case) -> Trial:
    function, items = load(case)
    looked = partial(
        look,
        function,
        spread(items, MOST_LOOKED),
        is_coroutine=is_coroutine_function(function),
        budget_s=float(case.parameters["budget_s"]),
    )

    def read(result: object) -> Output:
        found, answers = cast("tuple[Look, list[object]]", result)
        return Output(answers, {**found.values, "items": float(len(items))})

    return Trial(act=looked, read=read)


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
def _warm(
    case: Case, function: Function, items: list[object], read: Callable[[object], Output]
) -> Iterator[Trial]:
    with warm_pool(
        case.model, case.workers, function, items[0], **_path_taken(find(case.model))
    ) as pool:
        act = partial(own_function.run_pool, pool, function, items, case.workers)
        yield Trial(act, _with_hop(pool, read) if is_asked_for(case.model) else read)


def is_asked_for(model: str) -> bool:
    """Tell whether a model is an executor that is tried only where a reader asks for it."""
    return model not in NAMES and bool(find(model).pool)


def _with_hop(pool: Executor, read: Callable[[object], Output]) -> Callable[[object], Output]:
    """Add to what is read after a sample what calls of nothing cost, which is not timed."""

    def both(answers: object) -> Output:
        return dataclasses.replace(read(answers), values=executors.hop(pool))

    return both


def _as_told(output: object) -> Output:
    return cast("Output", output)


def _path_taken(model: Model) -> dict[str, Any]:
    """Let interpreters find a reader's modules: each begins with the path of the command line."""
    return {"initializer": take_path, "initargs": (sys.path,)} if model.kind == "own GIL" else {}


LOOP: ModelName = "sequential"
APART: tuple[ModelName, ...] = ("processes", "interpreters")


@dataclass(frozen=True, slots=True)
class Known:
    """A function of known nature: what it does, and which models are right for it.

    ``models`` are right where there is a GIL and more than one core; ``finding`` names its nature
    further, as advice does. Where ``elsewhere`` is true it is tried under Dask as well, in the
    profile ``full``, where that is installed.
    """

    call: Call
    kind: Kind
    nature: Literal["computes", "waits"]
    models: tuple[ModelName, ...]
    finding: str = ""
    elsewhere: bool = False


_OWN, _KNOWN = "conc.snippets.own_function", "conc.snippets.known_functions"

EXAMPLES: Mapping[str, Known] = {
    "computes": Known(Call(f"{_OWN}:count_primes", "[2500]"), "function", "computes", APART),
    "waits": Known(
        Call(f"{_OWN}:wait_for_answer", "[0.002]"), "coroutine function", "waits", ("asyncio",)
    ),
}
"""Two functions as readers have them, tried with each build."""

FURTHER: tuple[Known, ...] = (
    Known(Call(f"{_KNOWN}:wait", "[0.005]"), "function", "waits", ("threads",)),
    Known(
        Call(f"{_KNOWN}:wait_in_turn", "[0.005]"),
        "function",
        "waits",
        APART,
        "waits in turn within a process",
    ),
    Known(
        Call(f"{_KNOWN}:wait_and_block", "[0.005]"),
        "coroutine function",
        "waits",
        ("threads",),
        "blocks its loop",
    ),
    Known(Call(f"{_KNOWN}:remember", "[60000]"), "function", "computes", (LOOP,), "remembers"),
    Known(Call(f"{_KNOWN}:give_much", "[400000]"), "function", "computes", (LOOP,), "transfer"),
    Known(
        Call(f"{_KNOWN}:digest", "[4]"), "function", "computes", ("threads", *APART), elsewhere=True
    ),
)
"""Further functions of known nature, tried with the profile ``full``."""

CALLS_PER_CORE = 6


def known(profile: Profile) -> tuple[Known, ...]:
    """Return the functions of known nature that a build tries."""
    return (*EXAMPLES.values(), *(FURTHER if profile == "full" else ()))


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a block for each function of known nature: what is timed of it at first."""
    calls = CALLS_PER_CORE * setting.cores
    return tuple(
        case
        for one in known(setting.profile)
        for case in cases_of(one.call, Plan(one.kind, calls, memory=False), Terms(), setting)
    )


EXPERIMENT = Experiment(
    name=NAME,
    title="A function of one's own",
    question=(
        "How much faster does each model call a function for many items than a plain loop does?"
    ),
    snippets=(_OWN, _KNOWN),
    times=(
        *pools.MODULES,
        "conc.experiments.parts.awaited",
        "conc.experiments.parts.digests",
        "conc.experiments.parts.executors",
        "conc.experiments.parts.looking",
        "conc.experiments.parts.without_item",
        "conc.experiments.parts.yardstick",
        "conc.measure.planning",
        "conc.measure.trying",
    ),
    cases=cases,
    open=open_case,
    fresh=True,
    tried=True,
    effort={  # what decides when a try ends is the advice, and this time
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=1, seconds=2),
        "quick": Effort(min_runs=1, max_runs=1, rounds_per_run=1, seconds=5.5),
        "full": Effort(min_runs=1, max_runs=1, rounds_per_run=1, seconds=51),
    },
)
