"""As many wait as were asked for, and none afterwards."""

import threading

import pytest

from conc.snippets import many_waiting
from tests.snippets.running import printed


def test_all_threads_start_and_end() -> None:
    before = threading.active_count()
    assert many_waiting.run_threads(50).started == 50
    assert threading.active_count() == before


def test_all_tasks_wait_on_one_thread() -> None:
    assert many_waiting.run_asyncio(50).started == 50


def test_a_system_that_has_no_more_threads_is_answered_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start, started = threading.Thread.start, list[threading.Thread]()

    def refuse_the_fourth(thread: threading.Thread) -> None:
        if len(started) == 3:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse_the_fourth)
    assert many_waiting.run_threads(10).started == 3
    assert "can't start new thread" in capsys.readouterr().out


def test_the_script_prints_both() -> None:
    assert [line.split()[0] for line in printed("many_waiting.py")] == ["threads", "asyncio"]
