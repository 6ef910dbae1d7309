"""Functions whose nature is known: what a try says of each of them is scored."""

import functools
import hashlib
import threading
import time

BLOCK = bytes(range(256)) * 4096
TURN = threading.Lock()


# --8<-- [start:functions]
def digest(blocks: int) -> str:
    found = hashlib.sha256()
    for _ in range(blocks):
        found.update(BLOCK)
    return found.hexdigest()


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def wait_in_turn(seconds: float) -> float:
    with TURN:
        time.sleep(seconds)
    return seconds


async def wait_and_block(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def give_much(numbers: int) -> list[float]:
    return [number / 2 for number in range(numbers)]


@functools.cache
def remember(numbers: int) -> int:
    return sum(number * number % 7 for number in range(numbers))


# --8<-- [end:functions]
if __name__ == "__main__":
    print(digest(1)[:8], "is how the digest of a block begins")
    print(wait(0.01) + wait_in_turn(0.01), "s waited")
    print(len(give_much(1000)), "numbers given, and", remember(1000), "remembered")
