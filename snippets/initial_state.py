"""What a new process starts with, by each start method: what it inherits, what is pickled."""

import multiprocessing
import os
import pickle
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

Told = dict[str, int]
Send = Callable[[Told], None]

imported_by = os.getpid()  # of the process that ran this module
state = "as imported"


# --8<-- [start:argument]
class Numbers:
    def __init__(self, numbers: list[int]) -> None:
        self.numbers = numbers
        self.pickled = 0

    def __reduce__(self) -> tuple[type["Numbers"], tuple[list[int]]]:  # pickle calls it
        self.pickled += 1
        return Numbers, (self.numbers,)


# --8<-- [end:argument]
# --8<-- [start:start]
def tell(send: Send, argument: Numbers, parent: int) -> None:
    send(
        {
            "arrived": len(argument.numbers),
            "module_again": imported_by != parent,
            "state_kept": state == "changed",
        }
    )


def start_process(method: str, argument: Numbers) -> tuple[Told, BaseProcess]:
    global state
    state = "changed"
    context = multiprocessing.get_context(method)
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=tell, args=(theirs.send, argument, os.getpid()))
    process.start()
    theirs.close()  # so that the death of the child ends the wait
    with ours:
        return ours.recv(), process  # to be joined


# --8<-- [end:start]
# --8<-- [start:lambda]
def starts_lambda(method: str) -> bool:
    process = multiprocessing.get_context(method).Process(target=lambda: None)
    try:
        process.start()
    except (pickle.PicklingError, AttributeError):  # which of them depends on the version
        return False
    process.join()
    return True


# --8<-- [end:lambda]
if __name__ == "__main__":
    for method in multiprocessing.get_all_start_methods():
        for count in (0, 100_000):
            argument = Numbers(list(range(count)))
            started = time.perf_counter()
            told, process = start_process(method, argument)
            took_ms = (time.perf_counter() - started) * 1e3
            process.join()
            print(f"{method:10} {took_ms:6.1f} ms", told, f"pickled: {argument.pickled}×")
        print(f"{method:10} starts a lambda: {starts_lambda(method)}")
