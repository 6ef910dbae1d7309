"""Updates of one counter from several threads: how many get lost, without a lock and with one."""

import sys
from contextlib import AbstractContextManager
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import counting, rounds
from conc.records import Case, Scalar
from conc.snippets import lost_updates

THREADS = 4
SHORT_US = 10
"""A switch interval at which threads are interrupted far oftener than by the usual 5 ms."""

UPDATES = {"smoke": 1_000, "quick": 20_000, "full": 50_000}
"""Updates a thread makes in a sample."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make cases of each form: broken, fixed, and broken with a short switch interval.

    All share a process, for they leave none.
    """
    ways: tuple[dict[str, Scalar], ...] = (
        {"fixed": False},
        {"fixed": True},
        {"fixed": False, "interval_us": SHORT_US},
    )
    return tuple(
        Case(
            workload="lost_updates",
            model="threads",
            workers=THREADS,
            items=THREADS * UPDATES[setting.profile],
            parameters={"form": form, **way},
            host="threads",
        )
        for form in lost_updates.FORMS
        for way in ways
    )


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: every execution counts from zero."""
    usual_us = 1e6 * sys.getswitchinterval()
    interval_s = float(case.parameters.get("interval_us", usual_us)) / 1e6
    broken = partial(lost_updates.run_broken, interval_s=interval_s)
    run = lost_updates.run_fixed if case.parameters["fixed"] else broken
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
        " seven ways of writing it, without a lock and with one, and without where threads are"
        " interrupted far oftener than usual?"
    ),
    snippets=("conc.snippets.lost_updates",),
    times=("conc.experiments.parts.counting",),
    cases=cases,
    open=open_case,
    effort=rounds((2, 3), (4, 8), seconds=3.4, full_seconds=30),
)
