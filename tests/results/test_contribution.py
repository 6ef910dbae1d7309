"""Contributed files: small, the same each time, and no way to do harm by one."""

import gzip
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conc.claims import ledger
from conc.claims.judge import judge_all
from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Result
from conc.results import chrome_trace, contribution, store
from conc.results.evidence import Evidence
from tests.fuzzing import CONTRIBUTED
from tests.invented.ledger import counted
from tests.invented.results import invented_result


@pytest.fixture(scope="module")
def result() -> Result:
    return invented_result(values_of=counted)


@pytest.fixture(scope="module")
def packed(result: Result) -> bytes:
    return contribution.pack(result)


@pytest.fixture
def path(tmp_path: Path, packed: bytes) -> Path:
    path = tmp_path / "contributed.json.gz"
    path.write_bytes(packed)
    return path


def altered(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Change what a contributed file holds."""
    content = msgspec.json.decode(gzip.decompress(path.read_bytes()))
    change(content)
    path.write_bytes(gzip.compress(msgspec.json.encode(content)))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConcError) as refused:
        contribution.load(path)
    assert str(refused.value).isprintable()
    return str(refused.value)


def test_verdicts_of_a_contributed_file_are_those_of_the_whole_one(
    result: Result, path: Path
) -> None:
    whole = judge_all(ledger.CLAIMS, Evidence(result))
    small = judge_all(ledger.CLAIMS, Evidence(contribution.load(path)))
    assert [(v.claim, v.outcome, v.sentence) for v in small] == [
        (v.claim, v.outcome, v.sentence) for v in whole
    ]
    assert len({verdict.outcome for verdict in whole} - {"undecided", "not tested here"}) > 1


def test_every_reading_of_every_sample_is_kept(result: Result, path: Path) -> None:
    small = contribution.load(path)
    for name, measurement in result.measurements.items():
        for ours, theirs in zip(measurement.samples, small.measurements[name].samples, strict=True):
            assert (ours.case, ours.answer, ours.warmup) == (
                theirs.case,
                theirs.answer,
                theirs.warmup,
            )
            for field in ("wall_s", "cpu_s", "user_s", "run_delay_s", "stalled", "voluntary"):
                assert getattr(theirs, field) == pytest.approx(getattr(ours, field), rel=1e-5)


def test_a_list_becomes_its_length_and_percentiles(path: Path) -> None:
    samples = contribution.load(path).measurements["io-bound"].samples
    assert not any(isinstance(v, list) for sample in samples for v in sample.values.values())
    timed = next(sample for sample in samples if "latency_s.count" in sample.values)
    assert {"latency_s.p0", "latency_s.p50", "latency_s.p100"} <= timed.values.keys()


def test_the_trace_that_is_drawn_is_kept_and_no_other(result: Result, path: Path) -> None:
    small = contribution.load(path)
    assert chrome_trace.traces(small).keys() == chrome_trace.traces(result).keys()
    traced = [s for m in small.measurements.values() for s in m.samples if s.spans]
    assert len(traced) == len(chrome_trace.traces(result)) > 0


def test_the_same_result_gives_the_same_bytes_and_so_does_a_contributed_one(
    result: Result, packed: bytes, path: Path
) -> None:
    assert contribution.pack(result) == packed
    assert contribution.pack(contribution.load(path)) == packed


def test_the_name_says_what_was_measured_and_ends_in_digits_of_the_content(
    result: Result, packed: bytes
) -> None:
    name = contribution.file_name(result, packed)
    words = "invented-cpu-3.00ghz-2-cores-linux-cpython-3.13.1-gil-enabled-"
    assert name.startswith(words)
    assert len(name.removeprefix(words).removesuffix(".json.gz")) == 8


def test_a_screen_that_another_file_shows_is_left_out_and_its_rows_are_kept(
    result: Result, tmp_path: Path, packed: bytes
) -> None:
    less = contribution.pack(result, contribution.screens(result))
    (tmp_path / "x.json.gz").write_bytes(less)
    small = contribution.load(tmp_path / "x.json.gz")
    assert not contribution.screens(small)
    assert len(less) < len(packed)
    rows = [len(capture.rows) for capture in small.measurements["listings"].captures]
    assert rows == [len(capture.rows) for capture in result.measurements["listings"].captures]


def test_what_is_no_experiment_of_ours_is_not_contributed(result: Result) -> None:
    one = msgspec.structs.replace(
        result.measurements["cpu-bound"], experiment="try work:secret", samples=[], cases=[]
    )
    more = {**result.measurements, "try work:secret": one}
    assert b"secret" not in gzip.decompress(
        contribution.pack(msgspec.structs.replace(result, measurements=more))
    )


def test_a_result_that_is_too_large_is_refused_with_its_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contribution, "MOST_PACKED", 1000)
    with pytest.raises(ConcError, match=r"bytes packed, and the most is 1,000"):
        contribution.pack(invented_result(EXPERIMENTS[:1]))


def test_a_file_that_unpacks_to_gigabytes_is_refused_before_it_does(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.json.gz"
    bomb.write_bytes(gzip.compress(bytes(200_000_000)))
    began_s = time.process_time()
    assert "unpacks to more than 2,000,000 bytes" in refusal(bomb)
    assert time.process_time() - began_s < 5


def test_a_file_that_is_cut_off_or_followed_by_another_is_refused(
    path: Path, packed: bytes
) -> None:
    for broken in (packed[:-20], packed + packed, b"", b"{}"):
        path.write_bytes(broken)
        assert "contributed result" in refusal(path)


def test_columns_of_different_lengths_are_refused(path: Path) -> None:
    altered(path, lambda content: content["samples"]["cpu-bound"]["fields"]["wall_s"].pop())
    assert "different lengths - at `$.samples.cpu-bound`" in refusal(path)


def test_a_place_out_of_range_is_refused(path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        content["samples"]["cpu-bound"]["case"][0] = -1

    assert "out of range" in refusal(altered(path, change))


def test_more_samples_of_a_case_than_a_bootstrap_can_carry_are_refused(path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        columns = content["samples"]["cpu-bound"]
        columns.pop("answer", None)
        count = 2_500
        columns["case"] = [0] * count
        columns["fields"] = {
            name: [column[0]] * count for name, column in columns["fields"].items()
        }
        columns["values"] = {}

    assert "more than 2,000 samples" in refusal(altered(path, change))


def test_a_file_of_a_newer_conc_is_named_so(path: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        content["result"]["format"] = 99

    assert "made by a newer conc (format 99)" in refusal(altered(path, change))


def test_a_file_of_the_format_before_is_read_and_decides_what_it_can(
    result: Result, path: Path
) -> None:
    def change(content: dict[str, Any]) -> None:
        content["result"]["format"] = 1
        for columns in content["samples"].values():
            for lacking in ("others_cores", "stolen"):
                columns["fields"].pop(lacking, None)

    older = contribution.load(altered(path, change))
    assert older.format == 1
    sample = older.measurements["cpu-bound"].samples[0]
    assert (sample.others_cores, sample.stolen) == (None, None)
    decided = {verdict.outcome for verdict in judge_all(ledger.CLAIMS, Evidence(older))}
    assert decided > {"undecided", "not tested here"}
    assert contribution.pack(msgspec.structs.replace(older, format=result.format))


def test_a_whole_result_file_is_read_as_well(result: Result, tmp_path: Path) -> None:
    store.save(result, tmp_path / "whole.json")
    assert contribution.load(tmp_path / "whole.json") == result


def test_2000_damaged_files_are_loaded_or_refused_in_one_line() -> None:
    assert [*CONTRIBUTED.broken(range(2_000))] == []
