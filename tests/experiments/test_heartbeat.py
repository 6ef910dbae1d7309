"""A heartbeat has a pool beside it for each model whose workers are apart, where there is one."""

from conc.experiments import heartbeat
from conc.experiments.experiment import Setting
from conc.models import ModelName

METHODS = ("spawn",)


def hogs(*optional: ModelName) -> set[object]:
    """Return what beats have beside them."""
    setting = Setting("quick", 2, optional=optional, start_methods=METHODS)
    return {case.parameters["hog"] for case in heartbeat.cases(setting)}


def test_an_interpreter_computes_beside_it_only_where_python_has_them() -> None:
    assert hogs("interpreters") - hogs() == {"interpreter pool"}
    assert "process pool" in hogs()
