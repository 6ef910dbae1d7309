"""Which processes are found below one."""

import contextlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conc.measure.meter import tree

needs_proc = pytest.mark.skipif(not tree.has_proc(), reason="there is no /proc here")

NEST = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
print(child.pid, flush=True)
input()
child.communicate(b"\\n")
"""


def test_children_come_before_grandchildren() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NEST], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        found = tree.descendants(os.getpid(), tree.Processes())
        child.communicate(b"\n")
    assert found is not None
    assert [pid for pid in found if pid in (child.pid, grandchild)] == [child.pid, grandchild]


def test_a_process_that_has_ended_has_none_below_it() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert tree.descendants(ended.pid, tree.Processes()) == []


@pytest.mark.parametrize(("on_linux", "told"), [(True, None), (False, [])])
def test_without_proc_only_other_systems_can_tell(
    monkeypatch: pytest.MonkeyPatch,
    on_linux: bool,  # noqa: FBT001 - a parameter of the test
    told: list[int] | None,
) -> None:
    monkeypatch.setattr(tree, "ON_LINUX", on_linux)
    monkeypatch.setattr(tree, "has_proc", lambda: False)
    monkeypatch.setattr(tree, "names_children", lambda: False)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert tree.descendants(ended.pid, tree.Processes()) == told


@needs_proc
def test_psutil_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with child() as process:
        by_names = tree.descendants(os.getpid(), tree.Processes())
        monkeypatch.setattr(tree, "names_children", lambda: False)
        by_psutil = tree.descendants(os.getpid(), tree.Processes())
        assert by_names is not None
        assert by_psutil is not None
        assert process.pid in by_names
        assert sorted(by_names) == sorted(by_psutil)


@needs_proc
def test_a_child_of_another_thread_than_the_first_is_found() -> None:
    with ThreadPoolExecutor(1) as pool:
        process = pool.submit(child).result()
        with process:
            assert process.pid in (tree.descendants(os.getpid(), tree.Processes()) or [])


@pytest.mark.parametrize(
    ("schedstat", "told"), [("12 3 4\n", True), ("0 0 0\n", False), (None, False)]
)
def test_delays_are_told_where_the_kernel_counts_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    schedstat: str | None,
    told: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    (tmp_path / "thread-self").mkdir()
    if schedstat:
        (tmp_path / "thread-self" / "schedstat").write_bytes(schedstat.encode())
    monkeypatch.setattr(tree, "PROC", str(tmp_path))
    assert tree.tells_delays.__wrapped__() is told


@needs_proc
def test_a_file_is_opened_once_and_read_anew() -> None:
    folder = tree.Folder("/proc/thread-self")
    before, count = folder.content("schedstat"), open_files()
    end = time.thread_time() + 0.01
    while time.thread_time() < end:
        pass
    assert folder.content("schedstat") != before
    assert open_files() == count


@needs_proc
def test_a_process_that_has_ended_tells_nothing_from_open_files_either() -> None:
    with child() as started:
        process = tree.Process(started.pid)
        assert process.stat()
        assert list(process.threads()) == [str(started.pid)]
    with pytest.raises(FileNotFoundError):
        process.stat()
    with pytest.raises(FileNotFoundError):
        process.threads()


@needs_proc
def test_a_process_that_has_taken_over_an_id_is_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "PROC", str(tmp_path))
    process, place = tree.Process(7), tmp_path / "7"
    with child() as first:
        place.symlink_to(f"/proc/{first.pid}")
        assert list(process.threads()) == [str(first.pid)]
        assert process.stat()
    place.unlink()
    with child() as second:
        place.symlink_to(f"/proc/{second.pid}")
        assert list(process.threads()) == [str(second.pid)]
        assert process.stat()


@needs_proc
def test_the_files_of_a_process_that_is_forgotten_are_closed() -> None:
    processes = tree.Processes()
    before = open_files()
    with child() as started:
        for pid in (started.pid, os.getpid()):
            processes[pid].stat()
        assert open_files() == before + 2 + PIPES
        processes.forget_all_but([os.getpid()])
        assert open_files() == before + 1 + PIPES
    del processes
    assert open_files() == before


@needs_proc
def test_the_files_of_a_thread_that_has_ended_are_closed() -> None:
    process = tree.Process(os.getpid())
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        count = open_delays(process)
        before = open_files()
    while open_delays(process) == count:  # it is told a moment longer than it can be joined
        pass
    assert open_files() == before - 1


def open_delays(process: tree.Process) -> int:
    """Open a file of each thread; return how many there are."""
    delays = []
    for folder in process.threads().values():
        with contextlib.suppress(OSError):
            delays.append(folder.content("schedstat"))
    return len(delays)


PIPES = 1


def child() -> subprocess.Popen[bytes]:
    """Start a process that ends when its input is closed, as leaving it does."""
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    )


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
