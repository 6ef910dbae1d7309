"""Ten dishes: each is prepared on the CPU, then waits in an oven, under each model but asyncio."""

import socket
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple
from urllib.parse import urlsplit


# --8<-- [start:dish]
class Dish(NamedTuple):
    number: int
    chops: int  # steps of preparation; 0: it goes straight into the oven
    oven: str  # the address that answers when the dish is done; empty: it is served raw


Meal = tuple[int, str]


def chop() -> int:
    return sum(number * number for number in range(4_000))


def prepare(dish: Dish) -> int:
    return sum(chop() for _ in range(dish.chops))


def order(dish: Dish) -> tuple[str, int, bytes]:
    oven = urlsplit(dish.oven)
    request = f"GET {oven.path}?{oven.query}&id={dish.number} HTTP/1.0\r\n\r\n"
    return str(oven.hostname), oven.port or 80, request.encode()


def fill_oven(dish: Dish) -> socket.socket:
    host, port, request = order(dish)
    oven = socket.create_connection((host, port))
    oven.sendall(request)
    return oven


def bake(dish: Dish) -> str:
    with fill_oven(dish) as oven:
        return b"".join(iter(partial(oven.recv, 4096), b"")).split()[-1].decode()


def cook(dish: Dish) -> Meal:
    return prepare(dish), bake(dish) if dish.oven else "raw"


# --8<-- [end:dish]
# --8<-- [start:sequential]
def run_sequential(dishes: Sequence[Dish]) -> list[Meal]:
    return [cook(dish) for dish in dishes]


# --8<-- [end:sequential]
# --8<-- [start:threads]
def run_threads(dishes: Sequence[Dish]) -> list[Meal]:
    with ThreadPoolExecutor(len(dishes)) as chefs:
        return list(chefs.map(cook, dishes))


# --8<-- [end:threads]
# --8<-- [start:processes]
def run_processes(dishes: Sequence[Dish]) -> list[Meal]:
    with ProcessPoolExecutor(len(dishes)) as kitchens:
        return list(kitchens.map(cook, dishes))


# --8<-- [end:processes]
# --8<-- [start:interpreters]
if sys.version_info >= (3, 14):
    from concurrent.futures import InterpreterPoolExecutor

    def run_interpreters(dishes: Sequence[Dish]) -> list[Meal]:
        with InterpreterPoolExecutor(len(dishes)) as kitchens:
            return list(kitchens.map(cook, dishes))


# --8<-- [end:interpreters]
if __name__ == "__main__":
    raw = [Dish(number, chops=40, oven="") for number in range(1, 11)]
    print("sequential  ", run_sequential(raw)[-1])
    print("threads     ", run_threads(raw)[-1])
    print("processes   ", run_processes(raw)[-1])
    # No run_interpreters here: an interpreter can't be sent a Dish whose class is in __main__.
