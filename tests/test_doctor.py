"""What the doctor makes of what it finds."""

import sys
from pathlib import Path

import msgspec
import pytest

from conc import doctor
from conc.doctor import Finding, Surroundings
from conc.measure.listings import tools
from conc.measure.listings.programs import NotCaptured
from conc.records import Estimate
from conc.results import store
from conc.results.causes import Witnessed
from tests.invented.results import invented_interpreter, invented_machine, invented_result

QUIET = Witnessed(others_cores=0.01, delayed=0.0, stolen=0.0, spread=1.02)


def surroundings() -> Surroundings:
    """Return those of a machine that can decide everything."""
    return Surroundings(
        machine=msgspec.structs.replace(invented_machine(), virtualisation=None),
        interpreter=invented_interpreter(interpreters=True),
        load=QUIET,
        reads_proc=True,
        noise=Estimate(value=1.0, low=0.98, high=1.02, runs=3, rounds=30),
        htop="3.5.3",
    )


def found(around: Surroundings, subject: str) -> Finding:
    """Return the finding on a subject."""
    return next(one for one in doctor.examine(around) if one.subject == subject)


def changed(around: Surroundings, part: str, **changes: object) -> Surroundings:
    """Return the surroundings with another machine or interpreter."""
    record = msgspec.structs.replace(getattr(around, part), **changes)
    return msgspec.structs.replace(around, **{part: record})


def test_a_machine_that_lacks_nothing_is_ready_throughout() -> None:
    assert {one.state for one in doctor.examine(surroundings())} == {"ready"}


def test_one_core_decides_nothing_parallel() -> None:
    around = changed(surroundings(), "machine", usable_cores=1.0)
    assert found(around, "cores").state == "missing"
    assert "not tested here" in found(around, "cores").means


def test_a_quota_is_told_in_the_words_of_the_machine() -> None:
    around = changed(
        surroundings(), "machine", usable_cores=2.5, limits=["the cgroup quota is 2.5 CPUs"]
    )
    assert found(around, "cores").state == "limited"
    assert "the cgroup quota is 2.5 CPUs" in found(around, "cores").found
    assert "2.5×" in found(around, "cores").means


@pytest.mark.parametrize(
    ("subject", "change"),
    [
        ("hardware threads", {"threads_per_core": 2}),
        ("virtualisation", {"virtualisation": "kvm"}),
        ("clock rate", {"frequency_scaling": "powersave"}),
    ],
)
def test_what_makes_a_core_less_than_a_core_limits(subject: str, change: dict[str, object]) -> None:
    assert found(changed(surroundings(), "machine", **change), subject).state == "limited"


@pytest.mark.parametrize(
    ("change", "subject", "state"),
    [
        ({"noise": None}, "noise floor", "missing"),
        (
            {"noise": Estimate(value=1.0, low=0.8, high=1.2, runs=3, rounds=30)},
            "noise floor",
            "limited",
        ),
        ({"load": QUIET._replace(others_cores=None)}, "load", "missing"),
        ({"load": QUIET._replace(others_cores=0.4)}, "load", "limited"),
        ({"reads_proc": False}, "/proc", "missing"),
        ({"htop": "", "no_htop": "htop 3.0.1 is too old"}, "htop", "missing"),
        ({"no_compiler": "cc can't compile: no stdio.h"}, "C compiler", "missing"),
        ({"other_conc": "0.9"}, "another conc", "limited"),
    ],
)
def test_what_is_missing_is_said_with_what_it_costs(
    change: dict[str, object], subject: str, state: str
) -> None:
    finding = found(msgspec.structs.replace(surroundings(), **change), subject)
    assert finding.state == state
    assert finding.means


def test_an_interpreter_without_interpreters_names_the_one_that_has_them() -> None:
    around = changed(surroundings(), "interpreter", interpreters=False)
    assert found(around, "interpreters").state == "missing"
    assert "3.14" in found(around, "interpreters").helps


def test_a_gil_that_an_import_switched_on_is_noticed() -> None:
    around = changed(surroundings(), "interpreter", build="free-threaded", gil=True)
    assert found(around, "GIL").state == "limited"
    off = changed(surroundings(), "interpreter", build="free-threaded", gil=False)
    assert "without" in found(off, "GIL").means


def test_a_system_without_fork_is_limited() -> None:
    around = changed(surroundings(), "interpreter", start_methods=["spawn"])
    assert found(around, "start methods").state == "limited"


@pytest.mark.parametrize(
    ("load", "said"),
    [
        (QUIET._replace(others_cores=0.4), "other programs used 0.40 cores"),
        (QUIET._replace(stolen=0.05), "the host took 5.0 % of the CPU time"),
        (QUIET._replace(spread=1.65), "the cores’ own speed changed by about ×1.65"),
        (QUIET, "other programs used 0.01 cores"),
    ],
)
def test_what_disturbs_is_said_as_verdicts_say_it(load: Witnessed, said: str) -> None:
    assert said in found(msgspec.structs.replace(surroundings(), load=load), "load").found


def test_the_load_is_looked_at_while_this_process_computes() -> None:
    seen = doctor.look_at_load(0.1)
    assert seen.spread is not None
    assert seen.spread >= 1.0


def test_the_noise_floor_is_the_ratio_of_sequential_to_itself() -> None:
    noise = doctor.noise_floor(invented_result(noise=0.01))
    assert noise is not None
    assert noise.low <= 1.0 <= noise.high


def test_the_noise_floor_is_not_known_from_other_experiments() -> None:
    assert doctor.noise_floor(invented_result([])) is None


def test_too_few_rounds_give_no_noise_floor() -> None:
    assert doctor.noise_floor(invented_result(runs=1, rounds=1)) is None


def test_looking_around_reads_this_machine(tmp_path: Path) -> None:
    around = doctor.look_around(tmp_path)
    assert around.noise is None
    path = store.result_path(tmp_path, around.machine, around.interpreter)
    store.save(invented_result(), path)
    assert doctor.look_around(tmp_path).noise == doctor.noise_floor(store.load(path))


def test_a_machine_that_was_measured_too_noisily_shows_it() -> None:
    slow = invented_result(seconds_of=lambda case: 1.0 + len(case.id) % 3, noise=0.5)
    noise = doctor.noise_floor(slow)
    finding = found(msgspec.structs.replace(surroundings(), noise=noise), "noise floor")
    assert finding.state != "ready"


def test_htop_is_ready_only_where_the_capture_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class TooOld:
        tool = "htop"

        def version(self) -> str:
            raise NotCaptured("htop 3.0.1 is too old: 3.2 or newer is needed")

    monkeypatch.setattr(doctor, "views_here", lambda _system: (TooOld(),))
    assert doctor.captured_htop() == ("", "htop 3.0.1 is too old: 3.2 or newer is needed")
    monkeypatch.setattr(doctor, "views_here", tools.views_here)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert doctor.captured_htop() == ("", "its screens are captured on Linux only")


@pytest.mark.parametrize(
    ("entry_points", "version"),
    [
        ("[console_scripts]\nconc = conc.corpus:main\n", "0.9"),
        ("[mkdocs.plugins]\nconc = a:b\n", ""),
    ],
    ids=["another", "ours"],
)
def test_another_distribution_of_our_name_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry_points: str, version: str
) -> None:
    folder = tmp_path / "conc-0.9.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: conc\nVersion: 0.9\n")
    (folder / "entry_points.txt").write_text(entry_points)
    monkeypatch.syspath_prepend(tmp_path)
    assert doctor.other_conc() == version
