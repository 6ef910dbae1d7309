"""The ratings service itself: ``python -m conc.measure.ratings_server``.

``GET /rating?name=…&latency_ms=…&id=…``
    Answers with the restaurant's rating, as JSON, no sooner than ``latency_ms`` after it was asked.
``GET /log``
    Answers with a list of ``[id, came, went]`` for every request since the last call; the oldest
    are missing where there were too many. Times are seconds of ``time.perf_counter``, whose clock
    the processes of a machine share.

It prints its port when it listens, and stops at the end of its standard input: when whoever
started it closes that or ends, however that may be. Requests under way are still answered then.
It shares the CPUs with those who ask, so a request does as little as possible: no routes, no access
log.
"""

import asyncio
import json
import os
import sys
import threading
import time
from collections import deque
from zlib import crc32

from aiohttp import web

from conc.measure.service import LOOPBACK, STOP_LIMIT_S

if sys.platform != "win32":
    import resource

BACKLOG = 8192  # connections not yet accepted; the kernel's own limit can be lower
LOG_ENTRIES = 200_000
LONGEST_LATENCY_S = 60.0
MS_PER_S = 1000


def rating(name: str) -> float:
    """Return a restaurant's rating, 1.0 to 5.0 in steps of 0.1: a pure function of its name."""
    return 1 + crc32(name.encode()) % 41 / 10


class Ratings:
    """Answers requests, and remembers the last of them."""

    def __init__(self, log_entries: int = LOG_ENTRIES) -> None:
        """Begin with an empty log of at most ``log_entries``."""
        self._log: deque[tuple[str, float, float]] = deque(maxlen=log_entries)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Answer one request."""
        if request.method == "GET" and request.path == "/rating":
            return await self._rate(request)
        if request.method == "GET" and request.path == "/log":
            return web.Response(text=self.take_log(), content_type="application/json")
        return web.Response(status=404, text="There is only GET /rating and GET /log.\n")

    def take_log(self) -> str:
        """Return the log as JSON and begin a new one."""
        requests = list(self._log)
        self._log.clear()
        return json.dumps(requests)

    async def _rate(self, request: web.BaseRequest) -> web.Response:
        came_s = time.perf_counter()
        query = request.query
        name, latency_s = query.get("name"), _latency_s(query.get("latency_ms", "0"))
        if name is None or latency_s is None:
            return web.Response(
                status=400,
                text=f"name is needed; latency_ms is a number from 0 to {LONGEST_LATENCY_S:g}e3.\n",
            )
        if latency_s:
            await asyncio.sleep(latency_s)
        # Noted before the answer is sent, so that whoever asked can't have it earlier than it went.
        self._log.append((query.get("id", ""), came_s, time.perf_counter()))
        return web.Response(text=str(rating(name)), content_type="application/json")


def _latency_s(latency_ms: str) -> float | None:
    """Return a latency in seconds, ``None`` if it is no number or out of bounds."""
    try:
        latency_s = float(latency_ms) / MS_PER_S
    except ValueError:
        return None
    return latency_s if 0 <= latency_s <= LONGEST_LATENCY_S else None


async def serve() -> None:
    """Serve until the standard input ends, then answer what is under way."""
    stopping = asyncio.Event()
    runner = web.ServerRunner(
        web.Server(Ratings().handle, access_log=None), shutdown_timeout=STOP_LIMIT_S / 2
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0, backlog=BACKLOG).start()
        print(runner.addresses[0][1], flush=True)  # noqa: T201 - how the parent learns the port
        _at_end_of_input(stopping)
        await stopping.wait()
    finally:
        await runner.cleanup()


def _at_end_of_input(event: asyncio.Event) -> None:
    """Set ``event`` when the standard input ends. A thread waits: Windows' loop can't."""
    loop = asyncio.get_running_loop()
    standard_input = sys.stdin.fileno()

    def wait() -> None:
        while os.read(standard_input, 1):
            pass
        loop.call_soon_threadsafe(event.set)

    threading.Thread(target=wait, name="end-of-input", daemon=True).start()


def _allow_many_connections() -> None:
    """Raise the limit on open files, one for each connection, as far as it may be raised."""
    if sys.platform != "win32":
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    _allow_many_connections()
    asyncio.run(serve())
