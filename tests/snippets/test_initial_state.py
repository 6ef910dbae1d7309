"""What a process inherits by fork, and what by the other start methods it is sent or makes anew."""

import pytest

from conc.measure.machine import start_methods
from conc.snippets import initial_state
from tests.snippets.running import printed


@pytest.mark.parametrize("method", start_methods())
def test_only_a_forked_process_inherits_what_it_works_on(method: str) -> None:
    argument = initial_state.Numbers([1, 2, 3])
    told, process = initial_state.start_process(method, argument)
    process.join(30)
    forked = method == "fork"
    assert told == {"arrived": 3, "module_again": not forked, "state_kept": forked}
    assert argument.pickled == (0 if forked else 1)


@pytest.mark.parametrize("method", start_methods())
def test_only_a_forked_process_runs_a_function_that_has_no_name(method: str) -> None:
    assert initial_state.starts_lambda(method) == (method == "fork")


def test_the_script_prints_three_lines_for_each_start_method() -> None:
    methods = start_methods()
    assert [line.split()[0] for line in printed("initial_state.py")] == [
        method for method in methods for _ in range(3)
    ]
