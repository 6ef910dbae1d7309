"""The same ratings over bare sockets: threads and asyncio when the client costs next to nothing."""

import asyncio
import socket
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from queue import SimpleQueue
from typing import NamedTuple
from urllib.parse import quote, urlsplit


# --8<-- [start:protocol]
class Rating(NamedTuple):
    name: str
    stars: float
    latency_s: float


def question(url: str, name: str) -> bytes:
    address = urlsplit(url)
    target = f"{address.path}?{address.query}{quote(name)}"
    return f"GET {target} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()


def is_whole(answer: bytes) -> bool:
    head, end_of_head, body = answer.partition(b"\r\n\r\n")
    length = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
    return bool(end_of_head) and len(body) >= int(length)


def rated(name: str, answer: bytes, started: float) -> Rating:
    if not is_whole(answer):
        raise ConnectionError("the service closed the connection")
    return Rating(name, float(answer.partition(b"\r\n\r\n")[2]), time.perf_counter() - started)


# --8<-- [end:protocol]
# --8<-- [start:threads]
Sockets = SimpleQueue[socket.socket]


def fetch(idle: Sockets, url: str, name: str) -> Rating:
    connection, started = idle.get(), time.perf_counter()
    connection.sendall(question(url, name))
    answer = piece = connection.recv(4096)
    while piece and not is_whole(answer):
        answer += (piece := connection.recv(4096))
    idle.put(connection)
    return rated(name, answer, started)


def fetch_all(pool: Executor, idle: Sockets, url: str, names: Sequence[str]) -> list[Rating]:
    return list(pool.map(partial(fetch, idle, url), names))


def connect(url: str, level: int, stack: ExitStack) -> Sockets:
    address, idle = urlsplit(url), Sockets()
    for _ in range(level):
        connection = socket.create_connection((address.hostname, address.port))
        idle.put(stack.enter_context(connection))
    return idle


def run_threads(url: str, names: Sequence[str], workers: int) -> list[Rating]:
    with ExitStack() as stack, ThreadPoolExecutor(workers) as pool:
        return fetch_all(pool, connect(url, workers, stack), url, names)


# --8<-- [end:threads]
# --8<-- [start:asyncio]
Streams = asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


async def fetch_async(idle: Streams, url: str, name: str) -> Rating:
    (reader, writer), started = await idle.get(), time.perf_counter()
    writer.write(question(url, name))
    answer = piece = await reader.read(4096)
    while piece and not is_whole(answer):
        answer += (piece := await reader.read(4096))
    idle.put_nowait((reader, writer))
    return rated(name, answer, started)


async def gather(idle: Streams, url: str, names: Sequence[str]) -> list[Rating]:
    return await asyncio.gather(*(fetch_async(idle, url, name) for name in names))


async def connect_async(url: str, level: int, stack: ExitStack) -> Streams:
    address, idle = urlsplit(url), Streams()
    for _ in range(level):
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        stack.callback(writer.close)
        idle.put_nowait((reader, writer))
    return idle


async def connect_and_gather(url: str, names: Sequence[str], level: int) -> list[Rating]:
    with ExitStack() as stack:
        return await gather(await connect_async(url, level, stack), url, names)


def run_asyncio(url: str, names: Sequence[str], level: int) -> list[Rating]:
    return asyncio.run(connect_and_gather(url, names, level))


# --8<-- [end:asyncio]
if __name__ == "__main__":
    service, *restaurants = sys.argv[1:]  # http://127.0.0.1:8000/rating?name= Pagoda Trattoria
    print("threads", run_threads(service, restaurants, workers=2))
    print("asyncio", run_asyncio(service, restaurants, level=2))
