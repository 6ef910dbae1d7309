"""A pool of four threads that have nothing to do any more, to be looked at with htop."""

import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

WORKERS = 4


def run_threads(seconds: float) -> int:
    """Let every worker of the pool do one thing, keep the idle pool, and return its size."""
    everybody_here = threading.Barrier(WORKERS)
    with ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="cook") as pool:
        # A pool starts a thread only when no other is idle: the barrier needs all of them at once.
        places = list(pool.map(lambda _: everybody_here.wait(), range(WORKERS)))
        print(
            f"PID {os.getpid()}: one process, a pool of {WORKERS} idle threads; try: htop",
            flush=True,
        )
        time.sleep(seconds)
    return len(places)


if __name__ == "__main__":
    run_threads(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
