"""A trace says what each dish did, and changes nothing of what is served."""

import asyncio
import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise

import pytest

from conc.experiments.kitchens import trace
from conc.experiments.kitchens.dishes import possible_models, run_under
from conc.experiments.kitchens.trace import Piece, Served, Trace
from conc.measure.machine import setting
from conc.models import ModelName, find
from conc.snippets import kitchens, kitchens_asyncio

MODELS = possible_models(setting("smoke"))
DISHES = [kitchens.Dish(number, 2, "") for number in range(1, 4)]


def piece(phase: str, t0: float, t1: float, *, task: int = 1, delay_s: float = 0.0) -> Piece:
    return Piece(1, 2, task, phase, t0, t1, delay_s)


def traced(model: ModelName) -> tuple[list[kitchens.Meal], list[Piece]]:
    recorded = Trace(find(model))
    with recorded.on():
        meals = run_under(find(model), recorded)(DISHES)
    return meals, recorded.pieces({})


@pytest.mark.parametrize("model", MODELS)
def test_a_trace_serves_the_same_and_knows_every_dish(model: ModelName) -> None:
    meals, pieces = traced(model)
    assert meals == run_under(find(model), None)(DISHES)
    assert {one.task for one in pieces if one.phase == "run"} == {1, 2, 3}


@pytest.mark.parametrize("model", MODELS)
def test_the_snippet_is_as_before_afterwards(model: ModelName) -> None:
    before = dict(vars(kitchens)), dict(vars(kitchens_asyncio))
    traced(model)
    assert (vars(kitchens), vars(kitchens_asyncio)) == before


@pytest.mark.parametrize("model", sorted(set(MODELS) - {"sequential", "asyncio"}))
def test_each_worker_has_a_start_before_all_else(model: ModelName) -> None:
    _, pieces = traced(model)
    first = {(one.pid, one.tid): one for one in sorted(pieces, key=lambda one: -one.t0)}
    assert {one.phase for one in first.values()} == {"start"}


def test_each_process_hands_its_dishes_back() -> None:
    _, pieces = traced("processes")
    assert os.getpid() not in {one.pid for one in pieces}
    assert {one.task for one in pieces if one.phase == "pickle"} == {1, 2, 3}


def test_threads_of_a_pool_hand_nothing_over() -> None:
    assert "pickle" not in {one.phase for one in traced("threads")[1]}


def test_tasks_run_on_one_thread_and_never_at_once() -> None:
    _, pieces = traced("asyncio")
    runs = sorted((one.t0, one.t1) for one in pieces if one.phase == "run")
    assert {one.tid for one in pieces} == {threading.get_native_id()}
    assert all(first[1] <= second[0] for first, second in pairwise(runs))


def test_what_a_dish_raises_comes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def burn(_dish: kitchens.Dish) -> int:
        raise RuntimeError("burnt")

    monkeypatch.setattr(trace, "_prepare", burn)
    monkeypatch.setattr(kitchens_asyncio, "prepare", burn)
    for model in ("sequential", "threads", "asyncio"):
        with pytest.raises(RuntimeError, match="burnt"):
            traced(model)


def test_a_task_that_is_cancelled_is_cancelled() -> None:
    async def cook(_dish: kitchens.Dish) -> kitchens.Meal:
        await asyncio.sleep(60)
        return 0, "cold"

    async def cancel() -> None:
        task = asyncio.create_task(trace.in_slices(cook, DISHES[0]))
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel())


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Clocks that stand still: wall time, CPU time and the kernel's account."""
    now = {"wall": 10.0, "cpu": 1.0, "delay": 0.0}
    monkeypatch.setattr(trace, "here", trace.Notes())
    trace.here.begin()
    monkeypatch.setattr(time, "perf_counter", lambda: now["wall"])
    monkeypatch.setattr(time, "thread_time", lambda: now["cpu"])
    monkeypatch.setattr(trace, "sees_interruptions", True)
    monkeypatch.setattr(trace.Delay, "new_s", lambda _self: now["delay"])
    return now


def prepared(
    now: dict[str, float], monkeypatch: pytest.MonkeyPatch, *steps: tuple[float, float, float]
) -> list[tuple[str, float, float]]:
    """Prepare a dish whose steps take so much wall time and CPU time, and were delayed so long."""
    taken = iter(steps)

    def chop() -> int:
        wall_s, cpu_s, now["delay"] = next(taken)
        now["wall"] += wall_s
        now["cpu"] += cpu_s
        return 0

    monkeypatch.setattr(trace, "_chop", chop)
    monkeypatch.setattr(trace, "_prepare", lambda _dish: sum(trace.chop() for _ in steps))
    trace.prepare(DISHES[0])
    return [(one.phase, round(one.t0 - 10, 6), round(one.t1 - 10, 6)) for one in trace.here.pieces]


def test_steps_without_an_interruption_are_one_run(
    clocks: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [(0.00030, 0.00025, 0.0)] * 4
    assert prepared(clocks, monkeypatch, *steps) == [("run", 0, 0.0012)]


def test_time_off_the_cpu_that_no_cpu_explains_is_a_wait_for_the_gil(
    clocks: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "shares_gil", True)
    assert prepared(clocks, monkeypatch, (0.006, 0.001, 0.002), (0.001, 0.001, 0.0)) == [
        ("run", 0, 0.001),
        ("cpu-wait", 0.001, 0.003),
        ("gil-wait", 0.003, 0.006),
        ("run", 0.006, 0.007),
    ]


def test_without_a_shared_gil_time_off_the_cpu_is_a_wait_for_a_cpu(
    clocks: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepared(clocks, monkeypatch, (0.006, 0.001, 0.0)) == [
        ("run", 0, 0.001),
        ("cpu-wait", 0.001, 0.006),
    ]


def test_a_clock_of_cpu_time_that_is_too_coarse_tells_nothing_of_interruptions(
    clocks: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace, "sees_interruptions", False)
    assert prepared(clocks, monkeypatch, (0.006, 0.0, 0.0)) == [("run", 0, 0.006)]


def divided(
    model: ModelName, one: Piece, *, takes_turns: bool = False
) -> list[tuple[str, float, float]]:
    recorded = Trace(find(model))
    recorded.takes_turns = takes_turns
    recorded._pieces = [one]
    return [(part.phase, part.t0, part.t1) for part in recorded.pieces({1: (1.0, 2.0)})]


def test_what_follows_the_answer_is_no_wait_for_it() -> None:
    wait = piece("wait", 0.5, 3.0, delay_s=0.25)
    assert divided("threads", wait, takes_turns=True) == [
        ("wait", 0.5, 2.0),
        ("cpu-wait", 2.0, 2.25),
        ("gil-wait", 2.25, 3.0),
    ]
    assert divided("asyncio", wait._replace(delay_s=0.0)) == [("wait", 0.5, 2), ("queue", 2, 3)]


def test_a_task_does_not_wait_for_an_oven_that_was_not_asked_yet() -> None:
    assert divided("asyncio", piece("wait", 0.5, 0.9)) == [("queue", 0.5, 0.9)]


def test_a_dish_that_waits_for_a_busy_worker_is_shown_from_when_that_is_free() -> None:
    lane = [
        piece("run", 1, 2),
        piece("pickle", 2, 2.5),
        piece("queue", 0, 2.2, task=2),
        piece("run", 2.2, 3, task=2),
    ]
    cut = {(one.phase, one.task): (one.t0, one.t1) for one in trace.untangled(lane)}
    assert cut == {
        ("run", 1): (1, 2),
        ("pickle", 1): (2, 2.2),
        ("queue", 2): (2.2, 2.2),
        ("run", 2): (2.2, 3),
    }


def test_runs_that_follow_at_once_are_one_and_others_stay_apart() -> None:
    pieces = [piece("run", 1, 2), piece("run", 2.00001, 3), piece("run", 3.1, 4)]
    assert [(one.t0, one.t1) for one in trace.joined(pieces)] == [(1, 3), (3.1, 4)]


def test_processes_that_share_no_clock_leave_no_trace() -> None:
    recorded = Trace(find("processes"))
    served = Served((0, "raw"), 1, 2, 1, 5.0, 5.0, 6.0, [piece("run", 5.0, 6.0)])
    recorded.receive(served, submitted_s=100.0, held_s=101.0)
    assert recorded.pieces({}) == []


def test_a_call_that_was_cancelled_is_not_answered() -> None:
    recorded = Trace(find("threads"))
    handed: Future[int] = Future()
    handed.cancel()
    done: Future[Served] = Future()
    done.set_result(Served(0, 1, 2, 1, 0, 0, 0, [piece("run", 0, 1)]))
    with trace.TracedPool(ThreadPoolExecutor, recorded, 1) as pool:
        pool._receive(handed, 0.0, done)
    assert handed.cancelled()


def test_the_kernels_account_is_read_with_and_without_the_gil() -> None:
    if not trace.tells_delays:
        pytest.skip("only Linux has it")
    delays = [trace.Delay(keep_gil=keep_gil) for keep_gil in (True, False)]
    assert all(0 <= delay.new_s() < 60 for delay in delays)


def test_without_the_kernels_account_no_delay_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "tells_delays", False)
    assert trace.Delay(keep_gil=True).new_s() == 0.0
