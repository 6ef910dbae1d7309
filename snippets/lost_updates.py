"""Seven ways to add one to a shared counter from several threads, without a lock and with one."""

import sys
import threading
from collections.abc import Callable


# --8<-- [start:forms]
class Counter:
    def __init__(self) -> None:
        self.value = 0
        self.items = {"value": 0}

    @property
    def total(self) -> int:
        return self.items["value"]

    @total.setter
    def total(self, value: int) -> None:
        self.items["value"] = value

    def sum(self) -> int:
        return self.value + self.items["value"]


def step(number: int) -> int:
    return number + 1


def plain(counter: Counter) -> None:
    counter.value += 1


def item(counter: Counter) -> None:
    counter.items["value"] += 1


def converted(counter: Counter) -> None:
    counter.value += int(1.0)


def called(counter: Counter) -> None:
    counter.value = step(counter.value)


def looped(counter: Counter) -> None:
    value = counter.value
    for _ in range(2):
        pass
    counter.value = value + 1


def by_property(counter: Counter) -> None:
    counter.total += 1


def by_get(counter: Counter) -> None:
    counter.items["value"] = counter.items.get("value", 0) + 1


# --8<-- [end:forms]
Update = Callable[[Counter], None]
FORMS: dict[str, Update] = {
    "x += 1": plain,
    'd["x"] += 1': item,
    "x += int(1)": converted,
    "x = step(x)": called,
    "read, loop, write": looped,
    "property += 1": by_property,
    'd["x"] = d.get("x", 0) + 1': by_get,
}


# --8<-- [start:broken]
def run_broken(update: Update, workers: int, times: int, interval_s: float = 0.005) -> int:
    counter = Counter()

    def work() -> None:
        for _ in range(times):
            update(counter)

    before_s = sys.getswitchinterval()
    sys.setswitchinterval(interval_s)  # the shorter, the oftener an update is interrupted
    run(work, workers)
    sys.setswitchinterval(before_s)
    return counter.sum()


# --8<-- [end:broken]
# --8<-- [start:fixed]
def run_fixed(update: Update, workers: int, times: int) -> int:
    counter, lock = Counter(), threading.Lock()

    def work() -> None:
        for _ in range(times):
            with lock:
                update(counter)

    run(work, workers)
    return counter.sum()


# --8<-- [end:fixed]
def run(work: Callable[[], None], workers: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    for form, update in FORMS.items():
        broken, often = run_broken(update, 4, 100_000), run_broken(update, 4, 100_000, 1e-5)
        lost = f"{400_000 - broken:7,}, {400_000 - often:7,} if interrupted every 10 µs"
        print(f"{form:27} lost {lost}; with a lock {400_000 - run_fixed(update, 4, 100_000)}")
