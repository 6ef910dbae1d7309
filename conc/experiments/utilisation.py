"""How many cores one process keeps busy, by the kind of work; beside it processes, and C."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts import compiler, pools
from conc.experiments.parts.counting import rounds, same_answer
from conc.experiments.parts.pools import is_possible, pool_models, warm_pool
from conc.models import Kind, ModelName, find, stand_in
from conc.records import Case, Profile
from conc.snippets import c_threads, utilisation

TIMES: Mapping[str, int] = {
    "pure Python": 400_000,
    "shared objects": 400_000,
    "hashlib": 100,
    "zlib": 20,
    "numpy": 240,
    "c": 24_000_000,
}
"""How often a worker repeats its work in a sample of the profile quick: for 20 ms and more.

Threads that have just begun to compute may share a core for some 10 ms before the system gives
each its own; what lets go of the GIL works longer than that.
"""

LONGER: Mapping[Profile, float] = {"smoke": 0.1, "quick": 1.0, "full": 2.0}

C = "c"
ONCE = ("pure Python",)
"""How many cores such work keeps busy hardly scatters; its speed is told by another experiment."""

REFUSED: Mapping[str, Kind] = {"numpy": "own GIL"}
"""What can't be measured: NumPy refuses to be imported in an interpreter but the main one."""

SHARED = "shared objects"
"""Without the GIL threads that read the same objects take turns at counting references to them."""

C_THREADS = stand_in("c-threads")


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make the cases of each work; those of C are there only where its compiler works.

    What objects cost that threads share is a question only where threads take no turns anyway.
    """
    works = [work for work in utilisation.WORKS if work != SHARED or not setting.gil]
    python = [case for work in works for case in _of(work, setting)]
    return (*python, *(() if compiler.why_none() else _of_c(setting)))


def left_out() -> list[str]:
    """Say why the cases of C are absent, where they are."""
    reason = compiler.why_none()
    return [f"the program in C was not timed: {reason}"] if reason else []


def _of(work: str, setting: Setting) -> list[Case]:
    """Make the cases of a work. An item is a worker's share; one worker alone has one."""
    sequential = _case("sequential", work, setting)
    return [
        sequential,
        *(
            _case(model, work, setting, sequential)
            for model in pool_models(setting)
            if is_possible(model, setting.cores, setting) and find(model).kind != REFUSED.get(work)
        ),
    ]


def _of_c(setting: Setting) -> list[Case]:
    alone = _case("sequential", C, setting)
    return [alone, _case(C_THREADS, C, setting, alone)]


def _case(model: ModelName, work: str, setting: Setting, against: Case | None = None) -> Case:
    """Make a case; a pool of processes has its worker process to itself, for it forks."""
    workers = setting.cores if against else 1
    return Case(
        workload="utilisation",
        model=model,
        workers=workers,
        items=workers,
        parameters={"work": work, "times": round(TIMES[work] * LONGER[setting.profile])},
        against=against.id if against else "",
        host="" if find(model).is_apart else "one process",
        answers=work,
        decisive=work not in ONCE,
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: the pool is open, each worker has worked, and the C is compiled."""
    times = int(case.parameters["times"])
    if case.parameters["work"] == C:
        return _compiled(case.workers, times)
    work = utilisation.WORKS[str(case.parameters["work"])]
    if case.model == "sequential":
        work(1)  # what it imports is there
        return nullcontext(Trial(act=lambda: [work(times)], read=same_answer))
    return _warm(case, work, times)


@contextmanager
def _warm(case: Case, work: utilisation.Work, times: int) -> Iterator[Trial]:
    with warm_pool(case.model, case.workers, work, 1) as pool:
        act = partial(utilisation.run_pool, pool, work, case.workers, times)
        yield Trial(act=act, read=same_answer)


@contextmanager
def _compiled(workers: int, times: int) -> Iterator[Trial]:
    with tempfile.TemporaryDirectory() as folder:
        program = c_threads.compiled(folder)
        act = partial(c_threads.run_threads, program, workers, times)
        yield Trial(act=act, read=same_answer)


EXPERIMENT = Experiment(
    name="utilisation",
    title="How many cores a process uses",
    question=(
        "How many cores do as many threads as cores keep busy in one process, and how much faster"
        " are they than one: in pure Python, in hashlib, zlib and NumPy, and in a C program?"
    ),
    snippets=("conc.snippets.utilisation", "conc.snippets.c_threads"),
    times=(
        *pools.MODULES,
        "conc.experiments.parts.counting",
    ),
    cases=cases,
    open=open_case,
    left_out=left_out,
    effort=rounds((6, 2), (10, 4), seconds=9.7, full_seconds=45),
)
