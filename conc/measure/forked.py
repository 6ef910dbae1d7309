"""Workers that are forked from a template, as the process that measures sees both."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO

from conc.measure import processes
from conc.measure.lifeline import Lifeline

PROGRAM = "from conc.measure.template import main; main()"
"""What ``python -c`` runs as a template.

Its arguments are the file descriptor of the socket, the modules to import, and the lifeline.
"""

MOST_BYTES = 64
"""The longest packet between a template and whoever measures."""

START_LIMIT_S = 60.0
"""How long a template has for its imports, and for an answer."""


class TemplateEndedError(Exception):
    """The template has ended, or does not answer: nothing can be forked from it."""


def is_possible() -> bool:
    """Tell whether workers can be forked from a template here: on Linux."""
    return sys.platform == "linux"


class Template:
    """A template process, spoken with over a socket. Make one with :func:`template_of`."""

    def __init__(self, ours: socket.socket) -> None:
        """Speak over a socket."""
        self._socket = ours

    def can_fork(self) -> bool:
        """Wait for its imports; tell whether it has one thread, for a fork copies no other.

        One that could not import has ended: a worker that starts afresh will say why.
        """
        try:
            return self._answer() == 1
        except TemplateEndedError:
            return False

    def fork(self, descriptors: Sequence[int]) -> int:
        """Fork a worker with these standard streams and lifeline; return its process id.

        Raises :class:`TemplateEndedError` where the template is gone, ``OSError`` where the system
        starts no further process.
        """
        if sys.platform == "linux":
            with suppress(OSError):  # the missing answer tells it
                socket.send_fds(self._socket, [b"fork"], list(descriptors))
        pid = self._answer()
        if pid < 0:
            raise OSError(-pid, os.strerror(-pid))
        return pid

    def code_of(self, pid: int) -> int:
        """Return the exit code of a worker that has ended, as ``subprocess`` counts it."""
        try:
            with suppress(OSError):  # the missing answer tells it
                self._socket.send(str(pid).encode())
            return self._answer()
        except TemplateEndedError:
            return processes.UNKNOWN_END

    def _answer(self) -> int:
        try:
            return int(self._socket.recv(MOST_BYTES))
        except (OSError, ValueError) as error:  # an empty answer is the end
            raise TemplateEndedError("the template that it was to be forked from ended") from error


@contextmanager
def template_of(modules: Sequence[str], environment: Mapping[str, str]) -> Iterator[Template]:
    """Yield a template that imports ``modules``; its workers end before it does.

    Raises ``OSError`` where the system starts no further process.
    """
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    names, lifeline = ",".join(modules), Lifeline()
    with ours, ExitStack() as ending:
        ending.callback(lifeline.cut)
        ours.settimeout(START_LIMIT_S)
        with theirs:
            process = processes.start(
                [sys.executable, "-P", "-c", PROGRAM, str(theirs.fileno()), names],
                lifeline,
                stderr=subprocess.DEVNULL,
                environment=environment,
                passed=[theirs.fileno()],
            )
        with process:
            try:
                yield Template(ours)
            finally:
                processes.end_tree(process, 0.0)


class Forked:
    """A worker forked from a template: :class:`processes.Process`, for another's child."""

    def __init__(self, origin: Template, lifeline: Lifeline, stderr: IO[bytes]) -> None:
        """Fork a worker. Raises as :meth:`Template.fork`."""
        self._origin = origin
        their_input, our_output = os.pipe()
        our_input, their_output = os.pipe()
        self.returncode: int | None = None
        self.stdin: IO[bytes] = os.fdopen(our_output, "wb", buffering=0)
        self.stdout: IO[bytes] = os.fdopen(our_input, "rb")
        try:
            self.pid = origin.fork([their_input, their_output, stderr.fileno(), *lifeline.passed])
            if sys.platform == "linux":
                self._pidfd = os.pidfd_open(self.pid)
        except BaseException:
            self.stdin.close()
            self.stdout.close()
            raise
        finally:
            os.close(their_input)
            os.close(their_output)
            lifeline.hand_over()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code; raises ``subprocess.TimeoutExpired``."""
        if sys.platform == "linux" and self.returncode is None:
            ending = select.poll()
            ending.register(self._pidfd, select.POLLIN)
            if not ending.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("a forked worker", timeout or 0.0)
            self.returncode = self._origin.code_of(self.pid)
            os.close(self._pidfd)
        assert self.returncode is not None
        return self.returncode

    def kill(self) -> None:
        """Kill it, if it still runs."""
        if sys.platform == "linux":
            self.send_signal(signal.SIGKILL)

    def send_signal(self, sig: int) -> None:
        """Send it a signal, if it still runs."""
        if sys.platform == "linux" and self.returncode is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, sig)
