"""What is started and handed over."""

from conc.experiments.experiment import Setting
from conc.experiments.overhead import EXPERIMENT


def test_every_start_method_of_the_system_is_started_and_no_other() -> None:
    for methods in (("spawn",), ("fork", "spawn", "forkserver")):
        cases = EXPERIMENT.cases(Setting("quick", 2, optional=(), start_methods=methods))
        started = [case.parameters.get("start_method") for case in cases]
        assert tuple(method for method in started if method) == methods


def test_everything_is_compared_with_what_a_thread_costs() -> None:
    setting = Setting("quick", 2, optional=("interpreters",), start_methods=("fork", "spawn"))
    for _, cases in EXPERIMENT.blocks(setting):
        thread, *others = cases
        assert (thread.model, thread.against) == ("threads", "")
        assert {case.against for case in others} == {thread.id}
        assert {case.model for case in cases} == {
            "threads",
            "asyncio",
            "processes",
            "interpreters",
        }


def test_processes_share_their_worker_process_with_nobody() -> None:
    setting = Setting("quick", 2, optional=("interpreters",), start_methods=("fork", "spawn"))
    hosts = [case.host for case in EXPERIMENT.cases(setting) if case.model == "processes"]
    assert set(hosts) == {""}
