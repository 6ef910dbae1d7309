"""What is seen from outside of a tree of real processes."""

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from conc.measure.meter import tree, watch

needs_proc = pytest.mark.skipif(not tree.has_proc(), reason="there is no /proc here")

FIVE_THREADS_AND_A_CHILD = """
import subprocess, sys, threading
stop = threading.Event()
for _ in range(4):
    threading.Thread(target=stop.wait).start()
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
held = bytearray(b"x") * 20_000_000
print("ready", flush=True)
input()
child.communicate(b"\\n")
stop.set()
"""


@pytest.fixture
def busy() -> Iterator[int]:
    """Start a process of five threads, with a child of one, and yield its id."""
    with subprocess.Popen(
        [sys.executable, "-c", FIVE_THREADS_AND_A_CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"ready")
        yield process.pid
        process.communicate(b"\n")


@pytest.fixture(params=["proc", "psutil"])
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Read ``/proc``, then do without as on macOS and Windows."""
    if request.param == "proc" and not tree.has_proc():
        pytest.skip("there is no /proc here")
    if request.param == "psutil":
        monkeypatch.setattr(tree, "ON_LINUX", False)
        monkeypatch.setattr(tree, "has_proc", lambda: False)
        monkeypatch.setattr(tree, "names_children", lambda: False)
        monkeypatch.setattr(watch, "has_proc", lambda: False)
    return str(request.param)


def until(condition: Callable[[], bool], limit_s: float = 20.0) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


@pytest.mark.usefixtures("source")
def test_threads_and_processes_of_the_whole_tree_are_counted(busy: int) -> None:
    seen = watch.count(busy, tree.Processes())
    assert seen.processes == 2
    assert seen.threads is not None
    assert seen.threads >= 6 if sys.platform == "win32" else seen.threads == 6


@pytest.mark.usefixtures("source")
def test_a_tree_that_has_ended_is_not_seen() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert watch.count(ended.pid, tree.Processes()) == watch.Seen()
    assert watch.memory(ended.pid) is None


@needs_proc
def test_a_child_that_has_ended_and_was_not_waited_for_is_no_process_any_more() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE)
    assert watch._threads(child.pid, tree.Processes()) is None
    assert watch._memory_of(child.pid) is None
    child.wait()


def received_after(seconds: float) -> Callable[[float], str]:
    """Receive something after so long, as from a queue."""
    due_s = time.monotonic() + seconds

    def receive(limit_s: float) -> str:
        left_s = due_s - time.monotonic()
        time.sleep(max(0.0, min(left_s, limit_s)))
        if left_s > limit_s:
            raise queue.Empty
        return "received"

    return receive


def test_what_is_seen_while_something_is_awaited_is_kept_after(busy: int) -> None:
    watching = watch.Watch(busy, every_s=0.005)
    assert watching.wait(received_after(0.3), 60.0) == "received"
    assert watching.seen.processes == 2


def test_a_wait_into_which_no_look_fell_tells_nothing_of_another(busy: int) -> None:
    watching = watch.Watch(busy, every_s=0.005)
    watching.wait(received_after(0.3), 60.0)
    watching.wait(received_after(0.0), 60.0)
    assert watching.seen == watch.Seen(threads=None, processes=None)


def test_the_first_look_comes_before_the_others_are_due(busy: int) -> None:
    watching = watch.Watch(busy, every_s=60.0)
    watching.wait(received_after(0.3), 60.0)
    assert watching.seen.processes == 2


def test_a_wait_ends_in_time_where_nothing_comes(busy: int) -> None:
    began_s = time.monotonic()
    watching = watch.Watch(busy, every_s=0.005)
    with pytest.raises(queue.Empty):
        watching.wait(received_after(60.0), 0.1)
    assert time.monotonic() - began_s < 30.0


def test_the_larger_of_two_looks_is_kept_for_each_number() -> None:
    assert watch._most(watch.Seen(5, 1), watch.Seen(2, 3)) == watch.Seen(5, 3)
    assert watch._most(watch.Seen(), watch.Seen(2, 3)) == watch.Seen(2, 3)


def test_the_memory_that_a_tree_holds_is_seen(busy: int, source: str) -> None:
    use = watch.peak_memory(busy, lambda: None)
    assert use is not None
    assert use.uss is not None
    assert use.rss >= use.uss >= 20_000_000
    if source == "proc":
        assert use.pss is not None
        assert use.rss >= use.pss >= use.uss
    else:
        assert use.pss is None


def test_a_peak_between_the_ends_is_seen() -> None:
    def hold() -> None:
        held = bytearray(b"x") * 50_000_000
        time.sleep(5 * watch.LOOK_AT_MEMORY_EVERY_S)
        assert held

    before = watch.memory(os.getpid())
    peak = watch.peak_memory(os.getpid(), hold)
    assert before is not None
    assert peak is not None
    assert peak.rss >= before.rss + 40_000_000


def test_looking_at_memory_ends_when_the_act_raises() -> None:
    def fail() -> None:
        raise ValueError

    before = threading.active_count()
    with pytest.raises(ValueError):  # noqa: PT011 - it has no message
        watch.peak_memory(os.getpid(), fail)
    assert threading.active_count() == before


def test_an_unknown_part_makes_the_sum_unknown() -> None:
    assert watch._sum_if_all_known([1, 2]) == 3
    assert watch._sum_if_all_known([1, None]) is None
