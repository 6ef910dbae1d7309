"""What a lock costs: the same loop without one and with one, on one thread and on several."""

import threading
import time
from collections.abc import Callable


# --8<-- [start:bare]
def count(times: int) -> int:
    total = 0
    for _ in range(times):
        total += 1
    return total


# --8<-- [end:bare]
# --8<-- [start:locked]
lock = threading.Lock()


def count_locked(times: int) -> int:
    total = 0
    for _ in range(times):
        with lock:
            total += 1
    return total


# --8<-- [end:locked]
def run_threads(work: Callable[[int], int], workers: int, times: int) -> None:
    threads = [threading.Thread(target=work, args=(times,)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    for workers in (1, 2, 4):
        for work in (count, count_locked):
            started = time.perf_counter()
            run_threads(work, workers, 100_000)
            each = (time.perf_counter() - started) / (workers * 100_000)
            print(f"{work.__name__:12} ×{workers}: {each * 1e9:6.1f} ns each")
