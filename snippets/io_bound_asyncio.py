"""I/O-bound work under asyncio: a file of its own, so that no pool's worker imports aiohttp."""

import asyncio
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote

import aiohttp


# --8<-- [start:asyncio]
class Rating(NamedTuple):
    name: str
    stars: float
    latency_s: float


async def fetch(
    session: aiohttp.ClientSession, url: str, name: str, turns: asyncio.Semaphore
) -> Rating:
    async with turns:
        started = time.perf_counter()
        async with session.get(url + quote(name)) as response:
            stars = await response.json()
        return Rating(name, stars, time.perf_counter() - started)


async def gather(
    session: aiohttp.ClientSession, url: str, names: Sequence[str], level: int
) -> list[Rating]:
    turns = asyncio.Semaphore(level)  # as many in flight as a pool would have workers
    return await asyncio.gather(*(fetch(session, url, name, turns) for name in names))


async def connect_and_gather(url: str, names: Sequence[str], level: int) -> list[Rating]:
    connector = aiohttp.TCPConnector(limit=level)
    async with aiohttp.ClientSession(connector=connector) as session:
        return await gather(session, url, names, level)


def run_asyncio(url: str, names: Sequence[str], level: int) -> list[Rating]:
    return asyncio.run(connect_and_gather(url, names, level))


# --8<-- [end:asyncio]
if __name__ == "__main__":
    service, *restaurants = sys.argv[1:]  # http://127.0.0.1:8000/rating?name= Pagoda Trattoria
    print("asyncio", run_asyncio(service, restaurants, level=2))
