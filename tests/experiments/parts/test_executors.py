"""The check of an executor: what it tells, and what it says of one that can't be measured."""

import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from conc.experiments.parts import executors
from conc.experiments.parts.executors import BURST_EACH_S, HOP_S, HOPS, START_S, UNFIT, WORKERS
from conc.models import find


class Sleepy(ThreadPoolExecutor):
    def shutdown(self, *_given: Any, **_named: Any) -> None:  # noqa: ANN401
        super().shutdown()
        time.sleep(5)


class Mute(Executor):
    def submit(self, *_given: Any, **_named: Any) -> "Future[Any]":  # noqa: ANN401
        return Future()


class Torn(ThreadPoolExecutor):
    def shutdown(self, *_given: Any, **_named: Any) -> None:  # noqa: ANN401
        super().shutdown()
        raise OSError("torn")


class Untold(Executor):
    """Tells nothing of its workers."""

    def submit(self, fn: Any, *given: Any, **_named: Any) -> "Future[Any]":  # type: ignore[override] # noqa: ANN401 - enough of one
        done: Future[Any] = Future()
        done.set_result(fn(*given))
        return done


def check(name: str) -> dict[str, Any]:
    return dict(executors.check(find(f"{__name__}:{name}"), 2).values)


def test_a_check_tells_how_many_workers_there_are_and_how_long_start_and_end_take() -> None:
    told = check("ThreadPoolExecutor")
    assert told[WORKERS] == 2
    assert 0 < told[START_S] < 30
    assert UNFIT not in told


def test_one_that_tells_nothing_of_its_workers_is_taken_to_have_as_many_as_asked_for() -> None:
    assert check("Untold")[WORKERS] == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Sleepy", "it did not shut down within 0.05 s"),
        ("Mute", "it did not answer a call within 0.05 s"),
    ],
)
def test_what_hangs_is_not_waited_for(
    name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "ANSWER_S", 0.05)
    monkeypatch.setattr(executors, "CLOSE_S", 0.05)
    assert check(name) == {UNFIT: said}


def test_what_its_methods_raise_is_raised() -> None:
    with pytest.raises(OSError, match="torn"):
        check("Torn")


def test_a_module_that_another_imports_in_vain_is_not_said_to_be_the_readers(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "needs_more.py").write_text("import nowhere_at_all\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="nowhere_at_all"):
        executors.check(find("needs_more:Pool"), 1)


def test_a_hop_is_timed_alone_and_among_many() -> None:
    with ThreadPoolExecutor(1) as pool:
        told = executors.hop(pool)
    hops, each = told[HOP_S], told[BURST_EACH_S]
    assert isinstance(hops, list)
    assert isinstance(each, float)
    assert len(hops) == HOPS
    assert min(*hops, each) > 0
