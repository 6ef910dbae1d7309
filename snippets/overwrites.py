"""What a lost update is: a write that puts an old value back over what others wrote meanwhile."""

import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple


class Overwritten(NamedTuple):
    lost: int
    overwrites: int


# --8<-- [start:overwrites]
def run_threads(workers: int, times: int, interval_s: float) -> Overwritten:
    value = 0
    written: list[int] = []

    def work() -> None:
        nonlocal value
        for _ in range(times):
            read = value
            for _ in range(2):
                pass  # at the jump back another thread may get its turn
            value = read + 1
            written.append(read + 1)

    before_s = sys.getswitchinterval()
    sys.setswitchinterval(interval_s)
    run(work, workers)
    sys.setswitchinterval(before_s)
    set_back = sum(later <= earlier for earlier, later in pairwise(written))
    return Overwritten(lost=workers * times - value, overwrites=set_back)


# --8<-- [end:overwrites]
def run(work: Callable[[], None], workers: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    for interval_s in (0.005, 0.0005, 0.00001):
        print(f"{interval_s * 1e6:6.0f} µs", run_threads(4, 50_000, interval_s))
