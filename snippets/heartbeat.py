"""How late a heartbeat comes beside something that keeps the CPU, or the thread, to itself."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import NamedTuple

PERIOD_S = 0.002
STEP, STEPS = 150_000, 2


# --8<-- [start:heartbeat]
class Heartbeat(NamedTuple):
    lateness_s: list[float]
    block_s: float


def compute(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


async def beat(lateness_s: list[float]) -> None:
    while True:
        due = time.perf_counter() + PERIOD_S
        await asyncio.sleep(PERIOD_S)
        lateness_s.append(time.perf_counter() - due)


async def behind(hog: Callable[[float], Awaitable[None]], seconds: float) -> Heartbeat:
    lateness_s: list[float] = []
    heart = asyncio.create_task(beat(lateness_s))
    await asyncio.sleep(5 * PERIOD_S)
    started = time.perf_counter()
    await hog(seconds)
    block_s = time.perf_counter() - started
    await asyncio.sleep(2 * PERIOD_S)  # a late beat is still noted
    heart.cancel()
    return Heartbeat(lateness_s, block_s)


# --8<-- [end:heartbeat]
# --8<-- [start:hogs]
async def blocking_sleep(seconds: float) -> None:
    time.sleep(seconds)  # the mistake that is shown


async def blocking_cpu(seconds: float) -> None:
    compute(seconds)


async def sleep_aside(seconds: float) -> None:
    await asyncio.to_thread(time.sleep, seconds)


async def cpu_aside(seconds: float) -> None:
    await asyncio.to_thread(compute, seconds)


def in_pool(pool: Executor) -> Callable[[float], Awaitable[None]]:
    async def hog(seconds: float) -> None:
        await asyncio.get_running_loop().run_in_executor(pool, compute, seconds)

    return hog


# --8<-- [end:hogs]
# --8<-- [start:threads]
def run_threads(seconds: float) -> Heartbeat:
    lateness_s: list[float] = []
    hog = threading.Thread(target=compute, args=(seconds,))
    started = time.perf_counter()
    hog.start()
    while hog.is_alive():
        due = time.perf_counter() + PERIOD_S
        time.sleep(PERIOD_S)
        lateness_s.append(time.perf_counter() - due)
    hog.join()
    return Heartbeat(lateness_s, time.perf_counter() - started)


# --8<-- [end:threads]
# --8<-- [start:step]
def step() -> float:
    """Do a step of work that is not to be interrupted; return how long it took, from end to end."""
    started = time.perf_counter()
    sum(number * number for number in range(STEP))
    return time.perf_counter() - started


def steps_beside_thread(seconds: float) -> list[float]:
    hog = threading.Thread(target=compute, args=(seconds,))
    hog.start()
    taken_s = [step() for _ in range(STEPS)]
    hog.join()
    return taken_s


async def steps_beside_task(seconds: float) -> list[float]:
    async def hog() -> None:
        for _ in range(STEPS):
            compute(seconds / STEPS)
            await asyncio.sleep(0)

    taken_s, other = [], asyncio.create_task(hog())
    for _ in range(STEPS):
        taken_s.append(step())
        await asyncio.sleep(0)
    await other
    return taken_s


# --8<-- [end:step]
if __name__ == "__main__":
    for hog in (asyncio.sleep, blocking_sleep, blocking_cpu, sleep_aside, cpu_aside):
        worst = max(asyncio.run(behind(hog, 0.3)).lateness_s)
        print(f"{hog.__name__:15} latest beat {1000 * worst:6.1f} ms")
    print(f"{'a thread':15} latest beat {1000 * max(run_threads(0.3).lateness_s):6.1f} ms")
