"""Which processes are found below one."""

import os
import subprocess
import sys
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
        found = tree.Tree(os.getpid()).descendants()
        child.communicate(b"\n")
    assert found is not None
    assert [pid for pid in found if pid in (child.pid, grandchild)] == [child.pid, grandchild]


def test_a_process_that_has_ended_has_none_below_it() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert tree.Tree(ended.pid).descendants() == []


def add(proc: Path, pid: int, parent: int) -> None:
    (proc / str(pid)).mkdir(parents=True)
    (proc / str(pid) / "stat").write_text(f"{pid} (a) b) (c) S {parent} 1 1")


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tree, "PROC", tmp_path)
    monkeypatch.setattr(tree, "has_proc", lambda: True)
    return tmp_path


def test_an_id_that_another_process_has_taken_over_is_looked_at_again(proc: Path) -> None:
    add(proc, 10, parent=1)
    add(proc, 11, parent=10)
    below = tree.Tree(10)
    assert below.descendants() == [11]
    (proc / "11").rename(proc / "gone")  # keeps its inode
    add(proc, 11, parent=1)
    assert below.descendants() == []


def test_a_known_process_is_not_read_again(proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(proc, 10, parent=1)
    add(proc, 11, parent=10)
    below = tree.Tree(10)
    below.descendants()
    monkeypatch.setattr(tree, "parent_of", lambda pid: pytest.fail(f"{pid} was read again"))
    assert below.descendants() == [11]


def test_linux_without_proc_says_that_it_cannot_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "PROC", tmp_path)
    monkeypatch.setattr(tree, "ON_LINUX", True)
    assert tree.Tree(os.getpid()).descendants() is None


@needs_proc
def test_psutil_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        by_files = tree.Tree(os.getpid()).descendants()
        monkeypatch.setattr(tree, "has_proc", lambda: False)
        monkeypatch.setattr(tree, "ON_LINUX", False)
        by_psutil = tree.Tree(os.getpid()).descendants()
        child.communicate(b"\n")
    assert by_files is not None
    assert by_psutil is not None
    assert sorted(by_files) == sorted(by_psutil)
