"""Capture every listing N times in a row and print the times, and how many captures failed.

``python tests/bench/listings.py 50`` prints the longest and the median time of each view, the
time of the whole set, captures that needed a second try, and captures that are missing.
``--load K`` keeps K processes busy meanwhile.
"""

import argparse
import multiprocessing
import statistics
import time
from collections import defaultdict

from conc.measure.listings import capture_all
from conc.records import Capture


def spin() -> None:
    """Keep a core busy until killed."""
    while True:
        pass


def capture_sets(count: int) -> tuple[list[float], list[Capture]]:
    """Capture the whole set ``count`` times; return the time of each set, and all captures."""
    seconds, captures = [], []
    for _ in range(count):
        started = time.perf_counter()
        captures += capture_all()
        seconds.append(time.perf_counter() - started)
    return seconds, captures


def report(seconds: list[float], captures: list[Capture]) -> None:
    """Print a line for the set and one for each view of each program."""
    print(f"whole set: median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s")
    views: dict[str, list[Capture]] = defaultdict(list)
    for capture in captures:
        views[f"{capture.program}: {capture.tool} {capture.view}"].append(capture)
    for name, found in views.items():
        there = [capture.seconds for capture in found if not capture.missing]
        again = sum(capture.attempts > 1 for capture in found)
        times = (
            f"median {statistics.median(there):.2f} s, longest {max(there):.2f} s" if there else ""
        )
        missing = f"{len(found) - len(there)} of {len(found)} missing"
        print(f"{name}: {missing}, {again} tried again; {times}")
        for reason in sorted({capture.missing for capture in found if capture.missing}):
            print(f"  {reason}")


def main() -> None:
    """Read the arguments, load the machine if asked, capture and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=50)
    parser.add_argument("--load", type=int, default=0, metavar="K")
    arguments = parser.parse_args()
    load = [multiprocessing.Process(target=spin, daemon=True) for _ in range(arguments.load)]
    for process in load:
        process.start()
    report(*capture_sets(arguments.count))
    for process in load:
        process.kill()


if __name__ == "__main__":
    main()
