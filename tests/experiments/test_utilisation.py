"""Which works are measured under which models, and what needs a compiler."""

import shutil

import pytest

from conc.experiments import utilisation
from conc.experiments.experiment import Setting


def models(work: str, *, interpreters: bool = False) -> set[str]:
    setting = Setting(
        "quick", 4, ("interpreters",) if interpreters else (), ("fork", "spawn", "forkserver")
    )
    cases = utilisation.cases(setting)
    return {case.model for case in cases if case.parameters["work"] == work}


def test_without_a_compiler_the_cases_of_c_are_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert models("c") == set()
    monkeypatch.setattr(shutil, "which", lambda _name: "a compiler")
    assert models("c") == {"sequential", "c-threads"}


def test_numpy_is_not_measured_in_interpreters_that_it_refuses() -> None:
    assert models("zlib", interpreters=True) - models("numpy", interpreters=True) == {
        "interpreters"
    }


def test_every_worker_does_the_share_that_one_alone_does() -> None:
    setting = Setting("quick", 4, optional=(), start_methods=("fork", "spawn", "forkserver"))
    for case in utilisation.cases(setting):
        assert case.items == case.workers == (4 if case.against else 1)
