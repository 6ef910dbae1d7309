"""Starting workers and speaking with them: the seam between what decides and what runs.

:class:`ProcessLauncher` is the real one. Tests of all that decides use a fake with invented times.
"""

import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec

from conc.errors import ConcError
from conc.experiments.experiment import Experiment, Service
from conc.measure import details, processes, quiet, readers
from conc.measure.forked import Forked, TemplateEndedError, is_possible, template_of
from conc.measure.lifeline import Lifeline
from conc.measure.messages import Begin, Begun, Command, End, Raised, Reply, Time, Timed
from conc.measure.meter import watch
from conc.measure.worker import PROGRAM
from conc.records import Case, FailureKind, Memory, Timing


class Process(processes.Process, Protocol):
    """A process that is spoken with."""

    stdin: IO[bytes] | Any
    stdout: IO[bytes] | Any


Start = Callable[[Lifeline, IO[bytes]], Process]
"""Starts a process that holds a lifeline and writes its errors to a file."""

START_LIMIT_S = 60.0
"""The least time a worker has to import the experiment and to make its cases ready."""

END_LIMIT_S = 2.0
"""How long a worker that was asked to end has for it."""

ABORT_LIMIT_S = 1.0
"""How long a worker that crashed or was told to dump its frames has to be gone."""

HASH_SEED = "0"
"""Every worker hashes alike, so that sets and dicts cost the same in each run."""

_MOST_LINE_BYTES = 16 * 1024**2
_TAIL_BYTES = 16 * 1024

_MOST_PRINTED_BYTES = 16 * 1024**2
"""When a worker has printed more it is forgotten, lest it fill the disk."""

_BLOCK_BYTES = 512
_MOST_KEPT_BYTES = 16 * 1024**2
"""Of what a worker prints no more is kept than this and what one execution adds."""


class CaseFailedError(Exception):
    """A case gave no figure. ``lost`` says that its worker process is gone, too."""

    def __init__(self, kind: FailureKind, detail: str, *, lost: bool) -> None:
        """Keep the kind of failure, and why in one line."""
        super().__init__(f"{kind}: {detail}")
        self.kind: FailureKind = kind
        self.detail = detail
        self.lost = lost


class Worker(Protocol):
    """A worker process that keeps some cases ready."""

    def ready(self, limit_s: float | None = None) -> bool:
        """Wait until the cases are ready; return whether the GIL is on in the worker.

        Raises :class:`CaseFailedError` if the worker could not begin, or not within ``limit_s``.
        """

    def time(self, case: Case, limit_s: float | None = None) -> Timing:
        """Execute a case once, within ``limit_s`` where that is less than its experiment allows.

        Raises :class:`CaseFailedError` if that gives no figure.
        """

    def memory(self, case: Case, limit_s: float | None = None) -> Memory:
        """Execute a case once, untimed, and read its peak memory; raises as :meth:`time`."""

    def dismiss(self) -> None:
        """Ask the worker to end, without waiting for it."""

    def end(self) -> None:
        """See to it that the worker and all that it started are gone."""


Launch = Callable[[Sequence[Case], Service], Worker]
"""Starts a worker for some cases and returns at once, before it is ready."""


class Launcher(Protocol):
    """Whoever starts workers."""

    def run_of(
        self, experiment: Experiment, *, fresh: bool = False
    ) -> AbstractContextManager[Launch]:
        """Yield what starts the workers of one run of an experiment; they end before it does.

        Where ``fresh`` is asked for, or the experiment asks for it, no process shares anything
        with another.
        """


@dataclass(frozen=True, slots=True)
class ProcessLauncher:
    """Starts real worker processes, each in a session of its own.

    ``folder`` is where the modules of a reader lie, for cases that import some.
    """

    folder: Path | None = None

    @contextmanager
    def run_of(self, experiment: Experiment, *, fresh: bool = False) -> Iterator[Launch]:
        """Yield what starts the worker processes of a run: forked where they may and can be.

        Both raise :class:`ConcError` if the system starts no further process.
        """
        environment = readers.environment(PYTHONHASHSEED=HASH_SEED)

        def afresh(lifeline: Lifeline, errors: IO[bytes]) -> Process:
            folder = str(self.folder.resolve()) if self.folder else ""
            command = [sys.executable, "-P", "-c", PROGRAM, folder]
            return processes.start(command, lifeline, stderr=errors, environment=environment)

        with ExitStack() as running:
            start: Start = afresh
            if is_possible() and not (fresh or experiment.fresh or self.folder):
                imported = (experiment.open.__module__, *experiment.snippets)
                with _no_process_is_an_error():
                    origin = running.enter_context(template_of(imported, environment))
                if origin.can_fork():
                    start = partial(Forked, origin)

            def launch(cases: Sequence[Case], service: Service) -> Worker:
                with _no_process_is_an_error():
                    try:
                        return ProcessWorker(experiment, cases, service, start)
                    except TemplateEndedError as error:
                        return NoWorker(CaseFailedError("crashed", str(error), lost=True))

            yield launch


@contextmanager
def _no_process_is_an_error() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConcError(f"no worker process can be started: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class NoWorker:
    """What stands for a worker that could not be started."""

    failure: CaseFailedError

    def ready(self, limit_s: float | None = None) -> bool:
        """Raise why."""
        del limit_s
        raise self.failure

    def time(self, case: Case, limit_s: float | None = None) -> Timing:
        """Raise why."""
        del case, limit_s
        raise self.failure

    def memory(self, case: Case, limit_s: float | None = None) -> Memory:
        """Raise why."""
        del case, limit_s
        raise self.failure

    def dismiss(self) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


Receive = Callable[[float], bytes]
Wait = Callable[[Receive, float], bytes]
"""Waits so many seconds for what is received, else raises ``queue.Empty``."""


def _only_wait(receive: Receive, limit_s: float) -> bytes:
    return receive(limit_s)


class ProcessWorker:
    """A worker process, seen from the process that measures."""

    def __init__(
        self,
        experiment: Experiment,
        cases: Sequence[Case],
        service: Service,
        start: Start,
    ) -> None:
        """Start the process and tell it what to make ready; raises what ``start`` raises."""
        self._limit_s = experiment.sample_limit_s
        self._busy = False
        self._ended = False
        self._last_words = ""
        self._lost: CaseFailedError | None = None
        # Not a pipe: nobody would read it while the worker lives, and a full one blocks.
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by _end
        self._lifeline = Lifeline()
        try:
            self._process = start(self._lifeline, self._errors)
        except BaseException:
            self._lifeline.cut()
            self._errors.close()
            raise
        self._watch = watch.Watch(self._process.pid)
        self._replies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        opener = f"{experiment.open.__module__}:{experiment.open.__name__}"
        self._say(Begin(opener=opener, cases=list(cases), service=service))

    def ready(self, limit_s: float | None = None) -> bool:
        """Wait until the cases are ready; return whether the GIL is on in the worker."""
        reply = self._answer(limit_s or max(START_LIMIT_S, self._limit_s))
        if not isinstance(reply, Begun):
            raise self._lose("garbled", f"{type(reply).__name__} where Begun was due")
        return reply.gil

    def time(self, case: Case, limit_s: float | None = None) -> Timing:
        """Execute a case once, watched from outside."""
        stalled_before_s, began_s = quiet.stalled_total_s(), time.perf_counter()
        timing = self._time(case, limit_s, self._watch.wait)
        stalled_s, watched_s = quiet.stalled_total_s(), time.perf_counter() - began_s
        return msgspec.structs.replace(
            timing,
            stalled=_share(stalled_before_s, stalled_s, watched_s),
            threads=self._watch.seen.threads,
            processes=self._watch.seen.processes,
        )

    def memory(self, case: Case, limit_s: float | None = None) -> Memory:
        """Execute a case once, untimed, and read its peak memory from outside."""
        peak = watch.peak_memory(self._process.pid, lambda: self._time(case, limit_s))
        if peak is None:
            raise CaseFailedError("raised", "its memory can't be read here", lost=False)
        return Memory(case=case.id, rss=peak.rss, uss=peak.uss, pss=peak.pss)

    def dismiss(self) -> None:
        """Ask the worker to end; one that is busy would not hear it."""
        if not self._busy and not self._ended:
            self._say(End())
            self._busy = False

    def end(self) -> None:
        """End the worker: with patience where it was asked and hears, and all that it started."""
        if not self._ended:
            self._end(0.0 if self._busy else END_LIMIT_S)

    def _time(self, case: Case, limit_s: float | None, wait: Wait = _only_wait) -> Timing:
        self._say(Time(case=case.id))
        reply = self._answer(min(self._limit_s, limit_s or self._limit_s), wait)
        if not isinstance(reply, Timed):
            raise self._lose("garbled", f"{type(reply).__name__} where Timed was due")
        return reply.timing

    def _say(self, command: Command) -> None:
        self._busy = True
        # A worker that has died is told by the end of its replies.
        with suppress(OSError, ValueError):
            self._process.stdin.write(msgspec.json.encode(command) + b"\n")
            self._process.stdin.flush()

    def _listen(self) -> None:
        """Pass each line of the worker's replies on, and an empty one at their end."""
        with self._process.stdout as replies:
            while line := replies.readline(_MOST_LINE_BYTES):
                self._replies.put(line)
        self._replies.put(b"")

    def _answer(self, limit_s: float, wait: Wait = _only_wait) -> Reply:
        """Wait for the worker's reply. Raises :class:`CaseFailedError` where there is none."""
        if self._lost is not None:
            raise self._lost
        try:
            line = wait(self._next_reply, limit_s)
        except queue.Empty:
            raise self._lose("timed out", f"no answer within {limit_s:g} s") from None
        if not line:
            raise self._lose("crashed", "")
        try:
            reply: Reply = msgspec.json.decode(line, type=Reply)
        except msgspec.DecodeError:
            raise self._lose("garbled", f"sent {line[:40]!r}") from None
        self._busy = False
        self._forget_what_was_printed()
        if isinstance(reply, Raised):
            raise CaseFailedError("raised", reply.detail, lost=False)
        return reply

    def _next_reply(self, limit_s: float) -> bytes:
        return self._replies.get(timeout=limit_s)

    def _forget_what_was_printed(self) -> None:
        """Free what the worker has printed, where that is much: where it goes on it leaves a hole.

        The file's place is the worker's own, and must not be moved.
        """
        blocks = getattr(os.fstat(self._errors.fileno()), "st_blocks", 0)
        if blocks * _BLOCK_BYTES > _MOST_PRINTED_BYTES:
            os.truncate(self._errors.fileno(), 0)

    def _lose(self, kind: FailureKind, said: str) -> CaseFailedError:
        """End a worker that is of no more use and return the failure that says why."""
        if kind == "timed out":
            processes.abort(self._process)
        code = self._end(0.0 if kind == "garbled" else ABORT_LIMIT_S)
        if kind == "crashed":
            said = processes.exit_words(code)
        detail = "; ".join(filter(None, (said, self._last_words)))
        self._lost = CaseFailedError(kind, details.one_line(detail), lost=True)
        return self._lost

    def _end(self, patience_s: float) -> int:
        self._ended = True
        try:
            code = processes.end_tree(self._process, patience_s)
        finally:
            self._lifeline.cut()
        self._listener.join(END_LIMIT_S)
        with suppress(OSError):  # what a dead worker was still to be told
            self._process.stdin.close()
        with self._errors as errors:
            errors.seek(max(0, errors.seek(0, os.SEEK_END) - _TAIL_BYTES))
            self._last_words = details.last_words(errors.read().decode(errors="replace"))
        return code


def _share(before_s: float | None, after_s: float | None, watched_s: float) -> float | None:
    """Return by which share of the time watched a total has grown; a clock's step is cut off."""
    if before_s is None or after_s is None:
        return None
    return min(1.0, max(0.0, after_s - before_s) / watched_s)
