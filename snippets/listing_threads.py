"""Four threads that work a little, to be looked at with htop."""

import os
import sys
import threading
import time

THREADS = 4
CHOPS = 50_000
REST_S = 0.02


def cook(stop: threading.Event) -> None:
    """Work for about a millisecond, rest, and so on until told to stop."""
    while not stop.wait(REST_S):
        sum(range(CHOPS))


def run_threads(seconds: float) -> int:
    """Keep the threads at work for some seconds and return how many there were."""
    stop = threading.Event()
    cooks = [
        threading.Thread(target=cook, args=(stop,), name=f"cook-{number}")
        for number in range(1, THREADS + 1)
    ]
    for thread in cooks:
        thread.start()
    print(f"PID {os.getpid()}: one process, {THREADS} more threads; try: htop", flush=True)
    time.sleep(seconds)
    stop.set()
    for thread in cooks:
        thread.join()
    return len(cooks)


if __name__ == "__main__":
    run_threads(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
