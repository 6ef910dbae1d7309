"""Who runs a Python thread: count the threads as Python does and as the operating system does."""

import gc
import threading
import time
from concurrent.futures import Executor
from pathlib import Path
from typing import NamedTuple

HERE = Path("/proc/thread-self/stat")  # Linux


# --8<-- [start:identities]
class Identities(NamedTuple):
    python_threads: int
    os_thread_ids: int
    cpus_seen: int
    pools: int


def cpu_now() -> int | None:
    """The logical CPU that the calling thread runs on, where the system says so."""
    return int(HERE.read_text().rpartition(")")[2].split()[36]) if HERE.exists() else None


def run_threads(workers: int, seconds: float) -> Identities:
    os_thread_ids, cpus, barrier = set[int](), set[int | None](), threading.Barrier(workers)

    def work() -> None:
        barrier.wait()  # nobody ends, and frees its id, before all have begun
        os_thread_ids.add(threading.get_native_id())
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            cpus.add(cpu_now())
        barrier.wait()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pools = sum(isinstance(thing, Executor) for thing in gc.get_objects())
    return Identities(len(threads), len(os_thread_ids), len(cpus - {None}), pools)


# --8<-- [end:identities]
if __name__ == "__main__":
    print(run_threads(workers=5, seconds=0.1))
