"""Which processes descend from a process: quickly on Linux, through psutil elsewhere."""

import os
import sys
import weakref
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

PROC = "/proc"
ON_LINUX = sys.platform == "linux"
MOST_BYTES = 1 << 16
STAT_FIELDS = 18


@cache
def has_proc() -> bool:
    """Whether Linux shows its processes as files here."""
    return ON_LINUX and Path(f"{PROC}/self/stat").exists()


@cache
def names_children() -> bool:
    """Whether ``/proc`` names the children of a thread: a kernel can be built without that."""
    return has_proc() and Path(f"{PROC}/thread-self/children").exists()


@cache
def tells_delays() -> bool:
    """Whether Linux counts how long threads wait for a CPU: a kernel can be built without that."""
    try:
        return Path(f"{PROC}/thread-self/schedstat").read_bytes() != b"0 0 0\n"
    except OSError:
        return False


class Folder:
    """A folder of ``/proc`` whose files stay open: finding one again takes most of its reading.

    An open one belongs to its process, not to the id of the process: once the process has ended it
    tells nothing, and what has taken over the id is opened anew.
    """

    def __init__(self, path: str) -> None:
        """Open nothing yet."""
        self._path = path
        self._open: dict[str, int] = {}
        weakref.finalize(self, _close_all, self._open)

    def content(self, name: str, most: int = MOST_BYTES) -> bytes:
        """Return what a file says now, its first bytes. Raises :class:`OSError` if it has ended."""
        if sys.platform != "win32":
            try:
                return os.pread(self._open[name], most, 0)
            except (KeyError, ProcessLookupError):
                return os.pread(self._opened(name), most, 0)
        raise FileNotFoundError(name)  # Windows has neither pread nor /proc

    def names(self, name: str) -> list[str]:
        """List a folder in it. Raises :class:`OSError` if its process has ended."""
        # Without threads it has ended, and the id can be another's now. pathlib lists no open file.
        return os.listdir(self._file(name)) or os.listdir(self._opened(name))  # noqa: PTH208

    def _file(self, name: str) -> int:
        file = self._open.get(name)
        return self._opened(name) if file is None else file

    def _opened(self, name: str) -> int:
        if name in self._open:
            os.close(self._open.pop(name))
        file = self._open[name] = os.open(f"{self._path}/{name}", os.O_RDONLY)
        return file


def _close_all(files: dict[str, int]) -> None:
    for file in files.values():
        os.close(file)


class Process:
    """A process of ``/proc``. Every question raises :class:`OSError` if it has ended."""

    def __init__(self, pid: int) -> None:
        """Take the process with this id."""
        self._path = f"{PROC}/{pid}"
        self._folder = Folder(self._path)
        self._threads: dict[str, Folder] = {}

    def stat(self) -> list[bytes]:
        """Return the fields of its ``stat`` from the third (state) on, to that of its threads."""
        # The name of the program, in brackets, can itself hold spaces and brackets.
        return self._folder.content("stat").rpartition(b")")[2].split(maxsplit=STAT_FIELDS)

    def threads(self) -> Mapping[str, Folder]:
        """Return the folders of its threads by their ids. One can end before it is read."""
        self._threads = {
            thread: self._threads.get(thread) or Folder(f"{self._path}/task/{thread}")
            for thread in self._folder.names("task")
        }
        return self._threads

    def children(self) -> list[int]:
        """Return the ids of its children. To be asked only where they are named."""
        found: list[int] = []
        for thread in self.threads().values():
            with suppress(OSError):  # the thread has ended, and its process has its children
                found.extend(children(thread))
        return found


def children(thread: Folder) -> Iterable[int]:
    """Return the ids of the children that a thread has started, or was given by one that ended."""
    return map(int, thread.content("children").split())


class Processes:
    """The processes that are looked at again and again, with their files."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: dict[int, Process] = {}

    def __getitem__(self, pid: int) -> Process:
        """Return a process by its id, whether it lives or not."""
        if pid not in self._known:
            self._known[pid] = Process(pid)
        return self._known[pid]

    def forget_all_but(self, pids: Iterable[int]) -> None:
        """Close the files of all others."""
        self._known = {pid: self[pid] for pid in pids}


def descendants(pid: int, processes: Processes) -> list[int] | None:
    """Return the process ids below ``pid``, parents before children; ``None`` if none can tell.

    A process that has ended has none below it.
    """
    if names_children():
        found = _children(pid, processes)
        for child in found:
            found.extend(_children(child, processes))
        return found
    if ON_LINUX and not has_proc():
        return None
    return _descendants_by_psutil(pid)


def _children(pid: int, processes: Processes) -> list[int]:
    try:
        return processes[pid].children()
    except OSError:  # it has ended
        return []


def _descendants_by_psutil(pid: int) -> list[int] | None:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
    except psutil.AccessDenied:
        return None
