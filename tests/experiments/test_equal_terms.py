"""Each cell of the grid compares like with like."""

from itertools import product

import pytest

from conc.experiments import equal_terms
from conc.experiments.experiment import Setting
from conc.records import PROFILES, Case, Profile


def cells(profile: Profile) -> list[tuple[Case, Case]]:
    cases = equal_terms.cases(Setting(profile, 2, optional=(), start_methods=("fork",)))
    by_id = {case.id: case for case in cases}
    return [(by_id[case.against], case) for case in cases if case.against]


@pytest.mark.parametrize("profile", PROFILES)
def test_asyncio_is_compared_with_threads_that_differ_in_nothing_else(profile: Profile) -> None:
    for threads, tasks in cells(profile):
        assert (threads.model, tasks.model) == ("threads", "asyncio")
        assert threads.workers == tasks.workers
        assert threads.items == tasks.items >= tasks.workers
        assert threads.parameters == tasks.parameters
        assert threads.block == tasks.block


@pytest.mark.parametrize("profile", PROFILES)
def test_the_grid_is_full(profile: Profile) -> None:
    latencies, levels, clients = equal_terms.GRIDS[profile]
    found = [
        (tasks.parameters["latency_ms"], tasks.workers, tasks.parameters["client"])
        for _, tasks in cells(profile)
    ]
    assert sorted(map(str, found)) == sorted(map(str, product(latencies, levels, clients)))
