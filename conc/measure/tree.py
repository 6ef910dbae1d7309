"""Which processes descend from a process: quickly on Linux, through psutil elsewhere."""

import os
import sys
from collections import defaultdict
from pathlib import Path

import psutil

PROC = Path("/proc")
ON_LINUX = sys.platform == "linux"


def has_proc() -> bool:
    """Whether Linux shows its processes as files here."""
    return ON_LINUX and (PROC / "self/stat").exists()


class Tree:
    """The processes below one process, found anew at each call.

    Asking every process of the machine for its parent takes psutil a millisecond or two. A
    parent, once read, does not change for those that matter here, so it is remembered by process
    id and inode of its ``/proc`` folder: a process that takes over an id has another inode. That
    leaves a listing of ``/proc`` (some 60 µs for 100 processes).
    """

    def __init__(self, pid: int) -> None:
        """Look below ``pid``, which is not itself part of its descendants."""
        self.pid = pid
        self._parents: dict[tuple[int, int], int] = {}

    def descendants(self) -> list[int] | None:
        """Return the process ids below, parents before children; ``None`` if that can't be told.

        A process that has ended has none below it.
        """
        if has_proc():
            return self._below(self._children())
        return None if ON_LINUX else _descendants_by_psutil(self.pid)

    def _children(self) -> dict[int, list[int]]:
        """Return the children of every process that has some."""
        known, parents = self._parents, {}
        with os.scandir(PROC) as entries:
            for entry in entries:
                if not entry.name.isdecimal():
                    continue
                key = int(entry.name), entry.inode()
                parent = known.get(key) or parent_of(key[0])
                if parent is not None:
                    parents[key] = parent
        self._parents = parents
        children = defaultdict(list)
        for (pid, _), parent in parents.items():
            children[parent].append(pid)
        return children

    def _below(self, children: dict[int, list[int]]) -> list[int]:
        found = list(children.get(self.pid, ()))
        for pid in found:
            found.extend(children.get(pid, ()))
        return found


def _descendants_by_psutil(pid: int) -> list[int] | None:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
    except psutil.AccessDenied:
        return None


def stat(pid: int) -> list[bytes]:
    """Return the fields of ``/proc/PID/stat`` from the third (state) on.

    Raises :class:`OSError` if the process has ended.
    """
    # The name of the program, in brackets, can itself hold spaces and brackets.
    return content(f"{PROC}/{pid}/stat").rpartition(b")")[2].split()


def threads_of(pid: int) -> list[str]:
    """Return the ids of the living threads of a process.

    Raises :class:`OSError` if the process has ended.
    """
    return os.listdir(f"{PROC}/{pid}/task")  # noqa: PTH208 - a tenth of what pathlib takes


def parent_of(pid: int) -> int | None:
    """Return the id of a process' parent, ``None`` if the process has ended."""
    try:
        return int(stat(pid)[1])
    except OSError:
        return None


def content(path: str) -> bytes:
    """Return a file of ``/proc``, in one read: a third of what ``open`` takes.

    Raises :class:`OSError` if it is not there, as when its process has ended.
    """
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, 1 << 16)
    finally:
        os.close(file)
