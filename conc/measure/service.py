"""The ratings service of the I/O-bound workload: started, asked about, and stopped.

The server is :mod:`conc.measure.ratings_server`, in a process of its own, so that it shares no GIL
with those who ask. This module does not import it: the measuring process stays small.
"""

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, NamedTuple

import psutil

from conc.errors import ConcError
from conc.experiments.experiment import Service
from conc.experiments.parts import ceiling as client
from conc.measure import details, readers

HOST = "127.0.0.1"
START_LIMIT_S = 30.0
STOP_LIMIT_S = 10.0  # the server gives what is under way half of it
PORT_TAKEN = 3  # the exit status of a server that may not listen on its port


class Request(NamedTuple):
    """When the service saw a request come and its answer go, in seconds of ``perf_counter``.

    ``id`` is the query parameter of that name, empty where there was none.
    """

    id: str
    came_s: float
    went_s: float


@dataclass(frozen=True, slots=True)
class Log:
    """The requests since the last look into the log; the oldest can be ``forgotten``."""

    requests: list[Request]
    forgotten: int


@dataclass(frozen=True, slots=True)
class RatingsService:
    """A running service. Make one with :func:`ratings_service`."""

    address: Service
    port: int
    _process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The address without a slash at its end: ``http://127.0.0.1:40001``."""
        return self.address.url

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the server still runs."""
        return self._process.poll() is None

    def cpu_s(self) -> float:
        """Return the CPU time that the server has used; raises :class:`ConcError` if it died."""
        try:
            times = psutil.Process(self.pid).cpu_times()
        except psutil.NoSuchProcess as error:
            raise _died() from error
        return float(times.user + times.system)

    def log(self) -> Log:
        """Take the log: a second call returns what came since. Raises :class:`ConcError`."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=STOP_LIMIT_S)
        try:
            connection.request("GET", "/log")
            answer = json.load(connection.getresponse())
        except (OSError, http.client.HTTPException) as error:
            raise _died() from error
        finally:
            connection.close()
        return Log([Request(*entry) for entry in answer["requests"]], answer["forgotten"])


def _died() -> ConcError:
    return ConcError("The ratings service has stopped answering; measure again.")


@contextmanager
def ratings_service(port: int = 0) -> Iterator[RatingsService]:
    """Start the service on a port of 127.0.0.1 (0: any free one), and stop it at the end.

    Raises :class:`ConcError` if the port is taken or the server does not start.
    """
    with tempfile.TemporaryFile() as errors:
        process = _start(port, errors)
        try:
            chosen = _listening_port(process, port, errors)
            yield RatingsService(Service(f"http://{HOST}:{chosen}"), chosen, process)
        finally:
            _stop(process)


def _start(port: int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start the server out of reach of the terminal's Ctrl-C: its end is that of its input."""
    windows = sys.platform == "win32"
    return subprocess.Popen(  # noqa: S603 - this interpreter, a module of ours, a number
        [sys.executable, "-P", "-m", "conc.measure.ratings_server", str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=readers.environment(),
        start_new_session=not windows,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) if windows else 0,
    )


def _listening_port(process: subprocess.Popen[bytes], asked: int, errors: IO[bytes]) -> int:
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
    if process.wait() == PORT_TAKEN:
        raise ConcError(
            f"The ratings service can't listen on port {asked} of {HOST}: it is taken or not"
            " allowed; choose another, or 0 for any free one."
        )
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


@dataclass(frozen=True, slots=True)
class Ceiling:
    """How fast the server answered a client that does next to nothing but ask.

    Throughput near ``requests_per_s`` says nothing of the model that asked: the server was the
    limit. Client and server share the machine, so with one usable core this is what both reach
    together. ``server_cpu_s`` and ``client_cpu_s`` (per request) show which of them was busier;
    the server alone can't answer more than ``1 / server_cpu_s``.
    """

    requests_per_s: float
    server_cpu_s: float
    client_cpu_s: float


def ceiling(service: RatingsService, seconds: float = 1.0, concurrency: int = 50) -> Ceiling:
    """Ask without latency for about ``seconds``, always ``concurrency`` requests in flight.

    Raises :class:`ConcError` if the service dies meanwhile. Leaves the log empty.
    """
    requests, batch = 0, 20 * concurrency
    _ask(service, batch, concurrency)  # warm-up
    server_s, client_s, began_s = service.cpu_s(), time.process_time(), time.perf_counter()
    while (wall_s := time.perf_counter() - began_s) < seconds:
        _ask(service, batch, concurrency)
        requests += batch
    server_s, client_s = service.cpu_s() - server_s, time.process_time() - client_s
    service.log()
    return Ceiling(requests / wall_s, server_s / requests, client_s / requests)


def _ask(service: RatingsService, requests: int, concurrency: int) -> None:
    try:
        client.ask(service.url, requests, concurrency)
    except OSError as error:
        raise _died() from error
