"""What holds for every experiment, whatever it measures."""

import json
import multiprocessing
import sys
from collections import defaultdict
from itertools import product

import pytest

from conc.errors import ConcError
from conc.experiments import registry
from conc.experiments.experiment import Experiment, Service, Setting
from conc.records import PROFILES, Case, Profile

ALL = [pytest.param(experiment, id=experiment.name) for experiment in registry.EXPERIMENTS]
SETTINGS = [
    Setting(profile, cores, interpreters, methods)
    for profile, cores, (interpreters, methods) in product(
        PROFILES,
        (1, 2, 3, 8, 64),
        ((False, ("fork", "spawn", "forkserver")), (True, ("spawn",))),
    )
]


def here(profile: Profile = "smoke") -> Setting:
    methods = tuple(multiprocessing.get_all_start_methods())
    return Setting(profile, 2, sys.version_info >= (3, 14), methods)


@pytest.mark.parametrize("experiment", ALL)
def test_each_case_has_an_id_of_its_own_in_every_setting(experiment: Experiment) -> None:
    for setting in SETTINGS:
        ids = [case.id for case in experiment.cases(setting)]
        assert sorted(ids) == sorted(set(ids)), setting


@pytest.mark.parametrize("experiment", ALL)
def test_a_case_is_compared_with_another_case_of_its_block(experiment: Experiment) -> None:
    for setting in SETTINGS:
        for _, cases in experiment.blocks(setting):
            ids = {case.id for case in cases}
            for case in cases:
                assert case.against in ids - {case.id} | {""}, setting


@pytest.mark.parametrize("experiment", ALL)
def test_each_profile_has_its_effort_and_smoke_is_short(experiment: Experiment) -> None:
    assert set(experiment.effort) == set(PROFILES)
    # A capture waits for the frames of other programs, whatever the profile.
    assert experiment.captured or experiment.effort["smoke"].seconds <= 3


NOT_OF_THE_LEDGER = {
    "cpu-bound",
    "io-bound",
    "overhead",
    "memory",
    "listings",
    "kitchens",
    "own-function",
}


@pytest.mark.parametrize(("profile", "most_s"), [("quick", 45), ("full", 360)])
def test_the_experiments_of_the_ledger_together_stay_within_their_time(
    profile: Profile, most_s: float
) -> None:
    ledger = [one for one in registry.EXPERIMENTS if one.name not in NOT_OF_THE_LEDGER]
    assert sum(one.effort[profile].seconds for one in ledger) <= most_s


def test_names_are_unique_and_found() -> None:
    names = [experiment.name for experiment in registry.EXPERIMENTS]
    assert len(names) == len(set(names))
    assert [registry.get(name).name for name in names] == names


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConcError, match=r"'gpu-bound'.*cpu-bound, io-bound"):
        registry.get("gpu-bound")


@pytest.mark.parametrize("experiment", ALL)
def test_every_smoke_case_opens_and_acts_and_equal_work_gives_equal_answers(
    experiment: Experiment, service: Service
) -> None:
    answers: defaultdict[str, set[str]] = defaultdict(set)
    for case in experiment.cases(here()):
        answer = acted(experiment, case, service)
        if case.answers:
            answers[case.answers].add(answer)
    assert {name: len(given) for name, given in answers.items()} == dict.fromkeys(answers, 1)


def acted(experiment: Experiment, case: Case, service: Service) -> str:
    with experiment.open(case, service) as trial:
        outcome = trial.read(trial.act())
    return json.dumps(outcome.answer)
