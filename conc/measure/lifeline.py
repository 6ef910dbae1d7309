"""A worker must not outlive the measurement, however that ends.

A measurement that is killed can put nothing away, and a worker that computes or hangs reads no
pipe. So on Linux each worker holds the reading end of a pipe whose writing end the launcher keeps:
when the launcher is gone the kernel itself sends SIGKILL to the worker's whole process group,
which holds its pools too. That takes no thread and no time. Elsewhere a worker ends when it next
reads a command.
"""

import os
import sys


class Lifeline:
    """The launcher's end: as long as it is open, the worker lives."""

    def __init__(self) -> None:
        """Open a pipe where the system can bind a process group to it."""
        self._ends = os.pipe() if sys.platform == "linux" else ()

    @property
    def passed(self) -> tuple[int, ...]:
        """The file descriptors that the worker inherits: one, or none."""
        return self._ends[:1]

    def hand_over(self) -> None:
        """Close the worker's end here, once the worker has its own."""
        if self._ends:
            os.close(self._ends[0])

    def cut(self) -> None:
        """Let go: what is left of the worker's process group is killed."""
        if self._ends:
            os.close(self._ends[1])
            self._ends = ()


def hold(descriptor: int) -> None:
    """Bind this process' group, which it must lead, to the life of whoever launched it."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - exists on POSIX only
        import signal  # noqa: PLC0415 - as above

        fcntl.fcntl(descriptor, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGKILL)
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)
