"""One plain thread that keeps many requests in flight, with a selector."""

import threading
from contextlib import AbstractContextManager, nullcontext

from conc.experiments.experiment import Experiment, Output, Service, Setting, Trial
from conc.experiments.parts.counting import rounds
from conc.models import stand_in
from conc.records import Case
from conc.snippets import selector_loop

SELECTOR = stand_in("selector")
LEVEL = 10
LATENCY_MS = {"smoke": 2, "quick": 15, "full": 20}


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make the pair: one request after the other, and ten in flight on one thread."""
    sequential = Case(
        workload="selector_loop",
        model="sequential",
        items=LEVEL,
        parameters={"latency_ms": LATENCY_MS[setting.profile]},
        answers="ratings",
        host="one process",
    )
    selector = Case(
        workload="selector_loop",
        model=SELECTOR,
        workers=LEVEL,
        items=LEVEL,
        parameters=sequential.parameters,
        against=sequential.id,
        answers="ratings",
        host="one process",
    )
    return sequential, selector


def open_case(case: Case, service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: each request opens its own connection, in both."""
    url = f"{service.url}/rating?latency_ms={case.parameters['latency_ms']}&name="
    names = [f"Restaurant {number}" for number in range(1, case.items + 1)]

    def ask() -> tuple[list[float], int]:
        if case.model == "sequential":
            return selector_loop.run_sequential(url, names), threading.active_count()
        return selector_loop.run_selector(url, names, case.workers), threading.active_count()

    def read(result: object) -> Output:
        assert isinstance(result, tuple)
        stars, threads = result
        return Output(answer=stars, values={"threads_used": threads})

    return nullcontext(Trial(act=ask, read=read))


EXPERIMENT = Experiment(
    name="selector-loop",
    title="A thread with a selector",
    question=(
        "How much faster does one thread fetch ten ratings when it keeps all requests in flight"
        " and asks the selectors module which answer is there?"
    ),
    snippets=("conc.snippets.selector_loop",),
    times=("conc.measure.ratings_server",),
    cases=cases,
    open=open_case,
    effort=rounds((4, 2), (8, 2), seconds=2.4, full_seconds=8),
    needs_service=True,
)
