"""One run of a block: fresh workers, shuffled rounds, and what becomes of a case that fails."""

import random

import pytest
from msgspec.structs import replace

from conc.experiments.experiment import Effort, Service
from conc.measure.rounds import Rounds, Run, by_host
from conc.models import stand_in
from conc.records import Case
from tests.measure.fakes import (
    FakeClock,
    FakeLauncher,
    RecordingProgress,
    failed,
    invented_experiment,
    pair,
    timing,
)

FOREVER_S = 1e9
EFFORT = Effort(min_runs=3, max_runs=5, rounds_per_run=4, warmups=2, seconds=100.0)
CASES = pair("b", "threads", "processes", "asyncio")


def run(  # noqa: PLR0913 - what a test does not name is of no matter to it
    launcher: FakeLauncher,
    cases: tuple[Case, ...] = CASES,
    *,
    number: int = 0,
    seed: int = 7,
    until_s: float = FOREVER_S,
    effort: Effort = EFFORT,
    progress: RecordingProgress | None = None,
) -> Run:
    rounds = Rounds(
        experiment=invented_experiment(*cases, effort=effort),
        effort=effort,
        seed=seed,
        launcher=launcher,
        service=Service(),
        cores=2,
        clock=launcher.clock,
        progress=progress or RecordingProgress(),
    )
    return rounds.run("b", cases, number, until_s)


def test_every_case_is_timed_once_in_every_round(launcher: FakeLauncher) -> None:
    samples = run(launcher).samples
    assert len(samples) == 6 * 4
    for round_ in range(6):
        of_round = [sample for sample in samples if sample.round == round_]
        assert {sample.case for sample in of_round} == {case.id for case in CASES}
        assert [sample.position for sample in of_round] == [0, 1, 2, 3]


def test_the_first_rounds_are_kept_as_warmups(launcher: FakeLauncher) -> None:
    warm = {sample.round: sample.warmup for sample in run(launcher).samples}
    assert warm == {0: True, 1: True, 2: False, 3: False, 4: False, 5: False}


def test_the_order_follows_from_seed_block_and_run_alone(clock: FakeClock) -> None:
    def order(number: int, seed: int = 7) -> list[str]:
        launcher = FakeLauncher(clock, lambda _case, _count: timing())
        run(launcher, number=number, seed=seed)
        return launcher.timed

    expected = random.Random("7 b 1")
    models = [case.model for case in CASES]
    assert order(1) == [model for _ in range(6) for model in expected.sample(models, 4)]
    assert order(1) == order(1)
    assert order(1) != order(2)
    assert order(1) != order(1, seed=8)


def test_the_order_of_the_others_is_the_same_when_a_case_fails(clock: FakeClock) -> None:
    sound = FakeLauncher(clock, lambda _case, _count: timing())
    faulty = FakeLauncher(
        clock, lambda case, _count: failed() if case.model == "threads" else timing()
    )
    run(sound)
    run(faulty)
    without = [model for model in sound.timed if model != "threads"]
    assert [model for model in faulty.timed if model != "threads"] == without


def test_samples_carry_what_the_worker_said_and_when_it_was_asked(launcher: FakeLauncher) -> None:
    launcher.clock.now_s = 5.0
    launcher.answering = lambda _case, count: timing(0.5 + count, answer="a")
    first, second, *_ = run(launcher).samples
    assert (first.wall_s, first.answer, first.started_s) == (0.5, "a", 5.0)
    assert second.started_s == 5.5


def test_a_case_that_raises_has_no_further_sample_in_the_run(launcher: FakeLauncher) -> None:
    launcher.answering = lambda case, count: (
        failed() if case.model == "threads" and count == 3 else timing()
    )
    done = run(launcher)
    threads = [sample.round for sample in done.samples if "threads" in sample.case]
    assert threads == [0, 1, 2]
    assert len(done.samples) == 3 + 3 * 6
    (failure,) = done.failures
    assert (failure.case, failure.kind, failure.run) == ("b threads ×1", "raised", 0)


def test_a_lost_worker_ends_its_other_cases_without_blame(launcher: FakeLauncher) -> None:
    shared = tuple(
        Case(workload="b", model=model, host="together") for model in ("threads", "processes")
    )
    alone = Case(workload="b", model="asyncio")
    launcher.answering = lambda case, count: (
        failed("crashed", lost=True) if case.model == "threads" and count == 1 else timing()
    )
    done = run(launcher, (*shared, alone))
    assert [failure.case for failure in done.failures] == ["b threads ×1"]
    assert sum("asyncio" in sample.case for sample in done.samples) == 6
    assert sum("processes" in sample.case for sample in done.samples) in {1, 2}


def test_a_worker_that_does_not_begin_fails_all_its_cases(launcher: FakeLauncher) -> None:
    shared = tuple(
        Case(workload="b", model=model, host="together") for model in ("threads", "processes")
    )
    launcher.starts["threads"] = failed("crashed", lost=True)
    done = run(launcher, (*shared, Case(workload="b", model="asyncio")))
    assert {failure.case for failure in done.failures} == {"b threads ×1", "b processes ×1"}
    assert {sample.case for sample in done.samples} == {"b asyncio ×1"}


def test_rounds_end_when_nothing_is_left_to_time(launcher: FakeLauncher) -> None:
    launcher.answering = lambda _case, _count: failed()
    progress = RecordingProgress()
    done = run(launcher, progress=progress)
    assert (len(done.failures), done.samples) == (4, [])
    assert progress.told == [("round", "b", 0, 0)]


def test_no_round_begins_when_time_is_up_but_one_is_timed(launcher: FakeLauncher) -> None:
    late = run(launcher, until_s=launcher.clock.now_s)
    assert {s.round for s in late.samples if not s.warmup} == {2}
    # A round takes 4 s: the fourth begins at 12 s, the fifth would at 16 s.
    bounded = run(launcher, until_s=launcher.clock.now_s + 15.0)
    assert {sample.round for sample in bounded.samples} == {0, 1, 2, 3}


def test_the_least_rounds_are_timed_however_late_it_is(launcher: FakeLauncher) -> None:
    effort = Effort(min_runs=1, max_runs=1, rounds_per_run=8, seconds=1.0, least_rounds=3)
    late = run(launcher, until_s=launcher.clock.now_s, effort=effort)
    assert {sample.round for sample in late.samples} == {0, 1, 2}


def test_cases_of_a_host_share_a_worker_and_others_have_their_own() -> None:
    a, b, c = (
        Case(workload="w", model=stand_in(m), host=h)
        for m, h in (("a", "x"), ("b", ""), ("c", "x"))
    )
    assert list(by_host((a, b, c))) == [(a, c), (b,)]


def test_all_workers_are_ready_before_the_first_round_and_end_after(
    launcher: FakeLauncher,
) -> None:
    run(launcher)
    assert len(launcher.launched) == 4
    assert launcher.events[-4:] == ["dismiss"] * 4
    assert launcher.alive == 0


def test_as_many_workers_start_at_a_time_as_there_are_cores(launcher: FakeLauncher) -> None:
    run(launcher)
    starting = most = 0
    for event in launcher.events:
        starting += {"launch": 1, "ready": -1}.get(event, 0)
        most = max(most, starting)
    assert most == 2


@pytest.mark.parametrize("interruption", [KeyboardInterrupt(), SystemExit(143)])
def test_an_interruption_ends_all_workers(
    launcher: FakeLauncher, interruption: BaseException
) -> None:
    launcher.answering = lambda _case, count: interruption if count == 2 else timing()
    with pytest.raises(type(interruption)):
        run(launcher)
    assert launcher.alive == 0


def test_a_run_knows_whether_any_worker_runs_with_the_gil(launcher: FakeLauncher) -> None:
    assert run(launcher).gil
    launcher.gil = False
    assert not run(launcher).gil


def test_cases_that_are_not_decisive_are_timed_in_the_first_round_alone(
    launcher: FakeLauncher,
) -> None:
    cases = tuple(replace(case, decisive=case.model != "asyncio") for case in CASES)
    samples = run(launcher, cases).samples
    assert [sample.round for sample in samples if "asyncio" in sample.case] == [0, 1, 2]
    assert [sample.round for sample in samples if "threads" in sample.case] == list(range(6))
    assert [sample.position for sample in samples if sample.round == 3] == [0, 1, 2]


def test_after_the_runs_of_all_no_worker_starts_for_what_is_not_decisive(
    launcher: FakeLauncher,
) -> None:
    cases = tuple(replace(case, decisive=case.model != "asyncio") for case in CASES)
    effort = Effort(min_runs=3, max_runs=5, rounds_per_run=4, seconds=100.0, runs_of_all=2)
    assert any("asyncio" in sample.case for sample in run(launcher, cases, effort=effort).samples)
    launcher.launched.clear()
    samples = run(launcher, cases, number=2, effort=effort).samples
    assert len(samples) == 3 * 4
    assert sorted(launcher.launched) == [("processes",), ("sequential",), ("threads",)]


def test_only_cases_that_need_it_are_warmed(launcher: FakeLauncher) -> None:
    cases = tuple(replace(case, warmed=case.model == "asyncio") for case in CASES)
    warm = [sample.case for sample in run(launcher, cases).samples if sample.warmup]
    assert warm == ["b asyncio ×1"] * 2


def test_a_run_starts_its_workers_from_one_origin(launcher: FakeLauncher) -> None:
    run(launcher)
    assert launcher.runs == ["shared"]
