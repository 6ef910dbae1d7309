"""From samples to estimates: pairing, what is left out, and what has no figure at all."""

import math
from collections.abc import Callable

import msgspec
import pytest

from conc.experiments.experiment import Experiment
from conc.records import Case, Failure, FailureKind, Measurement, Result, Sample
from conc.results import samples
from conc.results.evidence import Measured
from conc.results.quantities import CORES_IN_USE, CPU_PER_ITEM_S, SWITCHES_PER_ITEM
from tests.invented.results import invented_result

BASELINE = "compute sequential ×1"
TWIN = "compute sequential ×1 twin=True"
TWO = "compute processes ×2"
SPIN = "yardstick processes ×2 numbers=100"


def ratios_by_run(measurement: Measurement, case_id: str) -> list[list[float]]:
    """Return the paired logarithms of ratios, a list a run."""
    return list(samples._by_run(samples.log_ratios(measurement, case_id)).values())


@pytest.fixture
def measurement(result: Result) -> Measurement:
    """Return an invented measurement of 3 runs of 5 rounds."""
    return result.measurements["compute"]


def timed_as(experiment: Experiment, seconds_of: Callable[[Case], float]) -> Measurement:
    """Return a measurement without noise, where each case takes the given time."""
    made = invented_result([experiment], seconds_of=seconds_of, noise=0.0)
    return made.measurements["compute"]


def keep(measurement: Measurement, wanted: Callable[[Sample], bool]) -> Measurement:
    """Return the measurement with only the wanted samples."""
    kept = [sample for sample in measurement.samples if wanted(sample)]
    return msgspec.structs.replace(measurement, samples=kept)


def fail(measurement: Measurement, case: str, kind: FailureKind) -> Measurement:
    """Return the measurement with a failure of a case."""
    failure = Failure(case=case, run=1, kind=kind, detail="x")
    return msgspec.structs.replace(measurement, failures=[failure])


def test_the_speed_up_is_the_baselines_time_over_the_cases(experiment: Experiment) -> None:
    """Twice as fast reads 2."""
    found = samples.speedup(timed_as(experiment, lambda case: 0.8 / case.workers), TWO)
    assert found is not None
    assert found.value == pytest.approx(2.0)
    assert (found.runs, found.rounds) == (3, 15)


def test_the_cost_is_by_item(experiment: Experiment) -> None:
    """The yardstick's two processes do two items in the time of one: a parallelism of 2."""
    measurement = timed_as(experiment, lambda _: 0.5)
    found = samples.speedup(measurement, SPIN)
    assert found is not None
    assert found.value == pytest.approx(2.0)


def test_warm_ups_never_count(measurement: Measurement) -> None:
    """Making every warm-up absurd changes no estimate."""
    absurd = msgspec.structs.replace(
        measurement,
        samples=[
            msgspec.structs.replace(s, wall_s=900.0) if s.warmup else s for s in measurement.samples
        ],
    )
    assert samples.speedup(absurd, TWO) == samples.speedup(measurement, TWO)
    assert samples.throughput(absurd, TWO) == samples.throughput(measurement, TWO)


def test_only_samples_of_the_same_run_and_round_are_paired(measurement: Measurement) -> None:
    """A drift that all cases of a round share leaves the ratio as it was."""
    drifting = msgspec.structs.replace(
        measurement,
        samples=[
            msgspec.structs.replace(s, wall_s=s.wall_s * (1 + s.run + s.round))
            for s in measurement.samples
        ],
    )
    for before, after in zip(
        ratios_by_run(measurement, TWO),
        ratios_by_run(drifting, TWO),
        strict=True,
    ):
        assert after == pytest.approx(before)


def test_a_round_without_its_partner_has_no_ratio(measurement: Measurement) -> None:
    """A baseline that failed in a run takes that run's ratios away, and no others."""
    lacking = keep(measurement, lambda s: not (s.case == BASELINE and s.run == 1))
    assert [len(run) for run in ratios_by_run(lacking, TWO)] == [5, 5]
    lacking = keep(measurement, lambda s: not (s.case == TWO and s.run == 0 and s.round == 3))
    assert [len(run) for run in ratios_by_run(lacking, TWO)] == [4, 5, 5]


def test_a_baseline_and_a_case_without_samples_have_no_speed_up(measurement: Measurement) -> None:
    """There is nothing to compare."""
    assert samples.speedup(measurement, BASELINE) is None
    assert samples.speedup(keep(measurement, lambda s: s.case != TWO), TWO) is None


@pytest.mark.parametrize("wrong", [TWO, BASELINE])
def test_a_wrong_answer_shows_no_speed_up(measurement: Measurement, wrong: str) -> None:
    """Neither the wrong case nor what is compared with it has a figure."""
    assert samples.speedup(fail(measurement, wrong, "wrong answer"), TWO) is None


def test_a_wrong_answer_shows_no_time(measurement: Measurement) -> None:
    """Fast and wrong is not fast."""
    failed = fail(measurement, TWO, "wrong answer")
    assert samples.estimate(failed, TWO) is None
    assert samples.throughput(failed, TWO) is None
    assert samples.throughput(failed, BASELINE) is not None


def test_a_crash_in_one_run_leaves_the_others_figures(measurement: Measurement) -> None:
    """What was measured before and after a crash is still true."""
    assert samples.speedup(fail(measurement, TWO, "crashed"), TWO) is not None


def test_a_ratio_can_be_taken_against_another_case_of_the_block(experiment: Experiment) -> None:
    """Threads and asyncio may be compared with each other, not only with the baseline."""
    measurement = timed_as(experiment, lambda case: 0.9 / case.workers)
    found = samples.ratio(measurement, TWO, against="compute processes ×1")
    assert found is not None
    assert found.value == pytest.approx(2.0)


def test_cases_of_different_blocks_are_never_paired(measurement: Measurement) -> None:
    """Their rounds have the same numbers and nothing else in common."""
    cases = [
        msgspec.structs.replace(case, block="elsewhere") if case.id == TWO else case
        for case in measurement.cases
    ]
    with pytest.raises(ValueError, match="not timed in the same rounds"):
        samples.speedup(msgspec.structs.replace(measurement, cases=cases), TWO)


def test_a_case_that_does_not_exist_is_an_error(measurement: Measurement) -> None:
    """A typing error in an id is no missing figure."""
    with pytest.raises(KeyError, match="nothing"):
        samples.estimate(measurement, "nothing")


def test_throughput_is_items_by_time(experiment: Experiment) -> None:
    """A hundred items in half a second are 200 a second."""
    found = samples.throughput(timed_as(experiment, lambda _: 0.5), BASELINE)
    assert found is not None
    assert found.value == pytest.approx(200.0)


def test_the_estimate_of_a_quantity_is_its_centre(experiment: Experiment) -> None:
    """The invented CPU time is 1 ms an item, and 8 switches a sample of 100 items."""
    measurement = timed_as(experiment, lambda _: 0.5)
    cpu = samples.estimate(measurement, BASELINE, CPU_PER_ITEM_S)
    switches = samples.estimate(measurement, BASELINE, SWITCHES_PER_ITEM)
    assert cpu is not None
    assert cpu.value == pytest.approx(0.001)
    assert switches is not None
    assert switches.value == pytest.approx(0.08)


def test_an_interval_ends_at_what_can_be_unless_all_of_it_lies_beyond(
    measurement: Measurement,
) -> None:
    free = samples.estimate(measurement, TWO, CORES_IN_USE)
    assert free is not None
    for most in (free.high, (free.value + free.high) / 2, (free.low + free.value) / 2):
        found = samples.estimate(measurement, TWO, CORES_IN_USE, most=most)
        assert found is not None
        assert (found.low, found.high) == (free.low, most)
        assert found.value == min(free.value, most)
    assert samples.estimate(measurement, TWO, CORES_IN_USE, most=free.low / 2) == free


def test_what_the_system_does_not_give_has_no_estimate(measurement: Measurement) -> None:
    """Absent is absent, not zero."""
    absent = msgspec.structs.replace(
        measurement,
        samples=[
            msgspec.structs.replace(s, cpu_s=None, voluntary=None, stalled=None)
            for s in measurement.samples
        ],
    )
    assert samples.estimate(absent, BASELINE, CPU_PER_ITEM_S) is None
    assert samples.estimate(absent, BASELINE, SWITCHES_PER_ITEM) is None
    assert samples.estimate(absent, BASELINE, CORES_IN_USE) is None


def test_the_baseline_of_a_round_is_the_mean_of_the_baseline_and_its_twin(
    experiment: Experiment,
) -> None:
    """Three times as fast as one and twelve times as the other is six times as fast."""
    measurement = timed_as(
        experiment,
        lambda case: {BASELINE: 0.3, TWIN: 1.2, TWO: 0.1}.get(case.id, 1.0),
    )
    found = samples.speedup(measurement, TWO)
    assert found is not None
    assert found.value == pytest.approx(6.0)
    floor = Measured(measurement).noise_floor()
    assert floor is not None
    assert floor.value == pytest.approx(0.25)


def test_a_round_whose_twin_is_missing_has_the_baseline_alone(experiment: Experiment) -> None:
    """A twin that crashed takes no figure away."""
    measurement = timed_as(
        experiment, lambda case: {BASELINE: 0.3, TWIN: 1.2, TWO: 0.1}.get(case.id, 1.0)
    )
    lacking = keep(measurement, lambda s: s.case != TWIN)
    wrong = fail(measurement, TWIN, "wrong answer")
    for one in (lacking, wrong):
        found = samples.speedup(one, TWO)
        assert found is not None
        assert found.value == pytest.approx(3.0)


def test_cases_together_are_averaged_within_their_run(measurement: Measurement) -> None:
    """Two cases of one process are no two observations: the mean of equal ones is as uncertain."""
    ids = [TWO, "compute processes ×1"]
    apart = [samples.speedup(measurement, one) for one in ids]
    both = samples.ratio_together(measurement, [(one, "") for one in ids])
    same = samples.ratio_together(measurement, [(TWO, ""), (TWO, "")])
    assert apart[0] is not None
    assert apart[1] is not None
    assert both is not None
    assert same is not None
    assert (both.runs, both.rounds) == (3, 15)
    assert both.value == pytest.approx(math.sqrt(apart[0].value * apart[1].value), rel=0.01)
    assert (same.value, same.high) == pytest.approx((apart[0].value, apart[0].high), rel=1e-4)


def test_rounds_in_which_one_of_the_cases_is_missing_do_not_count(
    measurement: Measurement,
) -> None:
    """The mean is of the same cases in every run."""
    ids = [TWO, "compute processes ×1"]
    lacking = keep(measurement, lambda s: not (s.case == TWO and s.run == 1))
    found = samples.ratio_together(lacking, [(one, "") for one in ids])
    assert found is not None
    assert (found.runs, found.rounds) == (2, 10)
    assert samples.ratio_together(keep(measurement, lambda s: s.case != TWO), [(TWO, "")]) is None


def test_speed_ups_are_compared_round_by_round(experiment: Experiment) -> None:
    """The pool's 2.0 is 1.25 of the yardstick's 1.6, each over its own baseline."""
    spins = {"yardstick processes ×1 numbers=100": 0.8, SPIN: 1.0}
    measurement = timed_as(experiment, lambda case: {**spins, TWO: 0.5}.get(case.id, 1.0))
    found = samples.relative_speedup(measurement, TWO, SPIN)
    assert found is not None
    assert found.value == pytest.approx(1.25)
    drifting = msgspec.structs.replace(
        measurement,
        samples=[
            msgspec.structs.replace(
                s, wall_s=s.wall_s * (1.5 if s.case in {TWO, SPIN} and s.round % 2 else 1)
            )
            for s in measurement.samples
        ],
    )
    befallen = samples.relative_speedup(drifting, TWO, SPIN)
    assert befallen is not None
    assert (befallen.low, befallen.high) == pytest.approx((1.25, 1.25), rel=1e-3)


def test_speed_ups_of_different_blocks_or_wrong_answers_are_not_compared(
    measurement: Measurement,
) -> None:
    """They share no round, or say nothing."""
    cases = [
        msgspec.structs.replace(case, block="elsewhere") if "yardstick" in case.id else case
        for case in measurement.cases
    ]
    moved = msgspec.structs.replace(measurement, cases=cases)
    assert samples.relative_speedup(moved, TWO, SPIN) is None
    assert samples.relative_speedup(fail(measurement, SPIN, "wrong answer"), TWO, SPIN) is None
    assert samples.relative_speedup(measurement, BASELINE, SPIN) is None


def test_runs_that_are_equal_by_the_clock_are_not_certain(experiment: Experiment) -> None:
    """A microsecond is what is not told of a sample of 100."""
    measurement = timed_as(experiment, lambda _: 1e-4)
    found = samples.speedup(measurement, TWO)
    assert found is not None
    assert found.high - 1 > 0.01


def test_what_waits_has_the_narrower_interval_for_a_core_s_speed_does_not_decide_it(
    measurement: Measurement,
) -> None:
    """The samples of a time may all have met cores in one state; a wait does not mind."""
    waiting = msgspec.structs.replace(
        measurement,
        samples=[msgspec.structs.replace(s, cpu_s=0.01 * s.wall_s) for s in measurement.samples],
    )
    computes, waits = (samples.estimate(one, BASELINE) for one in (measurement, waiting))
    assert computes is not None
    assert waits is not None
    assert waits.value == computes.value
    assert waits.low > computes.low
    assert waits.high < computes.high
