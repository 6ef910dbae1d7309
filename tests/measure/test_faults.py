"""What becomes of the processes and the result file when the measuring process itself is ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conc.errors import ConcError
from conc.measure import forked, session
from conc.measure.launcher import ProcessLauncher
from conc.measure.world import World
from conc.records import Measurement
from conc.results import store
from tests.measure import measuring, tiny
from tests.measure.fakes import RecordingProgress
from tests.measure.processes import LIMIT_S, marked, wait_until_none_is_left

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
KINDS = ["fresh", *(["forked"] if forked.is_possible() else [])]
SIGNALS = ["SIGINT", "SIGTERM"] + (["SIGKILL"] if sys.platform == "linux" else [])


@pytest.fixture
def mark(request: pytest.FixtureRequest) -> Iterator[str]:
    """Mark what a test starts, and see that none of it remains."""
    mark = f"{os.getpid()} {request.node.name}"
    yield mark
    wait_until_none_is_left(mark)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Say how the workers of a test are started."""
    return str(request.param)


@contextmanager
def a_measurement(
    model: str, folder: Path, mark: str, kind: str
) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-m", measuring.__name__, model, str(folder), kind],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "CONC_TEST": mark},
        cwd=Path(__file__).parents[2],
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for_first_run(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"


def wait_for_processes(mark: str, count: int) -> None:
    until_s = time.monotonic() + LIMIT_S
    while len(marked(mark)) < count and time.monotonic() < until_s:
        time.sleep(0.02)
    assert len(marked(mark)) >= count


def only(folder: Path) -> Measurement:
    (path,) = store.result_files(folder)
    (measurement,) = store.load(path).measurements.values()
    return measurement


@posix_only
@pytest.mark.parametrize("name", SIGNALS)
def test_an_ended_measurement_keeps_its_runs_and_leaves_no_process(
    name: str, tmp_path: Path, mark: str, kind: str
) -> None:
    with a_measurement("threads", tmp_path, mark, kind) as process:
        wait_for_first_run(process)
        process.send_signal(signal.Signals[name])
        assert process.wait(LIMIT_S) != 0
    wait_until_none_is_left(mark)
    measurement = only(tmp_path)
    assert not measurement.complete
    assert {sample.run for sample in measurement.samples} >= {0}


@posix_only
@pytest.mark.parametrize("name", SIGNALS)
def test_a_worker_that_hangs_with_its_pool_ends_with_the_measurement(
    name: str, tmp_path: Path, mark: str, kind: str
) -> None:
    with a_measurement("hangs with a pool", tmp_path, mark, kind) as process:
        # The measuring process, two workers, the two processes of the pool, and the template.
        wait_for_processes(mark, 5 if kind == "fresh" else 6)
        process.send_signal(signal.Signals[name])
        assert process.wait(LIMIT_S) != 0
    wait_until_none_is_left(mark)
    assert only(tmp_path).samples == []


@posix_only
def test_a_measurement_goes_on_after_it_was_killed(tmp_path: Path, mark: str, kind: str) -> None:
    with a_measurement("threads", tmp_path, mark, kind) as process:
        wait_for_first_run(process)
        process.kill()
        process.wait(LIMIT_S)
    kept = only(tmp_path).samples
    with a_measurement("threads", tmp_path, mark, kind) as process:
        wait_for_first_run(process)
    assert only(tmp_path).samples[: len(kept)] == kept


@posix_only
def test_a_second_measurement_is_refused_while_one_runs(
    tmp_path: Path, mark: str, kind: str
) -> None:
    world = World(ProcessLauncher(), RecordingProgress())
    with a_measurement("threads", tmp_path, mark, kind) as process:
        wait_for_first_run(process)
        with pytest.raises(ConcError, match="another measurement is running"):
            session.measure([tiny.EXPERIMENT], "smoke", tmp_path, world)


def test_every_kind_of_fault_is_recorded_and_the_sound_case_is_measured(
    tmp_path: Path, kind: str
) -> None:
    """The real thing, once: real workers, meter and watch, one case a fault."""
    faults = {
        "exits": "crashed",
        "hangs": "timed out",
        "garbles": "garbled",
        "raises": "raised",
        "lies": "wrong answer",
        "fails to open": "raised",
        "dies at once": "crashed",
    }
    experiment = tiny.experiment("threads", "prints", *faults, limit_s=1.0, memory=True)
    experiment = replace(experiment, fresh=kind == "fresh")
    world = World(ProcessLauncher(), RecordingProgress())
    _, result = session.measure([experiment], "smoke", tmp_path, world)
    measurement = result.measurements[experiment.name]
    assert measurement.complete
    assert {failure.case: failure.kind for failure in measurement.failures} == {
        tiny.case(model).id: kind for model, kind in faults.items()
    }
    sound = {tiny.case(model).id for model in ("sequential", "threads", "prints")}
    for case in sound:
        taken = [sample for sample in measurement.samples if sample.case == case]
        assert [sample.warmup for sample in taken] == [True, False, False]
        assert all(sample.cpu_s is not None for sample in taken)
    assert [memory.case for memory in measurement.memory] == [tiny.case("sequential").id]
    assert str(Path.home()) not in (tmp_path / result_name(tmp_path)).read_text()


def result_name(folder: Path) -> str:
    (path,) = store.result_files(folder)
    return path.name
