"""What a child process changes, and what its parent sees of it."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.shared_memory import SharedMemory

import psutil

Findings = dict[str, int]
Send = Callable[[Findings], None]


def told_by_child(work: Callable[..., None], *given: object, method: str | None = None) -> Findings:
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context(method)
    child = context.Process(target=work, args=(theirs.send, *given))
    child.start()
    theirs.close()  # so that the death of the child ends the wait
    told: Findings = ours.recv()
    child.join()
    ours.close()
    return told


# --8<-- [start:global]
changed = 0


def change_global(send: Send) -> None:
    global changed  # the mistake that is shown
    changed = 1
    send({"child_saw": changed})


def run_global() -> Findings:
    return told_by_child(change_global) | {"parent_sees": changed}


# --8<-- [end:global]
# --8<-- [start:shared_memory]
def change_shared(send: Send, name: str) -> None:
    block = SharedMemory(name)
    assert block.buf is not None
    block.buf[0] = 1
    send({"child_saw": block.buf[0]})
    block.close()


def run_shared_memory() -> Findings:
    block = SharedMemory(create=True, size=1)
    assert block.buf is not None
    try:
        return told_by_child(change_shared, block.name) | {"parent_sees": block.buf[0]}
    finally:
        block.close()
        block.unlink()


# --8<-- [end:shared_memory]
# --8<-- [start:inherited]
inherited = bytearray()


def read_inherited(send: Send) -> None:
    inherited[0] = 1  # the system copies this one page for the child
    child_saw = sum(inherited)  # reads every page
    found = psutil.Process().memory_full_info()._asdict()
    sizes = {f"{kind}_bytes": found[kind] for kind in ("rss", "pss", "uss") if kind in found}
    send({"child_saw": child_saw, **sizes})


def run_inherited(size: int) -> Findings:
    inherited.extend(bytes(size))
    try:
        return told_by_child(read_inherited, method="fork") | {"parent_sees": inherited[0]}
    finally:
        inherited.clear()


# --8<-- [end:inherited]
if __name__ == "__main__":
    print("global       ", run_global())
    print("shared_memory", run_shared_memory())
    if "fork" in multiprocessing.get_all_start_methods():
        print("inherited    ", run_inherited(20_000_000))
