"""The ratings service of the I/O-bound workload: started and stopped.

The server is :mod:`conc.measure.ratings_server`, in a process of its own, so that it shares no GIL
with those who ask. This module does not import it: the measuring process stays small.
"""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from conc.errors import ConcError
from conc.experiments.experiment import Service
from conc.measure import details, readers

LOOPBACK = "127.0.0.1"
START_LIMIT_S = 30.0
STOP_LIMIT_S = 10.0  # the server gives what is under way half of it


@dataclass(frozen=True, slots=True)
class RatingsService:
    """A running service. Make one with :func:`ratings_service`."""

    address: Service
    _process: subprocess.Popen[bytes]

    def alive(self) -> bool:
        """Whether the server still runs."""
        return self._process.poll() is None


@contextmanager
def ratings_service() -> Iterator[RatingsService]:
    """Start the service on a free port of 127.0.0.1, and stop it at the end.

    Raises :class:`ConcError` if the server does not start.
    """
    with tempfile.TemporaryFile() as errors:
        process = _start(errors)
        try:
            port = _listening_port(process, errors)
            yield RatingsService(Service(f"http://{LOOPBACK}:{port}", process.pid), process)
        finally:
            _stop(process)


def _start(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the server out of reach of the terminal's Ctrl-C: its end is that of its input."""
    windows = sys.platform == "win32"
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "conc.measure.ratings_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=readers.environment(),
        start_new_session=not windows,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if windows else 0,
    )


def _listening_port(process: subprocess.Popen[bytes], errors: IO[bytes]) -> int:
    """Wait until the server says on which port it listens."""
    assert process.stdout is not None
    hung = threading.Timer(START_LIMIT_S, process.kill)
    hung.start()
    try:
        said = process.stdout.readline()
    finally:
        hung.cancel()
    if said:
        return int(said)
    process.wait()
    errors.seek(0)
    reason = details.last_words(errors.read().decode(errors="replace")) or "it said nothing"
    raise ConcError(f"The ratings service did not start: {reason}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server's input, wait until it has answered what is under way; kill it if it hangs."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
