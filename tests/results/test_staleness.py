"""Staleness: whatever changes what is timed changes the key, and nothing else does."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from conc.errors import ConcError
from conc.experiments.experiment import Effort, Experiment
from conc.records import Interpreter, Machine, Measurement, Profile, Result
from conc.results import staleness
from tests.invented.results import invented_interpreter, invented_machine, invented_setting


@pytest.fixture
def snippet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of a snippet that raises when it is run."""
    path = tmp_path / "invented_snippet.py"
    path.write_text("raise SystemExit\n")
    monkeypatch.syspath_prepend(tmp_path)
    return path


def key(
    experiment: Experiment,
    machine: Machine | None = None,
    interpreter: Interpreter | None = None,
    cores: int = 2,
) -> str:
    """Return the key of an experiment on the invented machine."""
    return staleness.experiment_key(
        experiment,
        invented_setting(cores=cores),
        machine or invented_machine(),
        interpreter or invented_interpreter(),
    )


def test_the_key_is_the_same_for_the_same_things(experiment: Experiment) -> None:
    """Asking twice measures once."""
    assert key(experiment) == key(experiment)


def test_an_edit_of_a_snippet_changes_the_key_without_running_it(
    experiment: Experiment, snippet: Path
) -> None:
    """The code on the page is the code that was timed, and finding it has no effects."""
    experiment = replace(experiment, snippets=("invented_snippet",))
    before = key(experiment)
    snippet.write_text("raise SystemExit  # for another reason\n")
    assert key(experiment) != before
    assert "invented_snippet" not in sys.modules


def test_an_edit_of_a_module_that_is_timed_changes_the_key(
    experiment: Experiment, snippet: Path
) -> None:
    """A pool or a client of ours runs in the timed region, too."""
    experiment = replace(experiment, times=("invented_snippet",))
    before = key(experiment)
    snippet.write_text("raise SystemExit  # for another reason\n")
    assert key(experiment) != before


@pytest.mark.parametrize(
    "change",
    [
        lambda e: replace(e, name="other"),
        lambda e: replace(e, snippets=()),
        lambda e: replace(e, cases=lambda setting: e.cases(setting)[:1]),
        lambda e: replace(e, effort={"quick": replace(e.effort["quick"], rounds_per_run=6)}),
        lambda e: replace(e, open=pytest.raises),
        lambda e: replace(e, times=("conc.experiments.parts.pools",)),
    ],
    ids=["name", "snippets", "cases", "effort", "module", "times"],
)
def test_what_is_timed_is_in_the_key(
    experiment: Experiment, change: Callable[[Experiment], Experiment]
) -> None:
    """Another case, effort, snippet or preparing module is another measurement."""
    assert key(change(experiment)) != key(experiment)


def test_words_about_an_experiment_and_other_profiles_are_not_in_the_key(
    experiment: Experiment,
) -> None:
    """A better title measures nothing again."""
    quick: dict[Profile, Effort] = {"quick": experiment.effort["quick"]}
    assert key(replace(experiment, title="New", question="New?", effort=quick)) == key(experiment)


def test_another_machine_interpreter_or_setting_is_another_key(experiment: Experiment) -> None:
    """Figures belong to where they came from."""
    kernel = msgspec.structs.replace(invented_machine(), kernel="6.2.0")
    version = msgspec.structs.replace(invented_interpreter(), version="3.13.2")
    keys = {
        key(experiment),
        key(experiment, machine=kernel),
        key(experiment, interpreter=version),
        key(experiment, cores=3),
    }
    assert len(keys) == 4


def test_a_few_kilobytes_of_memory_more_are_the_same_machine(experiment: Experiment) -> None:
    """What the kernel keeps for itself changes from boot to boot."""
    machine = invented_machine()
    more = msgspec.structs.replace(machine, memory=machine.memory + 300_000)
    assert key(experiment, machine=more) == key(experiment)


def test_a_new_way_of_measuring_makes_everything_stale(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raising the measuring version is enough."""
    before = key(experiment)
    monkeypatch.setattr(staleness, "MEASURING_VERSION", staleness.MEASURING_VERSION + 1)
    assert key(experiment) != before


@pytest.mark.parametrize("module", ["no_such_snippet", "no_such_folder.snippet"])
def test_a_snippet_that_is_not_there_is_named(module: str) -> None:
    """A wrong name is an error at once, not a key of nothing."""
    with pytest.raises(ConcError, match=f"{module}: no such module"):
        staleness.snippet_digest(module)


def test_a_file_of_c_beside_a_snippet_belongs_to_it(snippet: Path) -> None:
    """A page shows both, so an edit of either makes its figures stale."""
    before = staleness.snippet_digest(snippet.stem)
    snippet.with_suffix(".c").write_text("int main(void) { return 0; }")
    assert staleness.snippet_digest(snippet.stem) != before


@pytest.fixture
def measurement(result: Result) -> Measurement:
    """Return the invented measurement, of profile quick."""
    return result.measurements["compute"]


def test_a_snippet_that_changed_since_is_named(
    experiment: Experiment, measurement: Measurement, snippet: Path
) -> None:
    """A page can say that its code is newer than its figures."""
    assert staleness.changed_snippets(measurement, experiment) == []
    snippets = (*experiment.snippets, snippet.stem)
    assert staleness.changed_snippets(measurement, replace(experiment, snippets=snippets)) == [
        "invented_snippet"
    ]


def is_fresh(measurement: Measurement, experiment: Experiment, profile: Profile = "quick") -> bool:
    """Tell whether a measurement is fresh on the invented machine."""
    setting = replace(invented_setting(), profile=profile)
    return staleness.is_fresh(
        measurement, experiment, setting, invented_machine(), invented_interpreter()
    )


def test_a_complete_measurement_is_fresh_for_its_profile_and_shorter_ones(
    experiment: Experiment, measurement: Measurement
) -> None:
    """A longer measurement answers for a shorter one, and never the other way round."""
    assert is_fresh(measurement, experiment)
    assert is_fresh(measurement, experiment, "smoke")
    assert not is_fresh(measurement, experiment, "full")


def test_an_incomplete_or_outdated_measurement_is_not_fresh(
    experiment: Experiment, measurement: Measurement
) -> None:
    """What was interrupted goes on; what has changed begins anew."""
    assert not is_fresh(msgspec.structs.replace(measurement, complete=False), experiment)
    assert not is_fresh(measurement, replace(experiment, snippets=()))
