"""Warm pools, and the barrier that warms them."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from conc.experiments.experiment import Setting
from conc.experiments.parts import barrier
from conc.experiments.parts.pools import is_possible, pool_models, warm_pool


def leave_a_trace(folder: str) -> None:
    Path(folder, f"{os.getpid()}-{threading.get_ident()}").touch()


def refuse() -> None:
    raise ValueError("no connection")


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_every_thread_of_a_warm_pool_has_made_the_call(workers: int, tmp_path: Path) -> None:
    with warm_pool("threads", workers, leave_a_trace, str(tmp_path)):
        assert len(list(tmp_path.iterdir())) == workers


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_every_process_of_a_pool_makes_the_call_whatever_its_start_method(
    method: str, tmp_path: Path
) -> None:
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context(method)) as pool:
        barrier.call_in_every_worker(pool, 3, leave_a_trace, str(tmp_path))
    assert len({name.name.partition("-")[0] for name in tmp_path.iterdir()}) == 3


if sys.version_info >= (3, 14):

    def test_every_interpreter_of_a_warm_pool_has_made_the_call(tmp_path: Path) -> None:
        with warm_pool("interpreters", 3, tempfile.mkdtemp, None, None, str(tmp_path)):
            assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("pool_type", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_a_call_that_fails_is_raised_and_leaves_no_worker_waiting(
    pool_type: type[Executor],
) -> None:
    with pool_type(2) as pool, pytest.raises(ValueError, match="no connection"):  # type: ignore[call-arg] # both take a count
        barrier.call_in_every_worker(pool, 2, refuse)


def test_a_worker_that_does_not_come_is_waited_for_within_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(barrier, "LIMIT_S", 0.2)
    with ThreadPoolExecutor(1) as pool, pytest.raises(TimeoutError):
        barrier.call_in_every_worker(pool, 2, int)


def test_the_barrier_imports_no_other_module_of_conc() -> None:
    imported = "*sorted(m for m in sys.modules if 'conc' in m)"
    program = f"import conc.experiments.parts.barrier, sys; print({imported})"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    ours = [name for name in run.stdout.split() if not name.startswith("concurrent")]
    assert ours == [
        "conc",
        "conc.experiments",
        "conc.experiments.parts",
        "conc.experiments.parts.barrier",
    ]


def test_interpreters_are_a_pool_model_only_where_they_exist() -> None:
    assert pool_models(
        Setting("quick", 2, optional=("interpreters",), start_methods=("spawn",))
    ) == (
        "threads",
        "processes",
        "interpreters",
    )
    assert pool_models(Setting("quick", 2, optional=(), start_methods=("spawn",))) == (
        "threads",
        "processes",
    )


def test_windows_refuses_more_than_61_processes_and_nothing_else() -> None:
    windows = Setting("full", 64, optional=(), start_methods=("spawn",))
    unix = Setting(
        "full", 64, optional=("interpreters",), start_methods=("fork", "spawn", "forkserver")
    )
    assert is_possible("processes", 61, windows)
    assert not is_possible("processes", 62, windows)
    assert is_possible("threads", 100, windows)
    assert is_possible("processes", 100, unix)
