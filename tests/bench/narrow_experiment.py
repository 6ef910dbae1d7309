"""The workload of ``narrow`` as an experiment, which workers import: so it is no script."""

from contextlib import AbstractContextManager, nullcontext

from conc.experiments.experiment import Effort, Experiment, Service, Setting, Trial
from conc.records import Case
from tests.bench import workload

SEQUENTIAL = Case(workload="narrow", model="sequential", block="narrow", answers="total")
PROCESSES = Case(
    workload="narrow",
    model="processes",
    workers=workload.WORKERS,
    block="narrow",
    against=SEQUENTIAL.id,
    answers="total",
)


def cases(_setting: Setting) -> tuple[Case, ...]:
    """Return the two arms."""
    return SEQUENTIAL, PROCESSES


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make an arm ready."""
    act = workload.sequential if case.model == "sequential" else workload.processes
    return nullcontext(Trial(act=act))


# Profile smoke does not wait for a quiet machine: neither do the others.
EXPERIMENT = Experiment(
    name="narrow",
    title="Narrow",
    question="How soon is the speed-up known?",
    snippets=("snippets.cpu_bound",),
    cases=cases,
    open=open_case,
    effort={
        "smoke": Effort(
            min_runs=3,
            max_runs=40,
            rounds_per_run=4,
            warmups=1,
            seconds=240,
            half_width=0.05,
        )
    },
)
