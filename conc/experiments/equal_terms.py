"""Threads against asyncio at equal terms: as many requests in flight, clients of the same kind."""

from collections.abc import Mapping
from itertools import product

from msgspec.structs import replace

from conc.experiments import io_bound
from conc.experiments.experiment import Effort, Experiment, Setting
from conc.records import Case, Profile

LIBRARIES = "HTTP libraries"
"""``http.client`` in threads and ``aiohttp`` in tasks; each model's usual one of its kind."""

SOCKETS = io_bound.BARE

Grid = tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]
GRIDS: Mapping[Profile, Grid] = {
    "smoke": ((1,), (2,), (LIBRARIES, SOCKETS)),
    "quick": ((5, 100), (10, 200), (SOCKETS,)),
    "full": ((5, 20, 100), (10, 100, 200, 500), (LIBRARIES, SOCKETS)),
}
"""Latencies in ms, concurrency levels, and clients."""


BUSY_LEVEL = 100
"""From so many requests in flight on, answered soon, what is compared scatters most."""

MANY = 200
"""So many connections of an event loop answer faster the second time."""

WAITS_MS = 100
"""Answers after so long leave the client little to do: what is compared hardly scatters."""


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a pair for each cell of the grid, those of one kind of client in the same rounds."""
    latencies, levels, clients = GRIDS[setting.profile]
    return tuple(
        case
        for latency_ms, client, level in product(latencies, clients, levels)
        for case in _pair(latency_ms, client, level, setting.profile)
    )


def _pair(latency_ms: int, client: str, level: int, profile: Profile) -> tuple[Case, Case]:
    """Make a cell of the grid: threads, and asyncio, which is compared with them."""
    threads, tasks = (
        replace(
            io_bound.make_case(model, level, latency_ms, client, profile),
            block=client,
            warmed=model == "asyncio" and level >= MANY and latency_ms < WAITS_MS,
            decisive=level >= BUSY_LEVEL and latency_ms == min(GRIDS[profile][0]),
        )
        for model in ("threads", "asyncio")
    )
    return threads, replace(tasks, against=threads.id)


EXPERIMENT = Experiment(
    name="equal-terms",
    title="Threads against asyncio at equal terms",
    question=(
        "Which of the two fetches more ratings a second, when both have as many requests in"
        " flight, over connections that are open, with clients of the same kind?"
    ),
    snippets=io_bound.EXPERIMENT.snippets,
    times=io_bound.EXPERIMENT.times,
    cases=cases,
    open=io_bound.open_case,
    effort={
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=1, seconds=3),
        "quick": Effort(
            min_runs=4, max_runs=8, rounds_per_run=2, warmups=1, seconds=11.4, runs_of_all=4
        ),
        "full": Effort(min_runs=4, max_runs=12, rounds_per_run=4, warmups=1, seconds=165),
    },
    needs_service=True,
)
