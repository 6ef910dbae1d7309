"""What can be inherited needs fork."""

from conc.experiments import inherited_objects
from conc.experiments.experiment import Setting


def test_without_fork_there_is_no_case() -> None:
    setting = Setting("quick", 2, optional=(), start_methods=("spawn",))
    assert inherited_objects.cases(setting) == ()
