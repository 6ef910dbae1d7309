"""Trying a function: a look at what it is, how often it is called, where the result lies."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from conc.errors import ConcError
from conc.experiments.tries import (
    COROUTINE,
    FIRST_LOOK,
    ITEMS,
    NAME,
    SECONDS_EACH,
    Call,
    Terms,
)
from conc.measure import tries
from conc.measure.launcher import ProcessLauncher
from conc.measure.tries import Seen, calls, look, try_in
from conc.measure.world import World
from conc.records import Case, Measurement, Result, Timing
from conc.results import store
from tests.invented import invented_result
from tests.measure.fakes import FakeClock, FakeLauncher, RecordingProgress, failed, timing

MODULE = "work_of_a_test"
SOURCE = """
import asyncio, itertools, os, time

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


def answer():
    return 42


def burn(what):
    raise ValueError(f"{what} is burnt")


def hang(_item):
    time.sleep(600)


def anew(_item):
    return next(count)


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
    terms = Terms(at_once, sample_limit_s=limit_s, any_answer=any_answer)
    return look(call, terms, ProcessLauncher())


def only(result: Result) -> Measurement:
    (measurement,) = result.measurements.values()
    return measurement


def timed_cases(measurement: Measurement) -> set[str]:
    """Return the cases that gave a figure."""
    return {sample.case for sample in measurement.samples if not sample.warmup}


def told(
    wall_s: float = 0.3,
    cpu_s: float | None = 0.3,
    *,
    answer: str = "same",
    items: int = 3,
    coroutine: bool = False,
) -> Timing:
    """Invent what a look gives."""
    values: dict[str, float] = {
        ITEMS: float(items),
        COROUTINE: float(coroutine),
        SECONDS_EACH: wall_s / items,
    }
    return Timing(wall_s=wall_s, cpu_s=cpu_s, answer=answer, values=dict(values))


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
        self.launcher.answering = looking(first)
        return try_in(self.world, EXAMPLE, terms, self.folder)[1]


@pytest.fixture
def fake(world: World, launcher: FakeLauncher, folder: Path) -> Faked:
    return Faked(world, launcher, folder)


def case_of(result: Result, model: str) -> Case:
    """Return the first case of a model."""
    return next(case for case in only(result).cases if case.model == model)


@pytest.mark.parametrize("items", [1, 3, 7, 1000])
@pytest.mark.parametrize("seconds_each", [1e-8, 1e-4, 0.003, 0.03])
@pytest.mark.parametrize("at_least", [2, 8, 32])
def test_calls_are_as_many_whole_passes_as_are_needed_and_no_more(
    items: int, seconds_each: float, at_least: int
) -> None:
    def is_enough(calls: int, least_s: float) -> bool:
        long_enough = calls * seconds_each >= least_s or calls >= tries.MOST_CALLS
        return calls >= at_least and long_enough

    made = calls(items, seconds_each, at_least)
    assert made % items == 0
    assert is_enough(made, 0.999 * tries.SHORTEST_SAMPLE_S)
    assert made == items or not is_enough(made - items, 1.001 * tries.SHORTEST_SAMPLE_S)


@pytest.mark.parametrize(
    ("items", "seconds_each", "at_least", "made"),
    [
        (3, 0.01, 10, 12),
        (3, 0.01, 12, 12),
        (1, 0.001, 1, 50),
        (1, 0.1, 1, 2),
        (1, 0.5, 32, 4),
        (4, 1.0, 32, 4),
        (2, 100.0, 8, 2),
        (1000, 0.001, 8, 1000),
    ],
)
def test_what_takes_long_is_not_called_more_often_than_it_must_be(
    items: int, seconds_each: float, at_least: int, made: int
) -> None:
    assert calls(items, seconds_each, at_least) == made


def test_calls_that_are_asked_for_have_a_bound() -> None:
    assert calls(1, 1e-5, 10**9) == tries.MOST_CALLS


def test_one_long_call_can_not_be_shared_out() -> None:
    with pytest.raises(ConcError, match=r"a call takes 3\.0 s.*give two items or more"):
        calls(1, 3.0, 32)


@pytest.mark.parametrize(
    ("cpu_s", "waits"), [(0.3, False), (0.16, False), (0.14, True), (0.0, True), (None, False)]
)
def test_a_function_waits_where_a_cpu_works_less_than_half_of_its_time(
    launcher: FakeLauncher, cpu_s: float | None, *, waits: bool
) -> None:
    launcher.answering = looking(told(0.3, cpu_s))
    assert look(EXAMPLE, Terms(), launcher).waits is waits


def test_the_second_pass_over_the_items_is_the_one_that_counts(launcher: FakeLauncher) -> None:
    launcher.answering = looking(told(9.0, 0.0), told(0.3, 0.3))
    seen = look(EXAMPLE, Terms(), launcher)
    assert (seen.kind, seen.items, seen.waits) == ("function", 3, False)
    assert seen.seconds_each == pytest.approx(0.1)
    assert launcher.timed == [FIRST_LOOK, FIRST_LOOK]
    assert launcher.alive == 0


def test_a_look_leaves_no_process_whatever_comes_of_it(launcher: FakeLauncher) -> None:
    launcher.answering = lambda _case, _count: failed("crashed", lost=True)
    with pytest.raises(ConcError, match="invented: crashed"):
        look(EXAMPLE, Terms(), launcher)
    launcher.starts = {FIRST_LOOK: failed("timed out", lost=True)}
    with pytest.raises(ConcError, match="invented: timed out"):
        look(EXAMPLE, Terms(), launcher)
    assert (len(launcher.launched), launcher.alive) == (2, 0)


def test_another_answer_each_time_is_refused_unless_it_is_meant(launcher: FakeLauncher) -> None:
    launcher.answering = looking(told(answer="one"), told(answer="other"))
    with pytest.raises(ConcError, match=r"something else each time.*--any-answer"):
        look(EXAMPLE, Terms(), launcher)
    launcher.counts.clear()
    assert look(EXAMPLE, Terms(any_answer=True), launcher).items == 3


@pytest.mark.parametrize(
    ("wall_s", "cpu_s", "at_once", "made"),
    [
        (0.3, 0.3, 32, 9),
        (0.3, 0.3, 1, 9),
        (0.3, 0.0, 1, 3),
        (0.3, 0.0, 10, 12),
        (0.003, 0.003, 32, 51),
        (30.0, 30.0, 32, 3),
    ],
)
def test_what_computes_is_called_for_every_core_and_what_waits_as_often_as_can_wait(
    fake: Faked, wall_s: float, cpu_s: float, at_once: int, made: int
) -> None:
    result = fake.tried(told(wall_s, cpu_s), Terms(at_once=at_once))
    assert {case.items for case in only(result).cases} == {made}


@pytest.mark.parametrize(
    ("coroutine", "models"),
    [(False, {"sequential", "threads", "processes"}), (True, {"sequential", "asyncio"})],
)
def test_the_look_decides_which_models_are_tried(
    fake: Faked, models: set[str], *, coroutine: bool
) -> None:
    measurement = only(fake.tried(told(coroutine=coroutine)))
    assert {case.model for case in measurement.cases} == models
    assert {case.answers for case in measurement.cases} == {EXAMPLE.function}


def test_no_more_wait_at_once_than_the_terms_allow(fake: Faked) -> None:
    result = fake.tried(told(0.3, 0.0, coroutine=True), Terms(at_once=5))
    assert case_of(result, "asyncio").workers == 5


def test_a_try_lasts_about_as_long_as_its_terms_say(
    fake: Faked, progress: RecordingProgress
) -> None:
    measurement = only(fake.tried(told(), Terms(seconds=100.0)))
    assert progress.told[0] == ("plan", {NAME: 100.0})
    assert measurement.complete
    assert measurement.seconds <= 110.0


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
    assert (seen.kind, seen.items, seen.waits) == ("function", 2, True)
    assert seen.seconds_each >= 0.02
    seen = looked(work("wait_soon", "[0.03, 0.02, 0.01]"))
    assert (seen.kind, seen.items, seen.waits) == ("coroutine function", 3, True)
    assert (looked(work("double", "words")).items, looked(work("answer")).items) == (3, 1)


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
    assert looked(work("anew", "[1, 2]"), any_answer=True).items == 2


@pytest.mark.usefixtures("module")
@pytest.mark.parametrize(
    ("call", "models"),
    [
        (work("double", "words"), {"sequential", "threads", "processes"}),
        (work("answer"), {"sequential", "threads", "processes"}),
        (work("wait_soon", "[0.001, 0.002]"), {"sequential", "asyncio"}),
    ],
    ids=["items", "no item", "coroutines"],
)
def test_a_real_function_is_measured_under_every_model(
    real: World, folder: Path, call: Call, models: set[str]
) -> None:
    path, result = try_in(real, call, Terms(seconds=1.0), folder)
    assert path.parent == folder / "tries"
    assert store.load(path) == result
    measurement = only(result)
    assert (measurement.complete, measurement.failures) == (True, [])
    assert models <= {case.model for case in measurement.cases} <= models | {"interpreters"}
    assert timed_cases(measurement) == {case.id for case in measurement.cases}
    assert len({sample.answer for sample in measurement.samples} - {""}) == 1
    read = {memory.case for memory in measurement.memory}
    assert read == {case.id for case in measurement.cases if case.memory}


@pytest.mark.usefixtures("module")
def test_what_a_process_can_not_send_back_fails_there_and_is_measured_elsewhere(
    real: World, folder: Path
) -> None:
    terms = Terms(seconds=1.0, any_answer=True)
    measurement = only(try_in(real, work("secret", "[1, 2]"), terms, folder)[1])
    sound = {"sequential", "threads"}
    failing = {case.id for case in measurement.cases if case.model not in sound}
    assert {failure.case for failure in measurement.failures} == failing
    assert {failure.kind for failure in measurement.failures} == {"raised"}
    assert timed_cases(measurement) == {case.id for case in measurement.cases} - failing


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
    assert looked(work("double", "[2]")).seconds_each < 0.001


@pytest.mark.parametrize(("wall_s", "read"), [(0.03, True), (30.0, False)])
def test_memory_is_read_where_that_leaves_time_to_measure(
    fake: Faked, wall_s: float, *, read: bool
) -> None:
    cases = only(fake.tried(told(wall_s, wall_s))).cases
    assert any(case.memory for case in cases) is read
