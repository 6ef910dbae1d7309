"""The same sum over the same numbers: where they lie in memory decides how long it takes."""

import random
import time

SMALLEST = 1_000  # Python keeps a single copy of the ints up to 256


# --8<-- [start:numbers]
def in_order(count: int) -> list[int]:
    return list(range(SMALLEST, SMALLEST + count))  # made one after the other, and so they lie


def shuffled(count: int) -> list[int]:
    numbers = in_order(count)
    random.Random(0).shuffle(numbers)  # neighbours now lie far apart
    return numbers


# --8<-- [end:numbers]
# --8<-- [start:sequential]
def run_sequential(numbers: list[int], times: int) -> int:
    total = 0
    for _ in range(times):
        total += sum(numbers)
    return total


# --8<-- [end:sequential]
if __name__ == "__main__":
    for count, times in ((1_000, 2_000), (2_000_000, 1)):
        for make in (in_order, shuffled):
            numbers = make(count)
            started = time.perf_counter()
            run_sequential(numbers, times)
            each = (time.perf_counter() - started) / (count * times)
            print(f"{count:9,} numbers {make.__name__:8} {each * 1e9:5.1f} ns each")
