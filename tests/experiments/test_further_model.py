"""A model more than there are: experiments that run on any pool take it as they are."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import pytest

from conc import models
from conc.experiments import cpu_bound, io_bound, overhead, tries, utilisation
from conc.experiments.experiment import Experiment, Output, Service, Setting
from conc.experiments.kitchens import dishes
from conc.experiments.parts import pools
from conc.models import MODELS, find, stand_in
from conc.records import Case


class FurtherPool(ProcessPoolExecutor):
    """A pool as other packages have one: its closing takes less than that of Python's own."""

    def shutdown(self, wait: bool = True) -> None:  # type: ignore[override] # noqa: FBT001, FBT002 - as loky's
        super().shutdown(wait)


FURTHER = replace(
    find("processes"),
    name=stand_in("further"),
    pool=f"{__name__}:FurtherPool",
    needs="this test",
)
SETTING = Setting("smoke", 2, (FURTHER.name,), ("fork", "spawn", "forkserver"))


@pytest.fixture(autouse=True)
def further(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be one more model."""
    for module in (models, pools):
        monkeypatch.setattr(module, "MODELS", (*MODELS, FURTHER))


def outcome(experiment: Experiment, case: Case, service: Service) -> Output:
    with experiment.open(case, service) as trial:
        return trial.read(trial.act())


@pytest.mark.parametrize(
    "experiment",
    [module.EXPERIMENT for module in (cpu_bound, io_bound, overhead, utilisation, tries)],
    ids=lambda experiment: experiment.name,
)
def test_an_experiment_measures_it_beside_the_others_with_the_same_answer(
    experiment: Experiment, service: Service
) -> None:
    cases = experiment.cases(SETTING)
    measured = [case for case in cases if case.model == FURTHER.name]
    assert measured
    for case in measured:
        (beside,) = [other for other in cases if other.id == case.against]
        assert case.block == beside.block
        answer, expected = (outcome(experiment, one, service).answer for one in (case, beside))
        assert answer == expected or case.answers != beside.answers


def test_where_it_is_not_possible_it_is_not_measured() -> None:
    without = replace(SETTING, optional=())
    assert FURTHER.name not in {case.model for case in cpu_bound.cases(without)}


def test_ten_dishes_are_cooked_in_its_pool_and_traced(service: Service) -> None:
    case = dishes.make_case("mixed", FURTHER.name, SETTING)
    processes = dishes.make_case("mixed", "processes", SETTING)
    cooked = outcome(dishes.EXPERIMENT, case, service)
    assert cooked.answer == outcome(dishes.EXPERIMENT, processes, service).answer
    assert {span.task for span in cooked.spans} == set(range(1, 11))
    assert {"start", "run", "wait", "pickle"} <= {span.phase for span in cooked.spans}
