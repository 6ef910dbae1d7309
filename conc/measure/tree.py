"""Which processes descend from a process: quickly on Linux, through psutil elsewhere."""

import os
import sys
import weakref
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

PROC = "/proc"
ON_LINUX = sys.platform == "linux"
MOST_BYTES = 1 << 16


@cache
def has_proc() -> bool:
    """Whether Linux shows its processes as files here."""
    return ON_LINUX and Path(f"{PROC}/self/stat").exists()


@cache
def names_children() -> bool:
    """Whether ``/proc`` names the children of a thread: a kernel can be built without that."""
    return has_proc() and Path(f"{PROC}/thread-self/children").exists()


class Files:
    """Files and folders of ``/proc``, kept open: finding one again takes most of its reading.

    An open one belongs to its process, not to the id of the process: once the process has ended it
    tells nothing, and what has taken over the id is opened anew.
    """

    def __init__(self) -> None:
        """Keep none open yet."""
        self._open: dict[str, int] = {}
        self._wanted: set[str] = set()
        weakref.finalize(self, _close_all, self._open)

    def content(self, path: str) -> bytes:
        """Return what a file says now. Raises :class:`OSError` if its process has ended."""
        if sys.platform != "win32":
            try:
                return os.pread(self._file(path), MOST_BYTES, 0)
            except ProcessLookupError:
                return os.pread(self._opened(path), MOST_BYTES, 0)
        raise FileNotFoundError(path)  # Windows has neither pread nor /proc

    def stat(self, pid: int) -> list[bytes]:
        """Return the fields of ``/proc/PID/stat`` from the third (state) on.

        Raises :class:`OSError` if the process has ended.
        """
        # The name of the program, in brackets, can itself hold spaces and brackets.
        return self.content(f"{PROC}/{pid}/stat").rpartition(b")")[2].split()

    def threads(self, pid: int) -> list[str]:
        """Return the ids of the threads of a process. Raises :class:`OSError` if it has ended."""
        path = f"{PROC}/{pid}/task"
        # Without threads it has ended, and the id can be another's now. pathlib lists no open file.
        return os.listdir(self._file(path)) or os.listdir(self._opened(path))  # noqa: PTH208

    def close_unwanted(self) -> None:
        """Close those that nobody has asked for since this was called before."""
        for path in self._open.keys() - self._wanted:
            os.close(self._open.pop(path))
        self._wanted.clear()

    def _file(self, path: str) -> int:
        self._wanted.add(path)
        file = self._open.get(path)
        return self._opened(path) if file is None else file

    def _opened(self, path: str) -> int:
        if path in self._open:
            os.close(self._open.pop(path))
        file = self._open[path] = os.open(path, os.O_RDONLY)
        return file


def _close_all(files: dict[str, int]) -> None:
    for file in files.values():
        os.close(file)


def descendants(pid: int, files: Files) -> list[int] | None:
    """Return the process ids below ``pid``, parents before children; ``None`` if none can tell.

    A process that has ended has none below it.
    """
    if names_children():
        found = _children(pid, files)
        for child in found:
            found.extend(_children(child, files))
        return found
    if ON_LINUX and not has_proc():
        return None
    return _descendants_by_psutil(pid)


def _children(pid: int, files: Files) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # it has ended
        for thread in files.threads(pid):
            with suppress(OSError):  # the thread has ended, and its process has its children
                named = files.content(f"{PROC}/{pid}/task/{thread}/children")
                found.extend(map(int, named.split()))
    return found


def _descendants_by_psutil(pid: int) -> list[int] | None:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
    except psutil.AccessDenied:
        return None
