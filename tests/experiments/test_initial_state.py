"""What a process is given, by every start method that there is."""

import multiprocessing

import pytest

from conc.experiments import initial_state
from conc.experiments.experiment import Service, Setting


def test_each_start_method_of_the_system_has_a_pair_and_no_other() -> None:
    for methods in (("spawn",), ("fork", "spawn", "forkserver")):
        cases = initial_state.cases(Setting("quick", 2, optional=(), start_methods=methods))
        assert [case.parameters["start_method"] for case in cases if case.against] == [*methods]
        assert len(cases) == 2 * len(methods)


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_an_execution_counts_its_own_pickling_alone(method: str) -> None:
    cases = initial_state.cases(Setting("smoke", 2, optional=(), start_methods=(method,)))
    with initial_state.open_case(cases[1], Service()) as trial:
        for _ in range(2):
            trial.before()
            values = trial.read(trial.act()).values
            assert values["arrived"] == cases[1].parameters["numbers"]
            assert values["pickled"] == (0 if method == "fork" else 1)
