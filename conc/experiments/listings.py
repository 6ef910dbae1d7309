"""What htop, top, ps and psutil show of four small programs: captured, not timed."""

from typing import NoReturn

from conc.errors import ConcError
from conc.experiments.experiment import Effort, Experiment, Service
from conc.records import Case

SNIPPETS = (
    "conc.snippets.listing_threads",
    "conc.snippets.listing_processes",
    "conc.snippets.listing_asyncio",
    "conc.snippets.listing_idle_pool",
    "conc.snippets.listing_count",
)

ONE_SET = Effort(min_runs=1, max_runs=1, rounds_per_run=1, seconds=3.6)


def open_case(case: Case, service: Service) -> NoReturn:
    """Refuse: there is nothing to time. ``conc.measure.listings`` captures instead."""
    raise ConcError(f"{case.id}: listings are captured, not timed ({service})")


EXPERIMENT = Experiment(
    name="listings",
    title="What htop, top and ps list",
    question="Which rows of htop, top and ps are processes, and which are threads?",
    snippets=SNIPPETS,
    cases=lambda _: (),
    open=open_case,
    captured=True,
    effort={"smoke": ONE_SET, "quick": ONE_SET, "full": ONE_SET},
)
