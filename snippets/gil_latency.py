"""How late a thread wakes beside others that compute, and how the switch interval decides it."""

import sys
import threading
import time


# --8<-- [start:latency]
def spin(stop: threading.Event) -> None:
    while not stop.is_set():
        pass


def run_threads(beside: int, interval_s: float, naps: int, nap_s: float = 0.002) -> list[float]:
    """Return by how many seconds each of some short sleeps ended late."""
    stop, before_s = threading.Event(), sys.getswitchinterval()
    spinning = [threading.Thread(target=spin, args=(stop,)) for _ in range(beside)]
    sys.setswitchinterval(interval_s)
    try:
        for thread in spinning:
            thread.start()
        lateness_s = []
        for _ in range(naps):
            due = time.perf_counter() + nap_s
            time.sleep(nap_s)
            lateness_s.append(time.perf_counter() - due)
    finally:
        stop.set()
        sys.setswitchinterval(before_s)
        for thread in spinning:
            thread.join()
    return lateness_s


# --8<-- [end:latency]
if __name__ == "__main__":
    for beside in (0, 1, 2, 4):
        lateness_s = sorted(run_threads(beside, 0.005, naps=21))
        print(f"beside {beside} threads: {1000 * lateness_s[10]:5.1f} ms late")
