"""What is read of the processes below this one, and what is spared."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conc.measure.meter import below, linux, tree
from conc.measure.meter import reading as meter
from conc.measure.meter.linux import Child, Tree
from conc.measure.meter.totals import Totals
from tests.measure.meter.test_meter import BURN_S, burn, burn_in, child, needs_proc, posix, used

pytestmark = posix


def test_linux_without_proc_tells_no_cpu_time_beside_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(below, "has_proc", lambda: False)
    monkeypatch.setattr(tree, "descendants", lambda *_: None)
    with child():
        usage = meter.read().until(meter.read())
    assert usage.cpu_s is None
    assert usage.run_delay_s is None


def test_without_proc_a_process_alone_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(below, "has_proc", lambda: False)
    monkeypatch.setattr(below, "_has_children", lambda: False)
    opening = meter.read()
    burn(BURN_S)
    assert used(opening.until(meter.read())) >= BURN_S


def test_a_child_waited_for_during_a_reading_counts_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, after = Totals(), Totals(cpu_s=1.0)
    waited_for = iter((before, after, after))
    living = iter((([Totals(cpu_s=1.0)], None), ([], None)))
    monkeypatch.setattr(below, "rusage", lambda _: next(waited_for))
    monkeypatch.setattr(below, "_living", lambda: next(living))
    assert below.read() == (Totals(cpu_s=1.0), None)


def test_psutil_tells_the_cpu_time_of_a_child_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(below, "has_proc", lambda: False)
    with child() as process:
        opening = meter.read()
        burn_in(process)
        assert used(opening.until(meter.read())) >= BURN_S - 0.02
    assert below._used_by_psutil(process.pid) is None


@needs_proc
def test_a_child_that_has_not_run_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    content = tree.Folder.content

    def noted(self: tree.Folder, name: str) -> bytes:
        read.append(name)
        return content(self, name)

    with child() as process:
        burn_in(process)
        wait_until_asleep(process)
        seen = Child(process.pid)
        seen.look()
        first = seen.totals
        monkeypatch.setattr(tree.Folder, "content", noted)
        seen.look()
        assert (seen.totals, read) == (first, [])
        burn_in(process)
        seen.look()
        assert seen.totals.cpu_s >= first.cpu_s + BURN_S
        assert "status" in read


def wait_until_asleep(process: subprocess.Popen[str]) -> None:
    """Wait until the child waits for its next line."""
    while tree.Process(process.pid).stat()[0] != b"S":
        pass


@needs_proc
def test_the_spared_reading_tells_what_a_full_one_does() -> None:
    with child() as process:
        burn_in(process)
        wait_until_asleep(process)
        known, afresh = Child(process.pid), Child(process.pid)
        known.look()
        known.look()
        afresh.look()
        assert known.totals == afresh.totals
        assert known.delays_ns == afresh.delays_ns
        assert known.children == afresh.children


@needs_proc
def test_a_process_that_has_ended_is_left_out() -> None:
    the_tree = Tree(os.getpid())
    with child() as process:
        _, living = the_tree.read()
    _, left = the_tree.read()
    assert str(process.pid) in (living or {})
    assert str(process.pid) not in (left or {})


@needs_proc
def test_a_thread_that_ends_during_a_reading_does_not_hide_its_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with child() as process, vanishing_thread(monkeypatch, process.pid):
        burn_in(process)
        seen = Child(process.pid)
        seen.look()
    assert seen.totals.cpu_s >= BURN_S
    assert list(seen.delays_ns) == [str(process.pid)]


@contextmanager
def vanishing_thread(monkeypatch: pytest.MonkeyPatch, pid: int) -> Iterator[None]:
    """Name a thread of a process that is gone when its files are opened."""
    names = tree.Folder.names

    def one_more(self: tree.Folder, name: str) -> list[str]:
        return (
            ["4194305", *names(self, name)] if self._path.endswith(f"/{pid}") else names(self, name)
        )

    with monkeypatch.context() as patch:
        patch.setattr(tree.Folder, "names", one_more)
        yield


@needs_proc
def test_delays_are_those_of_this_process_and_of_its_children() -> None:
    with child() as process:
        _, delays = below.read()
    assert delays is not None
    assert {str(threading.get_native_id()), str(process.pid)} <= delays.keys()


@needs_proc
def test_without_names_of_children_they_are_found_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(linux, "names_children", lambda: False)
    monkeypatch.setattr(tree, "names_children", lambda: False)
    with child() as process:
        burn_in(process)
        _, delays = Tree(os.getpid()).read()
        assert str(process.pid) in (delays or {})


@needs_proc
def test_a_kernel_that_counts_no_delays_tells_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linux, "tells_delays", lambda: False)
    with child() as process:
        burn_in(process)
        opening = meter.read()
        burn_in(process)
        usage = opening.until(meter.read())
    assert usage.run_delay_s is None
    assert used(usage) >= BURN_S


@needs_proc
def test_a_forked_process_reads_its_own_tree() -> None:
    if sys.platform != "win32":
        below.read()
        pid = os.fork()
        if pid == 0:
            _, delays = below.read()
            os._exit(0 if str(os.getpid()) in (delays or {}) else 1)
        assert os.waitpid(pid, 0)[1] == 0
