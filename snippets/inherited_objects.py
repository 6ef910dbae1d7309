"""A large list in a forked child: what becomes its own where it only reads, or collects."""

import gc
import multiprocessing
from collections.abc import Callable

import psutil

Send = Callable[[dict[str, int]], None]

inherited: list[list[int]] = []


# --8<-- [start:ways]
def nothing() -> None:
    pass


def walk() -> None:
    for row in inherited:  # counts a reference to the row, within the row
        assert row


def collect() -> None:
    gc.collect()  # marks each row that it may look at


# --8<-- [end:ways]
WAYS: dict[str, Callable[[], None]] = {"nothing": nothing, "walk": walk, "collect": collect}


# --8<-- [start:run]
def tell(send: Send, way: Callable[[], None]) -> None:
    way()
    found = psutil.Process().memory_full_info()._asdict()
    send({f"{kind}_bytes": found[kind] for kind in ("rss", "pss", "uss") if kind in found})


def run_forked(way: Callable[[], None], rows: int, *, frozen: bool) -> dict[str, int]:
    inherited.extend([number] for number in range(rows))
    if frozen:
        gc.freeze()  # from here on collections pass over all there is
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("fork")
    child = context.Process(target=tell, args=(theirs.send, way))
    try:
        child.start()
        theirs.close()  # so that the death of the child ends the wait
        told: dict[str, int] = ours.recv()
        child.join()
    finally:
        ours.close()
        inherited.clear()
    return told


# --8<-- [end:run]
if __name__ == "__main__" and "fork" in multiprocessing.get_all_start_methods():
    for name, way in WAYS.items():
        for frozen in (False, True):
            print(f"{name:8} frozen: {frozen!s:5}", run_forked(way, 100_000, frozen=frozen))
