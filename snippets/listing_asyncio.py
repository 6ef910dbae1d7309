"""Four asyncio tasks that work a little, to be looked at with htop."""

import asyncio
import os
import sys

TASKS = 4
CHOPS = 50_000
REST_S = 0.02


async def cook(seconds: float) -> None:
    """Work for about a millisecond, rest, and so on until the time is up."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        sum(range(CHOPS))
        await asyncio.sleep(REST_S)


async def cook_all(seconds: float) -> int:
    """Start the tasks, wait until they are done, and return how many there were."""
    async with asyncio.TaskGroup() as kitchen:
        cooks = [
            kitchen.create_task(cook(seconds), name=f"cook-{number}")
            for number in range(1, TASKS + 1)
        ]
        print(
            f"PID {os.getpid()}: one process, {TASKS} tasks on its one thread; try: htop",
            flush=True,
        )
    return len(cooks)


def run_asyncio(seconds: float) -> int:
    """Keep the tasks at work for some seconds and return how many there were."""
    return asyncio.run(cook_all(seconds))


if __name__ == "__main__":
    run_asyncio(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
