"""A first look at a reader's function, in a worker of its own: what a call takes and does.

Nothing of it is compared with anything later: it says how a try is to be planned, and it is the
evidence of what is said of the function's nature.
"""

import asyncio
import inspect
import os
import pickle
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median
from typing import Any, NamedTuple, cast

import msgspec
import psutil

from conc.experiments.parts.digests import written
from conc.records import Value

LOOK_S = 0.1
"""Calls that took less in all say little of how long one takes: they are made again."""

WINDOW_S, WINDOWS = 0.03, 3
"""For so long, so many times; the middle one counts, for clocks of so short a time can be off."""

PROBE_S = 0.2
"""About how long the GIL is watched."""

TICK_S = 0.0005
MOST_IN_A_LOOK = 1 << 20
MOST_PICKLED = 3
_SEVERAL, FAR_MORE = 3, 2.5
LONGEST_PROBED_S = 1.0

Function = Callable[..., Any]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a look tells. Numbers are floats, for they lie among a sample's values.

    ``items`` is how many there are, ``seconds_each`` the mean of a call, ``busy`` CPU time over
    wall time, but for time without a CPU, and ``children`` the part of that CPU time which child
    processes took. ``held`` is
    the share of a coroutine's time in which it did not let go of its event loop. ``first`` is how
    many times as long the first calls took as the second, ``first_s`` those first calls together.
    ``largest`` is the share of the longest item in all, those that were not called taken to be as
    long as the others are in the mean. ``gap_s`` is how long another thread had to
    wait for its turn, half of the time at least; 0 where that was not watched. ``transfer_s`` is
    what it takes to pickle a call's argument and answer there and back, of so many bytes;
    ``unpicklable`` says what can't be. ``raising`` are the places of items for which it raised,
    ``raised`` what. ``anew`` is 1 where it returned something else for the same item. ``changes``
    names what was not as before after a call.
    """

    items: float = 1.0
    coroutine: float = 0.0
    seconds_each: float = 0.0
    busy: float = 0.0
    children: float = 0.0
    held: float = 0.0
    first: float = 1.0
    first_s: float = 0.0
    largest: float = 1.0
    gap_s: float = 0.0
    argument_bytes: float = 0.0
    answer_bytes: float = 0.0
    transfer_s: float = 0.0
    unpicklable: str = ""
    raising: list[float] = []
    raised: str = ""
    anew: float = 0.0
    changes: str = ""

    @property
    def is_bound_by_one(self) -> bool:
        """Whether one of several items holds half of the work, and far more than its share."""
        return self.items >= _SEVERAL and self.largest >= max(0.5, FAR_MORE / self.items)

    @property
    def values(self) -> dict[str, Value]:
        """The same as the values of a sample."""
        return msgspec.structs.asdict(self)

    @classmethod
    def of(cls, values: dict[str, Value]) -> "Look":
        """Read the values of a sample; those that are not known are left out."""
        return msgspec.convert(values, cls)


@dataclass(slots=True)
class Called:
    """One call: for which item, how long but for time without a CPU, and what came of it."""

    place: int
    seconds: float = 0.0
    held_s: float = 0.0
    answer: object = None
    error: BaseException | None = None


class Steps:
    """Awaits something and adds up how long it keeps its event loop to itself."""

    def __init__(self, awaited: Awaitable[object]) -> None:
        self._awaited = awaited
        self.seconds = 0.0

    def __await__(self) -> Generator[Any, Any, object]:
        """Hand through what is awaited, timing each step; and what is thrown in between."""
        steps = self._awaited.__await__()
        thrown: BaseException | None = None
        while True:
            began_s = time.perf_counter()
            try:
                waited = next(steps) if thrown is None else steps.throw(thrown)
            except StopIteration as done:
                return done.value
            finally:
                self.seconds += time.perf_counter() - began_s
            thrown = None
            try:
                yield waited
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as error:  # noqa: BLE001 - what waits for it decides
                thrown = error


def look(
    function: Function, items: Sequence[object], *, is_coroutine: bool, budget_s: float
) -> tuple[Look, list[object]]:
    """Call the function for its items, twice, for about ``budget_s`` each; return the answers too.

    Every item is called at most once in each pass, and one is called in any case. Raises what the
    function raised where it did for every item, and ``TypeError`` where what it returns is to be
    awaited though it is no coroutine function.
    """
    surroundings = _surroundings(items)
    first = _pass(function, list(enumerate(items)), is_coroutine=is_coroutine, budget_s=budget_s)
    changes = _changes(surroundings, _surroundings(items))
    good = [call for call in first if call.error is None]
    if not good:
        assert first[0].error is not None
        raise first[0].error
    if any(inspect.isawaitable(call.answer) for call in good):
        raise TypeError("what it returns is to be awaited, but it is no coroutine function")
    picked = [(call.place, items[call.place]) for call in good]
    before = _used()
    again = _pass(function, picked, is_coroutine=is_coroutine, budget_s=budget_s)
    used = _used(before)
    wall_s, busy = sum(call.seconds for call in again), used.busy
    many, seconds_each = [item for _, item in picked], wall_s / len(again)
    if wall_s < LOOK_S:
        seconds_each, busy = _of_many(function, many, is_coroutine=is_coroutine)
    errors = [call for call in first if call.error is not None]
    shortest = [min(one.seconds, two.seconds) for one, two in zip(good, again, strict=False)]
    # The very first call may import something; but where all are for one item, it tells all.
    fair = slice(int(any(not same(item, many[0]) for item in many[1:])), len(again))
    first_s = sum(call.seconds for call in good[fair])
    found = Look(
        items=float(len(items)),
        coroutine=float(is_coroutine),
        seconds_each=seconds_each,
        busy=busy,
        children=used.children_s / max(1e-9, used.cpu_s),
        held=sum(c.held_s for c in again) / max(1e-9, sum(c.seconds for c in again)),
        first=first_s / max(1e-9, sum(call.seconds for call in again[fair])),
        first_s=first_s,
        largest=max(shortest) / max(1e-9, fmean(shortest) * len(items)),
        gap_s=_gap_s(function, many, seconds_each) if not is_coroutine else 0.0,
        raising=[float(call.place) for call in errors],
        raised=_said(errors[0].error) if errors else "",
        anew=float(any(not same(a.answer, b.answer) for a, b in zip(good, again, strict=False))),
        changes=", ".join(changes),
        **_transfer(function, [(many[at], good[at].answer) for at in range(len(good))]),
    )
    return found, [call.answer for call in good]


def _pass(
    function: Function,
    picked: Sequence[tuple[int, object]],
    *,
    is_coroutine: bool,
    budget_s: float,
) -> list[Called]:
    async def calls() -> list[Called]:
        made: list[Called] = []
        end_s = time.perf_counter() + budget_s
        for place, item in picked:
            if made and time.perf_counter() > end_s:
                break
            made.append(await _call(function, place, item, is_coroutine=is_coroutine))
        return made

    return cast("list[Called]", _driven(calls(), is_coroutine=is_coroutine))


async def _call(function: Function, place: int, item: object, *, is_coroutine: bool) -> Called:
    called = Called(place)
    delayed_s, began_s = _delayed_s(), time.perf_counter()
    try:
        if is_coroutine:
            steps = Steps(function(item))
            called.answer = await steps
            called.held_s = steps.seconds
        else:
            called.answer = function(item)
    except (Exception, SystemExit, asyncio.CancelledError) as error:  # noqa: BLE001 - its own
        called.error = error
    wall_s = time.perf_counter() - began_s
    delayed_s = _delayed_s() - delayed_s
    called.seconds = max(1e-9, wall_s - delayed_s)
    called.held_s = max(0.0, called.held_s - delayed_s)
    return called


def _driven(calls: Coroutine[Any, Any, Any], *, is_coroutine: bool) -> Any:  # noqa: ANN401
    """Run calls in an event loop, or without one where nothing is awaited: it may start its own."""
    if is_coroutine:
        return asyncio.run(calls)
    try:
        calls.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("a plain function awaits nothing")


def _of_many(function: Function, items: list[object], *, is_coroutine: bool) -> tuple[float, float]:
    """Return the seconds of a short call, from as many as it takes, and how busy a CPU was."""

    async def calls() -> None:
        for item in items:
            if is_coroutine:
                await function(item)
            else:
                function(item)

    def made() -> Used:
        before = _used()
        _driven(calls(), is_coroutine=is_coroutine)
        return _used(before)

    while (found := made()).wall_s < WINDOW_S and len(items) < MOST_IN_A_LOOK:
        items = 2 * items
    windows = [found, *(made() for _ in range(WINDOWS - 1))]
    wall_s = median(one.wall_s for one in windows)
    return wall_s / len(items), median(one.busy for one in windows)


def _gap_s(function: Function, items: Sequence[object], seconds_each: float) -> float:
    """Return how long another thread's turn is in coming while the function is called.

    Half of the time belongs to gaps that are at least as long. Who lets go of the GIL lets it
    come at once; Python code after the switch interval; who keeps the GIL, when the call is over.
    """
    if seconds_each > LONGEST_PROBED_S:
        return 0.0
    ended = threading.Event()
    turns = [time.perf_counter()]  # the first gap counts: a long call may be the only one

    def tick() -> None:
        while not ended.is_set():
            time.sleep(TICK_S)
            turns.append(time.perf_counter() - _delayed_s())  # the latter lets go of the GIL

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    end_s = time.perf_counter() + PROBE_S
    at = 0
    while time.perf_counter() < end_s:
        function(items[at % len(items)])
        at += 1
    ended.set()
    ticker.join()
    gaps = sorted(after - before for before, after in pairwise(turns))
    half, covered = sum(gaps) / 2, 0.0
    for gap in gaps:
        covered += gap
        if covered >= half:
            return gap
    return 0.0


def _transfer(function: Function, calls: Sequence[tuple[object, object]]) -> dict[str, Any]:
    """Tell what it takes to send arguments and answers, or which of them can't be sent."""
    sizes: list[tuple[int, int]] = []
    before = _used()
    for item, answer in calls[:MOST_PICKLED]:
        written: list[bytes] = []
        for what, thing in (("function", function), ("argument", item), ("answer", answer)):
            try:
                written.append(pickle.dumps(thing))
                pickle.loads(written[-1])  # noqa: S301 - written in the line above
            except Exception as error:  # noqa: BLE001 - whatever an object's own code raises
                return {"unpicklable": f"{what}: {_said(error)}"}
        sizes.append((len(written[1]), len(written[2])))
    return {
        "transfer_s": max(0.0, (used := _used(before)).wall_s - used.delayed_s) / len(sizes),
        "argument_bytes": fmean(size for size, _ in sizes),
        "answer_bytes": fmean(size for _, size in sizes),
    }


def _surroundings(items: Sequence[object]) -> dict[str, object]:
    try:
        arguments: object = pickle.dumps(items[:MOST_PICKLED])
    except Exception:  # noqa: BLE001 - whatever an object's own code raises
        arguments = None
    return {
        "its argument": arguments,
        "the working folder": os.getcwd(),  # noqa: PTH109 - compared, not used
        "the environment": dict(os.environ),
        "the threads that run": threading.active_count(),
        "the processes that run": _descendants(),
    }


def _descendants() -> int:
    """Count the processes that this one has started, and those that they have.

    psutil looks for itself by its name, under which a reader's module may have been imported.
    """
    theirs = sys.modules.get("psutil")
    sys.modules["psutil"] = psutil
    try:
        return len(psutil.Process().children(recursive=True))
    finally:
        if theirs:
            sys.modules["psutil"] = theirs
        else:
            del sys.modules["psutil"]


def _changes(before: dict[str, object], after: dict[str, object]) -> list[str]:
    return [name for name in before if before[name] != after[name]]


class Used(NamedTuple):
    """What this process has used: wall time, CPU time with its children, theirs, and delays."""

    wall_s: float
    cpu_s: float
    children_s: float
    delayed_s: float

    @property
    def busy(self) -> float:
        """CPU time over wall time, but for time without a CPU; of one core no more than that."""
        without_s = self.wall_s - self.delayed_s
        return self.cpu_s / max(1e-9, without_s, min(self.cpu_s, self.wall_s))


def _used(before: Used | None = None) -> Used:
    """Read what was used so far, or since before: the wall clock around all the others."""
    began_s = 0.0 if before else time.perf_counter()
    times = os.times()
    children_s = times.children_user + times.children_system
    cpu_s, delayed_s = time.process_time() + children_s, _delayed_s()
    found = Used(began_s or time.perf_counter(), cpu_s, children_s, delayed_s)
    return Used(*(b - a for a, b in zip(before, found, strict=True))) if before else found


def _delayed_s() -> float:
    """Return how long this thread was runnable but had no CPU, so far; 0 where nothing tells."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text("ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def same(one: object, other: object) -> bool:
    """Tell whether two answers are equal; what can't be compared is by how it is written."""
    try:
        if bool(one == other):
            return True
    except Exception:  # noqa: BLE001 - whatever an object's own code raises
        return written(one) == written(other)
    return written(one) == written(other)


def _said(error: BaseException | None) -> str:
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
