"""Functions that do harm: a try of each ends in its time, leaves nothing behind, and says what."""

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from conc.errors import ConcError
from conc.experiments.tries import Call, Terms
from conc.measure.launcher import ProcessLauncher
from conc.measure.tries import try_in
from conc.measure.world import World
from conc.models import optional_here
from conc.records import Measurement, Result
from conc.results import store
from conc.show import tries as shown
from tests.measure.fakes import RecordingProgress

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")

SECONDS = 4.0

IN_THREADS = {"threads", *({"interpreters"} & {*optional_here()})}
"""The models that call in other threads than the main one."""
SOURCE = """
import itertools, os, signal, subprocess, sys, threading, time


def compute(number):
    return sum(range(20_000 + number))


def fork_and_leave_the_child(number):
    if os.fork() == 0:
        time.sleep(600)
        os._exit(0)
    return compute(number)


def fork_and_return_in_the_child(number):
    os.fork()
    return compute(number)


def leave_a_process(number):
    subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
    return compute(number)


def leave_a_thread(number):
    threading.Thread(target=time.sleep, args=(600,)).start()
    return compute(number)


def print_much(number):
    print("x" * 1_000_000)
    return compute(number)


def hang_in_threads(number):
    if threading.current_thread() is not threading.main_thread():
        time.sleep(600)
    return compute(number)


def die(number):
    os.kill(os.getpid(), signal.SIGKILL)


def die_in_threads(number):
    if threading.current_thread() is not threading.main_thread():
        os._exit(7)
    return compute(number)


def change_the_folder(number):
    os.chdir("/")
    os.environ["CHANGED"] = str(number)
    return compute(number)


def change_its_argument(numbers):
    numbers.append(1)
    return sum(range(20_000))


def endless():
    return itertools.count()


def endless_and_slow():
    for number in itertools.count():
        time.sleep(0.1)
        yield number


def never():
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a module that a reader could have written, and nothing else."""
    made = tmp_path_factory.mktemp("harmful")
    (made / "harmful.py").write_text(SOURCE)
    return made


@pytest.fixture(autouse=True)
def nothing_is_left(folder: Path) -> Iterator[None]:
    """Fail where a process is left running, or a file of the reader is not as it was."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    until_s = time.monotonic() + 10
    while left := {c.pid for c in psutil.Process().children(recursive=True)} - before:
        assert time.monotonic() < until_s, left
        time.sleep(0.05)
    assert {path.name for path in folder.iterdir()} <= {"harmful.py", "__pycache__"}
    assert (folder / "harmful.py").read_text() == SOURCE


def tried(folder: Path, results: Path, name: str, items: str = "[1, 2, 3, 4]") -> Result:
    world = World(ProcessLauncher(folder), RecordingProgress())
    terms = Terms(seconds=SECONDS, sample_limit_s=SECONDS)
    return try_in(world, Call(f"harmful:{name}", items), terms, results)[1]


def only(result: Result) -> Measurement:
    (measurement,) = result.measurements.values()
    return measurement


def failed(result: Result) -> dict[str, str]:
    """Say of each model what came of its first failure."""
    measurement = only(result)
    models = {case.id: case.model for case in measurement.cases}
    return {
        models[failure.case]: f"{failure.kind}: {failure.detail}"
        for failure in reversed(measurement.failures)
    }


@posix_only
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("fork_and_leave_the_child", "the processes that run"),
        ("leave_a_process", "the processes that run"),
        ("leave_a_thread", "the threads that run"),
        ("change_the_folder", "the working folder, the environment"),
    ],
)
def test_what_a_call_leaves_behind_or_changes_is_named(
    folder: Path, tmp_path: Path, name: str, changes: str
) -> None:
    assert f"A call changes {changes}" in shown.to_text(tried(folder, tmp_path, name))


def test_an_argument_that_a_call_changes_is_named(folder: Path, tmp_path: Path) -> None:
    result = tried(folder, tmp_path, "change_its_argument", "[[1], [2], [3]]")
    assert "A call changes its argument" in shown.to_text(result)


@posix_only
def test_a_call_that_returns_in_a_forked_child_as_well_ends_in_time(
    folder: Path, tmp_path: Path
) -> None:
    began_s = time.monotonic()
    with contextlib.suppress(ConcError):  # whatever it says
        tried(folder, tmp_path, "fork_and_return_in_the_child")
    assert time.monotonic() - began_s < 5 * SECONDS


def test_what_prints_megabytes_is_tried_and_the_disk_does_not_fill(
    folder: Path, tmp_path: Path
) -> None:
    assert failed(tried(folder, tmp_path, "print_much")) == {}


def test_what_hangs_in_one_model_is_ended_and_the_others_count(
    folder: Path, tmp_path: Path
) -> None:
    began_s = time.monotonic()
    result = tried(folder, tmp_path, "hang_in_threads")
    assert failed(result).keys() == IN_THREADS
    assert "no answer within" in failed(result)["threads"]
    assert "plain loop" in shown.to_text(result)
    assert time.monotonic() - began_s < 4 * SECONDS


@posix_only
def test_what_kills_itself_is_said_to_in_a_line(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ConcError, match="harmful:die: crashed: ended by SIGKILL") as refused:
        tried(folder, tmp_path, "die")
    assert "\n" not in str(refused.value)


def test_what_ends_its_process_under_one_model_fails_there_alone(
    folder: Path, tmp_path: Path
) -> None:
    result = tried(folder, tmp_path, "die_in_threads")
    assert failed(result) == dict.fromkeys(IN_THREADS, "crashed: exited with 7")


def test_of_items_without_end_the_first_are_taken(folder: Path, tmp_path: Path) -> None:
    printed = shown.to_text(tried(folder, tmp_path, "compute", "endless"))
    assert "There were more items; the first 100,000 were taken." in printed


def test_of_items_that_come_slowly_as_many_are_taken_as_a_moment_holds(
    folder: Path, tmp_path: Path
) -> None:
    result = tried(folder, tmp_path, "compute", "endless_and_slow")
    (look,) = (sample for sample in only(result).samples if sample.warmup)
    assert 2 <= float(str(look.values["items"])) <= 30
    assert failed(result) == {}


def test_a_full_disk_loses_the_samples_and_not_the_answer(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[Path] = []

    def full(result: Result, path: Path) -> bool:
        saved.append(path)
        if len(saved) > 1:
            raise ConcError(f"{path}: can't be written: {os.strerror(errno.ENOSPC)}")
        return bool(result)

    monkeypatch.setattr(store, "save", full)
    said: list[str] = []
    world = World(ProcessLauncher(folder), RecordingProgress())
    call = Call("harmful:compute", "[1, 2, 3, 4]")
    _, result = try_in(world, call, Terms(seconds=SECONDS), tmp_path, said.append)
    assert "plain loop" in shown.to_text(result)
    assert said[-1].startswith("the samples are not kept: ")
    assert "No space left" in said[-1]
