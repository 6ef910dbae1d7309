"""The store: what it refuses and how it says so, and that a write is whole or not at all."""

import errno
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conc.errors import ConcError
from conc.records import Result
from conc.results import store
from tests.invented.results import invented_interpreter, invented_machine, invented_result

Break = Callable[[dict[str, Any]], None]

NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a path whose folder is yet to be made, with a space and a non-ASCII letter."""
    return tmp_path / "mes résultats" / "result.json"


def refusal(path: Path) -> str:
    """Return the message with which a file is refused."""
    with pytest.raises(ConcError) as refused:
        store.load(path)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_saved_result_is_read_back_as_it_was(result: Result, path: Path) -> None:
    """Saving and loading loses nothing."""
    store.save(result, path)
    assert store.load(path) == result


@pytest.mark.parametrize("interpreters", [False, True])
def test_a_result_of_every_experiment_is_read_back_as_it_was(
    path: Path, *, interpreters: bool
) -> None:
    """Whatever the experiments measure fits into a file."""
    result = invented_result(runs=1, rounds=1, interpreters=interpreters)
    store.save(result, path)
    assert store.load(path) == result


def test_the_same_result_gives_the_same_bytes(result: Result, path: Path, tmp_path: Path) -> None:
    """A result that went through a file is written with the same bytes again."""
    store.save(result, path)
    store.save(store.load(path), tmp_path / "again.json")
    assert path.read_bytes() == (tmp_path / "again.json").read_bytes()


def test_an_unchanged_result_is_not_written_again(result: Result, path: Path) -> None:
    """A watcher of the file sees no change where there is none."""
    assert store.save(result, path)
    before = path.stat().st_mtime_ns
    assert not store.save(result, path)
    assert path.stat().st_mtime_ns == before


def test_saving_leaves_no_other_file_behind(result: Result, path: Path) -> None:
    """The file that a write goes through is gone afterwards."""
    store.save(result, path)
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_is_named(
    result: Result, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails half way takes nothing away."""
    store.save(result, path)
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConcError, match=r"result\.json: can't be written: No space left"):
        store.save(msgspec.structs.replace(result, conc="9"), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_named(result: Result, tmp_path: Path) -> None:
    """A file where the folder should be is an error that names the result file."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(ConcError, match=r"result\.json: can't be written"):
        store.save(result, tmp_path / "taken" / "result.json")


@contextmanager
def unprivileged() -> Iterator[None]:
    """Give up the rights of root, who may write into any folder, for a while."""
    if sys.platform != "win32" and os.geteuid() == 0:
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


@pytest.mark.skipif(os.name == "nt", reason="needs another system than Windows: modes of folders")
def test_a_read_only_folder_is_named(result: Result) -> None:
    """A folder without the right to write is an error that names the result file."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        with (
            unprivileged(),
            pytest.raises(ConcError, match=r"result\.json: can't be written: Permission denied"),
        ):
            store.save(result, Path(folder) / "result.json")


def test_a_result_that_could_not_be_loaded_is_not_saved(result: Result, path: Path) -> None:
    """An infinite number is refused before the old file is touched."""
    store.save(result, path)
    measurement = result.measurements["compute"]
    sample = msgspec.structs.replace(measurement.samples[0], values={"x": float("inf")})
    bad = msgspec.structs.replace(measurement, samples=[sample])
    with pytest.raises(ConcError, match=r"\$\.measurements\[\.\.\.\]\.samples\[0\]\.values"):
        store.save(msgspec.structs.replace(result, measurements={"compute": bad}), path)
    assert store.load(path) == result


def test_a_missing_file_is_named(path: Path) -> None:
    """A wrong name is an error at once."""
    assert refusal(path) == f"{path}: there is no such file"


def test_a_folder_in_place_of_the_file_can_not_be_read(tmp_path: Path) -> None:
    """What the system refuses to read is named with its reason."""
    assert "can't be read" in refusal(tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_refused(result: Result, path: Path, share: float) -> None:
    """A file that ends early never loads as a smaller result."""
    store.save(result, path)
    content = path.read_bytes().rstrip()
    path.write_bytes(content[: int(len(content) * share)])
    assert "no result of conc, or cut off: not JSON: " in refusal(path)


@pytest.mark.parametrize(
    "content",
    [b"rubbish", b"\xff\xfe", b'{"format": 1, "conc": "\xff"}', b"NaN", b'{"x":' + b"[" * 100_000],
    ids=["text", "not UTF-8", "not UTF-8 inside", "NaN", "nested too deeply"],
)
def test_a_file_that_is_not_json_is_refused(path: Path, content: bytes) -> None:
    """Whatever the bytes are, the answer is one line."""
    path.parent.mkdir()
    path.write_bytes(content)
    assert "no result of conc, or cut off: not JSON: " in refusal(path)


@pytest.mark.parametrize(
    "content", [b"", b"notes of mine", b'{"name": "package", "version": "1.0"}', b"[1, 2]", b"1"]
)
def test_only_of_a_file_that_we_wrote_is_it_said_that_it_can_be_deleted(
    path: Path, content: bytes
) -> None:
    """A stranger's file may be worth more than any result."""
    path.parent.mkdir()
    path.write_bytes(content)
    said = refusal(path)
    assert said.startswith(f"{path}: no result of conc")
    assert "delete" not in said
    assert "measure again" not in said
    with pytest.raises(ConcError, match=r"no result of conc.*; delete it and measure again$"):
        store.load_ours(path)


def test_what_a_newer_conc_made_is_never_to_be_deleted(result: Result, path: Path) -> None:
    """It can hold a measurement of an hour."""
    store.save(result, path)
    path.write_bytes(path.read_bytes().replace(b'"format":2', b'"format":3'))
    with pytest.raises(ConcError, match=r"upgrade conc$"):
        store.load_ours(path)


def test_a_file_of_the_first_format_is_read_and_its_readings_are_absent(
    result: Result, path: Path
) -> None:
    """What it lacks is never filled in."""
    store.save(result, path)
    data = json.loads(path.read_bytes())
    data["format"] = 1
    for measurement in data["measurements"].values():
        for sample in measurement["samples"]:
            del sample["others_cores"], sample["stolen"]
    path.write_text(json.dumps(data))
    old = store.load(path)
    assert old.format == 1
    samples = [sample for one in old.measurements.values() for sample in one.samples]
    assert samples
    assert {(sample.others_cores, sample.stolen) for sample in samples} == {(None, None)}


def test_a_file_above_the_bound_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A huge file is not taken in, and a huge result is not put out."""
    monkeypatch.setattr(store, "MOST_BYTES", 10)
    path.parent.mkdir()
    path.write_bytes(b" " * 11)
    assert "larger than" in refusal(path)
    with pytest.raises(ConcError, match="not written: larger than"):
        store.save(invented_result([]), path)


def newer(data: dict[str, Any]) -> None:
    """Pretend to come from a later conc, with a field that this one does not know."""
    data.update(format=3, colour="blue")


def unknown_field(data: dict[str, Any]) -> None:
    """Add a field that the format does not have."""
    data["machine"]["hostname"] = "hal"


def wrong_type(data: dict[str, Any]) -> None:
    """Give a text where a number belongs."""
    data["machine"]["cores"] = "two"


def long_text(data: dict[str, Any]) -> None:
    """Give a name longer than any name is."""
    data["machine"]["cpu"] = "x" * 2_001


def no_format(data: dict[str, Any]) -> None:
    """Leave the format out."""
    del data["format"]


def old_format(data: dict[str, Any]) -> None:
    """Name a format from before the first."""
    data["format"] = 0


def zero_time(data: dict[str, Any]) -> None:
    """Claim a sample that took no time."""
    data["measurements"]["compute"]["samples"][3]["wall_s"] = 0


def unknown_case(data: dict[str, Any]) -> None:
    """Let a sample name a case that is not there."""
    data["measurements"]["compute"]["samples"][3]["case"] = "<script>"


def unknown_baseline(data: dict[str, Any]) -> None:
    """Let a case be compared with one that is not there."""
    data["measurements"]["compute"]["cases"][1]["against"] = "nothing"


def other_block(data: dict[str, Any]) -> None:
    """Let a case be compared with one that was timed in other rounds."""
    data["measurements"]["compute"]["cases"][1]["block"] = "elsewhere"


def unknown_block(data: dict[str, Any]) -> None:
    """End a block that no case is in."""
    data["measurements"]["compute"]["ends"][0]["block"] = "nowhere"


def control_characters(data: dict[str, Any]) -> None:
    """Try to write on the terminal that shows the error."""
    data["machine"]["\x1b[2J\nconc: all is well"] = ""


def same_case_twice(data: dict[str, Any]) -> None:
    """Name two cases alike."""
    data["measurements"]["compute"]["cases"].append(data["measurements"]["compute"]["cases"][0])


def other_name(data: dict[str, Any]) -> None:
    """File a measurement under the name of another experiment."""
    data["measurements"]["compute"]["experiment"] = "other"


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (newer, "made by a newer conc (format 3); upgrade conc"),
        (old_format, "format 0 is none that conc ever wrote"),
        (no_format, "no result of conc: Object missing required field `format`"),
        (unknown_field, "unknown field `hostname` - at `$.machine`"),
        (wrong_type, "Expected `int`, got `str` - at `$.machine.cores`"),
        (long_text, "length <= 2000 - at `$.machine.cpu`"),
        (zero_time, ".samples[3].wall_s`"),
        (unknown_case, "`<script>` is unknown - at `$.measurements.compute.samples[3].case`"),
        (unknown_baseline, "`nothing` is unknown - at `$.measurements.compute.cases[1].against`"),
        (other_block, "is unknown - at `$.measurements.compute.cases[1].against`"),
        (unknown_block, "`nowhere` is unknown - at `$.measurements.compute.ends[0].block`"),
        (control_characters, "unknown field `\\x1b[2J\\nconc: all is well`"),
        (same_case_twice, "two cases have the same id - at `$.measurements.compute.cases`"),
        (other_name, "names the experiment `other` - at `$.measurements.compute.experiment`"),
    ],
)
def test_a_broken_file_is_refused_with_file_place_and_reason(
    result: Result, path: Path, break_it: Break, message: str
) -> None:
    """Each fault is named with the place where it stands."""
    store.save(result, path)
    data = json.loads(path.read_bytes())
    break_it(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    said = refusal(path)
    assert said.startswith(f"{path}: ")
    assert message in said


def test_a_second_measurement_into_a_folder_is_refused_at_once(tmp_path: Path) -> None:
    """Two measurements at once would spoil each other."""
    with (
        store.measuring_lock(tmp_path),
        pytest.raises(ConcError, match="another measurement is running"),
        store.measuring_lock(tmp_path),
    ):
        pass


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    """A measurement that failed does not lock the next one out."""
    with pytest.raises(KeyError), store.measuring_lock(tmp_path):
        raise KeyError
    with store.measuring_lock(tmp_path):
        pass


def test_what_a_killed_measurement_left_half_written_is_removed(
    result: Result, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-written file never counts as a result, and the next measurement removes it."""
    path.parent.mkdir()
    monkeypatch.setattr(Path, "replace", lambda *_: None)  # killed just before the last step
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    store.save(result, path)
    monkeypatch.undo()
    assert len(list(path.parent.iterdir())) == 1
    assert store.result_files(path.parent) == []
    with store.measuring_lock(path.parent):
        assert [p.name for p in path.parent.iterdir()] == [".measuring.lock"]


def test_the_lock_of_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """A folder that can't be written is named before anything is measured."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(ConcError, match="taken: can't be written"):
        store.measuring_lock(tmp_path / "taken").__enter__()


def test_a_result_file_is_named_after_machine_and_interpreter(tmp_path: Path) -> None:
    """The name is readable, safe on every file system, and stays the same."""
    path = store.result_path(tmp_path, invented_machine(), invented_interpreter())
    assert path.name.startswith("invented-cpu-3.00ghz-cpython-3.13.1-")
    assert path == store.result_path(tmp_path, invented_machine(), invented_interpreter())


def test_a_kernel_update_keeps_the_file_and_another_build_does_not(tmp_path: Path) -> None:
    """One file a machine and interpreter; a free-threaded build is another interpreter."""
    machine, interpreter = invented_machine(), invented_interpreter()
    path = store.result_path(tmp_path, machine, interpreter)
    updated = msgspec.structs.replace(machine, kernel="6.2.0", memory=machine.memory + 4096)
    free = msgspec.structs.replace(interpreter, build="free-threaded", gil=False)
    assert store.result_path(tmp_path, updated, interpreter) == path
    assert store.result_path(tmp_path, machine, free) != path
    assert store.result_path(tmp_path, invented_machine(cores=4), interpreter) != path


def test_the_result_files_of_a_folder_are_listed_by_name(tmp_path: Path) -> None:
    """Nothing but result files is listed, and the newest is the one written last."""
    for age, name in enumerate(["b.json", "a.json", "notes.txt"]):
        (tmp_path / name).write_text("{}")
        os.utime(tmp_path / name, (1_000 + age, 1_000 + age))
    assert store.result_files(tmp_path) == [tmp_path / "a.json", tmp_path / "b.json"]
    assert store.newest(tmp_path) == tmp_path / "a.json"


def test_a_folder_that_is_not_there_has_no_results(tmp_path: Path) -> None:
    """Before the first measurement there is nothing, which is no error."""
    assert store.result_files(tmp_path / "none") == []
    assert store.newest(tmp_path / "none") is None


def test_the_environment_can_move_the_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``CONC_RESULTS`` overrides the folder; an empty one does not."""
    monkeypatch.setenv("CONC_RESULTS", str(tmp_path))
    assert store.results_folder() == tmp_path
    monkeypatch.setenv("CONC_RESULTS", "")
    assert store.results_folder() == Path(".conc/results")
