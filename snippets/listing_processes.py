"""Four processes that work a little, to be looked at with htop."""

import multiprocessing
import os
import sys
import time

PROCESSES = 4
CHOPS = 50_000
REST_S = 0.02

# fork, where it is to be had, keeps the listing short: the other start methods add processes of
# their own (a resource tracker, a fork server).
START_METHODS = multiprocessing.get_all_start_methods()
START_METHOD = "fork" if "fork" in START_METHODS else "spawn"


def cook(seconds: float) -> None:
    """Work for about a millisecond, rest, and so on until the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(CHOPS))
        time.sleep(REST_S)


def run_processes(seconds: float) -> int:
    """Keep the processes at work for some seconds and return how many there were."""
    cooks = [
        multiprocessing.Process(target=cook, args=(seconds,), name=f"cook-{number}", daemon=True)
        for number in range(1, PROCESSES + 1)
    ]
    for process in cooks:
        process.start()
    print(f"PID {os.getpid()}: one process, {PROCESSES} more processes; try: htop", flush=True)
    for process in cooks:
        process.join()
    return len(cooks)


if __name__ == "__main__":
    multiprocessing.set_start_method(START_METHOD)
    run_processes(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
