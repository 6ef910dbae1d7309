"""I/O-bound work: ask a service for the rating of each restaurant, under each model but asyncio."""

import json
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import quote, urlsplit


# --8<-- [start:fetch]
class Rating(NamedTuple):
    name: str
    stars: float
    latency_s: float


class Connection(HTTPConnection):
    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        super().__init__(address.netloc)
        self.target = f"{address.path}?{address.query}"

    def __del__(self) -> None:
        self.close()


connections: dict[int, Connection] = {}  # one for each worker, kept alive between its requests


def connect(url: str) -> None:
    connections[threading.get_ident()] = Connection(url)


def fetch(name: str) -> Rating:
    connection = connections[threading.get_ident()]
    started = time.perf_counter()
    connection.request("GET", connection.target + quote(name))
    stars = json.load(connection.getresponse())
    return Rating(name, stars, time.perf_counter() - started)


def fetch_all(pool: Executor, names: Sequence[str]) -> list[Rating]:
    return list(pool.map(fetch, names))


# --8<-- [end:fetch]
# --8<-- [start:sequential]
def run_sequential(url: str, names: Sequence[str]) -> list[Rating]:
    connect(url)
    ratings = [fetch(name) for name in names]
    connections.clear()
    return ratings


# --8<-- [end:sequential]
# --8<-- [start:threads]
def run_threads(url: str, names: Sequence[str], workers: int) -> list[Rating]:
    with ThreadPoolExecutor(workers, initializer=connect, initargs=(url,)) as pool:
        ratings = fetch_all(pool, names)
    connections.clear()
    return ratings


# --8<-- [end:threads]
# --8<-- [start:processes]
def run_processes(url: str, names: Sequence[str], workers: int) -> list[Rating]:
    with ProcessPoolExecutor(workers, initializer=connect, initargs=(url,)) as pool:
        return fetch_all(pool, names)


# --8<-- [end:processes]
# --8<-- [start:interpreters]
if sys.version_info >= (3, 14):
    from concurrent.futures import InterpreterPoolExecutor

    def run_interpreters(url: str, names: Sequence[str], workers: int) -> list[Rating]:
        with InterpreterPoolExecutor(workers, initializer=connect, initargs=(url,)) as pool:
            return fetch_all(pool, names)


# --8<-- [end:interpreters]
if __name__ == "__main__":
    service, *restaurants = sys.argv[1:]  # http://127.0.0.1:8000/rating?name= Pagoda Trattoria
    print("sequential  ", run_sequential(service, restaurants))
    print("threads     ", run_threads(service, restaurants, workers=2))
    print("processes   ", run_processes(service, restaurants, workers=2))
    # No run_interpreters here: an interpreter can't send back a Rating whose class is in __main__.
