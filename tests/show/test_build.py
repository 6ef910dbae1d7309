"""The steps of building a site, without any generator of sites."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from conc.claims import invariants, ledger
from conc.claims.invariants import Broken
from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Result
from conc.results import store
from conc.show import build, marks
from conc.show.shown import Shown
from tests.invented.results import invented_result


@pytest.fixture(scope="module")
def result() -> Result:
    return invented_result(EXPERIMENTS[:1])


def test_measuring_names_the_result_file_even_where_a_case_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build, "_run", lambda _: (1, "a/here.json\nmore\n"))
    assert build.measure(Path("a"), "quick") == Path("a/here.json")


def test_measuring_that_names_no_file_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "_run", lambda _: (2, ""))
    with pytest.raises(ConcError, match="exit code 2"):
        build.measure(Path("a"), "quick")


def test_a_site_is_finished_in_place_and_the_raw_data_put_beside_it(
    result: Result, tmp_path: Path
) -> None:
    mark = marks.mark("table", "method/machine")
    for page in ("index.html", "a/index.html"):
        build.write({page: f"<main>{mark}</main>".encode()}, tmp_path)
    build.finish(tmp_path, Shown(result))
    assert 'href="data/result.json"' in (tmp_path / "index.html").read_text(encoding="utf-8")
    inner = (tmp_path / "a" / "index.html").read_text(encoding="utf-8")
    assert 'href="../data/result.json"' in inner
    assert store.load(tmp_path / "data" / "result.json") == result
    build.finish(tmp_path, Shown(result))
    assert (tmp_path / "a" / "index.html").read_text(encoding="utf-8") == inner


def test_an_unknown_name_is_told_with_its_page(result: Result, tmp_path: Path) -> None:
    build.write({"a/index.html": marks.mark("chart", "speed").encode()}, tmp_path)
    with pytest.raises(ConcError, match=r"^page a/: no chart is named 'speed'"):
        build.finish(tmp_path, Shown(result))


def test_a_file_that_is_the_same_already_is_left_alone(tmp_path: Path) -> None:
    build.write({"a/b": b"1"}, tmp_path)
    os.utime(tmp_path / "a" / "b", (0, 0))
    build.write({"a/b": b"1"}, tmp_path)
    assert (tmp_path / "a" / "b").stat().st_mtime == 0
    build.write({"a/b": b"2"}, tmp_path)
    assert (tmp_path / "a" / "b").read_bytes() == b"2"


def test_figures_that_cannot_be_are_refused(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.refuse_broken(Shown(None))
    build.refuse_broken(Shown(result))
    monkeypatch.setattr(invariants, "check", lambda _: [Broken("cpu-bound", "a", "It can't be.")])
    with pytest.raises(ConcError, match=r"impossible figures: It can't be\."):
        build.refuse_broken(Shown(result))


def test_the_verdicts_and_the_schema_are_among_the_raw_data(result: Result) -> None:
    files = build.data(Shown(result))
    judged = msgspec.json.decode(files["verdicts.json"])
    assert [verdict["claim"] for verdict in judged] == [claim.id for claim in ledger.CLAIMS]
    assert "$defs" in msgspec.json.decode(files["result.schema.json"])
    assert set(build.data(Shown(None))) == {"result.schema.json", "try.schema.json"}


def test_drawings_of_long_ago_are_forgotten(tmp_path: Path) -> None:
    for name, days in (("old.svg", 31), ("new.svg", 29)):
        (tmp_path / name).touch()
        written_s = time.time() - days * 86_400
        os.utime(tmp_path / name, (written_s, written_s))
    build.forget_old(tmp_path)
    assert [path.name for path in tmp_path.glob("*.svg")] == ["new.svg"]


def test_the_exit_code_and_the_output_of_a_child_come_back() -> None:
    code = "import sys; print('a/result.json'); sys.exit(3)"
    assert build._run([sys.executable, "-c", code]) == (3, "a/result.json\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal to pass on")
def test_who_ends_the_build_ends_the_measurement(tmp_path: Path) -> None:
    child = (
        "import signal, sys, time, pathlib\n"
        f"def end(*_): pathlib.Path({str(tmp_path / 'ended')!r}).touch(); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        f"pathlib.Path({str(tmp_path / 'started')!r}).touch()\n"
        "time.sleep(60)"
    )
    parent = (
        f"import sys; from conc.show import build; build._run([sys.executable, '-c', {child!r}])"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as building:
        while not (tmp_path / "started").exists():
            assert building.poll() is None
        building.send_signal(signal.SIGTERM)
        assert building.wait(20) == 128 + signal.SIGTERM
    assert (tmp_path / "ended").exists()
