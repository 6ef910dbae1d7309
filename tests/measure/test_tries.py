"""Trying a function: a look at what it is, how often it is called, where the result lies."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest

from conc.errors import ConcError
from conc.experiments.parts.looking import Look
from conc.experiments.tries import FIRST_LOOK, Call, Terms
from conc.measure import planning, trying
from conc.measure.launcher import ProcessLauncher
from conc.measure.planning import Seen, look, plan_of
from conc.measure.tries import try_in
from conc.measure.world import World
from conc.records import Case, Measurement, Result, Timing
from conc.results import store
from tests.invented.results import invented_result
from tests.measure.fakes import (
    Answering,
    FakeClock,
    FakeLauncher,
    RecordingProgress,
    failed,
    timing,
)

MODULE = "work_of_a_test"
CORES = 2
SOURCE = """
import asyncio, ctypes, functools, itertools, os, time

count = itertools.count()
words = ["a", "bb", "ccc"]


def double(number):
    return 2 * number


def wait(seconds):
    time.sleep(seconds)
    return seconds


def later(seconds):
    return wait_soon(seconds)


async def wait_soon(seconds):
    await asyncio.sleep(seconds)
    return seconds


def million():
    return (number for number in range(1_000_000))


def answer():
    return 42


def burn(what):
    raise ValueError(f"{what} is burnt")


def hang(_item):
    time.sleep(600)


def anew(_item):
    return next(count)


async def block(seconds):
    time.sleep(seconds)
    return seconds


def hold(microseconds):
    ctypes.PyDLL(None).usleep(microseconds)


@functools.cache
def keep(item):
    return sum(range(200_000)) + item


def move(item):
    os.environ["MOVED"] = str(time.perf_counter())
    return item


def picky(item):
    return 1 / item


def leave(_item):
    os._exit(3)


def secret(number):
    return lambda: number
"""
EXAMPLE = Call("conc.snippets.own_function:count_primes", "[10, 20, 30]")
OTHER = Call("conc.snippets.own_function:wait_for_answer", "[0.001]")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a module on the path that a reader could have written."""
    (tmp_path / f"{MODULE}.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)


@dataclass
class Ticking(RecordingProgress):
    """Lets a second pass with each round, and no other time, however slow the machine is."""

    clock: FakeClock = field(default_factory=FakeClock)

    def round(self, block: str, run: int, round_: int) -> None:
        super().round(block, run, round_)
        self.clock.sleep(1.0)


@pytest.fixture
def real() -> World:
    """A world of real processes, in which a try of a second has one run."""
    progress = Ticking()
    launcher = ProcessLauncher()
    return World(launcher, progress, progress.clock, wait_for_quiet=lambda _limit_s: 0.0)


def work(name: str, items: str = "") -> Call:
    """Call a function of that module."""
    return Call(f"{MODULE}:{name}", items)


def looked(
    call: Call, *, limit_s: float = 30.0, any_answer: bool = False, at_once: int = 32
) -> Seen:
    """Look at a function in a real process."""
    terms = Terms(at_once, seconds=10.0, sample_limit_s=limit_s, any_answer=any_answer)
    return look(call, terms, World(ProcessLauncher(), RecordingProgress()))


def only(result: Result) -> Measurement:
    (measurement,) = result.measurements.values()
    return measurement


def timed_cases(measurement: Measurement) -> set[str]:
    """Return the cases that gave a figure."""
    return {sample.case for sample in measurement.samples if not sample.warmup}


def told(seconds_each: float = 0.1, busy: float = 1.0, **changes: object) -> Timing:
    """Invent what a look gives: three items, unless something else is said."""
    given = Look(seconds_each=seconds_each, busy=busy, items=3.0, largest=0.34)
    values = msgspec.structs.replace(given, **changes).values
    return Timing(wall_s=1.0, answer="same", values=values)


def looking(*given: Timing) -> Callable[[Case, int], Timing]:
    """Give each of these in turn to a look, the last one again and again; others take a second."""

    def answering(case: Case, count: int) -> Timing:
        return given[min(count, len(given) - 1)] if case.model == FIRST_LOOK else timing()

    return answering


@dataclass(frozen=True)
class Faked:
    """A world in which a look gives what a test says."""

    world: World
    launcher: FakeLauncher
    folder: Path

    def tried(self, first: Timing, terms: Terms = Terms()) -> Result:  # noqa: B008 - it is frozen
        """Try a function of which a look gives this."""
        return self.tried_as(looking(first), terms)

    def tried_as(self, answering: Answering, terms: Terms = Terms()) -> Result:  # noqa: B008
        """Try a function whose every execution gives this."""
        self.launcher.answering = answering
        return try_in(self.world, EXAMPLE, terms, self.folder)[1]


@pytest.fixture
def fake(world: World, launcher: FakeLauncher, folder: Path) -> Faked:
    return Faked(world, launcher, folder)


def case_of(result: Result, model: str) -> Case:
    """Return the first case of a model."""
    return next(case for case in only(result).cases if case.model == model)


def planned(
    seconds_each: float, items: int, busy: float = 1.0, **changes: object
) -> tuple[int, int, int, int]:
    """Return the different items of a sample, and the calls in a loop, a pool and together."""
    look_ = Look(seconds_each=seconds_each, busy=busy, items=float(items), largest=1 / items)
    plan = plan_of(msgspec.structs.replace(look_, **changes), Terms(), CORES)
    return plan.distinct, plan.calls, plan.pooled, plan.together


@pytest.mark.parametrize("items", [1, 3, 7, 1000])
@pytest.mark.parametrize("seconds_each", [1e-8, 1e-4, 0.003, 0.03, 0.2])
@pytest.mark.parametrize("busy", [0.01, 0.5, 1.0])
def test_every_arm_makes_the_same_mix_of_calls_in_samples_that_are_short(
    items: int, seconds_each: float, busy: float
) -> None:
    distinct, *each = planned(seconds_each, items, busy)
    calls, pooled, together = each
    assert all(made % distinct == 0 for made in each)
    assert distinct <= items
    assert calls * seconds_each <= max(2 * planning.SAMPLE_S, distinct * seconds_each)
    assert pooled >= CORES * (1 if seconds_each >= planning.LONG_S else planning.CALLS_PER_WORKER)
    assert together >= 32 or busy > 0.01


@pytest.mark.parametrize(
    ("seconds_each", "items", "busy", "plan"),
    [
        (0.02, 24, 1.0, (2, 4, 4, 4)),
        (0.005, 200, 1.0, (10, 10, 10, 10)),
        (0.03, 200, 0.01, (2, 2, 4, 32)),
        (2.0, 24, 1.0, (2, 2, 2, 2)),
        (0.01, 3, 1.0, (3, 6, 6, 6)),
    ],
)
def test_a_sample_need_not_be_all_items(
    seconds_each: float, items: int, busy: float, plan: tuple[int, ...]
) -> None:
    assert planned(seconds_each, items, busy) == plan


def test_what_computes_as_well_is_not_called_as_often_together_as_what_only_waits() -> None:
    assert planned(0.1, 200, 0.5)[3] == 10
    assert planned(0.1, 200, 0.01)[3] == 32
    assert planned(0.1, 200, 0.5, children=0.9)[3] == planned(0.1, 200, 1.0)[3] == 4


def test_where_one_item_holds_most_of_the_work_all_are_in_every_sample() -> None:
    assert planned(0.01, 24, largest=0.66) == (24, 24, 24, 24)


def test_calls_that_are_asked_for_have_a_bound() -> None:
    assert planned(1e-9, 1)[1] == planning.MOST_CALLS


def test_one_long_call_can_not_be_shared_out() -> None:
    with pytest.raises(ConcError, match=r"a call takes 3\.0 s.*give two items or more"):
        planned(3.0, 1)


def test_items_for_which_it_raised_are_left_out_of_the_samples() -> None:
    plan = plan_of(Look(seconds_each=0.1, busy=1.0, items=4.0, raising=[1.0, 3.0]), Terms(), CORES)
    assert (plan.distinct, plan.without) == (2, (1, 3))


def test_a_look_leaves_no_process_whatever_comes_of_it(
    world: World, launcher: FakeLauncher
) -> None:
    launcher.answering = lambda _case, _count: failed("crashed", lost=True)
    with pytest.raises(ConcError, match="invented: crashed"):
        look(EXAMPLE, Terms(), world)
    launcher.starts = {FIRST_LOOK: failed("timed out", lost=True)}
    with pytest.raises(ConcError, match="invented: timed out"):
        look(EXAMPLE, Terms(), world)
    assert (len(launcher.launched), launcher.alive) == (2, 0)


def test_another_answer_each_time_is_refused_unless_it_is_meant(
    world: World, launcher: FakeLauncher
) -> None:
    launcher.answering = looking(told(anew=1.0))
    with pytest.raises(ConcError, match=r"something else each time.*--any-answer"):
        look(EXAMPLE, Terms(), world)
    assert look(EXAMPLE, Terms(any_answer=True), world).found.items == 3


@pytest.mark.parametrize(
    ("look_", "models"),
    [
        (told(), {"sequential", "threads", "processes"}),
        (told(coroutine=1.0, busy=0.0), {"sequential", "asyncio"}),
        (told(unpicklable="answer: TypeError"), {"sequential", "threads"}),
    ],
)
def test_the_look_decides_which_models_are_tried(
    fake: Faked, look_: Timing, models: set[str]
) -> None:
    measurement = only(fake.tried(look_))
    tried = [case for case in measurement.cases if case.model != FIRST_LOOK]
    assert {case.model for case in tried} == models
    assert {case.answers for case in tried} == {EXAMPLE.function}


def test_no_more_wait_at_once_than_the_terms_allow(fake: Faked) -> None:
    result = fake.tried(told(busy=0.0, coroutine=1.0), Terms(at_once=5))
    assert case_of(result, "asyncio").workers == 5


def test_memory_is_read_once_for_each_model_after_the_first_run(fake: Faked) -> None:
    measurement = only(fake.tried_as(deciding({"processes": 1.9})))
    read = [memory.case for memory in measurement.memory]
    assert read == [case.id for case in measurement.cases if case.memory]
    assert len(read) == 3


def test_the_look_is_kept_beside_the_samples(fake: Faked) -> None:
    first, *_ = only(fake.tried(told(gap_s=0.005))).samples
    assert (first.warmup, Look.of(first.values).gap_s) == (True, 0.005)


def deciding(
    gains: dict[str, float], each_s: float = 0.1, busy: float = 1.0
) -> Callable[[Case, int], Timing]:
    """Answer as a function whose calls take so long, and models that gain so much."""

    def answering(case: Case, count: int) -> Timing:
        if case.model == FIRST_LOOK:
            return told(each_s, busy)
        pool = case.parameters.get("pool")
        gain = 1.0 if pool == "cold" else gains.get(case.model, 1.0)
        wall_s = case.items * each_s / gain * (1 + count % 3 / 100)
        cores = case.workers * busy if case.model == "processes" else busy
        return Timing(wall_s=wall_s, cpu_s=wall_s * cores, run_delay_s=0.0, answer="same")

    return answering


def runs_of(measurement: Measurement, model: str) -> int:
    """Return in how many runs the open pool of a model was timed."""
    (case,) = (
        case
        for case in measurement.cases
        if case.model == model and case.parameters.get("pool") == "warm"
    )
    return len({sample.run for sample in measurement.samples if sample.case == case.id})


def test_a_try_ends_as_soon_as_it_is_decided(fake: Faked) -> None:
    measurement = only(fake.tried_as(deciding({"processes": 1.9})))
    assert measurement.complete
    assert measurement.seconds < 10
    assert runs_of(measurement, "processes") == 2


def test_what_can_not_win_is_timed_no_further(fake: Faked) -> None:
    measurement = only(fake.tried_as(deciding({"processes": 1.12}), Terms(seconds=60.0)))
    assert runs_of(measurement, "threads") < runs_of(measurement, "processes")


@pytest.mark.parametrize("seconds", [5.0, 20.0, 60.0])
@pytest.mark.parametrize("each_s", [0.001, 0.1, 0.7])
def test_a_try_ends_in_its_time(fake: Faked, seconds: float, each_s: float) -> None:
    undecided = deciding({"processes": 1.11, "threads": 1.11}, each_s)
    measurement = only(fake.tried_as(undecided, Terms(seconds=seconds)))
    one_pass_s = 2 * each_s * max(case.items for case in measurement.cases)
    assert measurement.seconds <= max(1.1 * seconds, 2 * one_pass_s)


def test_an_interrupted_try_gives_what_it_has(fake: Faked) -> None:
    answering = deciding({"processes": 1.11})
    taken: list[str] = []

    def interrupting(case: Case, count: int) -> Timing | BaseException:
        taken.append(case.id)
        return KeyboardInterrupt() if len(taken) == 30 else answering(case, count)

    measurement = only(fake.tried_as(interrupting))
    assert not measurement.complete
    assert len(measurement.samples) == 29
    assert fake.launcher.alive == 0


def test_what_waits_and_gains_nothing_in_threads_is_tried_in_more_processes(fake: Faked) -> None:
    def processes(gains: dict[str, float]) -> list[int]:
        cases = only(fake.tried_as(deciding(gains, 0.02, 0.01))).cases
        warm = [case for case in cases if case.parameters.get("pool") == "warm"]
        return [case.workers for case in warm if case.model == "processes"]

    assert processes({"processes": 1.9}) == [CORES, 8, trying.MANY_PROCESSES]
    assert processes({}) == [CORES]
    assert processes({"threads": 1.9, "processes": 1.9}) == [CORES]


def test_what_computes_and_gains_little_in_processes_is_put_beside_independent_ones(
    fake: Faked,
) -> None:
    pools = [
        {case.parameters.get("pool") for case in only(fake.tried_as(deciding(gains))).cases}
        for gains in ({"processes": 1.2}, {"processes": 1.9})
    ]
    assert ["none" in found for found in pools] == [True, False]


def test_it_says_before_how_many_calls_it_makes_and_how_long_that_takes(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    said: list[str] = []
    launcher.answering = deciding({"processes": 1.9})
    try_in(world, EXAMPLE, Terms(), folder, said.append)
    launcher.answering = deciding({"processes": 1.9}, each_s=8.0)
    try_in(world, EXAMPLE, Terms(), folder, said.append)
    short, long = said
    assert re.search(r"at most about [\d,]+ calls and 20 s; likely about \d+ s$", short)
    assert re.search(r"one pass of the plain loop takes \d+ s, so it may take longer", long)


def test_the_result_of_the_machine_is_not_touched_and_the_try_lies_beside_it(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    kept = store.result_path(folder, world.describe_machine(), world.describe_interpreter())
    store.save(invented_result(rounds=1, runs=1), kept)
    before = kept.read_bytes()
    launcher.answering = looking(told())
    path, result = try_in(world, EXAMPLE, Terms(), folder)
    assert path == folder / "tries" / kept.name
    assert store.load(path) == result
    assert kept.read_bytes() == before
    assert store.newest(folder) == kept


def test_a_try_is_kept_until_the_next(world: World, launcher: FakeLauncher, folder: Path) -> None:
    launcher.answering = looking(told())
    first, _ = try_in(world, EXAMPLE, Terms(), folder)
    second, result = try_in(world, OTHER, Terms(), folder)
    assert first == second
    assert {case.block for case in only(result).cases} == {OTHER.function}
    again, anew = try_in(replace(world, seed=lambda: 8), OTHER, Terms(), folder)
    assert (again, only(anew).seed) == (first, 8)


def test_nothing_is_called_while_another_measurement_runs(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    with store.measuring_lock(folder), pytest.raises(ConcError, match="another measurement"):
        try_in(world, EXAMPLE, Terms(), folder)
    assert launcher.launched == []
    launcher.answering = looking(told())
    assert try_in(world, EXAMPLE, Terms(), folder)[0].is_file()


def test_a_function_that_can_not_be_called_leaves_no_file(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    launcher.answering = lambda _case, _count: failed()
    with pytest.raises(ConcError, match="invented: raised"):
        try_in(world, EXAMPLE, Terms(), folder)
    assert list(folder.rglob("*.json")) == []
    with store.measuring_lock(folder):
        assert launcher.alive == 0


@pytest.mark.usefixtures("module")
def test_a_look_at_a_real_function_tells_what_it_is() -> None:
    seen = looked(work("wait", "[0.03, 0.02]"))
    assert (seen.plan.kind, seen.found.items, seen.plan.waits) == ("function", 2, True)
    assert seen.found.seconds_each >= 0.02
    seen = looked(work("wait_soon", "[0.03, 0.02, 0.01]"))
    assert (seen.plan.kind, seen.found.items) == ("coroutine function", 3)
    assert not seen.plan.blocks
    assert (looked(work("double", "words")).found.items, looked(work("answer")).found.items) == (
        3,
        1,
    )


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            Call("nowhere_at_all:double", "[1]"),
            "nowhere_at_all:double: raised: ModuleNotFoundError: No module named 'nowhere_at_all'",
        ),
        (
            Call("nowhere_at_all.deep:double", "[1]"),
            "raised: ModuleNotFoundError: No module named 'nowhere_at_all'",
        ),
        (
            work("treble", "[1]"),
            f"{MODULE}:treble: raised: AttributeError: module '{MODULE}' has no attribute 'treble'",
        ),
        (
            work("double", "numbers"),
            "raised: AttributeError: .* has no attribute 'numbers'",
        ),
        (
            work("words", "[1]"),
            f"raised: TypeError: words of {MODULE} can't be called",
        ),
        (work("double", "[]"), "raised: ValueError: .* holds no item"),
        (work("double"), "raised: TypeError: double.* missing 1 required positional"),
        (
            work("burn", "['soup']"),
            rf"burn: raised: ValueError: soup is burnt \({MODULE}\.py:\d+, burn\)",
        ),
        (work("leave", "[1]"), "leave: crashed: exited with 3"),
        (
            work("anew", "[1]"),
            f"{MODULE}:anew returns something else each time.*add --any-answer",
        ),
    ],
)
def test_a_function_that_can_not_be_tried_says_why_in_a_line(call: Call, said: str) -> None:
    with pytest.raises(ConcError, match=said) as refused:
        looked(call)
    assert "\n" not in str(refused.value)


@pytest.mark.usefixtures("module")
def test_a_function_that_hangs_is_ended_at_its_limit() -> None:
    with pytest.raises(ConcError, match=r"hang: timed out: no answer within 1 s"):
        looked(work("hang", "[1]"), limit_s=1.0)


@pytest.mark.usefixtures("module")
def test_a_function_may_return_something_else_each_time_if_that_is_meant() -> None:
    assert looked(work("anew", "[1, 2]"), any_answer=True).found.items == 2


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize(
    ("call", "models"),
    [
        (work("double", "words"), {"sequential", "threads", "processes"}),
        (work("double", "[2]"), {"sequential", "threads", "processes"}),
        (work("double", "million"), {"sequential", "threads", "processes"}),
        (work("answer"), {"sequential", "threads", "processes"}),
        (work("wait_soon", "[0.001, 0.002]"), {"sequential", "asyncio"}),
    ],
    ids=["items", "one item", "a million items", "no item", "coroutines"],
)
def test_a_real_function_is_measured_under_every_model(
    real: World, folder: Path, call: Call, models: set[str]
) -> None:
    path, result = try_in(real, call, Terms(seconds=1.0), folder)
    assert path.parent == folder / "tries"
    assert store.load(path) == result
    measurement = only(result)
    assert (measurement.complete, measurement.failures) == (True, [])
    tried = {case.model for case in measurement.cases} - {FIRST_LOOK}
    assert models <= tried <= models | {"interpreters"}
    cores = real.setting("quick").cores
    due = {
        case.id
        for case in measurement.cases
        if case.model != FIRST_LOOK
        and case.parameters.get("pool") != "none"
        and (case.model != "processes" or case.workers <= cores)
    }
    assert timed_cases(measurement) >= due
    answers = {sample.answer for sample in measurement.samples if not sample.warmup}
    assert len(answers - {""}) == 1


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize(
    ("call", "is_seen"),
    [
        (work("block", "[0.02]"), lambda found: found.held > 0.9 and found.busy < 0.5),
        (work("wait_soon", "[0.02]"), lambda found: found.held < 0.5),
        (work("hold", "[20000]"), lambda found: found.gap_s >= 0.01 and found.busy < 0.5),
        (work("hold", "[300000]"), lambda found: found.gap_s >= 0.15),  # longer than it looks
        (work("keep", "[1, 2]"), lambda found: found.first > 5 and found.first_s > 0.001),
        (work("keep", "[1, 1, 1]"), lambda found: found.first > 5 and found.first_s > 0.001),
        (work("secret", "[1]"), lambda found: found.unpicklable.startswith("answer: ")),
        (work("double", "[1]"), lambda found: not found.unpicklable and not found.changes),
        (work("move", "[1]"), lambda found: found.changes == "the environment"),
        (work("picky", "[1, 0, 2]"), lambda found: found.raising == [1.0]),
    ],
)
def test_a_look_sees_the_nature_of_a_real_function(
    call: Call, is_seen: Callable[[Look], bool]
) -> None:
    found = looked(call, any_answer=True).found
    assert is_seen(found), found


@pytest.mark.usefixtures("module")
def test_answers_that_differ_are_no_failure_if_that_is_meant(real: World, folder: Path) -> None:
    terms = Terms(seconds=1.0, any_answer=True)
    measurement = only(try_in(real, work("anew", "[1]"), terms, folder)[1])
    assert measurement.failures == []
    assert len({sample.answer for sample in measurement.samples}) > 1


@pytest.mark.usefixtures("module")
def test_what_returns_something_to_await_without_saying_so_is_refused() -> None:
    with pytest.raises(ConcError, match="is to be awaited, but it is no coroutine function"):
        looked(work("later", "[0.001]"))


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize("items", ["[1]", "words"])
def test_a_package_that_can_not_be_imported_is_told_in_a_line(tmp_path: Path, items: str) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "__init__.py").write_text("1 / 0")
    with pytest.raises(ConcError, match=r"broken\.work:f: raised: ZeroDivisionError"):
        looked(Call("broken.work:f", items))


@pytest.mark.usefixtures("module")
def test_the_time_of_a_short_call_is_that_of_many() -> None:
    assert looked(work("double", "[2]")).found.seconds_each < 0.001


@pytest.mark.usefixtures("module")
def test_of_a_few_calls_no_item_is_taken_for_the_longest_of_all() -> None:
    found = looked(work("wait", str([0.3] * 24))).found
    assert (found.items, found.is_bound_by_one) == (24, False)
    assert found.largest == pytest.approx(1 / 24, rel=0.5)
