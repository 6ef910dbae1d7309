"""Does a call keep the GIL? While it runs, another thread ticks, and its longest silence tells.

It tells of single calls into C. Python code lets another thread in at every switch interval.
"""

import bz2
import hashlib
import json
import lzma
import math
import os
import pickle
import random
import re
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

TICK_S = 0.0005


# --8<-- [start:probe]
class Probe(NamedTuple):
    call_s: float
    silence_s: float


def run_threads(call: Callable[[], object]) -> Probe:
    ticks, ticking, stop = list[float](), threading.Event(), threading.Event()

    def tick() -> None:
        while not stop.is_set():
            ticks.append(time.perf_counter())
            ticking.set()
            time.sleep(TICK_S)

    ticker = threading.Thread(target=tick)
    ticker.start()
    ticking.wait()
    started = time.perf_counter()
    call()
    ended = time.perf_counter()
    stop.set()
    ticker.join()
    heard = [started, *(at for at in ticks if started < at < ended), ended]
    return Probe(ended - started, max(later - earlier for earlier, later in pairwise(heard)))


# --8<-- [end:probe]
# --8<-- [start:calls]
def floats(count: int) -> list[float]:
    return [random.random() for _ in range(count)]


def write(data: bytes) -> None:
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(data)


def matmul(count: int) -> Callable[[], object]:
    import numpy as np

    matrix = np.ones((math.isqrt(count), math.isqrt(count)))
    return partial(np.matmul, matrix, matrix)


def sqrt(count: int) -> Callable[[], object]:
    import numpy as np

    ones = np.ones(count)
    return partial(np.sqrt, ones, out=ones)


CALLS: dict[str, Callable[[int], Callable[[], object]]] = {
    "time.sleep": lambda size: partial(time.sleep, size * 1e-6),
    "hashlib.sha256": lambda size: partial(hashlib.sha256, bytes(size)),
    "hashlib.pbkdf2_hmac": lambda size: partial(hashlib.pbkdf2_hmac, "sha256", b"", b"", size),
    "zlib.compress": lambda size: partial(zlib.compress, os.urandom(size)),
    "bz2.compress": lambda size: partial(bz2.compress, os.urandom(size)),
    "lzma.compress": lambda size: partial(lzma.compress, os.urandom(size)),
    "file write": lambda size: partial(write, bytes(size)),
    "numpy matmul": matmul,
    "numpy sqrt": sqrt,
    "sorted": lambda size: partial(sorted, floats(size)),
    "json.dumps": lambda size: partial(json.dumps, list(range(size))),
    "pickle.dumps": lambda size: partial(pickle.dumps, list(range(size))),
    "re.findall": lambda size: partial(re.findall, r"\w+", "spam eggs " * size),
    "sum": lambda size: partial(sum, range(size)),
    "pow": lambda size: partial(pow, 3, size),
    "str.split": lambda size: ("spam eggs " * size).split,
}
# --8<-- [end:calls]


if __name__ == "__main__":
    for name, size in {"time.sleep": 50_000, "hashlib.sha256": 30_000_000, "pow": 300_000}.items():
        call_s, silence_s = run_threads(CALLS[name](size))
        print(f"{name:15} silent for {silence_s / call_s:4.0%} of {1000 * call_s:.0f} ms")
