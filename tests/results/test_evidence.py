"""The reader of a result: what it selects, and estimates that are made once and outlive a build."""

import math

import msgspec
import pytest

from conc.errors import MissingError
from conc.experiments.experiment import Experiment
from conc.records import Failure, Measurement, Result
from conc.results import statistics
from conc.results.evidence import Evidence, Measured
from conc.results.quantities import COST_S, counted
from tests.invented.results import invented_result

RESULT = invented_result(rounds=2)


@pytest.fixture
def measured(result: Result) -> Measured:
    """Return an invented measurement of 3 runs of 5 rounds."""
    return Evidence(result).of("compute")


def changed(measured: Measured, **fields: object) -> Measured:
    """Return the same measurement with other fields."""
    return Measured(msgspec.structs.replace(measured.measurement, **fields))


def test_cases_are_selected_by_fields_and_by_parameters(measured: Measured) -> None:
    (twin,) = measured.select(model="sequential", twin=True)
    assert twin.parameters == {"twin": True}
    assert [case.workers for case in measured.select(model="processes", workload="compute")] == [
        1,
        2,
    ]
    assert measured.select(model="threads") == []


def test_a_case_that_failed_or_was_wrong_is_not_usable(measured: Measured) -> None:
    baseline, twin, *_ = measured.cases
    failure = Failure(case=twin.id, run=0, kind="wrong answer", detail="")
    wrong = changed(measured, failures=[failure])
    assert wrong.is_usable(baseline)
    assert not wrong.is_usable(twin)
    assert wrong.cost_s(twin) is None
    assert not changed(measured, samples=[]).is_usable(baseline)


def test_counts_are_what_samples_counted_themselves(experiment: Experiment) -> None:
    result = invented_result([experiment], values_of=lambda *_: {"lost": 3.0, "late_s": [1.0, 2.0]})
    measured = Evidence(result).of("compute")
    case = measured.cases[0]
    taken = len(measured.timed(case))
    assert measured.each(case, counted("lost")) == [3.0] * taken
    assert measured.pooled(case, "late_s") == [1.0, 2.0] * taken
    assert measured.each(case, counted("late_s")) == []


def test_an_interval_of_what_can_not_be_negative_does_not_go_below_zero(
    measured: Measured,
) -> None:
    first = [s for s in measured.measurement.samples if s.run == s.round == 0 and not s.warmup]
    lone = changed(measured, samples=first)
    found = lone.cost_s(lone.cases[0])
    assert found is not None
    assert (found.low, found.high) == (0.0, math.inf)


def test_a_higher_level_gives_a_wider_interval(measured: Measured) -> None:
    case = measured.select(model="processes", workers=2, workload="compute")[0]
    usual, wide = measured.speedup(case), measured.speedup(case, level=0.999)
    assert usual is not None
    assert wide is not None
    assert usual.value == wide.value
    assert wide.low < usual.low < usual.high < wide.high


def test_a_speed_up_is_the_ratio_to_the_baseline(measured: Measured) -> None:
    baseline, twin, *_ = measured.cases
    assert measured.speedup(twin) == measured.ratio(twin, baseline)
    assert measured.speedup(baseline) is None


def test_cases_that_were_not_timed_together_have_no_ratio(measured: Measured) -> None:
    baseline, twin, *_ = measured.cases
    apart = changed(measured, cases=[baseline, msgspec.structs.replace(twin, block="other")])
    assert apart.speedup(apart.cases[1]) is None


def test_several_cases_together_are_the_median_of_all_their_rounds(measured: Measured) -> None:
    baseline, twin, *_ = measured.cases
    apart = msgspec.structs.replace(twin, block="other")
    assert measured.together([(twin, baseline)]) == measured.speedup(twin)
    assert measured.together([(apart, baseline)]) is None


def test_the_yardstick_says_how_many_cores_processes_got(measured: Measured) -> None:
    (two,) = measured.select(workload="yardstick", workers=2)
    assert measured.parallelism() == {2: measured.speedup(two)}


def test_the_noise_floor_is_the_twins_ratio(measured: Measured) -> None:
    found = measured.noise_floor()
    assert found == measured.speedup(measured.select(twin=True)[0])
    assert found is not None
    assert found.low < 1 < found.high
    assert changed(measured, cases=[], samples=[]).noise_floor() is None


def test_the_stalled_share_is_the_median_of_the_timed_samples(measured: Measured) -> None:
    assert measured.stalled(measured.cases[0]) == pytest.approx(0.01)
    calm = [msgspec.structs.replace(s, stalled=None) for s in measured.measurement.samples]
    assert changed(measured, samples=calm).stalled(measured.cases[0]) is None


def test_a_gil_that_an_import_switched_on_counts(result: Result) -> None:
    def with_gil(*, gil: bool | None) -> Evidence:
        one: Measurement = msgspec.structs.replace(result.measurements["compute"], gil=gil)
        return Evidence(msgspec.structs.replace(result, measurements={"compute": one}))

    assert with_gil(gil=None).has_gil("compute") is result.interpreter.gil
    assert with_gil(gil=not result.interpreter.gil).has_gil("compute") is not result.interpreter.gil


def test_an_experiment_that_is_missing_names_the_command_that_measures_it() -> None:
    empty = msgspec.structs.replace(RESULT, measurements={})
    with pytest.raises(MissingError, match="conc measure cpu-bound"):
        Evidence(empty).of("cpu-bound")


def test_an_estimate_is_computed_once(measured: Measured, monkeypatch: pytest.MonkeyPatch) -> None:
    case = measured.cases[1]
    found = measured.speedup(case), measured.estimate(case, COST_S), measured.throughput(case)
    for name in ("centre", "centre_time", "centre_ratio"):
        monkeypatch.setattr(statistics, name, None)
    assert found == (measured.speedup(case), measured.cost_s(case), measured.throughput(case))
