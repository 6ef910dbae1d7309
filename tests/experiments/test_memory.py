"""What is held to be weighed."""

from conc.experiments.experiment import Setting
from conc.experiments.memory import EXPERIMENT


def test_of_each_kind_one_is_held_and_then_many_and_their_memory_is_read() -> None:
    setting = Setting("quick", 2, optional=("interpreters",), start_methods=("fork", "spawn"))
    cases = EXPERIMENT.cases(setting)
    for one, many in zip(cases[::2], cases[1::2], strict=True):
        assert one.workers == 1 < many.workers
        assert (one.model, one.parameters) == (many.model, many.parameters)
        assert many.against == one.id
    assert all(case.memory for case in cases)
    assert [case.model for case in cases[::2]] == [
        "asyncio",
        "threads",
        "processes",
        "processes",
        "interpreters",
    ]
