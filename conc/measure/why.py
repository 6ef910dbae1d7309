"""Why threads gain nothing: how much of their time the standard library's profiler saw them wait.

That is a run of its own, never timed. Only this module knows the profiler (PEP 799), which Python
has from 3.15 on, and what it writes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.experiment import Service
from conc.measure import details, processes, readers
from conc.records import Case, Measurement, Sample

NEEDS = (3, 15)
PROFILER = "profiling.sampling"
PROFILED_S = 2.0
"""So long threads call the function under the profiler."""

LIMIT_S = 60.0
PROGRAM = "import sys; from conc.measure.why import call_for_long; call_for_long(*sys.argv[1:])\n"
HAS, WAITS = "Has GIL", "Waiting for GIL"
"""What the profiler calls the times in which a thread has the GIL, and waits for it."""


def lacks() -> str:
    """Say in a line what this Python lacks for it; nothing where it has it."""
    if sys.version_info >= NEEDS:
        return ""
    here = ".".join(map(str, sys.version_info[:2]))
    return (
        f"--why needs Python {'.'.join(map(str, NEEDS))} or newer, whose standard library has a"
        f" sampling profiler ({PROFILER}); this is {here}"
    )


def explained(measurement: Measurement, folder: Path) -> Measurement:
    """Add to a try what the profiler saw of its threads.

    Raises :class:`ConcError` where threads were not tried, and where the profiler fails.
    """
    if why := lacks():
        raise ConcError(why)
    threads = next((case for case in measurement.cases if case.model == "threads"), None)
    if threads is None:
        raise ConcError("--why: the function was not tried in threads")
    case = tries.profiled(threads)
    began_s = time.perf_counter()
    seen = shares(_profile(threads, folder))
    sample = Sample(
        case=case.id,
        run=0,
        round=0,
        position=0,
        warmup=True,
        started_s=measurement.seconds,
        wall_s=time.perf_counter() - began_s,
        values=dict(seen),
    )
    return msgspec.structs.replace(
        measurement,
        cases=[*measurement.cases, case],
        samples=[*measurement.samples, sample],
    )


def shares(profile: Mapping[str, Any]) -> dict[str, float]:
    """Return of the time of all threads but the first the shares with the GIL, and waiting for it.

    ``profile`` is what the profiler writes as ``--gecko``. Raises :class:`ConcError` where it saw
    no such thread.
    """
    names = profile["shared"]["stringArray"]
    spent_ms = {HAS: 0.0, WAITS: 0.0}
    whole_ms = 0.0
    threads = [thread for thread in profile["threads"] if not thread["isMainThread"]]
    for thread in threads:
        times = thread["samples"]["time"]
        whole_ms += times[-1] - times[0] if times else 0.0
        marks = thread["markers"]
        for name, began, ended in zip(
            marks["name"], marks["startTime"], marks["endTime"], strict=True
        ):
            if names[name] in spent_ms and ended is not None:
                spent_ms[names[name]] += ended - began
    if not whole_ms:
        raise ConcError("--why: the profiler saw no thread at work")
    return {
        tries.HELD: min(1.0, spent_ms[HAS] / whole_ms),
        tries.WAITED: min(1.0, spent_ms[WAITS] / whole_ms),
        tries.THREADS: float(len(threads)),
    }


def call_for_long(case: str, folder: str) -> None:
    """Call a function in threads for :data:`PROFILED_S`, as the program that is profiled."""
    readers.let_in(folder)
    made = msgspec.json.decode(case.encode(), type=Case)
    with tries.open_case(made, Service()) as trial:
        end_s = time.perf_counter() + PROFILED_S
        while time.perf_counter() < end_s:
            trial.act()


def _profile(threads: Case, folder: Path) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory(prefix="conc-why-") as beside:
        program, output = Path(beside) / "calls.py", Path(beside) / "profile.json"
        program.write_text(PROGRAM)
        command = [sys.executable, "-m", PROFILER, "run", "-a", "--gecko", "-o", str(output)]
        arguments = [msgspec.json.encode(threads).decode(), str(folder.resolve())]
        said = _output([*command, str(program), *arguments])
        if not output.is_file():
            raise ConcError(f"--why: the profiler gave nothing: {details.last_words(said)}")
        found: Mapping[str, Any] = json.loads(output.read_text("utf-8"))
        return found


def _output(command: list[str]) -> str:
    """Run a command and return what it says; ends it, and all of its own, at the limit."""
    windows = sys.platform == "win32"
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - this interpreter's own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env=readers.environment(),
            start_new_session=not windows,
        )
        try:
            process.wait(LIMIT_S)
        except BaseException as error:
            processes.kill_group(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise ConcError(f"--why: the profiler did not end in {LIMIT_S:g} s") from None
            raise
        said.seek(0, os.SEEK_SET)
        return said.read().decode(errors="replace")
