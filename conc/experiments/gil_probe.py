"""Which calls into C let other threads run: a thread that ticks beside them falls silent or not."""

import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting, rounds
from conc.records import Case, Profile
from conc.snippets import gil_probe

CALL_S: Mapping[Profile, float] = {"smoke": 0.001, "quick": 0.012, "full": 0.03}
"""A call takes this long at least, and about twice as long at most."""

SMALLEST = 1_000
"""The size from which one is doubled until its call takes long enough."""

ONE_BLAS_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What NumPy's linear algebra reads when it is loaded: its own threads are not the question."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a case for each function; they share a process, for a call leaves nothing behind."""
    return tuple(
        Case(
            workload="gil_probe",
            model="threads",
            parameters={"function": function, "call_s": CALL_S[setting.profile]},
            host="one process",
        )
        for function in gil_probe.CALLS
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: the size is found at which a call takes long enough."""
    for name in ONE_BLAS_THREAD:
        os.environ.setdefault(name, "1")
    function = str(case.parameters["function"])
    size = long_enough(function, float(case.parameters["call_s"]))
    call = gil_probe.CALLS[function](size)
    return counting(
        partial(gil_probe.run_threads, call), lambda probe: {**probe._asdict(), "size": size}
    )


def long_enough(function: str, seconds: float) -> int:
    """Return the size at which a call takes ``seconds``, or up to twice that if it is linear.

    It must take so long twice in a row: a first call may load a library or wait for a neighbour.
    """
    size = SMALLEST
    while _takes_s(function, size) < seconds or _takes_s(function, size) < seconds:
        size *= 2
    return size


def _takes_s(function: str, size: int) -> float:
    call = gil_probe.CALLS[function](size)
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


EXPERIMENT = Experiment(
    name="gil-probe",
    title="Who lets go of the GIL",
    question=(
        "While one thread calls a function of C, how long does another thread, which ticks every"
        " half millisecond, fall silent?"
    ),
    snippets=("conc.snippets.gil_probe",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    effort=rounds((1, 4), (3, 8), seconds=3.6, full_seconds=27),
)
