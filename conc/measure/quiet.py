"""Whether the machine has its CPUs free for a measurement, and a bounded wait until it has."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from conc.measure.machine import usable_cores
from conc.measure.meter import cpus
from conc.measure.meter.tree import PROC, Folder

PRESSURE = Folder(f"{PROC}/pressure")
LOOK_S = 0.1
STALLED_AT_MOST = 0.05
FREE_AT_LEAST = 0.9
US_PER_S = 1_000_000


def stalled_total_s() -> float | None:
    """Return how long, since the machine started, some task was runnable but waited for a CPU.

    This is the whole machine's pressure stall information (PSI); its increase over a stretch of
    time, as a share of it, witnesses contention. ``None`` where the kernel does not tell.
    """
    try:
        some = PRESSURE.content("cpu").partition(b"\n")[0]
    except OSError:
        return None
    return int(some.rpartition(b"total=")[2]) / US_PER_S


@dataclass(frozen=True, slots=True)
class Load:
    """How taken the machine was during a look, with this process asleep.

    ``stalled`` is the share of the look in which some task waited for a CPU (``None`` without
    PSI), ``free_cores`` how many CPUs were idle, of those that this process may use.
    """

    stalled: float | None
    free_cores: float

    def is_quiet(self, cores: float) -> bool:
        """Whether nobody waits for a CPU and, but for a tenth, ``cores`` CPUs are idle."""
        waits = self.stalled is not None and self.stalled > STALLED_AT_MOST
        return not waits and self.free_cores >= FREE_AT_LEAST * cores


def look(seconds: float = LOOK_S) -> Load:
    """Sleep for ``seconds`` and return the load meanwhile.

    One idle CPU less is not seen in PSI before somebody wants it, so idle time is looked at too.
    """
    stalled, began_s = stalled_total_s(), time.perf_counter()
    psutil.cpu_percent(percpu=True)
    time.sleep(seconds)
    busy = dict(enumerate(psutil.cpu_percent(percpu=True)))
    now, wall_s = stalled_total_s(), time.perf_counter() - began_s
    return Load(
        stalled=None if stalled is None or now is None else (now - stalled) / wall_s,
        free_cores=sum(1 - busy.get(cpu, 0.0) / 100 for cpu in cpus.allowed()),
    )


def wait_for_quiet(
    limit_s: float,
    *,
    cores: float | None = None,
    look: Callable[[], Load] = look,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Wait until ``cores`` CPUs (default: all usable ones) are free, at most about ``limit_s``.

    Return the seconds that this took: about a look (0.1 s) on a quiet machine, more than
    ``limit_s`` where quiet did not come, none at all for a limit of 0.
    """
    wanted = usable_cores()[0] if cores is None else cores
    began_s = clock()
    while clock() - began_s < limit_s:
        if look().is_quiet(wanted):
            break
    return clock() - began_s
