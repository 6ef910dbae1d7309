"""A session: what is measured at all, what is saved when, and what interruptions leave."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import msgspec
import pytest

from conc.errors import ConcError
from conc.experiments.experiment import Effort, Experiment, Service
from conc.measure import session
from conc.measure.stopping import NARROW_RUNS
from conc.measure.world import World
from conc.records import FORMAT, Capture, Case, Machine, Measurement, Result, Timing
from conc.results import samples, store
from tests.invented.results import invented_interpreter, invented_machine
from tests.measure.fakes import (
    FakeLauncher,
    RecordingProgress,
    failed,
    invented_experiment,
    pair,
    timing,
)

EFFORT = Effort(min_runs=2, max_runs=3, rounds_per_run=4, warmups=1, seconds=1000.0)
ONE = invented_experiment(*pair("b", "threads"), effort=EFFORT, name="one")
TWO = invented_experiment(*pair("c", "threads"), effort=EFFORT, name="two")


def measure(world: World, folder: Path, *chosen: Experiment, refresh: bool = False) -> Result:
    path, result = session.measure(chosen or (ONE,), "quick", folder, world, refresh=refresh)
    assert store.load(path) == result
    return result


def only(result: Result) -> Measurement:
    (measurement,) = result.measurements.values()
    return measurement


def saved(folder: Path) -> Result:
    (path,) = store.result_files(folder)
    return store.load(path)


def noisy(case: Case, count: int) -> Timing:
    """Invent times whose ratio stays uncertain."""
    return timing(1.0 + (count % 3) * (0.5 if case.against else 0.0))


def interrupted_in_run(number: int) -> Callable[[Case, int], Timing | BaseException]:
    """Interrupt in the second round of the given run; the times before are uncertain."""

    def answering(case: Case, count: int) -> Timing | BaseException:
        return KeyboardInterrupt() if count == number * 5 + 1 else noisy(case, count)

    return answering


def test_a_steady_ratio_ends_after_the_least_runs_that_may_be_narrow(
    world: World, folder: Path
) -> None:
    experiment = invented_experiment(*pair("b"), effort=replace(EFFORT, max_runs=99))
    measurement = only(measure(world, folder, experiment))
    assert measurement.complete
    assert {sample.run for sample in measurement.samples} == set(range(NARROW_RUNS))
    (end,) = measurement.ends
    assert (end.block, end.reason, end.rounds) == ("b", "narrow", 4 * NARROW_RUNS)


def test_an_uncertain_ratio_is_measured_until_its_most_runs(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    launcher.answering = noisy
    (end,) = only(measure(world, folder)).ends
    assert (end.reason, end.rounds) == ("rounds", 12)


def test_what_is_recorded_says_how_it_was_measured(world: World, folder: Path) -> None:
    measurement = only(measure(world, folder))
    assert (measurement.seed, measurement.profile, measurement.gil) == (7, "quick", True)
    assert measurement.cases == list(ONE.cases(world.setting("quick")))
    # Three runs of five rounds of two cases, a second each.
    assert measurement.seconds == pytest.approx(30.0)


def test_what_is_left_out_for_want_of_a_tool_is_recorded_without_a_path(
    world: World, folder: Path
) -> None:
    experiment = replace(ONE, left_out=lambda: ["no C: /home/me/cc can't\ncompile"])
    assert only(measure(world, folder, experiment)).left_out == ["no C: cc can't compile"]


def test_what_is_fresh_is_not_measured_again(
    world: World, launcher: FakeLauncher, folder: Path, progress: RecordingProgress
) -> None:
    first = measure(world, folder)
    launched = len(launcher.launched)
    assert measure(world, folder) == first
    assert len(launcher.launched) == launched
    assert progress.told[-1] == ("plan", {})


def test_refresh_measures_what_is_fresh(world: World, folder: Path) -> None:
    measure(world, folder)
    again = measure(replace(world, seed=lambda: 8), folder, refresh=True)
    assert only(again).seed == 8
    assert len(only(again).samples) == 30


def test_what_is_stale_is_measured_anew(world: World, folder: Path) -> None:
    measure(world, folder)
    changed = invented_experiment(*pair("b", "threads", "asyncio"), effort=EFFORT, name="one")
    assert len(only(measure(world, folder, changed)).cases) == 3


def test_other_measurements_stay_and_those_of_gone_experiments_go(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conc.experiments.registry.EXPERIMENTS", (ONE, TWO))
    both = measure(world, folder, ONE, TWO)
    assert set(both.measurements) == {"one", "two"}
    assert set(measure(world, folder, ONE, refresh=True).measurements) == {"one", "two"}
    monkeypatch.setattr("conc.experiments.registry.EXPERIMENTS", (ONE,))
    assert set(measure(world, folder, ONE, refresh=True).measurements) == {"one"}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_interruption_keeps_the_finished_runs_and_the_next_session_goes_on(
    world: World, launcher: FakeLauncher, folder: Path, number: int
) -> None:
    launcher.answering = interrupted_in_run(number)
    with pytest.raises(KeyboardInterrupt):
        measure(world, folder)
    assert launcher.alive == 0
    kept = only(saved(folder))
    assert not kept.complete
    assert {sample.run for sample in kept.samples} == set(range(number))

    launcher.answering = noisy
    whole = only(measure(replace(world, seed=lambda: 99), folder))
    assert whole.complete
    assert whole.seed == kept.seed
    assert whole.samples[: len(kept.samples)] == kept.samples
    assert {sample.run for sample in whole.samples} == {0, 1, 2}
    assert whole.seconds >= kept.seconds
    starts = [sample.started_s for sample in whole.samples]
    assert starts == sorted(starts)


def test_a_measurement_that_was_interrupted_on_another_kernel_is_set_aside_and_not_gone_on_with(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    launcher.answering = interrupted_in_run(1)
    with pytest.raises(KeyboardInterrupt):
        measure(world, folder)
    before = saved(folder)
    launcher.answering = noisy
    changed = replace(world, describe_machine=lambda: on_kernel("6.2.0"))
    after = measure(changed, folder)
    assert after.machine.kernel == "6.2.0"
    assert [s.started_s for s in only(after).samples[:1]] == [0.0]
    aside = [path for path in store.result_files(folder) if "-before-" in path.name]
    assert [store.load(path) for path in aside] == [before]


def test_figures_of_another_version_of_a_package_do_not_stand_beside_new_ones(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conc.experiments.registry.EXPERIMENTS", (ONE, TWO))
    measure(world, folder, ONE, TWO)
    other = msgspec.structs.replace(invented_interpreter(), packages={"numpy": "9.9"})
    after = measure(replace(world, describe_interpreter=lambda: other), folder, ONE)
    assert set(after.measurements) == {"one"}


def test_a_machine_that_changes_while_it_is_measured_ends_the_session_without_a_mixture(
    world: World, launcher: FakeLauncher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conc.experiments.registry.EXPERIMENTS", (ONE, TWO))
    begun_two = 30

    def kernel() -> Machine:
        return on_kernel("6.1.0" if sum(launcher.counts.values()) <= begun_two else "6.2.0")

    with pytest.raises(ConcError, match=r"kernel: 6\.1\.0, then 6\.2\.0"):
        measure(replace(world, describe_machine=kernel), folder, ONE, TWO)
    assert set(saved(folder).measurements) == {"one"}


def on_kernel(kernel: str) -> Machine:
    return msgspec.structs.replace(invented_machine(), kernel=kernel)


def test_a_calendar_that_jumps_changes_no_time(
    world: World, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = only(measure(world, folder))

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Jumping":
            del tz
            return cls(1970, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(session, "datetime", Jumping)
    monkeypatch.setattr(time, "time", lambda: -1e9)
    jumped = only(measure(world, tmp_path / "jumped"))
    assert jumped.started.startswith("1970-01-01")
    assert [s.wall_s for s in jumped.samples] == [s.wall_s for s in straight.samples]
    assert jumped.seconds == straight.seconds


def test_the_runs_that_follow_are_those_that_would_have_followed(
    world: World, launcher: FakeLauncher, folder: Path, tmp_path: Path
) -> None:
    launcher.answering = interrupted_in_run(1)
    with pytest.raises(KeyboardInterrupt):
        measure(world, folder)
    launcher.answering = noisy
    resumed = only(measure(world, folder))
    launcher.counts.clear()
    straight = only(measure(world, tmp_path / "straight"))
    assert [(s.run, s.round, s.case) for s in resumed.samples] == [
        (s.run, s.round, s.case) for s in straight.samples
    ]


def test_a_case_that_fails_twice_is_given_up(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    experiment = invented_experiment(*pair("b", "threads", "asyncio"), effort=EFFORT)
    launcher.answering = lambda case, count: (
        failed("crashed", lost=True) if case.model == "asyncio" else noisy(case, count)
    )
    measurement = only(measure(world, folder, experiment))
    assert [(failure.run, failure.kind) for failure in measurement.failures] == [
        (0, "crashed"),
        (1, "crashed"),
    ]
    assert measurement.complete
    assert launcher.launched[-2:] == [("sequential",), ("threads",)]


def test_an_experiment_in_which_all_fails_ends(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    launcher.answering = lambda _case, _count: failed()
    measurement = only(measure(world, folder))
    assert [end.reason for end in measurement.ends] == ["failed"]
    assert len(measurement.failures) == 4
    assert measurement.complete


def test_a_wrong_answer_is_found_and_ends_the_case(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    launcher.answering = lambda case, _count: timing(
        answer="other" if case.model == "threads" else "same"
    )
    measurement = only(measure(world, folder))
    (failure,) = measurement.failures
    assert (failure.case, failure.kind) == ("b threads ×1", "wrong answer")
    assert {sample.run for sample in measurement.samples if "threads" in sample.case} == {0}


def test_blocks_take_turns_so_that_none_is_starved(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    # A run of a block takes 11.9 to 13.1 s: there is time for five.
    effort = replace(EFFORT, seconds=65.0, max_runs=99)
    experiment = invented_experiment(*pair("b"), *pair("c"), effort=effort)
    launcher.answering = noisy
    measurement = only(measure(world, folder, experiment))
    runs = dict.fromkeys((sample.case[0], sample.run) for sample in measurement.samples)
    assert list(runs) == [("b", 0), ("c", 0), ("b", 1), ("c", 1), ("b", 2)]
    assert [end.reason for end in measurement.ends] == ["time", "time"]


def test_each_experiment_has_its_own_time(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    launcher.answering = lambda case, count: timing(
        noisy(case, count).wall_s * (100.0 if case.workload == "b" else 1.0)
    )
    result = measure(world, folder, ONE, TWO)
    assert [end.reason for end in result.measurements["one"].ends] == ["time"]
    assert [end.reason for end in result.measurements["two"].ends] == ["rounds"]


@pytest.mark.parametrize(("wall_s", "runs"), [(1.0, 10), (1.5, 8), (2.9, 5)])
def test_what_a_fixed_experiment_overran_is_made_good_by_one_that_can_end_sooner(
    world: World, launcher: FakeLauncher, folder: Path, wall_s: float, runs: int
) -> None:
    """Its 24 executions of a second take more in a slow hour; a run of the other takes 8 s."""
    fixed = replace(EFFORT, min_runs=3, warmups=0, least_rounds=4, seconds=24.0)
    first = invented_experiment(*pair("b", "threads"), effort=fixed, name="first")
    flexible = replace(EFFORT, max_runs=99, warmups=0, seconds=83.0)
    then = invented_experiment(*pair("c", "threads"), effort=flexible, name="then")
    launcher.answering = lambda case, count: timing(
        wall_s if case.block == "b" else noisy(case, count).wall_s * 0.8
    )
    result = measure(world, folder, first, then)
    assert [end.rounds for end in result.measurements["first"].ends] == [12]
    assert samples.by_run(result.measurements["then"].samples).keys() == set(range(runs))


def test_a_fixed_experiment_keeps_its_rounds_in_a_slow_hour(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    launcher.answering = lambda case, _: timing(9.0 if case.block == "b" else 1.0)
    fixed = replace(EFFORT, min_runs=3, warmups=0, least_rounds=4, seconds=24.0)
    one, two = (invented_experiment(*pair(block), effort=fixed, name=block) for block in ("b", "c"))
    assert [end.rounds for end in measure(world, folder, one, two).measurements["c"].ends] == [12]


def test_slow_rounds_are_fewer_so_that_the_least_runs_fit_the_time(
    world: World, folder: Path
) -> None:
    effort = replace(EFFORT, rounds_per_run=50, seconds=40.0)
    experiment = invented_experiment(*pair("b"), effort=effort)
    measurement = only(measure(world, folder, experiment))
    assert {sample.run for sample in measurement.samples} == {0, 1}
    assert measurement.seconds == pytest.approx(40.0, abs=4.0)


def test_memory_is_read_once_for_each_case_that_asks(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    asking, other = pair("b")
    asking = msgspec.structs.replace(asking, memory=True)
    measurement = only(measure(world, folder, invented_experiment(asking, other, effort=EFFORT)))
    assert [(memory.case, memory.pss) for memory in measurement.memory] == [(asking.id, 2)]
    assert launcher.launched[0] == ("sequential",)
    assert launcher.runs[0] == "fresh", "a forked process shares memory with its origin"
    assert launcher.runs[1] == "shared"
    assert launcher.alive == 0


def test_memory_that_was_read_is_not_read_again(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    asking, other = pair("b")
    asking = msgspec.structs.replace(asking, memory=True)
    experiment = invented_experiment(asking, other, effort=EFFORT)
    launcher.answering = interrupted_in_run(0)
    with pytest.raises(KeyboardInterrupt):
        measure(world, folder, experiment)
    launcher.answering = lambda _case, _count: timing()
    assert len(only(measure(world, folder, experiment)).memory) == 1


def test_a_block_ends_when_its_decisive_cases_are_narrow(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    baseline, threads, processes = pair("b", "threads", "processes")
    wild = msgspec.structs.replace(processes, decisive=False)
    launcher.answering = lambda case, count: timing(
        (1.0 + 9.0 * (count % 2)) if case.model == "processes" else 1.0
    )
    effort = replace(EFFORT, min_runs=4, max_runs=9, seconds=999.0)
    experiment = invented_experiment(baseline, threads, wild, effort=effort)
    (end,) = only(measure(world, folder, experiment)).ends
    assert end.reason == "narrow"


def test_a_run_of_the_decisive_cases_alone_is_not_expected_to_last_as_long_as_one_of_all(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    baseline, threads, processes = pair("b", "threads", "processes")
    long = msgspec.structs.replace(processes, decisive=False)
    launcher.answering = lambda case, _count: timing(10.0 if case.model == "processes" else 1.0)
    effort = Effort(4, 9, rounds_per_run=1, seconds=55.0, half_width=0.0, runs_of_all=4)
    experiment = invented_experiment(baseline, threads, long, effort=effort)
    measurement = only(measure(world, folder, experiment))
    assert len(samples.timed(measurement, long.id)) == 4
    assert len(samples.timed(measurement, threads.id)) == 7
    assert measurement.ends[0].reason == "time"


def test_an_old_file_is_gone_on_with_in_the_format_of_today(world: World, folder: Path) -> None:
    experiment = invented_experiment(*pair("b"), effort=EFFORT)
    path, result = session.measure([experiment], "smoke", folder, world)
    path.write_bytes(store.encode(msgspec.structs.replace(result, format=1)))
    session.measure([experiment], "smoke", folder, world, refresh=True)
    assert store.load(path).format == FORMAT


def test_the_wait_for_quiet_is_bounded_for_the_whole_session(world: World, folder: Path) -> None:
    limits: list[float] = []

    def wait(limit_s: float) -> float:
        limits.append(limit_s)
        return 2.0

    result = measure(replace(world, wait_for_quiet=wait), folder, ONE, TWO)
    assert limits == [3.0, 1.0]
    assert result.measurements["one"].waited_s == 2.0


def test_progress_is_told_what_happens(
    world: World, folder: Path, progress: RecordingProgress
) -> None:
    measure(world, folder)
    assert progress.told[:3] == [
        ("plan", {"one": 1000.0}),
        ("started", "one"),
        ("waiting", 3.0),
    ]
    assert progress.told[-2:] == [
        ("interval", "b", pytest.approx(0.0, abs=1e-4)),
        ("finished", "one"),
    ]
    rounds = [told for told in progress.told if told[0] == "round"]
    assert rounds == [("round", "b", run, round_) for run in range(3) for round_ in range(5)]


def test_a_folder_that_can_not_be_written_is_found_before_measuring(
    world: World, launcher: FakeLauncher, tmp_path: Path
) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    with pytest.raises(ConcError, match="can't be written"):
        measure(world, blocked)
    assert launcher.launched == []


def test_a_full_disk_ends_the_session_and_leaves_the_last_good_file(
    world: World, launcher: FakeLauncher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launcher.answering = noisy
    written: list[bytes] = []
    write = store._replace

    def until_full(path: Path, content: bytes) -> None:
        if len(written) == 2:
            raise OSError(28, "No space left on device")
        written.append(content)
        write(path, content)

    monkeypatch.setattr(store, "_replace", until_full)
    with pytest.raises(ConcError, match="No space left on device"):
        measure(world, folder)
    assert {sample.run for sample in only(saved(folder)).samples} == {0}
    assert launcher.alive == 0


def test_a_damaged_file_is_not_overwritten(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    measure(world, folder)
    (path,) = store.result_files(folder)
    path.write_bytes(path.read_bytes()[:100])
    launched = len(launcher.launched)
    with pytest.raises(ConcError, match=path.name):
        measure(world, folder, refresh=True)
    assert len(path.read_bytes()) == 100
    assert len(launcher.launched) == launched


def test_two_sessions_do_not_measure_at_once(world: World, folder: Path) -> None:
    with store.measuring_lock(folder), pytest.raises(ConcError, match="another measurement"):
        measure(world, folder)


@dataclass
class FakeService:
    """A service that can die."""

    address: Service = field(default_factory=lambda: Service("http://127.0.0.1:1"))
    up: bool = True

    def alive(self) -> bool:
        """Tell what the test has decided."""
        return self.up


def with_service(world: World, started: list[FakeService]) -> World:
    @contextmanager
    def service() -> Iterator[FakeService]:
        started.append(FakeService())
        yield started[-1]

    return replace(world, service=service)


NEEDY = invented_experiment(*pair("b"), effort=EFFORT, name="needy", needs_service=True)


def test_a_service_that_dies_is_started_again_and_no_case_is_blamed(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    started: list[FakeService] = []

    def answering(case: Case, count: int) -> Timing | BaseException:
        if count >= 5 and len(started) == 1:
            started[0].up = False
            return failed()
        return noisy(case, count)

    launcher.answering = answering
    measurement = only(measure(with_service(world, started), folder, NEEDY))
    assert len(started) == 2
    assert measurement.complete
    assert {failure.kind for failure in measurement.failures} == {"service"}
    assert {sample.run for sample in measurement.samples} == {0, 1, 2}


def test_a_service_that_keeps_dying_leaves_the_experiment_incomplete(
    world: World, launcher: FakeLauncher, folder: Path
) -> None:
    started: list[FakeService] = []

    def answering(case: Case, count: int) -> Timing | BaseException:
        if case.workload == "b":
            started[-1].up = False
            return failed()
        return noisy(case, count)

    launcher.answering = answering
    result = measure(with_service(world, started), folder, NEEDY, TWO)
    assert not result.measurements["needy"].complete
    assert result.measurements["two"].complete
    launcher.answering = noisy
    healthy = measure(with_service(world, started), folder, NEEDY, TWO)
    assert healthy.measurements["needy"].complete


def test_a_service_that_does_not_start_is_a_failure_of_the_service(
    world: World, folder: Path
) -> None:
    def service() -> AbstractContextManager[FakeService]:
        raise ConcError("the port is taken")

    measurement = only(measure(replace(world, service=service), folder, NEEDY))
    assert not measurement.complete
    assert {(failure.kind, failure.detail) for failure in measurement.failures} == {
        ("service", "the port is taken")
    }


CAPTURED = replace(invented_experiment(effort=EFFORT, name="captured"), captured=True)
CAPTURE = Capture(program="threads", tool="htop", view="htop as installed", missing="invented")


def test_what_other_programs_show_is_captured_once_and_kept(world: World, folder: Path) -> None:
    captured: list[int] = []

    def capture() -> list[Capture]:
        captured.append(1)
        return [CAPTURE]

    capturing = replace(world, capture=capture)
    for _ in range(2):
        assert only(measure(capturing, folder, CAPTURED)).captures == [CAPTURE]
    assert len(captured) == 1


def test_a_capture_of_tools_that_have_changed_is_stale(world: World, folder: Path) -> None:
    changed = replace(world, captured_now=lambda _captures: False)
    measure(replace(changed, capture=list), folder, CAPTURED)
    again = measure(replace(changed, capture=lambda: [CAPTURE]), folder, CAPTURED)
    assert only(again).captures == [CAPTURE]
