"""What can be inherited needs fork."""

from conc.experiments import shared_memory
from conc.experiments.experiment import Setting


def test_without_fork_nothing_is_inherited() -> None:
    setting = Setting("quick", 2, optional=(), start_methods=("spawn",))
    forms = {case.parameters["form"] for case in shared_memory.cases(setting)}
    assert forms == {"global", "shared_memory"}
