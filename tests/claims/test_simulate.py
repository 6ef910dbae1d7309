"""The simulated machine: what it does to time, and what it leaves as it is."""

import math
from dataclasses import replace
from statistics import fmean, stdev

import pytest

from conc.claims import simulate
from conc.claims.simulate import TWO_STATE, Noise, Plan, Truth
from conc.records import Case, Measurement, Sample

ALONE = Case(workload="work", model="sequential")
APART = Case(workload="work", model="processes", workers=2, against=ALONE.id)
WAITING = Case(workload="work", model="asyncio", against=ALONE.id)
SILENT = Noise(run=0.0, sample=0.0, spikes=0.0)
TRUTHS = (
    Truth(ALONE, 0.2),
    Truth(APART, 0.1, cores=2.0),
    Truth(WAITING, 0.1, cores=0.1, values={"late_s": lambda slower: 0.01 * slower, "seen": 3}),
)


def of(measurement: Measurement, case: Case) -> list[Sample]:
    return [sample for sample in measurement.samples if sample.case == case.id]


def test_without_noise_all_is_as_stated() -> None:
    measurement = simulate.measure("x", TRUTHS, Plan(2, 3, SILENT), seed=1)
    for truth in TRUTHS:
        samples = of(measurement, truth.case)
        assert [(s.run, s.round) for s in samples] == [(r, k) for r in range(2) for k in range(3)]
        assert [s.wall_s for s in samples] == pytest.approx([truth.wall_s] * 6)
        assert [s.cpu_s for s in samples] == pytest.approx([truth.wall_s * truth.cores] * 6)
    assert of(measurement, WAITING)[0].values == pytest.approx({"late_s": 0.01, "seen": 3})


def test_a_round_times_every_case_once_in_its_own_order() -> None:
    measurement = simulate.measure("x", TRUTHS, Plan(4, 5, SILENT), seed=1)
    orders = {
        tuple(s.case for s in measurement.samples[start : start + 3]) for start in range(0, 60, 3)
    }
    assert all(len(set(order)) == 3 for order in orders)
    assert len(orders) > 2
    started = [sample.started_s for sample in measurement.samples]
    assert started == sorted(started)


def test_the_same_seed_gives_the_same_measurement() -> None:
    one, same, other = (
        simulate.measure("x", TRUTHS, Plan(2, 2), seed=seed).samples for seed in (7, 7, 8)
    )
    assert one == same
    assert one != other


def test_a_core_that_is_always_slow_takes_longer_by_the_factor() -> None:
    slow = replace(SILENT, factor=1.65, slow=(1.0, 1.0))
    measurement = simulate.measure("x", TRUTHS, Plan(2, 2, slow), seed=1)
    assert [s.wall_s for s in of(measurement, ALONE)] == pytest.approx([0.33] * 4)
    assert [s.wall_s for s in of(measurement, WAITING)] == pytest.approx([0.09 + 0.0165] * 4)


def test_the_noise_of_two_states_is_as_wide_as_what_was_recorded() -> None:
    truths = (Truth(ALONE, 0.04),)
    walls = [
        math.log(sample.wall_s)
        for seed in range(20)
        for sample in simulate.measure("x", truths, Plan(8, 20), seed=seed).samples
    ]
    assert 0.12 <= stdev(walls) <= 0.27


def test_cores_are_slow_as_often_in_measurements_of_one_hour() -> None:
    def mean(seed: int, hour: int) -> float:
        plan = Plan(8, 20, replace(TWO_STATE, renewed_s=1e6))
        samples = simulate.measure("x", TRUTHS[:1], plan, seed=seed, hour=hour).samples
        return fmean(math.log(sample.wall_s) for sample in samples)

    within = fmean(stdev([mean(seed, hour) for seed in range(5)]) for hour in range(8))
    between = stdev([mean(1, hour) for hour in range(8)])
    assert between > 2 * within


def test_the_last_of_several_parts_decides_unless_whoever_is_free_takes_the_next() -> None:
    def lost(parts: int) -> float:
        truths = (Truth(APART, 0.1, cores=2.0, parts=parts),)
        samples = simulate.measure("x", truths, Plan(20, 20), seed=1).samples
        return fmean(2 - sample.cpu_s / sample.wall_s for sample in samples if sample.cpu_s)

    assert lost(parts=1) > 2 * lost(parts=20)
