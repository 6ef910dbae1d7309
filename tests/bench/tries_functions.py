"""Functions of known nature, as readers have them: :mod:`tests.bench.tries_set` tries them.

Each kind stands here once; the length of a call is the item that it is given.
"""

import asyncio
import ctypes
import functools
import hashlib
import json
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

HERE = Path(tempfile.gettempdir()) / "conc-bench-of-tries.lock"
BLOCK = bytes(range(256)) * 4096
PYTHON_API = ctypes.PyDLL(None)
LOCK = threading.Lock()
TEXT = json.dumps([{"name": str(number), "value": number} for number in range(20_000)])
LINE = json.dumps([{"name": str(number), "value": number} for number in range(20)])


def count(numbers: int) -> int:
    """Compute in Python code."""
    return sum(number * number % 7 for number in range(numbers))


def parse(times: int) -> int:
    """Compute in native code that keeps the GIL, and give little back."""
    return sum(len(json.loads(TEXT)) for _ in range(times))


def parse_lines(lines: int) -> int:
    """Compute as :func:`parse`, with little memory at a time."""
    return sum(len(json.loads(LINE)) for _ in range(lines))


def hash_block(times: int) -> str:
    """Compute in native code that lets go of the GIL."""
    found = hashlib.sha256()
    for _ in range(times):
        found.update(BLOCK)
    return found.hexdigest()


def compress(times: int) -> int:
    """Compute in native code that lets go of the GIL."""
    return sum(len(zlib.compress(BLOCK[: 1 << 17], 6)) for _ in range(times))


def wait(seconds: float) -> float:
    """Wait, and let go of the GIL."""
    time.sleep(seconds)
    return seconds


def wait_with_gil(microseconds: int) -> int:
    """Wait, and keep the GIL."""
    PYTHON_API.usleep(microseconds)
    return microseconds


def wait_for_lock(seconds: float) -> float:
    """Wait for a lock of the process."""
    with LOCK:
        time.sleep(seconds)
    return seconds


def wait_for_file(seconds: float) -> float:
    """Wait for a lock of the whole machine."""
    with HERE.open("w") as file:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - exists on POSIX only

            fcntl.flock(file, fcntl.LOCK_EX)
        time.sleep(seconds)
    return seconds


async def wait_soon(seconds: float) -> float:
    """Wait, and let go of the event loop."""
    await asyncio.sleep(seconds)
    return seconds


async def block(seconds: float) -> float:
    """Wait, and keep the event loop."""
    time.sleep(seconds)  # noqa: ASYNC251 - that is what it is about
    return seconds


async def count_soon(numbers: int) -> int:
    """Compute in a coroutine."""
    return count(numbers)


def start_child(numbers: int) -> int:
    """Have a child process compute."""
    return subprocess.run(
        [sys.executable, "-S", "-c", f"sum(n * n % 7 for n in range({numbers}))"], check=True
    ).returncode


def fill(numbers: int) -> list[float]:
    """Give back so much that sending it is the cost."""
    return [float(number) for number in range(numbers)]


def add_up(numbers: list[float]) -> float:
    """Take so much that sending it is the cost."""
    return sum(numbers)


def open_answer(numbers: int) -> Callable[[], int]:
    """Give back what can't be pickled."""
    found = count(numbers)
    return lambda: found


def open_answer_of_waiting(seconds: float) -> Callable[[], float]:
    """Wait, and give back what can't be pickled."""
    time.sleep(seconds)
    return lambda: seconds


@functools.cache
def remember(numbers: int) -> int:
    """Answer at once when it is called again."""
    return count(numbers)


def uneven() -> list[int]:
    """Give items of which one holds most of the work."""
    return [2_000_000] + [40_000] * 20


def uneven_waits() -> list[float]:
    """Give items of which one holds most of the waiting."""
    return [0.2] + [0.004] * 20


def long_lists() -> list[list[float]]:
    """Give items that are large."""
    return [[float(number) for number in range(300_000)] for _ in range(8)]


def short_counts() -> list[int]:
    """Give 200 items of some 5 ms."""
    return [100_000] * 200


def short_waits() -> list[float]:
    """Give 200 items that wait for 30 ms."""
    return [0.03] * 200
