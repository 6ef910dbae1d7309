"""How long a thread computes until another gets its turn: the switch interval decides."""

import sys
import threading
import time
from itertools import pairwise


# --8<-- [start:switching]
def run_threads(interval_s: float, seconds: float) -> list[float]:
    """Return the seconds of each run: how long one of two threads had the interpreter."""
    switches: list[float] = []
    holder = None
    before_s = sys.getswitchinterval()
    until = time.perf_counter() + seconds

    def work(me: str) -> None:
        nonlocal holder
        while time.perf_counter() < until:
            if holder != me:  # the other one ran last
                holder = me
                switches.append(time.perf_counter())  # now, not when it was interrupted

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "other")]
    sys.setswitchinterval(interval_s)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before_s)
    return [later - earlier for earlier, later in pairwise(sorted(switches))]


# --8<-- [end:switching]
if __name__ == "__main__":
    for milliseconds in (1, 5, 20):
        lengths = sorted(run_threads(milliseconds / 1000, seconds=1.0))
        median = lengths[len(lengths) // 2]
        print(f"{milliseconds:2} ms: {len(lengths)} runs, the median is {1000 * median:.1f} ms")
