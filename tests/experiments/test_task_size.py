"""Every worker has a task, and a pool is compared with the same tasks one after the other."""

import pytest

from conc.experiments import task_size
from conc.experiments.experiment import Setting

METHODS = ("fork", "spawn", "forkserver")


@pytest.mark.parametrize("cores", [1, 2, 64, 1000])
def test_every_worker_has_as_many_tasks_as_any_other(cores: int) -> None:
    for case in task_size.cases(Setting("full", cores, optional=(), start_methods=METHODS)):
        assert case.items >= case.workers
        assert case.items % case.workers == 0


def test_interpreters_do_the_same_tasks_as_processes_where_python_has_them() -> None:
    found = task_size.cases(Setting("quick", 2, optional=("interpreters",), start_methods=METHODS))
    pooled = {
        model: [
            (case.parameters, case.items, case.against) for case in found if case.model == model
        ]
        for model in ("processes", "interpreters")
    }
    assert pooled["interpreters"] == pooled["processes"] != []


def test_windows_has_a_pool_of_as_many_processes_as_it_allows() -> None:
    windows = Setting("quick", 100, optional=(), start_methods=("spawn",))
    assert {case.workers for case in task_size.cases(windows)} == {1, 61}
