"""What an event loop does while all its tasks wait: count how often it wakes up."""

import asyncio
import selectors
from typing import NamedTuple

import psutil


# --8<-- [start:idle]
class Idle(NamedTuple):
    wakeups: int
    seconds: float
    threads: int
    processes: int


class CountingSelector(selectors.DefaultSelector):
    wakeups = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout)
        self.wakeups += timeout is None or timeout > 0  # else it was awake already
        return ready


async def idle(selector: CountingSelector, tasks: int, seconds: float) -> Idle:
    never = asyncio.Event()
    waiting = [asyncio.create_task(never.wait()) for _ in range(tasks)]
    await asyncio.sleep(0.01)  # all tasks have begun to wait
    before = selector.wakeups
    await asyncio.sleep(seconds)
    wakeups = selector.wakeups - before - 1  # one is the end of this very sleep
    process = psutil.Process()
    found = Idle(wakeups, seconds, process.num_threads(), 1 + len(process.children()))
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    return found


def run_asyncio(tasks: int, seconds: float) -> Idle:
    selector = CountingSelector()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
        return runner.run(idle(selector, tasks, seconds))


# --8<-- [end:idle]
if __name__ == "__main__":
    print(run_asyncio(tasks=1000, seconds=1.0))
