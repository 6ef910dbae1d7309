"""Records what each dish of ``snippets.kitchens`` does and when, without a line in the snippet.

While a trace runs, the snippet's functions and pools are replaced by ones that note the time
before and after. Times are those of ``time.perf_counter``, whose clock the processes of a machine
share (on Linux it is ``CLOCK_MONOTONIC``); where they don't, there is no trace. Like the barrier
in ``conc.experiments.parts`` this module stands alone: every worker process and interpreter
imports it.

What a note costs is kept small by noting a step of the preparation only where it was interrupted:
where its wall time exceeds its CPU time. A piece that was not on a CPU is then placed at the end
of its step, so that a boundary is off by less than a step, a quarter of a millisecond or so.
"""

import os
import socket
import sys
import threading
import time
import types
from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from conc.snippets import kitchens

if TYPE_CHECKING:
    from conc.models import Model

T = TypeVar("T")

RESOLUTION_S = 0.0002
"""A step that took longer than its CPU time by less than this counts as not interrupted."""

JOINT_S = 0.00005
"""What lies between two runs that follow one another: less than this."""

COARSEST_CLOCK_S = 0.001
"""With a clock of CPU time that ticks more seldom, interruptions can't be seen (Windows)."""

SCHEDSTAT = "/proc/thread-self/schedstat"


class Piece(NamedTuple):
    """A phase of a dish on a thread. ``delay_s`` is how long it was runnable without a CPU."""

    pid: int
    tid: int
    task: int
    phase: str
    t0: float
    t1: float
    delay_s: float = 0.0


class Served(NamedTuple):
    """A dish that a worker hands back, with its trace."""

    meal: Any
    pid: int
    tid: int
    task: int
    worker_began_s: float
    began_s: float
    ended_s: float
    pieces: list[Piece]


class Files(NamedTuple):
    """The system's calls on files, as ``os`` has them."""

    open: Callable[[str, int], int]
    pread: Callable[[int, int, int], bytes]
    close: Callable[[int], object]


@cache
def files_with_gil() -> Files:
    """Return calls that keep the GIL: to let go of it, as ``os`` does, changes what is traced."""
    import ctypes  # noqa: PLC0415 - only threads with a GIL need it

    libc = ctypes.PyDLL(None)
    libc.pread.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_long)
    libc.pread.restype = ctypes.c_ssize_t

    def open_(path: str, flags: int) -> int:
        return int(libc.open(path.encode(), flags))

    def pread(file: int, size: int, offset: int) -> bytes:
        buffer = ctypes.create_string_buffer(size)
        count = libc.pread(file, buffer, size, offset)
        return buffer.raw[:count]

    return Files(open_, pread, libc.close)


class Delay:
    """Tells how long the thread that made it was runnable without a CPU."""

    _files: Files

    def __init__(self, *, keep_gil: bool) -> None:
        """Open the kernel's account; ``keep_gil``: reading it must give no other thread a turn."""
        self._seen_s = 0.0
        self._file = -1
        if sys.platform != "win32" and tells_delays:  # Windows has no pread
            self._files = files_with_gil() if keep_gil else Files(os.open, os.pread, os.close)
            self._file = self._files.open(SCHEDSTAT, os.O_RDONLY)

    def new_s(self) -> float:
        """Return the time since the last call; 0 where the system can't tell."""
        if self._file < 0:
            return 0.0
        delay_ns = self._files.pread(self._file, 100, 0).split()[1]
        before_s, self._seen_s = self._seen_s, int(delay_ns) / 1e9
        return self._seen_s - before_s

    def __del__(self) -> None:
        """Close the account."""
        if self._file >= 0:
            self._files.close(self._file)


class Notes(threading.local):
    """What the present thread has noted of the dish that it is at."""

    delay: Delay

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self.pieces: list[Piece] = []
        self.pid = self.tid = self.task = 0
        self.run_from_s = 0.0
        self.wall_s = 0.0
        self.cpu_s = 0.0
        self.filled_s = 0.0

    def begin(self) -> None:
        """Begin anew on this thread, whatever a forked process has from its parent."""
        self.pieces = []
        self.pid, self.tid = os.getpid(), threading.get_native_id()
        self.delay = Delay(keep_gil=shares_gil)

    def add(self, phase: str, t0: float, t1: float, delay_s: float = 0.0) -> None:
        """Note a phase of the present dish."""
        if t1 > t0:
            self.pieces.append(Piece(self.pid, self.tid, self.task, phase, t0, t1, delay_s))


shares_gil = False
"""Whether the traced threads of this process take turns with one GIL."""

tells_delays = Path(SCHEDSTAT).exists()
sees_interruptions = time.get_clock_info("thread_time").resolution <= COARSEST_CLOCK_S
here = Notes()
first_statements_s: dict[int, float] = {}
"""When each worker thread began; an interpreter keeps nothing local to a thread between calls."""


def gil_enabled() -> bool:
    """Tell whether threads of this process take turns with the GIL."""
    asked = getattr(sys, "_is_gil_enabled", None)
    return True if asked is None else bool(asked())


# What takes the place of the snippet's functions. The originals are kept from before.

_chop, _prepare, _fill_oven, _bake = (
    kitchens.chop,
    kitchens.prepare,
    kitchens.fill_oven,
    kitchens.bake,
)


def chop() -> int:
    """Do a step of preparation; note it if something kept it from a CPU."""
    chopped = _chop()
    note_step()
    return chopped


def note_step() -> None:
    """Note what ended just now, if it took longer than its time on a CPU."""
    wall_s, cpu_s = time.perf_counter(), time.thread_time()
    on_cpu_s = cpu_s - here.cpu_s
    if wall_s - here.wall_s - on_cpu_s > RESOLUTION_S and sees_interruptions:
        left_cpu_s = here.wall_s + on_cpu_s
        here.add("run", here.run_from_s, left_cpu_s)
        note_interruption(left_cpu_s, wall_s)
        here.run_from_s = wall_s
    here.wall_s, here.cpu_s = wall_s, cpu_s


def note_interruption(since_s: float, until_s: float) -> None:
    """Note a time off the CPU: as far as the kernel says so for want of one, else of the GIL."""
    got_cpu_s = min(since_s + here.delay.new_s(), until_s) if shares_gil else until_s
    if until_s - got_cpu_s <= RESOLUTION_S:
        got_cpu_s = until_s
    here.add("cpu-wait", since_s, got_cpu_s)
    here.add("gil-wait", got_cpu_s, until_s)


def prepare(dish: kitchens.Dish) -> int:
    """Prepare a dish, and note the time on a CPU."""
    here.task = dish.number
    here.delay.new_s()
    here.run_from_s = here.wall_s = time.perf_counter()
    here.cpu_s = time.thread_time()
    prepared = _prepare(dish)
    note_step()
    here.add("run", here.run_from_s, here.wall_s)
    return prepared


def fill_oven(dish: kitchens.Dish) -> socket.socket:
    """Connect and send; each lets go of the GIL, and has to get it back."""
    here.cpu_s, began_s = time.thread_time(), time.perf_counter()
    oven = _fill_oven(dish)
    here.filled_s, on_cpu_s = time.perf_counter(), time.thread_time() - here.cpu_s
    if shares_gil and here.filled_s - began_s - on_cpu_s > RESOLUTION_S:
        here.add("run", began_s, began_s + on_cpu_s)
        note_interruption(began_s + on_cpu_s, here.filled_s)
    else:
        here.filled_s = began_s
    return oven


def bake(dish: kitchens.Dish) -> str:
    """Bake a dish, and note the wait."""
    here.task = dish.number
    baked = _bake(dish)
    here.add("wait", here.filled_s, time.perf_counter(), here.delay.new_s())
    return baked


def in_slices(
    cook: Callable[[kitchens.Dish], Coroutine[Any, Any, kitchens.Meal]], dish: kitchens.Dish
) -> Coroutine[Any, Any, kitchens.Meal]:
    """Cook a dish as a task, and note when it has the thread and when not."""
    return _cook_in_slices(cook(dish), dish.number, time.perf_counter())


async def _cook_in_slices(
    cooking: Coroutine[Any, Any, kitchens.Meal], task: int, since_s: float
) -> kitchens.Meal:
    return await _slices(cooking, task, since_s)


@types.coroutine
def _slices(coroutine: Coroutine[Any, Any, T], task: int, since_s: float) -> Generator[Any, Any, T]:
    """Drive a coroutine, and note each slice of time that it has the thread, and each between."""
    phase, send = "queue", partial(coroutine.send, None)
    while True:
        began_s, cpu_s = time.perf_counter(), time.thread_time()
        try:
            awaited = send()
        except StopIteration as stop:
            _note_slice(task, phase, since_s, began_s, cpu_s)
            result: T = stop.value
            return result
        since_s = _note_slice(task, phase, since_s, began_s, cpu_s)
        phase = "wait"
        try:
            send = partial(coroutine.send, (yield awaited))
        except BaseException as error:  # noqa: BLE001 - handed on to the coroutine
            send = partial(coroutine.throw, error)


def _note_slice(task: int, phase: str, since_s: float, began_s: float, cpu_s: float) -> float:
    """Note what went before a slice, and the slice; return its end."""
    ended_s, on_cpu_s = time.perf_counter(), time.thread_time() - cpu_s
    here.task = task
    here.add(phase, since_s, began_s)
    off_cpu = sees_interruptions and ended_s - began_s - on_cpu_s > RESOLUTION_S
    left_cpu_s = began_s + on_cpu_s if off_cpu else ended_s
    here.add("run", began_s, left_cpu_s)
    here.add("cpu-wait", left_cpu_s, ended_s)
    return ended_s


IN_WORKERS: Mapping[str, Callable[..., object]] = {
    "chop": chop,
    "prepare": prepare,
    "fill_oven": fill_oven,
    "bake": bake,
}


def begin_worker(takes_turns: bool) -> None:  # noqa: FBT001 - a pool hands it over by position
    """Be the first statement of a pool's worker."""
    global shares_gil  # noqa: PLW0603 - a worker has no other place for it
    first_statements_s[threading.get_native_id()] = time.perf_counter()
    shares_gil = takes_turns
    # A worker that was not forked has a snippet of its own.
    vars(kitchens).update(IN_WORKERS)


def serve(call: Callable[..., object], *arguments: object) -> Served:
    """Cook a dish in a worker."""
    began_s = time.perf_counter()
    here.begin()
    meal = call(*arguments)
    ended_s = time.perf_counter()
    place = here.pid, here.tid, here.task
    return Served(meal, *place, first_statements_s[here.tid], began_s, ended_s, here.pieces)


class TracedPool(Executor):
    """A pool of the snippet, whose workers hand the trace of a dish back with the dish."""

    def __init__(self, kind: Callable[..., Executor], trace: "Trace", workers: int) -> None:
        """Open the pool."""
        self._trace = trace
        self._pool = kind(workers, initializer=begin_worker, initargs=(trace.takes_turns,))

    def submit(self, fn: Callable[..., T], /, *args: object, **kwargs: object) -> Future[T]:
        """Submit a call."""
        handed: Future[T] = Future()
        submitted_s = time.perf_counter()
        served = self._pool.submit(serve, partial(fn, **kwargs) if kwargs else fn, *args)
        served.add_done_callback(partial(self._receive, handed, submitted_s))
        return handed

    def _receive(self, handed: Future[T], submitted_s: float, served: Future[Served]) -> None:
        held_s = time.perf_counter()
        if not handed.set_running_or_notify_cancel():
            return
        if (error := served.exception()) is not None:
            handed.set_exception(error)
            return
        self._trace.receive(served.result(), submitted_s, held_s)
        handed.set_result(served.result().meal)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> bool | None:
        """Close the pool."""
        return self._pool.__exit__(kind, error, traceback)


class Trace:
    """The trace of one execution under ``model``; times are those of ``perf_counter``."""

    def __init__(self, model: "Model") -> None:
        """Begin with an empty trace."""
        self.takes_turns = model.kind == "threads" and gil_enabled()
        if self.takes_turns and tells_delays:
            files_with_gil()  # now: within the trace it would take a thread's time
        self._tasks = model.name == "asyncio"
        self._copies = model.is_apart
        self._pieces: list[Piece] = []
        self._received: list[tuple[Served, float, float]] = []
        self._submitted_s: list[float] = []
        self._workers: dict[tuple[int, int], tuple[float, int]] = {}
        self._share_clock = True

    @contextmanager
    def on(self) -> Iterator[None]:
        """Trace what the snippet does meanwhile."""
        global shares_gil  # noqa: PLW0603 - the functions that note have no other place for it
        shares_gil = self.takes_turns
        here.begin()
        try:
            with self._in_tasks() if self._tasks else self._in_workers():
                yield
        finally:
            shares_gil = False
        self._pieces += here.pieces

    def _in_workers(self) -> AbstractContextManager[None]:
        traced = {
            name: partial(TracedPool, kind, self)
            for name, kind in vars(kitchens).items()
            if isinstance(kind, type) and issubclass(kind, Executor)
        }
        return _replaced(kitchens, {**IN_WORKERS, **traced})

    def _in_tasks(self) -> AbstractContextManager[None]:
        """Note the slices of tasks: a step within one can't lose its turn to another task."""
        from conc.snippets import kitchens_asyncio  # noqa: PLC0415 - asyncio would delay every worker

        return _replaced(kitchens_asyncio, {"cook": partial(in_slices, kitchens_asyncio.cook)})

    def receive(self, served: Served, submitted_s: float, held_s: float) -> None:
        """Keep what a worker has handed back. It is looked at later: this takes a thread's time."""
        self._received.append((served, submitted_s, held_s))

    def _take_in(self, served: Served, submitted_s: float, held_s: float) -> None:
        times = [submitted_s, served.began_s, served.ended_s, held_s]
        pid, tid, task = served.pid, served.tid, served.task
        queued_s = max(submitted_s, served.worker_began_s)
        self._pieces += [*served.pieces, Piece(pid, tid, task, "queue", queued_s, served.began_s)]
        if self._copies:
            self._pieces.append(Piece(pid, tid, task, "pickle", served.ended_s, held_s))
        self._share_clock &= times == sorted(times)
        self._submitted_s.append(submitted_s)
        self._workers.setdefault((pid, tid), (served.worker_began_s, task))

    def _starts(self) -> Iterator[Piece]:
        """Yield the start of each worker.

        A pool starts the next worker when the next dish is submitted, or (processes that are
        forked) all of them when the first is: in any case before the worker's first statement.
        """
        submitted_s = sorted(self._submitted_s)
        workers = sorted(
            (began_s, task, *place) for place, (began_s, task) in self._workers.items()
        )
        for number, (began_s, task, pid, tid) in enumerate(workers, start=1):
            before = [at_s for at_s in submitted_s[:number] if at_s <= began_s]
            yield Piece(pid, tid, task, "start", max(before, default=began_s), began_s)

    def pieces(self, oven: Mapping[int, tuple[float, float]]) -> list[Piece]:
        """Return all pieces in order; those of a worker follow one another.

        ``oven`` says when the request of each dish came to the service and when the answer went:
        what follows the answer is no wait for it any more. Empty where processes share no clock.
        """
        for received in self._received:
            self._take_in(*received)
        self._received.clear()
        if not self._share_clock:
            return []
        workers: dict[tuple[int, int], list[Piece]] = {place: [] for place in self._workers}
        pieces: list[Piece] = []
        for piece in (*self._pieces, *self._starts()):
            workers.get((piece.pid, piece.tid), pieces).extend(self._divide(piece, oven))
        for lane in workers.values():
            pieces += untangled(lane)
        return [*joined(sorted((one for one in pieces if one.t1 > one.t0), key=by_task))]

    def _divide(self, piece: Piece, oven: Mapping[int, tuple[float, float]]) -> Iterator[Piece]:
        """Yield a wait until the answer went, and what came after it on its own."""
        came_s, went_s = oven.get(piece.task, (piece.t0, piece.t1))
        if self._tasks and piece.phase == "wait" and piece.t1 <= came_s:
            # Not asked yet: on this machine a connection is there at once, the loop is not.
            yield piece._replace(phase="queue")
            return
        if piece.phase != "wait" or piece.t1 - went_s <= RESOLUTION_S:
            yield piece
            return
        went_s = max(went_s, piece.t0)
        got_cpu_s = min(went_s + piece.delay_s, piece.t1)
        yield piece._replace(t1=went_s)
        yield piece._replace(phase="cpu-wait", t0=went_s, t1=got_cpu_s)
        yield piece._replace(phase="gil-wait" if self.takes_turns else "queue", t0=got_cpu_s)


@contextmanager
def _replaced(module: types.ModuleType, functions: Mapping[str, object]) -> Iterator[None]:
    originals = {name: vars(module)[name] for name in functions}
    vars(module).update(functions)
    try:
        yield
    finally:
        vars(module).update(originals)


def by_task(piece: Piece) -> tuple[int, int, int, float]:
    """Sort pieces by worker and dish, and then by time."""
    return piece.pid, piece.tid, piece.task, piece.t0


def joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield pieces in order, runs of a dish that follow one another at once as one."""
    last = None
    for piece in pieces:
        if last and last.phase == "run" and piece[:4] == last[:4] and piece.t0 - last.t1 < JOINT_S:
            last = last._replace(t1=piece.t1)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


def untangled(lane: Sequence[Piece]) -> Iterator[Piece]:
    """Yield the pieces of a worker, cut so that they follow one another.

    Only what happens beside a dish's work is cut: a dish that lies ready while its worker is at
    another one, or that is still being handed over when the worker begins the next.
    """
    solid = [piece for piece in lane if piece.phase not in {"queue", "pickle"}]
    for piece in lane:
        if piece.phase == "pickle":
            following = [other.t0 for other in solid if other.t0 >= piece.t0]
            solid.append(piece._replace(t1=min([piece.t1, *following])))
    yield from solid
    for piece in lane:
        if piece.phase == "queue":
            before = [other.t1 for other in solid if other.t1 <= piece.t1]
            yield piece._replace(t0=max([piece.t0, *before]))
