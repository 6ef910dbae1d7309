"""How long a measurement of everything takes, and how much memory its parent process needs."""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from conc.records import Profile, Result
from conc.results import store
from tests.bench.figures import Figure, at_most

LIMIT_S: dict[Profile, float] = {"smoke": 15, "quick": 120, "full": 900}
PARENT_LIMIT_MIB = 120
LOOK_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Build:
    """What was measured, and the figures of the measurement itself."""

    result: Result
    figures: tuple[Figure, ...]


def build(profile: Profile) -> Build:
    """Measure everything once in a child process, and look at it meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.monotonic()
        command = [sys.executable, "-m", "conc", "measure", "--profile", profile]
        child = subprocess.Popen([*command, "--results", folder], stdout=subprocess.PIPE)
        peak = 0
        while child.poll() is None:
            peak = max(peak, peak_memory(child.pid))
            time.sleep(LOOK_EVERY_S)
        seconds = time.monotonic() - began_s
        path = store.newest(Path(folder))
        assert path is not None, f"conc measure left no result (exit code {child.returncode})"
        result = store.load(path)
    each = (
        Figure(f"{profile}: {m.experiment}", m.seconds, "s") for m in result.measurements.values()
    )
    whole = at_most(f"{profile}: everything", seconds, "s", LIMIT_S[profile])
    memory = at_most(f"{profile}: memory of the parent", peak / 2**20, "MiB", PARENT_LIMIT_MIB)
    return Build(result, (*each, whole, memory))


def peak_memory(pid: int) -> int:
    """Return the peak resident memory of a process in bytes; off Linux what it has now."""
    status = Path(f"/proc/{pid}/status")
    try:
        if not status.exists():
            return int(psutil.Process(pid).memory_info().rss)
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    except (psutil.NoSuchProcess, ProcessLookupError, FileNotFoundError):
        return 0
    return int(lines.get("VmHWM", "0 kB").split()[0]) * 1024
