"""How long a task must be until a pool of workers apart pays, and what its payload changes."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts import pools
from conc.experiments.parts.counting import rounds, same_answer
from conc.experiments.parts.pools import pool_models, possible_workers, warm_pool
from conc.models import find
from conc.records import Case, Profile
from conc.snippets import task_size

TASKS: Mapping[float, int] = {0.02: 300, 0.1: 60, 1.0: 12, 10.0: 2, 50.0: 1}
"""For each nominal length of a task in ms, how many a sample does one after the other."""

MOST_POOLED_TASKS = 400
"""However many workers there are, a pool does no more tasks a sample, but one each."""

LARGE = 100_000
LARGE_WITH: Mapping[Profile, tuple[float, ...]] = {
    "smoke": (0.1,),
    "quick": (1.0, 10.0),
    "full": tuple(TASKS),
}
"""The lengths at which a large payload is handed over as well: beside a long task it is lost."""

NO_TASK_LONGER_MS: Mapping[Profile, float] = {"smoke": 1.0, "quick": 50.0, "full": 50.0}


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make cases for each length: one after the other, and pools of as many workers as cores."""
    lengths = [ms for ms in TASKS if ms <= NO_TASK_LONGER_MS[setting.profile]]
    return tuple(
        case
        for ms in lengths
        for payload in (0, LARGE)
        if not payload or ms in LARGE_WITH[setting.profile]
        for case in _of(ms, payload, setting)
    )


def _of(task_ms: float, payload: int, setting: Setting) -> list[Case]:
    """Make the cases of a length. A pool's workers stand apart: they are sent what they work on."""
    make = partial(
        Case,
        workload="task_size",
        parameters={"task_ms": task_ms, "payload_bytes": payload},
        answers=f"tasks of {task_ms:g} ms with {payload} bytes",
    )
    sequential = make(model="sequential", items=TASKS[task_ms], host="one process")
    pooled = []
    for model in pool_models(setting):
        if find(model).is_apart:
            workers = possible_workers(model, setting.cores, setting)
            each = max(1, min(TASKS[task_ms], MOST_POOLED_TASKS // workers))
            items = workers * each
            pooled.append(make(model=model, workers=workers, items=items, against=sequential.id))
    return [sequential, *pooled]


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: the pool is open, and each of its workers has done a task."""
    loops = int(float(case.parameters["task_ms"]) * task_size.LOOPS_A_MS)
    payloads = [bytes(int(case.parameters["payload_bytes"]))] * case.items
    if case.model == "sequential":
        act = partial(task_size.run_sequential, loops, payloads)
        return nullcontext(Trial(act=act, read=same_answer))
    return _warm(case, loops, payloads)


@contextmanager
def _warm(case: Case, loops: int, payloads: list[bytes]) -> Iterator[Trial]:
    with warm_pool(case.model, case.workers, task_size.work, loops, payloads[0]) as pool:
        act = partial(task_size.run_pool, pool, loops, payloads)
        yield Trial(act=act, read=same_answer)


EXPERIMENT = Experiment(
    name="task-size",
    title="Tasks that are long enough",
    question=(
        "How long must a task be until a pool of processes, or of interpreters, as many as cores,"
        " does more of them a second than a plain loop, and what do 100,000 bytes to carry change?"
    ),
    snippets=("conc.snippets.task_size",),
    times=(
        *pools.MODULES,
        "conc.experiments.parts.counting",
    ),
    cases=cases,
    open=open_case,
    effort=rounds((6, 2), (10, 4), seconds=6, full_seconds=30),
)
