"""What holds for every experiment, whatever it measures."""

import contextlib
import json
import os
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from types import FrameType
from typing import IO

import pytest

import conc
from conc.errors import ConcError
from conc.experiments import registry
from conc.experiments.experiment import Experiment, Service, Setting
from conc.measure.machine import start_methods
from conc.models import ModelName, optional_here
from conc.records import PROFILES, Profile
from conc.results import staleness

ALL = [pytest.param(experiment, id=experiment.name) for experiment in registry.EXPERIMENTS]
SYSTEMS: tuple[tuple[tuple[ModelName, ...], tuple[str, ...]], ...] = (
    ((), ("fork", "spawn", "forkserver")),
    (("interpreters",), ("spawn",)),
)
SETTINGS = [
    Setting(profile, cores, optional, methods)
    for profile, cores, (optional, methods) in product(
        PROFILES,
        (1, 2, 3, 8, 64),
        SYSTEMS,
    )
]


def here(profile: Profile = "smoke") -> Setting:
    return Setting(profile, 2, optional_here(), tuple(start_methods()))


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


@pytest.mark.parametrize(("profile", "most_s"), [("quick", 115), ("full", 15 * 60 - 30)])
def test_all_experiments_together_stay_within_the_time_of_their_profile(
    profile: Profile, most_s: float
) -> None:
    """What is left of two minutes, and of fifteen, is for a slow hour and the wait for quiet."""
    seconds = {one.name: one.effort[profile].seconds for one in registry.EXPERIMENTS}
    assert sum(seconds.values()) <= most_s, seconds


@pytest.mark.parametrize("experiment", ALL)
@pytest.mark.parametrize("profile", ["quick", "full"])
def test_whatever_is_timed_and_compared_has_four_runs_at_least(
    experiment: Experiment, profile: Profile
) -> None:
    compared = [case for case in experiment.cases(here(profile)) if case.against]
    if compared and experiment.name not in COUNTED:
        effort = experiment.effort[profile]
        assert effort.min_runs >= 4
        assert effort.runs_of_all is None or 4 <= effort.runs_of_all < effort.max_runs


COUNTED = {"memory", "own-function"}
"""What is not timed, and what is asked for by whoever tries a function."""


@pytest.mark.parametrize("cores", [1, 2, 8])
@pytest.mark.parametrize("experiment", ALL)
def test_what_a_decisive_case_is_compared_with_is_timed_as_often(
    experiment: Experiment, cores: int
) -> None:
    for profile in PROFILES:
        setting = Setting(profile, cores, (), ("fork", "spawn", "forkserver"))
        cases = {case.id: case for case in experiment.cases(setting)}
        for case in cases.values():
            if case.decisive and case.against:
                assert cases[case.against].decisive


def test_names_are_unique_and_found() -> None:
    names = [experiment.name for experiment in registry.EXPERIMENTS]
    assert len(names) == len(set(names))
    assert [registry.get(name).name for name in names] == names


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConcError, match=r"'gpu-bound'.*cpu-bound, io-bound"):
        registry.get("gpu-bound")


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of one sample of every case: the answers by their group, and whose code ran."""

    answers: dict[str, set[str]]
    modules: set[str]


@cache
def acted(name: str, service: Service) -> Acted:
    """Open and execute every case of an experiment's profile smoke in this process."""
    experiment = registry.get(name)
    answers: defaultdict[str, set[str]] = defaultdict(set)
    with tempfile.TemporaryFile() as called:
        for case in experiment.cases(here()):
            with noting_calls(called), experiment.open(case, service) as trial:
                outcome = trial.read(trial.act())
            if case.answers:
                answers[case.answers].add(json.dumps(outcome.answer))
        called.seek(0)
        return Acted(answers, set(called.read().decode().split()))


@contextlib.contextmanager
def noting_calls(file: IO[bytes]) -> Iterator[None]:
    """Note every module of ours whose functions run, in any thread or forked process."""
    package = Path(conc.__path__[0])
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _arg: object) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name not in seen:
            seen.add(name)
            if (path := Path(name)).is_relative_to(package):
                module = ".".join(("conc", *path.relative_to(package).with_suffix("").parts))
                os.write(file.fileno(), f"{module}\n".encode())

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@pytest.mark.parametrize("experiment", ALL)
def test_every_smoke_case_opens_and_acts_and_equal_work_gives_equal_answers(
    experiment: Experiment, service: Service
) -> None:
    answers = acted(experiment.name, service).answers
    assert {name: len(given) for name, given in answers.items()} == dict.fromkeys(answers, 1)


NOUNS = {"conc.records", "conc.experiments.experiment"}
"""What says what a case is, and does none of its work."""


@pytest.mark.parametrize("experiment", ALL)
def test_whatever_runs_in_a_sample_or_makes_it_ready_is_in_the_key(
    experiment: Experiment, service: Service
) -> None:
    covered = {*staleness.timed_modules(experiment), *experiment.snippets}
    assert acted(experiment.name, service).modules - NOUNS <= covered


@pytest.mark.parametrize("experiment", ALL)
def test_the_service_that_a_sample_asks_is_in_the_key(experiment: Experiment) -> None:
    assert experiment.needs_service == ("conc.measure.ratings_server" in experiment.times)
