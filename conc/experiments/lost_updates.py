"""Updates of one counter from several threads: how many get lost, without a lock and with one."""

from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting, rounds
from conc.records import Case
from conc.snippets import lost_updates

THREADS = 4
UPDATES = {"smoke": 1_000, "quick": 20_000, "full": 50_000}
"""Updates a thread makes in a sample."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a broken and a fixed case for each form; all share a process, for they leave none."""
    return tuple(
        Case(
            workload="lost_updates",
            model="threads",
            workers=THREADS,
            items=THREADS * UPDATES[setting.profile],
            parameters={"form": form, "fixed": fixed},
            host="threads",
        )
        for form in lost_updates.FORMS
        for fixed in (False, True)
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: every execution counts from zero."""
    run = lost_updates.run_fixed if case.parameters["fixed"] else lost_updates.run_broken
    update = lost_updates.FORMS[str(case.parameters["form"])]
    return counting(
        partial(run, update, case.workers, case.items // case.workers),
        lambda kept: {"expected": case.items, "lost": case.items - kept},
    )


EXPERIMENT = Experiment(
    name="lost-updates",
    title="Lost updates",
    question=(
        "Of the times that several threads add one to a shared counter, how many are lost, in"
        " seven ways of writing it, without a lock and with one?"
    ),
    snippets=("conc.snippets.lost_updates",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    effort=rounds(20, 40, seconds=4.2, per_run=10),
)
