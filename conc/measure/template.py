"""The template process, from which the workers of a run are forked: they share its imports.

Importing takes a fresh worker most of its start. So on Linux a run has one process that imports the
experiment with its snippets and then only forks. It never imports a reader's module. Whoever
measures speaks with it as :mod:`conc.measure.forked` does, over a socket, a packet a message: it
says how many threads it has; asked with the file descriptors of a worker, it forks one and answers
with its process id, or with the number of the system's error below zero; asked with a process id,
it answers with how that worker ended.
"""

import errno
import gc
import importlib
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from conc.measure import lifeline, worker
from conc.measure.forked import MOST_BYTES
from conc.measure.processes import UNKNOWN_END

assert sys.platform == "linux"  # nothing else starts one

_DESCRIPTORS = 4  # standard input, output and error, and the lifeline


def main() -> None:
    """Import, then fork as often as asked, until the other end of the socket is closed."""
    _, control, modules, *lifelines = sys.argv
    for descriptor in lifelines:
        lifeline.hold(int(descriptor))
    for module in modules.split(","):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # so that a worker's collections write to none of the pages that it shares
    with socket.socket(fileno=int(control)) as asked:
        descriptors = _fork_as_asked(asked)
    if descriptors:
        _become_worker(descriptors)


def _fork_as_asked(asked: socket.socket) -> Sequence[int]:
    """Fork until nobody asks; return the descriptors of a worker in the worker itself."""
    asked.send(str(len(list(Path("/proc/self/task").iterdir()))).encode())
    while True:
        message, descriptors, _, _ = socket.recv_fds(asked, MOST_BYTES, _DESCRIPTORS)
        if not message:
            return []
        if not descriptors:
            asked.send(str(_code_of(int(message))).encode())
            continue
        try:
            pid = os.fork()
        except OSError as error:
            pid = -(error.errno or errno.EAGAIN)
        if pid == 0:
            return descriptors
        for descriptor in descriptors:
            os.close(descriptor)
        asked.send(str(pid).encode())


def _code_of(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return UNKNOWN_END


def _become_worker(descriptors: Sequence[int]) -> None:
    """Go on as one that was started afresh: in a session and with streams of its own."""
    os.setsid()
    for stream, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, stream)
        os.close(descriptor)
    worker.work(descriptors[3:])
