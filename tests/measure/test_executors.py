"""Executors that a reader asks for: known by name and checked, or refused in a line."""

import os
import re
import sys
from pathlib import Path

import pytest

from conc.errors import ConcError
from conc.experiments.parts.executors import SCHEDULER_VARIABLE
from conc.experiments.tries import Call, Terms
from conc.measure import executors, tries
from conc.measure.launcher import ProcessLauncher
from conc.measure.world import World
from tests.measure.fakes import RecordingProgress
from tests.measure.processes import wait_until_none_is_left

MODULE = "pools_of_a_test"
SOURCE = """
import os, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

number = 5


def nothing():
    return {}


def refusing(workers):
    raise OSError(f"no licence for {workers} workers")


def three():
    return ThreadPoolExecutor(3)


def as_many(workers):
    return ThreadPoolExecutor(workers)


def dying(workers):
    pool = ProcessPoolExecutor(workers)
    pool.submit(time.sleep, 600)
    os._exit(3)
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world of real processes with a module of a reader's."""
    (tmp_path / f"{MODULE}.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    return World(ProcessLauncher(tmp_path), RecordingProgress())


@pytest.fixture
def mark(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Mark what a test starts."""
    mark = f"{os.getpid()} {request.node.name}"
    monkeypatch.setenv("CONC_TEST", mark)
    return mark


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lokky", "--executor lokky: there is none of that name; did you mean loky?"),
        ("x", "known: threads, processes, interpreters, loky, dask, or MODULE:FACTORY"),
        ("cluster", "needs the address of a scheduler: give --scheduler"),
    ],
)
def test_a_name_that_stands_for_nothing_is_answered_with_those_that_do(
    name: str, said: str
) -> None:
    with pytest.raises(ConcError, match=re.escape(said)):
        executors.named([name])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("loky", "needs the package loky, which is not installed: pip install loky"),
        ("dask", "the package distributed, which is not installed: pip install 'conc-measured[da"),
    ],
)
def test_a_package_that_is_not_installed_is_named_with_how_to_install_it(
    name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "find_spec", lambda _name: None)
    with pytest.raises(ConcError, match=re.escape(said)):
        executors.named([name])


@pytest.mark.parametrize("address", ["http://there:1", "tcp://", "://there"])
def test_what_is_no_address_of_a_scheduler_is_refused(address: str) -> None:
    assert executors.named([address]) == ["cluster"]
    with (
        pytest.raises(ConcError, match="write tcp://HOST:PORT or tls://HOST:PORT"),
        executors.scheduler_among([address]),
    ):
        pass


def test_the_address_of_a_scheduler_is_told_to_worker_processes_and_to_nobody_later() -> None:
    with executors.scheduler_among(["loky", "tcp://there:1"]):
        assert os.environ[SCHEDULER_VARIABLE] == "tcp://there:1"
    assert SCHEDULER_VARIABLE not in os.environ
    with executors.scheduler_among(["loky"]):
        assert SCHEDULER_VARIABLE not in os.environ


def test_a_cluster_that_can_not_be_reached_is_said_in_a_line(world: World) -> None:
    with executors.scheduler_among(["tcp://127.0.0.1:9"]), pytest.raises(ConcError) as raised:
        executors.checked(["cluster"], world)
    assert str(raised.value).startswith("--scheduler: OSError: Timed out trying to connect to tcp")


def test_interpreters_need_a_python_that_has_them() -> None:
    if sys.version_info >= (3, 14):
        assert executors.named(["interpreters"]) == []
    else:
        with pytest.raises(ConcError, match=r"interpreters needs Python 3\.14 or newer"):
            executors.named(["interpreters"])


def test_what_is_always_tried_is_not_tried_twice_nor_anything_else() -> None:
    assert executors.named(["threads", "loky", "a.b:C", "loky"]) == ["loky", "a.b:C"]


@pytest.mark.parametrize(("name", "workers"), [("three", 3), ("as_many", 2)])
def test_a_check_finds_out_how_many_workers_there_are(
    world: World, name: str, workers: int
) -> None:
    (asked,) = executors.checked([f"{MODULE}:{name}"], world)
    if name == "as_many":
        workers = world.setting("quick").cores
    assert (asked.name, asked.workers) == (f"{MODULE}:{name}", workers)
    assert asked.start_s > 0


def test_a_pool_of_another_package_is_checked_alike(world: World) -> None:
    (asked,) = executors.checked(["loky"], world)
    assert asked.workers == world.setting("quick").cores


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere:Pool", "nowhere:Pool: no module named nowhere in this folder or on the path"),
        (f"{MODULE}:absent", f"{MODULE} has no absent"),
        (f"{MODULE}:number", f"number of {MODULE} can't be called"),
        (f"{MODULE}:nothing", "it gives a dict, not a concurrent.futures.Executor"),
        (f"{MODULE}:refusing", "OSError: no licence for"),
        (f"{MODULE}:dying", "exited with 3"),
    ],
)
def test_what_is_no_executor_or_fails_is_said_in_a_line_and_leaves_nothing(
    world: World, mark: str, name: str, said: str
) -> None:
    with pytest.raises(ConcError, match=re.escape(said)) as raised:
        executors.checked([name], world)
    assert "\n" not in str(raised.value)
    wait_until_none_is_left(mark)


def test_a_try_is_not_begun_where_an_executor_is_unfit(world: World, tmp_path: Path) -> None:
    del world
    folder = tmp_path / "results"
    with pytest.raises(ConcError, match="not a concurrent"):
        tries.try_here(Call(f"{MODULE}:three"), Terms(), folder, tmp_path, [f"{MODULE}:nothing"])
    assert not folder.exists()


def test_an_executor_that_is_asked_for_is_measured_beside_the_others(
    tmp_path: Path, world: World
) -> None:
    del world
    call, name = Call("conc.snippets.own_function:count_primes", "[20, 30]"), f"{MODULE}:three"
    _, result = tries.try_here(call, Terms(seconds=1.0), tmp_path / "results", tmp_path, [name])
    (measurement,) = result.measurements.values()
    cases = {case.id: case for case in measurement.cases if case.model == name}
    assert {case.parameters["pool"] for case in cases.values()} == {"warm", "cold"}
    assert {case.workers for case in cases.values()} == {3}
    assert {sample.case for sample in measurement.samples} >= set(cases)
    assert measurement.failures == []
