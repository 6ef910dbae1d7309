"""Dask's pools, with real processes: here, and on a cluster that has nothing of ours."""

import importlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import dask
import psutil
import pytest

from conc.experiments.parts import dask_pools
from conc.experiments.parts.dask_pools import (
    open_here,
    open_there,
    other_packages,
    refuse_other_pythons,
    told_of,
)
from conc.experiments.parts.executors import SCHEDULER_VARIABLE
from conc.experiments.parts.without_item import WithoutItem

START_S = 60.0
MODULE, LACKING = "clustered_of_a_test", "lacking_of_a_test"
SOURCE = """
import os, time
from helper_of_a_test import FACTOR

class Answer:
    def __init__(self, value):
        self.value = value

def double(item):
    return FACTOR * item

def slow(item):
    time.sleep(0.05)
    return Answer(item)

def pid(_item):
    time.sleep(0.05)
    return os.getpid()

def nothing():
    return os.getpid()

def burn(item):
    raise ValueError(f"{item} is burnt")
"""


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Any]:
    """Return what imports a function of a reader's modules, which only this process finds."""
    (tmp_path / f"{MODULE}.py").write_text(SOURCE)
    (tmp_path / "helper_of_a_test.py").write_text("FACTOR = 2\n")
    (tmp_path / f"{LACKING}.py").write_text("import htpy\n\ndef f(item):\n    return item\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in (MODULE, LACKING, "helper_of_a_test"):
        monkeypatch.delitem(sys.modules, name, raising=False)

    def imported(module: str, name: str) -> Any:  # noqa: ANN401 - a function of whatever kind
        return getattr(importlib.import_module(module), name)

    return imported


@contextmanager
def running(command: Sequence[str], folder: Path, missing: Path) -> Iterator[psutil.Process]:
    """Run a process of Dask in a folder, for which some packages are missing, and end it."""
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=folder,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(missing)},
        ) as process,
    ):
        try:
            yield psutil.Process(process.pid)
        finally:
            process.kill()


@contextmanager
def started(folder: Path, *options: str) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Yield the address of a scheduler, and its two workers; none of them has ours, nor htpy."""
    missing = folder / "missing"
    missing.mkdir()
    for name in ("conc", "htpy"):
        (missing / f"{name}.py").write_text(f"raise ModuleNotFoundError('no {name} on a worker')\n")
    file = folder / "scheduler.json"
    given = ["--host", "127.0.0.1", "--no-dashboard", *options]
    with ExitStack() as all_of_it:
        program = ["distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(file)]
        all_of_it.enter_context(running([*program, *given], folder, missing))
        until_s = time.monotonic() + START_S
        while not file.exists() and time.monotonic() < until_s:
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        program = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
        workers = [
            all_of_it.enter_context(running([*program, *given], folder, missing)) for _ in range(2)
        ]
        yield address, workers


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Yield a cluster that asks nobody who calls."""
    with started(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture
def there(
    cluster: tuple[str, list[psutil.Process]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Executor]:
    """Yield a pool of the cluster, once both workers have come."""
    monkeypatch.setenv(SCHEDULER_VARIABLE, cluster[0])
    monkeypatch.setattr(dask_pools, "CONNECT_S", START_S)
    with open_there(2) as pool:
        pool.client.wait_for_workers(2, timeout=START_S)
        yield pool


def test_a_pool_of_this_machine_has_a_process_for_each_worker_and_none_is_left() -> None:
    with open_here(2) as pool:
        assert pool._max_workers == 2
        pids = {pool.submit(os.getpid).result() for _ in range(8)}
        pool.call_in_every_worker(abs, -1)
        assert os.getpid() not in pids
    assert not any(map(psutil.pid_exists, pids))


def test_its_processes_have_the_native_threads_of_every_other_arm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with open_here(1) as pool:
        assert pool.submit(os.environ.get, "OMP_NUM_THREADS").result() is None


def test_equal_calls_are_each_made_and_batches_give_every_answer_in_order() -> None:
    with open_here(1) as pool:
        times = list(pool.map(_now_ns, [0] * 6, chunksize=2))
        assert len(set(times)) == 6
        assert list(pool.map(divmod, [7, 8, 9], [2, 2, 2], chunksize=2)) == [(3, 1), (4, 0), (4, 1)]


def _now_ns(_item: object) -> int:
    return time.perf_counter_ns()


def test_what_a_call_raises_is_raised(there: Executor, reader: Callable[[str, str], Any]) -> None:
    with pytest.raises(ValueError, match="5 is burnt"):
        list(there.map(reader(MODULE, "burn"), [5]))


def test_a_cluster_that_has_nothing_of_ours_is_sent_the_readers_modules_and_those_they_import(
    there: Executor, reader: Callable[[str, str], Any]
) -> None:
    assert list(there.map(reader(MODULE, "double"), range(5), chunksize=2)) == [0, 2, 4, 6, 8]
    without = WithoutItem(reader(MODULE, "nothing"))
    assert there.submit(without, None).result() != os.getpid()


def test_a_package_that_a_worker_lacks_is_named(
    there: Executor, reader: Callable[[str, str], Any]
) -> None:
    with pytest.raises(ModuleNotFoundError, match="no htpy on a worker"):
        list(there.map(reader(LACKING, "f"), [5]))


def test_a_worker_that_is_killed_in_the_middle_costs_no_answer(
    cluster: tuple[str, list[psutil.Process]], there: Executor, reader: Callable[[str, str], Any]
) -> None:
    pids = set(there.map(reader(MODULE, "pid"), range(8)))
    assert pids <= {worker.pid for worker in cluster[1]}
    answers = there.map(reader(MODULE, "slow"), range(40), chunksize=4)
    cluster[1][0].kill()
    assert [answer.value for answer in answers] == list(range(40))
    assert cluster[1][1].pid in set(there.map(reader(MODULE, "pid"), range(4)))


def test_a_cluster_that_can_not_be_reached_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER_VARIABLE, "tcp://127.0.0.1:9")
    monkeypatch.setattr(dask_pools, "CONNECT_S", 0.5)
    with pytest.raises(OSError, match="Timed out trying to connect to tcp://127"):
        open_there(1)


def certificate(folder: Path) -> dict[str, str]:
    """Make a certificate that vouches for itself, and return the options that name it."""
    files = {"--tls-cert": folder / "cert.pem", "--tls-key": folder / "key.pem"}
    made = ["-keyout", str(files["--tls-key"]), "-out", str(files["--tls-cert"])]
    program = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*program, *made, "-subj", "/CN=test"], check=True, capture_output=True)
    return {
        name: str(file) for name, file in {**files, "--tls-ca-file": files["--tls-cert"]}.items()
    }


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_a_cluster_with_certificates_is_reached_by_those_of_dasks_configuration_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = certificate(tmp_path)
    options = ["--protocol", "tls", *chain.from_iterable(made.items())]
    mine = {
        "distributed.comm.tls.ca-file": made["--tls-ca-file"],
        "distributed.comm.tls.client.cert": made["--tls-cert"],
        "distributed.comm.tls.client.key": made["--tls-key"],
    }
    with started(tmp_path, *options) as (address, _):
        assert address.startswith("tls://")
        monkeypatch.setenv(SCHEDULER_VARIABLE, address)
        monkeypatch.setattr(dask_pools, "CONNECT_S", START_S)
        with dask.config.set(mine), open_there(2) as pool:
            assert list(pool.map(abs, [-1, 2], chunksize=1)) == [1, 2]
            assert "unauthenticated" not in pool.about
        with pytest.raises(TypeError, match="TLS"):  # without a certificate
            open_there(2)


def test_another_minor_version_of_python_is_refused_and_another_patch_is_not() -> None:
    refuse_other_pythons([{"Python": "3.13.1"}, {"Python": "3.13.5"}])
    with pytest.raises(
        RuntimeError, match=r"its workers run Python 3\.12\.9, and this is 3\.13\.1"
    ):
        refuse_other_pythons([{"Python": "3.13.1"}, {"Python": "3.13.1"}, {"Python": "3.12.9"}])


def test_packages_in_other_versions_are_named_once() -> None:
    here = {"Python": "3.13.1", "numpy": "2.4.6", "msgpack": "1.2.4"}
    there = {"Python": "3.13.5", "numpy": "2.1.0"}
    assert other_packages([here, there, there, here]) == [
        "numpy 2.1.0 there, 2.4.6 here",
        "msgpack missing there, 1.2.4 here",
    ]


def test_it_is_said_what_a_cluster_has_and_that_tcp_asks_nobody_who_calls() -> None:
    found = [{"Python": "3.13.1"}, {"Python": "3.13.1"}]
    threads = {"tcp://10.0.0.5:1": 4, "tcp://10.0.0.6:1": 4}
    said = told_of("tcp://10.0.0.5:8786", threads, found)
    assert said.startswith("the cluster has 2 workers with 8 threads, Python 3.13.1; its address")
    assert "unauthenticated" in said
    assert "unauthenticated" not in told_of("tls://10.0.0.5:8786", threads, found)
