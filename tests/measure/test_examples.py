"""Functions of known nature are tried one after the other, in their time, and each is kept."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.parts.executors import Asked
from conc.experiments.tries import EXAMPLES, EXPERIMENT, FIRST_LOOK, FURTHER
from conc.measure import executors, session
from conc.measure.launcher import CaseFailedError
from conc.measure.world import World
from conc.records import Case, Measurement, Profile, Timing
from conc.results import store
from tests.measure.fakes import FakeLauncher, failed, setting_of, timing
from tests.measure.test_tries import told

BUILT = [one.call.function for one in EXAMPLES.values()]
ALL = [*BUILT, *(one.call.function for one in FURTHER)]


@dataclass
class Fake:
    """A world whose functions take a tenth of a second, and what a session makes of it."""

    world: World
    launcher: FakeLauncher
    folder: Path

    def measured(self, profile: Profile = "quick", *, refresh: bool = False) -> Measurement:
        world = replace(self.world, setting=lambda _profile: setting_of(profile))
        _, result = session.measure((EXPERIMENT,), profile, self.folder, world, refresh=refresh)
        return result.measurements[tries.NAME]

    def saved(self) -> Measurement:
        (path,) = store.result_files(self.folder)
        return store.load(path).measurements[tries.NAME]


@pytest.fixture
def fake(world: World, launcher: FakeLauncher, folder: Path) -> Fake:
    launcher.answering = answering
    return Fake(world, launcher, folder)


def answering(case: Case, _count: int) -> Timing | CaseFailedError:
    """Let a look tell of a function that computes, and processes gain."""
    if case.model == FIRST_LOOK:
        coroutine = float(case.block.endswith(("answer", "block")))
        return told(0.01, items=1.0, largest=1.0, coroutine=coroutine)
    return timing(0.05 if case.model == "processes" else 0.1)


def blocks_of(measured: Measurement) -> list[str]:
    return list(dict.fromkeys(case.block for case in measured.cases))


@pytest.mark.parametrize(("profile", "functions"), [("quick", BUILT), ("full", ALL)])
def test_a_build_tries_as_many_functions_as_its_profile_has_time_for(
    fake: Fake, profile: Profile, functions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "checked", lambda _names, _world: ())
    measured = fake.measured(profile)
    assert blocks_of(measured) == [end.block for end in measured.ends] == functions
    assert measured.complete
    looks = [sample for sample in measured.samples if sample.warmup]
    assert len(looks) == len(functions)


def test_the_samples_of_all_count_from_one_beginning(fake: Fake) -> None:
    measured = fake.measured()
    started = [sample.started_s for sample in measured.samples if not sample.warmup]
    assert started == sorted(started)
    assert max(started) <= measured.seconds


def test_all_together_end_within_their_time(fake: Fake) -> None:
    fake.launcher.answering = uncertain
    measured = fake.measured()
    assert {end.reason for end in measured.ends} == {"time"}
    assert measured.seconds <= 1.1 * EXPERIMENT.effort["quick"].seconds + 1


def uncertain(case: Case, count: int) -> Timing | CaseFailedError:
    """Let no model win or lose."""
    found = answering(case, count)
    if isinstance(found, CaseFailedError) or case.model in {FIRST_LOOK, "sequential"}:
        return found
    return timing(0.05 if count % 2 else 0.2)


def test_an_interrupted_session_keeps_what_was_tried_and_goes_on_with_the_rest(fake: Fake) -> None:
    def interrupted(case: Case, count: int) -> Timing | CaseFailedError | BaseException:
        is_second = case.block == BUILT[1] and case.model == "asyncio"
        return KeyboardInterrupt() if is_second else answering(case, count)

    fake.launcher.answering = interrupted
    with pytest.raises(KeyboardInterrupt):
        fake.measured()
    assert (blocks_of(fake.saved()), fake.saved().complete) == (BUILT[:1], False)
    fake.launcher.answering = answering
    fake.launcher.launched.clear()
    assert blocks_of(fake.measured()) == BUILT
    assert fake.launcher.launched.count((FIRST_LOOK,)) == 1


def test_what_was_tried_is_not_tried_again_unless_it_is_asked_for(fake: Fake) -> None:
    first = fake.measured()
    launched = len(fake.launcher.launched)
    assert fake.measured() == first
    assert len(fake.launcher.launched) == launched
    fake.measured(refresh=True)
    assert len(fake.launcher.launched) > launched


def test_a_function_that_can_not_be_tried_is_told_in_a_line_and_the_others_are(fake: Fake) -> None:
    def lost(case: Case, count: int) -> Timing | CaseFailedError:
        is_first = case.block == BUILT[0]
        return failed("crashed") if is_first else answering(case, count)

    fake.launcher.answering = lost
    measured = fake.measured()
    assert {sample.case for sample in measured.samples if BUILT[0] in sample.case} == set()
    assert blocks_of(measured) == BUILT
    assert [end.reason for end in measured.ends] == ["failed", "narrow"]
    (line,) = measured.left_out
    assert line.startswith(f"{BUILT[0]}: ")
    assert measured.complete


def test_dask_is_tried_with_one_function_where_it_can_be(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "checked", lambda _names, _world: (Asked("dask", 2, 1.0),))
    measured = fake.measured("full")
    assert {case.block for case in measured.cases if str(case.model) == "dask"} == {ALL[-1]}


def test_where_dask_can_not_be_tried_a_line_says_why_and_the_rest_is(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_names: object) -> list[str]:
        raise ConcError("--executor dask needs the package distributed")

    monkeypatch.setattr(executors, "named", refused)
    measured = fake.measured("full")
    assert measured.left_out == ["--executor dask needs the package distributed"]
    assert blocks_of(measured) == ALL
