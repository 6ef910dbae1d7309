"""The workload of ``narrow`` as an experiment, which workers import: so it is no script."""

from contextlib import AbstractContextManager, nullcontext

from msgspec.structs import replace

from conc.experiments.experiment import Effort, Experiment, Service, Setting, Trial
from conc.records import Case
from tests.bench import workload

SEQUENTIAL = Case(
    workload="narrow", model="sequential", block="narrow", answers="total", host="one"
)
PROCESSES = replace(SEQUENTIAL, model="processes", workers=workload.WORKERS, against=SEQUENTIAL.id)


def cases(_setting: Setting) -> tuple[Case, ...]:
    """Return the two arms."""
    return SEQUENTIAL, PROCESSES


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make an arm ready."""
    workload.prepare()
    act = workload.sequential if case.model == "sequential" else workload.processes
    return nullcontext(Trial(act=act))


# No warm-ups: what is prepared is all that the first of such long executions lacks, and hyperfine,
# which starts a process for each, has none either. Profile smoke does not wait for a quiet machine:
# neither do the others.
EXPERIMENT = Experiment(
    name="narrow",
    title="Narrow",
    question="How soon is the speed-up known?",
    snippets=("conc.snippets.cpu_bound",),
    cases=cases,
    open=open_case,
    effort={
        "smoke": Effort(
            min_runs=3,
            max_runs=80,
            rounds_per_run=1,
            seconds=240,
            half_width=0.05,
        )
    },
)
