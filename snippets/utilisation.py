"""Kinds of work that keep a CPU busy, to see how many CPUs threads keep busy with each."""

import hashlib
import os
import random
import time
import zlib
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor


# --8<-- [start:works]
def pure_python(times: int) -> int:
    total = 0
    for number in range(times):
        total += number * number
    return total


shared = [number / 2 for number in range(100)]  # each object counts who refers to it


def shared_objects(times: int) -> float:
    total = 0.0
    for number in range(times):
        total += shared[number % 100]
    return total


def hashing(times: int) -> str:
    block, digest = bytes(1_000_000), hashlib.sha256()
    for _ in range(times):
        digest.update(block)
    return digest.hexdigest()


def compressing(times: int) -> int:
    noise = random.Random(0).randbytes(100_000)
    return sum(len(zlib.compress(noise)) for _ in range(times))


def numpy_sin(times: int) -> float:
    import numpy as np

    angles = np.linspace(0.0, 1.0, 20_000)
    sines = np.empty_like(angles)
    for _ in range(times):
        np.sin(angles, out=sines)  # has no threads of its own
    return float(sines[-1])


# --8<-- [end:works]
Work = Callable[[int], object]
WORKS: dict[str, Work] = {
    "pure Python": pure_python,
    "shared objects": shared_objects,
    "hashlib": hashing,
    "zlib": compressing,
    "numpy": numpy_sin,
}


# --8<-- [start:run]
def run_pool(pool: Executor, work: Work, workers: int, times: int) -> list[object]:
    return list(pool.map(work, [times] * workers))  # the same share for each worker


# --8<-- [end:run]
if __name__ == "__main__":
    workers = os.cpu_count() or 1
    for name, times in {"pure Python": 5_000_000, "hashlib": 300, "zlib": 200}.items():
        for pool_type in (ThreadPoolExecutor, ProcessPoolExecutor):
            with pool_type(workers) as pool:
                started, cpu = time.perf_counter(), time.process_time()
                run_pool(pool, WORKS[name], workers, times)
                wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
            print(f"{name:12} {pool_type.__name__:19} {wall_s:5.2f} s, own CPU {cpu_s:5.2f} s")
