"""Which cases I/O-bound work has, and on which terms."""

from collections import defaultdict

import pytest

from conc.experiments.experiment import Service, Setting
from conc.experiments.io_bound import (
    BARE,
    EXPERIMENT,
    LATENCIES_MS,
    LEVELS,
    cases,
    open_case,
    waves,
)
from conc.records import Case, Profile


def setting(profile: Profile) -> Setting:
    return Setting(
        profile, 2, optional=("interpreters",), start_methods=("fork", "spawn", "forkserver")
    )


def equal_terms(profile: Profile) -> list[Case]:
    clients = ("http.client", "aiohttp")
    return [
        case
        for case in cases(setting(profile))
        if case.parameters["client"] in clients and case.workers in LEVELS[profile]
    ]


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_threads_and_asyncio_meet_at_every_level_and_latency_with_the_same_requests(
    profile: Profile,
) -> None:
    grid: defaultdict[tuple[object, int], dict[str, int]] = defaultdict(dict)
    for case in equal_terms(profile):
        grid[case.parameters["latency_ms"], case.workers][case.model] = case.items
    assert set(grid) == {(ms, level) for ms in LATENCIES_MS[profile] for level in LEVELS[profile]}
    for models in grid.values():
        assert {"threads", "asyncio"} <= set(models)
        assert len(set(models.values())) == 1


def test_processes_are_measured_at_each_level_in_full_and_at_few_in_quick() -> None:
    assert {case.workers for case in equal_terms("full") if case.model == "processes"} == {
        1,
        10,
        50,
        100,
    }
    quick = [case for case in equal_terms("quick") if case.model == "processes"]
    assert [(c.workers, c.parameters["latency_ms"]) for c in quick] == [(10, 20)]


@pytest.mark.parametrize(
    ("level", "latency_ms", "profile", "expected"),
    [(1, 20, "quick", 10), (10, 1, "quick", 10), (1, 100, "quick", 2), (100, 100, "quick", 2)],
)
def test_a_sample_makes_ten_waves_of_requests_or_as_many_as_fit_its_time(
    level: int, latency_ms: int, profile: Profile, expected: int
) -> None:
    assert waves(level, latency_ms, profile) == expected


def test_a_bare_client_makes_more_waves_for_it_costs_less() -> None:
    assert waves(200, 5, "quick", BARE) > waves(200, 5, "quick")


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_a_case_of_fewer_waves_than_ten_says_so_and_none_is_one_burst(profile: Profile) -> None:
    for case in equal_terms(profile):
        made = case.items // case.workers
        assert made * case.workers == case.items
        assert case.parameters.get("waves", 10) == made >= 2


def test_the_usual_comparison_is_there_and_labelled_by_its_client() -> None:
    by_id = {case.id: case for case in cases(setting("quick"))}
    (usual,) = [c for c in by_id.values() if c.parameters["client"] == "aiohttp, its own limit"]
    assert (usual.model, usual.workers, usual.items) == ("asyncio", 100, 160)
    assert "waves" not in usual.parameters
    assert (by_id[usual.against].model, by_id[usual.against].workers) == ("threads", 5)


def test_bare_tasks_are_compared_with_as_many_bare_threads() -> None:
    by_id = {case.id: case for case in cases(setting("full"))}
    bare = [c for c in by_id.values() if c.parameters["client"] == "bare" and c.against]
    assert {case.workers for case in bare} == {10, 100}
    for case in bare:
        other = by_id[case.against]
        assert (case.model, other.model) == ("asyncio", "threads")
        assert (case.workers, case.items) == (other.workers, other.items)


def test_the_services_ceiling_is_measured_once_without_latency() -> None:
    (case,) = [case for case in cases(setting("quick")) if case.workload == "service_ceiling"]
    assert case.parameters["latency_ms"] == 0


def test_a_sample_counts_a_latency_for_each_request(service: Service) -> None:
    for case in cases(setting("smoke")):
        if case.workload == "io_bound" and case.model in ("threads", "asyncio"):
            with open_case(case, service) as trial:
                latencies = trial.read(trial.act()).values["latency_s"]
            assert isinstance(latencies, list)
            assert len(latencies) == case.items
            assert min(latencies) >= 0.0009


def test_a_service_that_is_not_there_is_an_error() -> None:
    sequential = EXPERIMENT.cases(setting("smoke"))[0]
    with pytest.raises(OSError), open_case(sequential, Service("http://127.0.0.1:9")):  # noqa: PT011 - its kind differs between systems
        pass
