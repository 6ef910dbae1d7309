"""The cheapest client of the ratings service: to find what the server, not a model, can do.

One thread, one event loop, no library: each connection sends the same bytes again as soon as it
has an answer. With 50 in flight that takes about half of the CPU time of the server.
"""

import asyncio
from urllib.parse import urlsplit

END_OF_HEAD = b"\r\n\r\n"


def ask(url: str, requests: int, concurrency: int, latency_ms: float = 0.0) -> int:
    """Ask for ``requests`` ratings, ``concurrency`` of them in flight; return how many came.

    ``requests`` and ``concurrency`` are 1 or more.

    Raises :class:`OSError` if the service is not there, goes away or refuses a request.
    """
    return asyncio.run(_ask(url, requests, concurrency, latency_ms))


async def _ask(url: str, requests: int, concurrency: int, latency_ms: float) -> int:
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    asking = _Asking(requests, f"/rating?name=Pagoda&latency_ms={latency_ms:g}", address.netloc)
    loop = asyncio.get_running_loop()
    connecting = (
        loop.create_connection(lambda: _Connection(asking), address.hostname, address.port)
        for _ in range(min(concurrency, requests))
    )
    try:
        await asyncio.gather(asking.done, *connecting)
    finally:
        for connection in asking.connections:
            connection.close()
    return requests


class _Asking:
    """What the connections share: how many requests are still to send and to be answered."""

    def __init__(self, requests: int, target: str, host: str) -> None:
        self.head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        self.to_send = self.to_come = requests
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.connections: list[asyncio.Transport] = []

    def answered(self) -> None:
        self.to_come -= 1
        if not self.to_come and not self.done.done():
            self.done.set_result(None)

    def failed(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError(reason))


class _Connection(asyncio.Protocol):
    """One request in flight at a time."""

    def __init__(self, asking: _Asking) -> None:
        self._asking = asking
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._asking.connections.append(transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, complete, body = self._came.partition(END_OF_HEAD)
        if not complete or len(body) < _content_length(head):
            return
        self._came = b""
        if not head.startswith(b"HTTP/1.1 200 "):
            self._asking.failed(f"the service refused: {head.splitlines()[0].decode()}")
            return
        self._asking.answered()
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._asking.failed(f"the service closed the connection: {exc or 'no reason given'}")

    def _send(self) -> None:
        if self._asking.to_send:
            self._asking.to_send -= 1
            self._transport.write(self._asking.head)


def _content_length(head: bytes) -> int:
    _, _, rest = head.partition(b"Content-Length: ")
    return int(rest.partition(b"\r\n")[0])
