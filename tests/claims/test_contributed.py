"""What refuses a contributed file, and that nothing in one says whose machine it was."""

import gzip
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from conc.claims import contributed
from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Failure, Result
from conc.results import contribution
from tests.invented.results import invented_result

FIRST = EXPERIMENTS[0].name
Change = Callable[[Result], Result]


@pytest.fixture(scope="module")
def result() -> Result:
    return invented_result(EXPERIMENTS[:1])


def put(result: Result, folder: Path) -> Path:
    """Write a result into a folder as it is contributed."""
    packed = contribution.pack(result)
    path = folder / contribution.file_name(result, packed)
    path.write_bytes(packed)
    return path


def found(path: Path, *, notes: bool = False) -> list[str]:
    return [one.says for one in contributed.complaints(path, path.parent) if one.note is notes]


def with_machine(**fields: object) -> Change:
    return lambda of: msgspec.structs.replace(
        of, machine=msgspec.structs.replace(of.machine, **fields)
    )


def with_first(**fields: object) -> Change:
    def change(of: Result) -> Result:
        first = msgspec.structs.replace(of.measurements[FIRST], **fields)
        return msgspec.structs.replace(of, measurements={FIRST: first})

    return change


def with_cpu_s(seconds: float) -> Change:
    def change(of: Result) -> Result:
        samples = [
            msgspec.structs.replace(s, cpu_s=seconds) for s in of.measurements[FIRST].samples
        ]
        return with_first(samples=samples)(of)

    return change


def test_a_sound_file_is_not_complained_of(result: Result, tmp_path: Path) -> None:
    path = put(result, tmp_path)
    assert found(path) == found(path, notes=True) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (with_machine(cpu="<script>alert(1)</script>"), "markup in '<script"),
        (with_machine(cpu="a CPU\x1b[2J"), "a character that can't be shown"),
        (with_machine(cpu="a \u202eUPC"), "a character that can't be shown"),
        (with_machine(kernel="6.1 built by a.person@example.org"), "an address in"),
        (with_machine(virtualisation="vm at 192.168.0.12"), "an address in"),
        (with_machine(limits=["see /home/ada/limits"]), "a path in"),
        (with_machine(limits=["see C:\\Users\\ada"]), "a path in"),
        (with_machine(usable_cores=64.0), "64 usable cores of 2 can't be"),
        (with_machine(memory=1), "1 bytes of memory can't be"),
        (with_first(profile="smoke"), "the profile smoke measures nothing"),
        (with_first(complete=False), "it is not complete"),
        (with_first(started="2199-01-01T00:00:00Z"), "it can't have started at"),
        (with_first(started="yesterday"), "it can't have started at"),
        (with_first(seconds=1e6), "its samples took"),
        (with_cpu_s(1000.0), "of CPU time in"),
        (
            with_first(
                failures=[
                    Failure(
                        case="cpu_bound sequential ×1 chunk=75000", run=0, kind="raised", detail="!"
                    )
                ]
            ),
            "raised an error",
        ),
    ],
)
def test_what_can_not_be_is_named(
    result: Result, tmp_path: Path, change: Change, says: str
) -> None:
    changed = change(result)
    for failure in changed.measurements[FIRST].failures:
        case = changed.measurements[FIRST].cases[0].id
        changed = with_first(failures=[msgspec.structs.replace(failure, case=case)])(changed)
    complaints = found(put(changed, tmp_path))
    assert any(says in one for one in complaints), complaints
    assert all(one.isprintable() for one in complaints)


def test_a_version_of_four_numbers_is_no_address(result: Result, tmp_path: Path) -> None:
    python = msgspec.structs.replace(result.interpreter, compiler="Clang (clang-1600.0.26.6)")
    assert found(put(msgspec.structs.replace(result, interpreter=python), tmp_path)) == []


def test_a_file_has_the_name_of_its_content(result: Result, tmp_path: Path) -> None:
    path = put(result, tmp_path)
    assert "its name has to be" in found(path.rename(tmp_path / "mine.json.gz"))[0]


def test_the_same_samples_again_are_refused(result: Result, tmp_path: Path) -> None:
    first = put(result, tmp_path)
    second = put(msgspec.structs.replace(result, conc="9.9"), tmp_path)
    assert found(second) == [f"the samples of {first.name} again"]


def test_another_measurement_of_the_same_machine_is_noted(result: Result, tmp_path: Path) -> None:
    first = put(result, tmp_path)
    second = put(invented_result(EXPERIMENTS[:1], seed=2), tmp_path)
    assert found(second) == []
    assert first.name in found(second, notes=True)[0]


def test_other_versions_of_the_code_are_noted(result: Result, tmp_path: Path) -> None:
    path = put(with_first(snippets={"snippets.cpu_bound": "0" * 64})(result), tmp_path)
    assert found(path) == []
    assert "another version of the code" in found(path, notes=True)[0]


def test_a_broken_file_is_told_in_one_line(result: Result, tmp_path: Path) -> None:
    path = put(result, tmp_path)
    path.write_bytes(gzip.compress(b"[]"))
    assert len(found(path)) == 1


def test_an_error_that_quotes_a_path_is_contributed_without_its_text(result: Result) -> None:
    case = result.measurements[FIRST].cases[0].id
    failed = Failure(case=case, run=0, kind="crashed", detail="no /home/ada/x.so")
    cleaned = contributed.without_names(with_first(failures=[failed])(result))
    assert cleaned.measurements[FIRST].failures[0].detail == contributed.LEFT_OUT


def test_a_name_of_this_machine_anywhere_else_refuses_the_contribution(result: Result) -> None:
    with pytest.raises(ConcError, match="a name of this machine in 'Invented CPU"):
        contributed.without_names(result, ["invented"])
