"""Which cases CPU-bound work has."""

import pytest

from conc.experiments.cpu_bound import EXPERIMENT, thinned, worker_counts, yardstick_counts
from conc.experiments.experiment import Setting
from conc.records import Profile

UNIX = ("fork", "spawn", "forkserver")


def setting(profile: Profile, cores: int, *, interpreters: bool = False) -> Setting:
    return Setting(profile, cores, ("interpreters",) if interpreters else (), UNIX)


def test_counts_are_all_taken_up_to_eight_and_then_thin_out() -> None:
    assert thinned(4) == (1, 2, 3, 4)
    assert thinned(40) == (1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 40)


@pytest.mark.parametrize("cores", [1, 2, 6, 20])
def test_worker_counts_reach_from_one_over_the_cores_to_twice_the_cores(cores: int) -> None:
    for profile in ("quick", "full"):
        counts = worker_counts(setting(profile, cores))
        assert {1, cores, 2 * cores} <= set(counts)
        assert list(counts) == sorted(set(counts))
        assert counts[-1] == 2 * cores


def test_the_yardstick_spins_up_to_the_cores_and_is_compared_with_one_process() -> None:
    assert yardstick_counts(setting("full", 4)) == (1, 2, 3, 4)
    arm = [case for case in EXPERIMENT.cases(setting("full", 4)) if case.workload == "yardstick"]
    assert [case.items for case in arm] == [case.workers for case in arm] == [1, 2, 3, 4]
    assert [case.against for case in arm] == ["", *[arm[0].id] * 3]


def test_the_control_differs_from_the_baseline_in_nothing_but_its_name() -> None:
    baseline, control, *_ = EXPERIMENT.cases(setting("quick", 2))
    assert control.against == baseline.id
    assert control.parameters == {**baseline.parameters, "twin": True}
    assert (control.model, control.workers, control.items, control.host) == (
        baseline.model,
        baseline.workers,
        baseline.items,
        baseline.host,
    )


@pytest.mark.parametrize("cores", [1, 2, 4, 8, 64])
def test_cores_get_equal_shares_of_the_chunks(cores: int) -> None:
    for case in EXPERIMENT.cases(setting("full", cores)):
        if case.workload == "cpu_bound":
            assert case.items % cores == case.items % (2 * cores) == 0


def test_interpreters_are_measured_only_where_there_are_some() -> None:
    with_them = EXPERIMENT.cases(setting("quick", 2, interpreters=True))
    without = EXPERIMENT.cases(setting("quick", 2))
    assert {case.model for case in with_them} - {case.model for case in without} == {"interpreters"}


def test_a_pool_that_stays_open_shares_its_worker_process_with_nobody() -> None:
    cases = EXPERIMENT.cases(setting("full", 2, interpreters=True))
    assert all(case.host == "" for case in cases if case.parameters.get("pool") == "warm")
    cold = [case.host for case in cases if case.parameters.get("pool") == "cold"]
    assert set(cold) == {"threads cold", "processes cold", "interpreters cold"}


def test_no_more_processes_are_asked_of_windows_than_it_can_wait_for() -> None:
    cases = EXPERIMENT.cases(Setting("full", 64, optional=(), start_methods=("spawn",)))
    pools = [case for case in cases if "pool" in case.parameters]
    assert max(case.workers for case in pools if case.model == "processes") <= 61
    assert max(case.workers for case in pools if case.model == "threads") == 128
