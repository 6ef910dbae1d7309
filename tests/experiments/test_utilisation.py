"""Which works are measured under which models, and what needs a compiler."""

import pytest

from conc.experiments import utilisation
from conc.experiments.experiment import Setting
from conc.experiments.parts import compiler


def models(work: str, *, interpreters: bool = False) -> set[str]:
    setting = Setting(
        "quick", 4, ("interpreters",) if interpreters else (), ("fork", "spawn", "forkserver")
    )
    cases = utilisation.cases(setting)
    return {case.model for case in cases if case.parameters["work"] == work}


def test_without_a_compiler_the_cases_of_c_are_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "why_none", lambda: "cc is not installed")
    assert models("c") == set()
    assert utilisation.left_out() == ["the program in C was not timed: cc is not installed"]
    monkeypatch.setattr(compiler, "why_none", lambda: "")
    assert models("c") == {"sequential", "c-threads"}
    assert utilisation.left_out() == []


def test_numpy_is_not_measured_in_interpreters_that_it_refuses() -> None:
    assert models("zlib", interpreters=True) - models("numpy", interpreters=True) == {
        "interpreters"
    }


def test_objects_that_threads_share_are_a_question_only_without_the_gil() -> None:
    with_gil, without = (
        utilisation.cases(Setting("quick", 4, (), ("fork", "spawn"), gil=gil))
        for gil in (True, False)
    )
    more = [case for case in without if case not in with_gil]
    assert {case.parameters["work"] for case in more} == {"shared objects"}
    assert {case.model for case in more} == {"sequential", "threads", "processes"}


def test_every_worker_does_the_share_that_one_alone_does() -> None:
    setting = Setting("quick", 4, optional=(), start_methods=("fork", "spawn", "forkserver"))
    for case in utilisation.cases(setting):
        assert case.items == case.workers == (4 if case.against else 1)
