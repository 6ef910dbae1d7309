"""Which processes are found below one."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conc.measure import tree

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
        found = tree.descendants(os.getpid(), tree.Files())
        child.communicate(b"\n")
    assert found is not None
    assert [pid for pid in found if pid in (child.pid, grandchild)] == [child.pid, grandchild]


def test_a_process_that_has_ended_has_none_below_it() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert tree.descendants(ended.pid, tree.Files()) == []


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
    assert tree.descendants(ended.pid, tree.Files()) == told


@needs_proc
def test_psutil_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with child() as process:
        by_names = tree.descendants(os.getpid(), tree.Files())
        monkeypatch.setattr(tree, "names_children", lambda: False)
        by_psutil = tree.descendants(os.getpid(), tree.Files())
        assert by_names is not None
        assert by_psutil is not None
        assert process.pid in by_names
        assert sorted(by_names) == sorted(by_psutil)


@needs_proc
def test_a_child_of_another_thread_than_the_first_is_found() -> None:
    with ThreadPoolExecutor(1) as pool:
        process = pool.submit(child).result()
        with process:
            assert process.pid in (tree.descendants(os.getpid(), tree.Files()) or [])


@needs_proc
def test_a_file_is_opened_once_and_read_anew() -> None:
    files = tree.Files()
    path = "/proc/thread-self/schedstat"
    before, count = files.content(path), open_files()
    end = time.thread_time() + 0.01
    while time.thread_time() < end:
        pass
    assert files.content(path) != before
    assert open_files() == count


@needs_proc
def test_a_process_that_has_ended_tells_nothing_from_open_files_either() -> None:
    files = tree.Files()
    with child() as process:
        assert files.stat(process.pid)
        assert files.threads(process.pid) == [str(process.pid)]
    with pytest.raises(FileNotFoundError):
        files.stat(process.pid)
    with pytest.raises(FileNotFoundError):
        files.threads(process.pid)


@needs_proc
def test_a_process_that_has_taken_over_an_id_is_opened_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "PROC", str(tmp_path))
    files, place = tree.Files(), tmp_path / "7"
    with child() as first:
        place.symlink_to(f"/proc/{first.pid}")
        assert files.threads(7) == [str(first.pid)]
        assert files.stat(7)
    place.unlink()
    with child() as second:
        place.symlink_to(f"/proc/{second.pid}")
        assert files.threads(7) == [str(second.pid)]
        assert files.stat(7)


@needs_proc
def test_files_that_nobody_wants_any_more_are_closed() -> None:
    files = tree.Files()
    before = open_files()
    with child() as process:
        files.stat(process.pid)
        files.stat(os.getpid())
        files.close_unwanted()
        assert open_files() == before + 2 + PIPES
        files.stat(os.getpid())
        files.close_unwanted()
        assert open_files() == before + 1 + PIPES
    del files
    assert open_files() == before


PIPES = 1


def child() -> subprocess.Popen[bytes]:
    """Start a process that ends when its input is closed, as leaving it does."""
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    )


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
