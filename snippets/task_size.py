"""From which length of a task on a pool of processes pays, with more or less to carry."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor

LOOPS_A_MS = 25_000  # about: the same work everywhere, not the same time


# --8<-- [start:task]
def work(loops: int, payload: bytes) -> int:
    total = len(payload)
    for number in range(loops):
        total += number * number
    return total


# --8<-- [end:task]
# --8<-- [start:sequential]
def run_sequential(loops: int, payloads: Sequence[bytes]) -> list[int]:
    return [work(loops, payload) for payload in payloads]


# --8<-- [end:sequential]
# --8<-- [start:pool]
def run_pool(pool: Executor, loops: int, payloads: Sequence[bytes]) -> list[int]:
    return list(pool.map(work, [loops] * len(payloads), payloads))  # task by task


# --8<-- [end:pool]
if __name__ == "__main__":
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers) as pool:
        for milliseconds in (0.1, 1, 10, 100):
            loops, payloads = int(milliseconds * LOOPS_A_MS), [b""] * 2 * workers
            run_pool(pool, loops, payloads)  # all workers are there
            times = [time.perf_counter()]
            run_sequential(loops, payloads)
            times.append(time.perf_counter())
            run_pool(pool, loops, payloads)
            times.append(time.perf_counter())
            speedup = (times[1] - times[0]) / (times[2] - times[1])
            print(f"tasks of about {milliseconds:5} ms: {speedup:.2f}× as fast")
