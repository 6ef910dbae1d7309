"""The price of a lock, taken by one thread alone and by several in turn."""

from contextlib import AbstractContextManager, nullcontext
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import rounds
from conc.records import Case
from conc.snippets import lock_price

WORKERS = (1, 2, 4)
UPDATES = {"smoke": 1_000, "quick": 100_000, "full": 200_000}
"""Updates of all threads together in a sample."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a pair for each number of threads; the one with the lock is compared with the other."""
    found: list[Case] = []
    for workers in WORKERS:
        bare = Case(
            workload="lock_price",
            model="threads",
            workers=workers,
            items=UPDATES[setting.profile],
            parameters={"lock": False},
            host="threads",
        )
        locked = Case(
            workload="lock_price",
            model="threads",
            workers=workers,
            items=UPDATES[setting.profile],
            parameters={"lock": True},
            against=bare.id,
            host="threads",
        )
        found += [bare, locked]
    return tuple(found)


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: there is nothing to prepare."""
    work = lock_price.count_locked if case.parameters["lock"] else lock_price.count
    times = case.items // case.workers
    return nullcontext(Trial(act=partial(lock_price.run_threads, work, case.workers, times)))


EXPERIMENT = Experiment(
    name="lock-price",
    title="The price of a lock",
    question="How long does an update take with a lock and without one, on one thread and on more?",
    snippets=("conc.snippets.lock_price",),
    cases=cases,
    open=open_case,
    effort=rounds((4, 3), (8, 5), seconds=1.6, full_seconds=8),
)
