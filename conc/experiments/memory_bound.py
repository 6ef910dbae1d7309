"""A sum whose numbers lie near each other in memory, or far apart; in the caches, or beyond."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial

from conc.experiments.experiment import Experiment, Service, Setting, Trial
from conc.experiments.parts.counting import rounds
from conc.records import Case, Profile
from conc.snippets import memory_bound

ORDERS: Mapping[str, Callable[[int], list[int]]] = {
    "in order": memory_bound.in_order,
    "shuffled": memory_bound.shuffled,
}

SMALL = 1_000
LARGE: Mapping[Profile, int] = {"smoke": 10_000, "quick": 1_000_000, "full": 4_000_000}
"""Numbers in a list. With its list one takes 40 bytes: 40 KB fit a cache, 40 MB hardly any."""

SMALL_ITEMS = 1_000_000
"""Numbers that a sample adds up of a small list, over and over."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a pair for each size; the shuffled one is compared with the one in order."""
    large = LARGE[setting.profile]
    return (*_pair("small", min(SMALL_ITEMS, large)), *_pair("large", large))


def _pair(size: str, items: int) -> tuple[Case, Case]:
    make = partial(
        Case,
        workload="memory_bound",
        model="sequential",
        items=items,
        host="one process",
        answers=f"sum of {size}",
    )
    in_order = make(parameters={"order": "in order", "size": size})
    return in_order, make(parameters={"order": "shuffled", "size": size}, against=in_order.id)


def open_case(case: Case, _service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: its numbers are made, and shuffled, beforehand."""
    count = SMALL if case.parameters["size"] == "small" else case.items
    numbers = ORDERS[str(case.parameters["order"])](count)
    return nullcontext(
        Trial(act=partial(memory_bound.run_sequential, numbers, case.items // count))
    )


EXPERIMENT = Experiment(
    name="memory-bound",
    title="A sum that waits for memory",
    question=(
        "How much longer does the same sum take when its numbers lie scattered in memory: in a"
        " list that fits a cache of the CPU, and in one that does not?"
    ),
    snippets=("conc.snippets.memory_bound",),
    cases=cases,
    open=open_case,
    effort=rounds((4, 2), (6, 5), seconds=2.7, full_seconds=27),
)
