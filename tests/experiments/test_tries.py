"""A reader's function: which models try it, what it is called with, and that all answer alike."""

import os
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest

from conc.experiments import tries
from conc.experiments.experiment import Output, Service, Setting
from conc.experiments.parts.digests import digest
from conc.experiments.parts.executors import HOP_S, Asked
from conc.experiments.parts.looking import Look
from conc.experiments.parts.without_item import WithoutItem
from conc.experiments.tries import EXAMPLES, Call, Kind, Plan, Terms
from conc.models import optional_here
from conc.records import Case

UNIX = ("fork", "spawn", "forkserver")
SETTING = Setting("quick", 4, optional=(), start_methods=UNIX)
HERE = Setting("quick", 2, optional=(), start_methods=UNIX)
WITH_INTERPRETERS = replace(HERE, optional=optional_here())
RESIZE = Call("work:resize", "['cat.png']")

numbers = [3, 1, 2]
many = range(100)
mixed = ["soup", 5, "bread", "tea"]
nothing: list[int] = []
not_a_function = 5


def double(number: int) -> int:
    return 2 * number


def answer() -> int:
    return 42


def who_works(_item: object) -> int:
    return os.getpid()


async def double_soon(number: int) -> int:
    return 2 * number


async def answer_soon() -> int:
    return 42


def count_down() -> Iterator[int]:
    yield from (3, 2, 1)


def endless() -> Iterator[int]:
    return count()


drawn = count()


def million() -> Iterator[bytes]:
    return (bytes(100) for _ in range(1_000_000) if next(drawn) >= 0)


def native_threads() -> str:
    return os.environ["OMP_NUM_THREADS"]


class Kitchen:
    """Holds functions at a dotted name."""

    dishes = ("soup", "bread")

    @staticmethod
    def name_length(dish: str) -> int:
        return len(dish)


def here(name: str, items: str = "") -> Call:
    """Call a function of this module."""
    return Call(f"{__name__}:{name}", items)


def cases_of(
    kind: Kind,
    calls: int = 100,
    terms: Terms = Terms(),  # noqa: B008 - Terms is frozen
    setting: Setting = SETTING,
    *,
    memory: bool = True,
) -> tuple[Case, ...]:
    return tries.cases_of(RESIZE, Plan(kind, calls, memory=memory), terms, setting)


def pools(*cases: Case) -> list[tuple[str, int, object]]:
    """Name each case of a pool by its model, its workers, and whether the pool is open before."""
    return [
        (case.model, case.workers, case.parameters["pool"])
        for case in cases
        if "pool" in case.parameters
    ]


def acted(case: Case) -> Output:
    """Make a case ready and execute it once."""
    with tries.open_case(case, Service()) as trial:
        return trial.read(trial.act())


def answers_of(
    call: Call, plan: Plan, setting: Setting = HERE
) -> list[tuple[str, int, object, object]]:
    """Name each case of a function by what it is, with what it answered."""
    return [
        (case.model, case.workers, case.parameters.get("pool"), acted(case).answer)
        for case in tries.cases_of(call, plan, Terms(at_once=3), setting)
    ]


def load(call: Call) -> tuple[Callable[..., object], list[object]]:
    return tries.load(tries.first_look(call))


def test_a_plain_function_is_tried_in_a_loop_twice_and_in_threads_and_processes() -> None:
    loop, twin, *pooled = cases_of("function")
    assert [loop.model, twin.model] == ["sequential"] * 2
    assert pools(*pooled) == [
        ("threads", 4, "warm"),
        ("threads", 32, "warm"),
        ("processes", 4, "warm"),
        ("processes", 4, "cold"),
    ]


def test_a_coroutine_function_is_tried_in_a_loop_twice_and_in_an_event_loop() -> None:
    loop, twin, together = cases_of("coroutine function")
    assert [loop.model, twin.model] == ["sequential"] * 2
    assert (together.model, together.workers) == ("asyncio", 32)


def test_interpreters_are_tried_where_there_are_some() -> None:
    with_them = pools(*cases_of("function", setting=replace(SETTING, optional=("interpreters",))))
    assert set(with_them) - set(pools(*cases_of("function"))) == {
        ("interpreters", 4, "warm"),
        ("interpreters", 4, "cold"),
    }
    models = {case.model for case in cases_of("coroutine function")}
    again = cases_of("coroutine function", setting=replace(SETTING, optional=("interpreters",)))
    assert {case.model for case in again} == models


def two_threads() -> Executor:
    return ThreadPoolExecutor(2)


def test_an_executor_that_is_asked_for_is_tried_with_its_workers_warm_and_cold() -> None:
    given = f"{__name__}:two_threads"
    terms = Terms(executors=(Asked("loky", 4), Asked(given, 2)))
    with_them = cases_of("function", terms=terms)
    assert set(pools(*with_them)) - set(pools(*cases_of("function"))) == {
        ("loky", 4, "warm"),
        ("loky", 4, "cold"),
        (given, 2, "warm"),
        (given, 2, "cold"),
    }
    hosts = [case.host for case in with_them if tries.is_asked_for(case.model)]
    assert set(hosts) == {""}


@pytest.mark.parametrize("name", ["loky", f"{__name__}:two_threads"])
def test_an_executor_that_is_asked_for_answers_as_the_loop_and_tells_what_a_hop_costs(
    name: str,
) -> None:
    terms = Terms(executors=(Asked(name, 2),))
    every = tries.cases_of(here("double", "numbers"), Plan("function", 6), terms, HERE)
    loop, *asked = (case for case in every if case.model in {"sequential", name})
    expected = acted(loop).answer
    for case in asked:
        output = acted(case)
        assert output.answer == expected
        if case.parameters.get("pool") == "warm":
            hops = output.values[HOP_S]
            assert isinstance(hops, list)
            assert min(hops) > 0


@pytest.mark.parametrize("kind", ["function", "coroutine function"])
def test_every_case_makes_the_same_calls_and_is_compared_with_the_loop(kind: Kind) -> None:
    loop, *compared = cases_of(kind, calls=70)
    assert loop.against == ""
    for case in (loop, *compared):
        assert (case.workload, case.block, case.answers) == ("work:resize",) * 3
        assert (case.items, case.parameters["items"]) == (70, "['cat.png']")
    assert {case.against for case in compared} == {loop.id}


@pytest.mark.parametrize("kind", ["function", "coroutine function"])
def test_the_twin_differs_from_the_loop_in_nothing_but_its_name(kind: Kind) -> None:
    loop, twin, *_ = cases_of(kind)
    assert twin.parameters == {**loop.parameters, "twin": True}
    assert (twin.workers, twin.items, twin.host) == (loop.workers, loop.items, loop.host)


@pytest.mark.parametrize(
    ("calls", "at_once", "threads"),
    [
        (100, 32, [4, 32]),
        (100, 200, [4, 100]),
        (8, 32, [4, 8]),
        (4, 32, [4]),
        (2, 32, [4]),
        (100, 4, [4]),
        (100, 1, [4]),
    ],
)
def test_no_more_threads_wait_than_there_are_calls(
    calls: int, at_once: int, threads: list[int]
) -> None:
    cases = cases_of("function", calls, Terms(at_once=at_once))
    assert [case.workers for case in cases if case.model == "threads"] == threads


@pytest.mark.parametrize(
    ("calls", "at_once", "workers"), [(100, 32, 32), (2, 32, 2), (100, 1, 1), (1000, 500, 500)]
)
def test_no_more_coroutines_wait_than_there_are_calls(
    calls: int, at_once: int, workers: int
) -> None:
    *_, together = cases_of("coroutine function", calls, Terms(at_once=at_once))
    assert together.workers == workers


def test_windows_is_not_asked_for_more_processes_than_it_can_wait_for() -> None:
    windows = Setting("quick", 100, optional=(), start_methods=("spawn",))
    cases = cases_of("function", setting=windows)
    assert {case.model for case in cases} == {"sequential", "threads"}


@pytest.mark.parametrize("kind", ["function", "coroutine function"])
def test_where_any_answer_will_do_none_is_compared(kind: Kind) -> None:
    cases = cases_of(kind, terms=Terms(any_answer=True))
    assert {case.answers for case in cases} == {""}


def test_memory_is_read_once_for_each_model_and_not_where_a_pool_comes_and_goes() -> None:
    loop, twin, *pooled = cases_of("function")
    assert (loop.memory, twin.memory) == (True, False)
    assert [case.memory for case in pooled] == [
        case.parameters["pool"] == "warm" for case in pooled
    ]
    assert [case.memory for case in cases_of("coroutine function")] == [True, False, True]
    assert not any(case.memory for case in cases_of("function", memory=False))


@pytest.mark.parametrize("cores", [1, 2, 64])
def test_both_examples_are_tried_with_calls_for_every_core(cores: int) -> None:
    cases = tries.cases(Setting("quick", cores, optional=(), start_methods=UNIX))
    blocks = {case.block: case.workload for case in cases}
    assert list(blocks) == [one.call.function for one in EXAMPLES.values()]
    assert tries.CALLS_PER_CORE * cores in {case.items for case in cases}
    assert not any(case.memory for case in cases)


def planned(**changes: object) -> list[tuple[str, int, int, object]]:
    """Name the cases of a plan by model, workers, calls and pool."""
    plan = replace(Plan("function", 10, pooled=20, together=40, distinct=5), **changes)  # type: ignore[arg-type]
    return [
        (case.model, case.workers, case.items, case.parameters.get("pool", ""))
        for case in tries.cases_of(RESIZE, plan, Terms(at_once=32), SETTING)
    ]


def test_each_arm_makes_the_calls_that_suit_it_and_is_compared_by_call() -> None:
    assert planned() == [
        ("sequential", 1, 10, ""),
        ("sequential", 1, 10, ""),
        ("threads", 4, 20, "warm"),
        ("threads", 32, 35, "warm"),
        ("processes", 4, 20, "warm"),
        ("processes", 4, 20, "cold"),
    ]


def test_what_computes_is_not_tried_in_more_threads_than_cores() -> None:
    assert ("threads", 32, 40, "warm") not in planned(waits=False)


def test_what_can_not_be_sent_is_tried_in_threads_alone() -> None:
    assert {model for model, *_ in planned(sendable=False)} == {"sequential", "threads"}


def test_a_coroutine_function_that_keeps_its_loop_is_tried_in_pools_too() -> None:
    models = [model for model, *_ in planned(kind="coroutine function", blocks=True)]
    assert models == [*["sequential"] * 2, "asyncio", *["threads"] * 2, *["processes"] * 2]
    given = answers_of(here("double_soon", "numbers"), Plan("coroutine function", 3, blocks=True))
    assert [answers for *_, answers in given] == [digest([6, 2, 4])] * len(given)


def test_what_uses_several_cores_is_also_tried_with_one_native_thread_in_each_worker() -> None:
    plan = Plan("function", 10, spreads=True)
    cases = tries.cases_of(RESIZE, plan, Terms(), SETTING)
    limited = [case for case in cases if case.parameters.get("native_threads") == 1]
    assert [case.model for case in limited] == ["threads", "processes"]
    assert {case.host for case in limited} == {""}, "the library reads its limit once"


def test_native_libraries_are_told_of_the_limit_before_they_are_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in tries.NATIVE_THREADS:
        monkeypatch.setenv(name, "8")
    (case,) = (
        case
        for case in tries.cases_of(
            here("native_threads"), Plan("function", 2, spreads=True), Terms(at_once=2), HERE
        )
        if case.parameters.get("native_threads") and case.model == "threads"
    )
    assert acted(case).answer == digest(["1", "1"])


@pytest.mark.parametrize("calls", [3, 6, 60])
def test_samples_draw_the_same_few_items_spread_over_all(calls: int) -> None:
    plan = Plan("function", calls, distinct=3)
    loop, *_ = tries.cases_of(here("double", "many"), plan, Terms(), HERE)
    output = acted(loop)
    assert output.answer == digest([0, 2 * 33, 2 * 66])


def test_items_for_which_it_raises_are_left_out() -> None:
    plan = Plan("function", 3, distinct=3, without=(1,))
    loop, *_ = tries.cases_of(here("Kitchen.name_length", "mixed"), plan, Terms(), HERE)
    assert acted(loop).answer == digest([4, 5, 3])


def test_an_endless_iterable_of_items_has_an_end() -> None:
    assert len(load(here("double", "endless"))[1]) == tries.MOST_ITEMS


def test_of_a_million_items_no_more_are_made_nor_held_than_are_taken() -> None:
    tracemalloc.start()
    try:
        _, items = load(here("double", "million"))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(items) == next(drawn) == tries.MOST_ITEMS
    assert most < 250 * tries.MOST_ITEMS


def test_independent_processes_run_the_loop_and_are_sent_nothing() -> None:
    loop, *_ = tries.cases_of(here("double", "numbers"), Plan("function", 3), Terms(), HERE)
    case = tries.apart(loop, 2)
    assert (case.items, case.against, case.answers) == (6, loop.id, "")
    own_s = acted(case).values["own_s"]
    assert isinstance(own_s, list)
    assert len(own_s) == 2


def test_items_are_a_list_as_python_writes_it() -> None:
    function, items = load(here("double", "[1, 'two', (3, None)]"))
    assert function is double
    assert items == [1, "two", (3, None)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("numbers", [3, 1, 2]),
        ("count_down", [3, 2, 1]),
        ("Kitchen.dishes", ["soup", "bread"]),
    ],
)
def test_items_are_what_a_name_of_the_module_holds_or_returns(
    source: str, expected: list[object]
) -> None:
    assert load(here("double", source))[1] == expected


def test_a_dotted_name_leads_to_its_function() -> None:
    function, items = load(here("Kitchen.name_length", "Kitchen.dishes"))
    assert [function(item) for item in items] == [4, 5]


def test_without_items_the_function_is_called_without_an_argument() -> None:
    function, items = load(here("answer"))
    assert function == WithoutItem(answer)
    assert [function(item) for item in items] == [42]


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (here("not_a_function", "[1]"), TypeError, "not_a_function of .* can't be called"),
        (here("not_there", "[1]"), AttributeError, "not_there"),
        (here("Kitchen.not_there", "[1]"), AttributeError, "not_there"),
        (here("double", "not_there"), AttributeError, "not_there"),
        (here("double", "nothing"), ValueError, "nothing of .* holds no item"),
        (here("double", "[]"), ValueError, "holds no item"),
        (here("double", "not_a_function"), TypeError, "not iterable"),
        (Call("nowhere_at_all:double", "[1]"), ModuleNotFoundError, "nowhere_at_all"),
    ],
)
def test_what_can_not_be_called_or_has_no_item_is_an_error(
    call: Call, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        load(call)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("double", False), ("double_soon", True), ("answer", False), ("answer_soon", True)],
)
@pytest.mark.parametrize("items", ["", "[1]"])
def test_a_coroutine_function_is_known_with_and_without_items(
    name: str, items: str, *, is_one: bool
) -> None:
    assert tries.is_coroutine_function(load(here(name, items))[0]) is is_one


@pytest.mark.parametrize(
    ("call", "items", "coroutine", "answers"),
    [
        (here("double", "numbers"), 3.0, 0.0, [6, 2, 4]),
        (here("double_soon", "[5, 6]"), 2.0, 1.0, [10, 12]),
        (here("answer"), 1.0, 0.0, [42]),
        (here("answer_soon"), 1.0, 1.0, [42]),
    ],
)
def test_a_first_look_calls_once_for_each_item_and_tells_what_they_are(
    call: Call, items: float, coroutine: float, answers: list[int]
) -> None:
    output = acted(tries.first_look(call))
    assert output.answer == answers
    look = Look.of(dict(output.values))
    assert (look.items, look.coroutine, look.anew) == (items, coroutine, 0.0)
    assert look.seconds_each > 0


@pytest.mark.parametrize(
    ("example", "answer"), [("computes", 367), ("waits", 0.002)], ids=["computes", "waits"]
)
def test_every_model_answers_alike_for_the_examples(example: str, answer: float) -> None:
    one = EXAMPLES[example]
    given = answers_of(one.call, Plan(one.kind, 5), WITH_INTERPRETERS)
    assert [answers for *_, answers in given] == [digest([answer] * 5)] * len(given)


@pytest.mark.parametrize(
    ("name", "kind", "models"),
    [
        ("answer", "function", {"sequential", "threads", "processes"}),
        ("answer_soon", "coroutine function", {"sequential", "asyncio"}),
    ],
)
def test_every_model_calls_a_function_without_an_item(
    name: str, kind: Kind, models: set[str]
) -> None:
    given = answers_of(here(name), Plan(kind, 4))
    assert {model for model, *_ in given} == models
    assert [answers for *_, answers in given] == [digest([42] * 4)] * len(given)


@pytest.mark.parametrize(
    ("name", "kind"), [("double", "function"), ("double_soon", "coroutine function")]
)
@pytest.mark.parametrize(
    ("calls", "expected"), [(7, [6, 2, 4, 6, 2, 4, 6]), (3, [6, 2, 4]), (2, [6, 2])]
)
def test_items_are_taken_in_turn_until_there_are_enough_calls(
    name: str, kind: Kind, calls: int, expected: list[int]
) -> None:
    given = answers_of(here(name, "numbers"), Plan(kind, calls))
    assert [answers for *_, answers in given] == [digest(expected)] * len(given)


def test_a_warm_pool_keeps_its_worker_and_a_cold_one_has_a_new_one_each_time() -> None:
    one = replace(HERE, cores=1)
    cases = tries.cases_of(here("who_works", "[0]"), Plan("function", 2, waits=False), Terms(), one)
    workers: dict[object, list[object]] = {}
    for case in cases:
        if case.model == "processes":
            with tries.open_case(case, Service()) as trial:
                workers[case.parameters["pool"]] = [trial.act(), trial.act()]
    first, second = workers["warm"]
    assert first == second
    first, second = workers["cold"]
    assert first != second


@pytest.mark.parametrize("model", ["sequential", "threads", "processes"])
def test_what_a_call_raises_is_raised(model: str) -> None:
    calls = tries.cases_of(
        here("Kitchen.name_length", "['soup', 5]"), Plan("function", 2), Terms(), HERE
    )
    for case in calls:
        if case.model == model:
            with tries.open_case(case, Service()) as trial, pytest.raises(TypeError):
                trial.act()
