"""A lean result: a fraction of the size, and the same verdicts."""

import lzma
from pathlib import Path

import msgspec
import pytest

from conc.claims import findings
from conc.errors import ConcError
from conc.experiments.parts.looking import Look
from conc.experiments.tries import NAME
from conc.records import Origin, Result
from conc.results import contribution
from conc.results.lean import lean
from tests.invented.tries import BUSY_S, examples_tried
from tests.invented.uploads import COMMIT, World, result


@pytest.fixture(scope="module")
def whole() -> Result:
    return result("ubuntu-24.04", "3.14", "2026-10", World(runs=6, rounds=3))


@pytest.fixture(scope="module")
def packed(whole: Result) -> bytes:
    return contribution.pack_gathered(lean(whole))


def test_verdicts_and_key_figures_of_a_lean_file_are_those_of_the_whole_one(
    whole: Result, packed: bytes, tmp_path: Path
) -> None:
    path = tmp_path / contribution.file_name(whole, packed)
    path.write_bytes(packed)
    ours, theirs = findings.of_result(whole, "x"), findings.of_file(path)
    assert {name: one.outcome for name, one in ours.verdicts.items()} == {
        name: one.outcome for name, one in theirs.verdicts.items()
    }
    assert len(ours.figures) > 10
    for name, figure in ours.figures.items():
        assert theirs.figures[name].value == pytest.approx(figure.value, rel=0.005)


def test_what_pages_are_about_keeps_traces_screens_and_short_lists(
    whole: Result, packed: bytes, tmp_path: Path
) -> None:
    drawn = contribution.pack_gathered(lean(whole, drawn=True))
    path = tmp_path / f"x{contribution.GATHERED}"
    path.write_bytes(drawn)
    kept = contribution.load(path)
    assert any(sample.spans for sample in kept.measurements["kitchens"].samples)
    assert any(capture.raw for capture in kept.measurements["listings"].captures)
    counted = kept.measurements["heartbeat"].samples[0].values
    assert isinstance(counted["lateness_s"], list)
    assert len(packed) < len(drawn) < len(contribution.pack(whole))


def test_what_pages_are_about_keeps_looks_at_functions() -> None:
    tried = examples_tried({"processes": BUSY_S / 2})
    kept = lean(tried, drawn=True).measurements[NAME]
    looks = [one for one in kept.samples if one.warmup]
    assert [Look.of(one.values).coroutine for one in looks] == [0.0, 1.0]
    assert not any(one.warmup for one in lean(tried).measurements[NAME].samples)


def test_it_is_a_small_part_of_what_a_contributed_file_is(whole: Result, packed: bytes) -> None:
    assert len(packed) < len(contribution.pack(whole)) / 3


def test_the_same_result_gives_the_same_bytes(whole: Result, packed: bytes) -> None:
    assert contribution.pack_gathered(lean(whole)) == packed


def test_origin_is_kept_in_the_file(whole: Result, tmp_path: Path) -> None:
    origin = Origin(commit=COMMIT, run=7, image="ubuntu-24.04")
    path = tmp_path / f"x{contribution.GATHERED}"
    made = msgspec.structs.replace(lean(whole), origin=origin)
    path.write_bytes(contribution.pack_gathered(made))
    assert contribution.load(path).origin == origin


@pytest.mark.parametrize("cut", [0, 6, 20, -1])
def test_a_damaged_file_is_refused_in_a_line(packed: bytes, tmp_path: Path, cut: int) -> None:
    path = tmp_path / f"x{contribution.GATHERED}"
    path.write_bytes(packed[:cut])
    with pytest.raises(ConcError, match="no contributed result"):
        contribution.load(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / f"x{contribution.GATHERED}"
    path.write_bytes(lzma.compress(b" " * (contribution.MOST_UNPACKED * 20)))
    with pytest.raises(ConcError, match="unpacks to more than"):
        contribution.load(path)
