"""Further functions of known nature, none of which was there when the rules of advice were made."""

import asyncio
import contextlib
import decimal
import hashlib
import lzma
import queue
import random
import re
import select
import socket
import sqlite3

DEALT = random.Random(1)
NUMBERS = [DEALT.random() for _ in range(40_000)]
WORDS = " ".join(f"word{number:x}" for number in range(20_000))
PATTERN = re.compile(r"\b\w*(?:ab|cd)\w*\b")
BLOCK = bytes(range(256)) * 128
TOKENS: queue.Queue[int] = queue.Queue()
TOKENS.put(1)
FOUND: dict[int, int] = {}


def sort(times: int) -> float:
    """Compute in native code that keeps the GIL."""
    return sum(sorted(NUMBERS)[7] for _ in range(times))


def match(times: int) -> int:
    """Compute in native code that keeps the GIL."""
    return sum(len(PATTERN.findall(WORDS)) for _ in range(times))


def divide(digits: int) -> str:
    """Compute in native code that keeps the GIL."""
    with decimal.localcontext() as context:
        context.prec = digits
        return str(decimal.Decimal(2).sqrt())[-10:]


def pack(times: int) -> int:
    """Compute in native code that lets go of the GIL."""
    return sum(len(lzma.compress(BLOCK, preset=1)) for _ in range(times))


def derive(rounds: int) -> str:
    """Compute in native code that lets go of the GIL."""
    return hashlib.pbkdf2_hmac("sha256", b"word", b"salt", rounds).hex()


def query(rows: int) -> int:
    """Compute in a database in memory, which lets go of the GIL."""
    with sqlite3.connect(":memory:") as database:
        counting = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT ?)"
        (found,) = database.execute(f"{counting} SELECT sum(n % 7) FROM c", (rows,)).fetchone()
    database.close()
    return int(found)


def receive(seconds: float) -> float:
    """Wait for a socket that stays silent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        select.select([ours], [], [], seconds)
    return seconds


def take_turns(seconds: float) -> float:
    """Wait, one call of the process at a time, for a token."""
    token = TOKENS.get()
    try:
        select.select([], [], [], seconds)
    finally:
        TOKENS.put(token)
    return seconds


async def give_up(seconds: float) -> float:
    """Wait for what does not come."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)
    return seconds


async def receive_in_loop(seconds: float) -> float:
    """Wait and keep the event loop."""
    return receive(seconds)


async def match_in_loop(times: int) -> int:
    """Compute in a coroutine."""
    return match(times)


def look_up(number: int) -> int:
    """Compute once and keep what was found."""
    if number not in FOUND:
        FOUND[number] = match(number)
    return FOUND[number]
