"""When a block has been measured enough, and what is given up."""

import math
from dataclasses import replace
from statistics import fmean, median

import pytest

from conc.claims import simulate
from conc.claims.simulate import LOGNORMAL, SPIKED, TWO_STATE, Noise, Plan, Truth
from conc.experiments.experiment import Effort
from conc.measure import stopping
from conc.records import BlockEnd, Case, Failure, FailureKind, Measurement, Sample
from conc.results import samples, statistics
from tests.invented.stopped import until_narrow
from tests.measure.fakes import pair

EFFORT = Effort(min_runs=2, max_runs=4, rounds_per_run=3, warmups=1, seconds=100.0, half_width=0.05)
CASES = pair("b", "threads")
BASELINE, THREADS = CASES


def sample(  # noqa: PLR0913 - what a test does not name is of no matter to it
    case: Case,
    run: int,
    round_: int,
    wall_s: float = 1.0,
    answer: str = "same",
    *,
    warmup: bool = False,
) -> Sample:
    return Sample(
        case=case.id,
        run=run,
        round=round_,
        position=0,
        warmup=warmup,
        started_s=0.0,
        wall_s=wall_s,
        answer=answer,
    )


def measured(
    runs: int, *failures: Failure, cases: tuple[Case, ...] = CASES, spread: float = 0.0
) -> Measurement:
    """Invent runs of three rounds in which threads are twice as fast.

    By the share ``spread`` they are faster and slower from run to run.
    """

    def wall_s(case: Case, run: int) -> float:
        return 0.5 * (1 + spread * (-1) ** run) if case.against else 1.0

    return Measurement(
        experiment="invented",
        key="",
        profile="quick",
        seed=7,
        started="",
        seconds=0.0,
        cases=list(cases),
        samples=[
            sample(case, run, round_, wall_s(case, run), warmup=round_ == 0)
            for run in range(runs)
            for round_ in range(4)
            for case in cases
        ],
        failures=list(failures),
    )


def failure(case: Case, run: int, kind: FailureKind = "raised") -> Failure:
    return Failure(case=case.id, run=run, kind=kind, detail="")


def end(
    measurement: Measurement, *, width: float | None = 0.2, next_run_ends_s: float = 10.0
) -> BlockEnd | None:
    return stopping.end_of(CASES, measurement, EFFORT, width=width, next_run_ends_s=next_run_ends_s)


def test_a_case_is_given_up_after_two_failures() -> None:
    once, twice = failure(THREADS, 0), failure(THREADS, 1, "timed out")
    assert stopping.given_up([once]) == frozenset()
    assert stopping.given_up([once, twice]) == {THREADS.id}


def test_a_wrong_answer_is_final() -> None:
    assert stopping.given_up([failure(THREADS, 0, "wrong answer")]) == {THREADS.id}


def test_a_failing_service_is_no_fault_of_a_case() -> None:
    assert stopping.given_up([failure(THREADS, run, "service") for run in range(5)]) == frozenset()


def test_the_baseline_says_which_answer_is_right() -> None:
    taken = [sample(THREADS, 0, 0, answer="other"), sample(BASELINE, 0, 0, answer="right")]
    assert [case for case, _ in stopping.wrong_answers((THREADS, BASELINE), taken)] == [THREADS]


def test_without_the_baseline_the_first_case_says_it() -> None:
    _, threads, processes = pair("b", "threads", "processes")
    taken = [sample(threads, 0, 0, answer="a"), sample(processes, 0, 0, answer="b")]
    found = stopping.wrong_answers((threads, processes), taken)
    assert [case for case, _ in found] == [processes]


def test_an_answer_that_changes_is_wrong_in_a_warm_up_too() -> None:
    taken = [sample(BASELINE, 0, 0, answer="a", warmup=True), sample(BASELINE, 0, 1, answer="b")]
    ((case, detail),) = stopping.wrong_answers(CASES, taken)
    assert case == BASELINE
    assert "differ" in detail


def test_cases_of_different_groups_may_answer_differently() -> None:
    one, other = (Case(workload=name, model="threads", answers=name) for name in "ab")
    silent = Case(workload="c", model="threads")
    taken = [sample(one, 0, 0, answer="1"), sample(other, 0, 0, answer="2")]
    taken += [sample(silent, 0, 0, answer="3"), sample(silent, 0, 1, answer="4")]
    assert list(stopping.wrong_answers((one, other, silent), taken)) == []


def test_runs_and_timed_rounds_are_counted_from_the_samples() -> None:
    measurement = measured(3)
    assert stopping.runs_done(CASES, measurement.samples) == 3
    assert stopping.rounds_done(CASES, measurement.samples) == 9
    assert stopping.runs_done(pair("another"), measurement.samples) == 0


def test_the_width_is_that_of_the_speed_ups() -> None:
    assert stopping.widest(CASES, measured(2)) == pytest.approx(0.0, abs=1e-4)


def test_the_widest_interval_counts() -> None:
    cases = pair("b", "threads", "processes")
    steady = measured(2, cases=cases)
    noisy = Measurement(
        **{
            **{name: getattr(steady, name) for name in steady.__struct_fields__},
            "samples": [
                sample(cases[2], s.run, s.round, 0.5 + 0.3 * s.round, warmup=s.warmup)
                if s.case == cases[2].id
                else s
                for s in steady.samples
            ],
        }
    )
    width = stopping.widest(cases, noisy)
    assert width is not None
    assert width > 0.1
    assert stopping.widest(cases[:2], noisy) == pytest.approx(0.0, abs=1e-4)


def test_where_nothing_is_compared_the_throughputs_count() -> None:
    alone = (Case(workload="b", model="threads", block="b"),)
    expected = statistics.STATES_APART / 6  # a time is not known better by six samples
    width = stopping.widest(alone, measured(2, cases=alone))
    assert width == pytest.approx(expected, rel=0.1)


def test_there_is_no_width_before_the_first_run() -> None:
    assert stopping.widest(CASES, measured(0)) is None


def test_a_block_ends_when_its_intervals_are_narrow_enough() -> None:
    effort = replace(EFFORT, max_runs=20)
    done, scattered = measured(8), measured(8, spread=0.1)
    ended = stopping.end_of(CASES, done, effort, width=0.0, next_run_ends_s=10.0)
    assert ended == BlockEnd(block="b", rounds=24, reason="narrow", half_width=0.0)
    assert stopping.end_of(CASES, scattered, effort, width=0.2, next_run_ends_s=10.0) is None


def test_a_narrow_interval_does_not_spare_the_least_runs() -> None:
    assert end(measured(1), width=0.0) is None


def test_a_few_runs_that_agree_do_not_end_a_block() -> None:
    assert not stopping.is_narrow(CASES, measured(stopping.NARROW_RUNS - 1), 0.05)
    assert stopping.is_narrow(CASES, measured(stopping.NARROW_RUNS), 0.05)


def test_a_block_that_ends_as_narrow_is_one_that_verdicts_may_use() -> None:
    assert stopping.NARROW_RUNS >= statistics.LEAST_RUNS


def test_it_is_a_wider_interval_than_the_usual_one_that_must_be_narrow() -> None:
    found = measured(9, spread=0.1)
    usual, wider = (
        statistics.half_width(one)
        for level in (statistics.LEVEL, stopping.NARROW_LEVEL)
        if (one := samples.speedup(found, THREADS.id, level=level))
    )
    assert not stopping.is_narrow(CASES, found, (usual + wider) / 2)
    assert stopping.is_narrow(CASES, found, wider)


def test_where_nothing_is_left_to_estimate_nothing_is_narrow() -> None:
    assert not stopping.is_narrow(CASES, measured(0), math.inf)


@pytest.mark.parametrize("noise", [TWO_STATE, LOGNORMAL, SPIKED])
def test_an_interval_at_which_a_block_ended_covers_as_often_as_it_promises(noise: Noise) -> None:
    """Two equal cases: who stops where the runs happen to agree must not be wrong more often."""
    case, again = pair("b", "threads")
    truths = (Truth(case, 0.08), Truth(again, 0.08))
    held, widths = [], []
    for seed in range(250):
        made = simulate.measure("invented", truths, Plan(24, 5, noise), seed=seed)
        found = samples.speedup(until_narrow(made), again.id)
        assert found is not None
        held.append(found.low <= 1 <= found.high)
        widths.append(statistics.half_width(found))
    assert fmean(held) >= 0.93
    assert median(widths) <= 0.06


def test_a_block_ends_after_its_most_runs() -> None:
    ended = end(measured(4, spread=0.1))
    assert ended is not None
    assert (ended.reason, ended.rounds, ended.half_width) == ("rounds", 12, 0.2)


def test_a_block_ends_when_a_further_run_would_exceed_the_time() -> None:
    assert end(measured(2, spread=0.1), next_run_ends_s=100.0) is None
    ended = end(measured(2, spread=0.1), next_run_ends_s=100.1)
    assert ended is not None
    assert ended.reason == "time"


def test_short_of_the_least_runs_a_block_may_use_more_than_its_time() -> None:
    assert end(measured(1), next_run_ends_s=100 * stopping.OVERTIME) is None
    ended = end(measured(1), next_run_ends_s=100 * stopping.OVERTIME + 0.1)
    assert ended is not None
    assert ended.reason == "time"


def test_a_block_ends_when_all_of_it_is_given_up() -> None:
    failures = [failure(case, 0, "wrong answer") for case in CASES]
    ended = end(measured(1, *failures), width=None)
    assert ended is not None
    assert ended.reason == "failed"
    assert end(measured(1, *failures[:1])) is None


def test_an_unbounded_interval_has_no_width_in_the_record() -> None:
    ended = end(measured(4, spread=0.1), width=math.inf)
    assert ended is not None
    assert ended.half_width is None
