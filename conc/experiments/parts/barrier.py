"""A barrier that workers of every kind can wait at: threads, processes, interpreters.

Those three share no lock, but they all have sockets. This module stands alone because each
worker imports it, and an interpreter of a pool can't import every extension module.
"""

import socket
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"
LIMIT_S = 60.0
POLL_S = 0.1


def call_and_wait(port: int, call: Callable[..., object], arguments: tuple[object, ...]) -> None:
    """Make the call, then wait until all other workers have made theirs."""
    call(*arguments)
    with socket.create_connection((LOOPBACK, port), timeout=LIMIT_S) as gate:
        gate.recv(1)


def call_in_every_worker(
    pool: Executor, workers: int, call: Callable[..., object], *arguments: object
) -> None:
    """Make a pool start all its workers, and make each of them call ``call`` once.

    No worker can take a second call before all have taken one. Raises what a call raised, and
    ``TimeoutError`` if after ``LIMIT_S`` some worker has not come.
    """
    with ExitStack() as stack:
        gate = stack.enter_context(socket.create_server((LOOPBACK, 0), backlog=workers))
        gate.settimeout(POLL_S)
        port = gate.getsockname()[1]
        calls = [pool.submit(call_and_wait, port, call, arguments) for _ in range(workers)]
        deadline = time.monotonic() + LIMIT_S
        for _ in range(workers):
            stack.enter_context(_next_arrival(gate, calls, deadline))
    for made in calls:
        made.result()


def _next_arrival(gate: socket.socket, calls: list[Future[None]], deadline: float) -> socket.socket:
    while True:
        try:
            return gate.accept()[0]
        except TimeoutError:
            for made in calls:
                if made.done():
                    made.result()
            if time.monotonic() > deadline:
                raise
