"""The worker process: it makes the cases of an experiment ready and times them one by one.

It is started as ``python -c``, never as a module or script, so that the processes which a case
spawns have no main module to import again: their start costs what it costs, not what conc costs.
Between two commands it blocks on a pipe.
"""

import contextlib
import dataclasses
import faulthandler
import gc
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterable, Sequence
from typing import BinaryIO, NoReturn

import msgspec

from conc.experiments.experiment import Open, Trial
from conc.experiments.parts.digests import digest
from conc.measure import details, lifeline, readers
from conc.measure.messages import Begin, Begun, Command, End, Raised, Reply, Time, Timed
from conc.measure.meter import others
from conc.measure.meter import reading as meter
from conc.records import Timing

PROGRAM = "from conc.measure.worker import main; main()"
"""What ``python -c`` runs.

Its arguments are the folder of a reader's modules, empty where there are none, and the file
descriptor of the lifeline.
"""


class Channel:
    """The worker's two ends of its conversation with the launcher."""

    def __init__(self, commands: BinaryIO, replies: BinaryIO) -> None:
        """Read commands from one stream, write replies to the other."""
        self._commands = commands
        self._replies = replies

    def receive(self) -> Command | None:
        """Wait for the next command; ``None`` when the launcher is gone."""
        line = self._commands.readline()
        if not line:
            return None
        command: Command = msgspec.json.decode(line, type=Command)
        return command

    def send(self, reply: Reply) -> None:
        """Send one reply."""
        self._replies.write(msgspec.json.encode(reply) + b"\n")
        self._replies.flush()

    def close(self) -> None:
        """Let go of both ends, as a forked child must: the launcher waits for the last of them."""
        self._commands.close()
        self._replies.close()


def take_streams() -> Channel:
    """Keep standard input and output for the channel alone.

    What a snippet prints goes to standard error, and it reads an empty input.
    """
    channel = Channel(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    return channel


def find(place: str) -> Open:
    """Return the function at ``module:name`` that makes cases ready.

    Only its module is imported: all experiments together would double the start of a worker.
    """
    module, _, name = place.partition(":")
    opener: Open = getattr(importlib.import_module(module), name)
    return opener


def serve(channel: Channel, begin: Begin, folder: str = "") -> bool:
    """Make the cases ready and time them as asked; return whether the launcher said to end.

    Modules of a reader's are found in ``folder``, once all of ours have been imported.
    """
    opener, service = find(begin.opener), begin.service
    twice = readers.let_in(folder) if folder else []
    with contextlib.ExitStack() as ready:
        trials: dict[str, Trial | Raised] = {}
        for case in begin.cases:
            try:
                trials[case.id] = ready.enter_context(opener(case, service))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - any fault is the case's own
                trials[case.id] = said(error, twice)
        # Collections skip what stands by now: those between samples are short, and those
        # within are the workload's own, whatever conc has imported.
        gc.freeze()
        channel.send(Begun(gil=gil_enabled()))
        while isinstance(command := channel.receive(), Time):
            trial = trials[command.case]
            if isinstance(trial, Raised):
                channel.send(trial)
            else:
                channel.send(attempt(trial, twice, service.pid))
        return isinstance(command, End)


def attempt(trial: Trial, twice: Sequence[str] = (), server: int = 0) -> Timed | Raised:
    """Time one execution; what the case's code raises is the answer."""
    try:
        return Timed(timing=timed(trial, server))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - any fault is the case's own
        return said(error, twice)


def said(error: BaseException, twice: Sequence[str]) -> Raised:
    """Say what was raised, and of which modules there are two where that can be the reason."""
    return Raised(detail=details.of_exception(error) + readers.hint(error, twice))


def timed(trial: Trial, server: int = 0) -> Timing:
    """Execute the trial once, with the meter around its act and nothing else.

    The whole machine is read around the meter; ``server`` is the process that serves the trial.
    """
    trial.before()
    gc.collect()
    before = others.read(server)
    opening = meter.read()
    result = trial.act()
    usage = opening.until(meter.read())
    around = others.between(before, others.read(server), usage.cpu_s)
    output = trial.read(result)
    return Timing(
        **dataclasses.asdict(usage),
        **around._asdict(),
        answer=digest(output.answer),
        values=dict(output.values),
        spans=list(output.spans),
    )


def gil_enabled() -> bool:
    """Tell whether the GIL is on now: an extension can switch it back on when it is imported."""
    asked = getattr(sys, "_is_gil_enabled", None)
    return True if asked is None else bool(asked())


def threads_stay() -> bool:
    """Tell whether a thread that a function has left would keep this process from ending."""
    main = threading.main_thread()
    return any(not one.daemon for one in threading.enumerate() if one is not main)


def abandon() -> NoReturn:
    """End at once, with all processes of a case: nobody is left to answer to."""
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def main() -> None:
    """Serve the launcher as a process that was started afresh."""
    _, folder, *lifelines = sys.argv
    work(map(int, lifelines), folder)


def work(lifelines: Iterable[int], folder: str = "") -> None:
    """Serve the launcher at the other end of standard input and output; hold on to lifelines."""
    channel = take_streams()
    for descriptor in lifelines:
        lifeline.hold(descriptor)
    faulthandler.enable()
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - exists on POSIX only

        # A crash is told by faulthandler; its memory image would only fill the disk.
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        os.register_at_fork(after_in_child=channel.close)
    begin = channel.receive()
    if not isinstance(begin, Begin) or not serve(channel, begin, folder) or threads_stay():
        abandon()
