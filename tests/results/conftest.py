"""An experiment of our own, so that these tests do not follow what the real ones measure."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conc.experiments.experiment import Effort, Experiment, Service, Setting, Trial
from conc.experiments.parts.yardstick import yardstick_cases
from conc.records import Case, Result
from tests.invented.results import invented_result


def compute_cases(setting: Setting) -> tuple[Case, ...]:
    """Return a baseline, its twin (the A/A arm), processes on each core, a yardstick."""
    baseline = Case(workload="compute", model="sequential", items=100, block="b", answers="sum")
    twin = Case(
        workload="compute",
        model="sequential",
        items=100,
        block="b",
        answers="sum",
        parameters={"twin": True},
        against=baseline.id,
    )
    processes = [
        Case(
            workload="compute",
            model="processes",
            workers=workers,
            items=100,
            block="b",
            answers="sum",
            against=baseline.id,
            memory=True,
        )
        for workers in range(1, setting.cores + 1)
    ]
    return baseline, twin, *processes, *yardstick_cases((1, setting.cores), 100, "b")


@contextmanager
def open_case(_case: Case, _service: Service) -> Iterator[Trial]:
    """Make nothing ready: these tests invent their samples."""
    yield Trial(act=lambda: None)


@pytest.fixture
def experiment() -> Experiment:
    """Return an experiment with one block."""
    effort = Effort(min_runs=3, max_runs=9, rounds_per_run=5, warmups=1, seconds=10)
    return Experiment(
        name="compute",
        title="Computing",
        question="Who computes fastest?",
        snippets=("json.decoder",),
        cases=compute_cases,
        open=open_case,
        effort={"smoke": effort, "quick": effort, "full": effort},
    )


@pytest.fixture
def result(experiment: Experiment) -> Result:
    """Return an invented result of that experiment."""
    return invented_result([experiment])
