"""I/O-bound work under every model, along the concurrency level, at three latencies."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from typing import cast

from msgspec.structs import replace

from conc.experiments.experiment import Effort, Experiment, Output, Service, Setting, Trial
from conc.experiments.parts import ceiling, pools
from conc.experiments.parts.pools import is_possible, pool_models, warm_pool
from conc.models import ModelName
from conc.records import Case, Profile, Scalar
from conc.snippets import io_bare, io_bound

WORKLOAD = "io_bound"
CEILING = "service_ceiling"

LATENCIES_MS: Mapping[Profile, tuple[int, ...]] = {
    "smoke": (1, 20),
    "quick": (20, 100),
    "full": (1, 20, 100),
}
LEVELS: Mapping[Profile, tuple[int, ...]] = {
    "smoke": (1, 10),
    "quick": (10, 100),
    "full": (1, 10, 50, 100),
}
LEVELS_OF_HEAVY_WORKERS: Mapping[Profile, tuple[int, ...]] = {
    "smoke": (10,),
    "quick": (10,),
    "full": (1, 10, 50, 100),
}
"""Those of what is no thread: a hundred processes take long to start, if untimed.

In quick they are compared at one latency alone.
"""

WAVES, WAVES_MADE = 10, "waves"
"""How many times as many requests as are in flight a sample makes: one burst would be all start."""

SAMPLE_S: Mapping[Profile, float] = {"smoke": 0.0, "quick": 0.2, "full": 0.5}
"""About how long a sample takes at most; one that would take longer makes fewer waves, and says so.

Yet they are two at least, but in the profile smoke.
"""

CLIENT_S, BARE_CLIENT_S = 0.0004, 0.0002
"""About the CPU time that a client and the server spend on a request, for that decision alone."""

EXTRA_LATENCY_MS = 20
"""The latency at which clients of other kinds, and unequal terms, are compared."""

HTTP_CLIENT, AIOHTTP, AIOHTTP_OWN_LIMIT, BARE = (
    "http.client",
    "aiohttp",
    "aiohttp, its own limit",
    "bare",
)
BARE_LEVELS: Mapping[Profile, tuple[int, ...]] = {
    "smoke": (10,),
    "quick": (),
    "full": (10, 100),
}
"""Those of the bare client; in ``quick`` the experiment on equal terms has it alone."""

USUAL_THREADS = 5
USUAL_TASKS = 160
AIOHTTP_LIMIT = 100
"""The usual comparison: 5 threads, and 160 tasks of which aiohttp lets 100 ask at once."""

CEILING_LEVEL = 50
CEILING_REQUESTS = 500


def waves(level: int, latency_ms: int, profile: Profile, client: str = HTTP_CLIENT) -> int:
    """Choose how many waves of ``level`` requests a sample makes."""
    client_s = BARE_CLIENT_S if client == BARE else CLIENT_S
    wave_s = max(latency_ms / 1000 + client_s, level * client_s)
    least = 1 if profile == "smoke" else 2
    return min(WAVES, max(least, round(SAMPLE_S[profile] / wave_s)))


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make a block for each latency, in which every case is compared with asking one by one."""
    blocks = [_block(latency_ms, setting) for latency_ms in LATENCIES_MS[setting.profile]]
    return (*(case for block in blocks for case in block), _ceiling(blocks[0][0].block))


def _block(latency_ms: int, setting: Setting) -> list[Case]:
    profile = setting.profile
    sequential = make_case("sequential", 1, latency_ms, HTTP_CLIENT, profile)
    block = [sequential]
    for level in LEVELS[profile]:
        block.append(make_case("threads", level, latency_ms, HTTP_CLIENT, profile))
        block.append(make_case("asyncio", level, latency_ms, AIOHTTP, profile))
    block += [
        make_case(model, level, latency_ms, HTTP_CLIENT, profile)
        for model in pool_models(setting)
        if model != "threads"
        for level in LEVELS_OF_HEAVY_WORKERS[profile]
        if is_possible(model, level, setting)
        and (profile != "quick" or latency_ms == EXTRA_LATENCY_MS)
    ]
    compared = [replace(case, against=sequential.id) for case in block[1:]]
    extra = _extra(profile) if latency_ms == EXTRA_LATENCY_MS else []
    return [sequential, *compared, *extra]


def make_case(model: ModelName, level: int, latency_ms: int, client: str, profile: Profile) -> Case:
    """Make a case of as many requests as its time allows, in the block of its latency.

    Event loops share a worker process; threads would be counted together.
    """
    made = waves(level, latency_ms, profile, client)
    parameters: dict[str, Scalar] = {"latency_ms": latency_ms, "client": client}
    if made < WAVES:
        parameters[WAVES_MADE] = made
    items = level * made
    return Case(
        workload=WORKLOAD,
        model=model,
        workers=level,
        items=items,
        parameters=parameters,
        block=f"{latency_ms} ms",
        host="asyncio" if model == "asyncio" else "",
        answers=f"{items} ratings",
    )


def _extra(profile: Profile) -> list[Case]:
    """Make the pairs with other clients: the bare one, and the usual one on unequal terms."""
    five = make_case("threads", USUAL_THREADS, EXTRA_LATENCY_MS, HTTP_CLIENT, profile)
    many = make_case("asyncio", AIOHTTP_LIMIT, EXTRA_LATENCY_MS, AIOHTTP_OWN_LIMIT, profile)
    many = replace(
        many,
        items=USUAL_TASKS,
        parameters={name: its for name, its in many.parameters.items() if name != WAVES_MADE},
        answers=f"{USUAL_TASKS} ratings",
        against=five.id,
    )
    extra = [five, many]
    for level in BARE_LEVELS[profile]:
        threads = make_case("threads", level, EXTRA_LATENCY_MS, BARE, profile)
        tasks = make_case("asyncio", level, EXTRA_LATENCY_MS, BARE, profile)
        extra += [threads, replace(tasks, against=threads.id)]
    return extra


def _ceiling(block: str) -> Case:
    """Make the case that asks the service as fast as it can answer, without latency."""
    return Case(
        workload=CEILING,
        model="asyncio",
        workers=CEILING_LEVEL,
        items=CEILING_REQUESTS,
        parameters={"latency_ms": 0, "client": BARE},
        block=block,
        host="asyncio",
    )


def open_case(case: Case, service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: every worker or task has its connection, and has asked once."""
    if case.workload == CEILING:
        return nullcontext(Trial(act=partial(ceiling.ask, service.url, case.items, case.workers)))
    url = f"{service.url}/rating?latency_ms={case.parameters['latency_ms']}&name="
    names = [f"Restaurant {number}" for number in range(1, case.items + 1)]
    client = case.parameters["client"]
    if case.model == "sequential":
        return _sequential(url, names)
    if case.model == "asyncio":
        return _bare_tasks(case, url, names) if client == BARE else _tasks(case, url, names)
    return _bare_threads(case, url, names) if client == BARE else _pool(case, url, names)


# --8<-- [start:usual]
@contextmanager
def _sequential(url: str, names: list[str]) -> Iterator[Trial]:
    io_bound.connect(url)
    io_bound.fetch(names[0])
    yield Trial(act=lambda: [io_bound.fetch(name) for name in names], read=ratings)
    io_bound.connections.clear()


@contextmanager
def _pool(case: Case, url: str, names: list[str]) -> Iterator[Trial]:
    with warm_pool(
        case.model,
        case.workers,
        io_bound.fetch,
        names[0],
        initializer=io_bound.connect,
        initargs=(url,),
    ) as pool:
        yield Trial(act=partial(io_bound.fetch_all, pool, names), read=ratings)
    io_bound.connections.clear()


# --8<-- [end:usual]
# --8<-- [start:bare-threads]
@contextmanager
def _bare_threads(case: Case, url: str, names: list[str]) -> Iterator[Trial]:
    with ExitStack() as stack:
        idle = io_bare.connect(url, case.workers, stack)
        pool = stack.enter_context(
            warm_pool(case.model, case.workers, io_bare.fetch, idle, url, names[0])
        )
        yield Trial(act=partial(io_bare.fetch_all, pool, idle, url, names), read=ratings)


# --8<-- [end:bare-threads]
# --8<-- [start:tasks]
@contextmanager
def _tasks(case: Case, url: str, names: list[str]) -> Iterator[Trial]:
    import aiohttp  # noqa: PLC0415 - takes long, and only these cases need it

    from conc.snippets import io_bound_asyncio  # noqa: PLC0415 - imports aiohttp

    own_limit = case.parameters["client"] == AIOHTTP_OWN_LIMIT
    level = len(names) if own_limit else case.workers

    async def open_session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=case.workers))

    with asyncio.Runner() as runner, ExitStack() as stack:
        session = runner.run(open_session())
        stack.callback(lambda: runner.run(session.close()))

        def gather(names: list[str]) -> list[io_bound_asyncio.Rating]:
            return runner.run(io_bound_asyncio.gather(session, url, names, level))

        gather(names[:level])
        yield Trial(act=partial(gather, names), read=ratings)


# --8<-- [end:tasks]
# --8<-- [start:bare-tasks]
@contextmanager
def _bare_tasks(case: Case, url: str, names: list[str]) -> Iterator[Trial]:
    with asyncio.Runner() as runner, ExitStack() as stack:
        idle = runner.run(io_bare.connect_async(url, case.workers, stack))

        def gather(names: list[str]) -> list[io_bare.Rating]:
            return runner.run(io_bare.gather(idle, url, names))

        gather(names[: case.workers])
        yield Trial(act=partial(gather, names), read=ratings)


# --8<-- [end:bare-tasks]
def ratings(result: object) -> Output:
    """Compare names and stars; keep each latency, which is a time and differs."""
    fetched = cast("list[io_bound.Rating]", result)
    return Output(
        answer=[(rating.name, rating.stars) for rating in fetched],
        values={"latency_s": [round(rating.latency_s, 6) for rating in fetched]},
    )


EXPERIMENT = Experiment(
    name="io-bound",
    title="I/O-bound work",
    question=(
        "How many ratings does each model fetch in a second, at each concurrency level and "
        "latency of the service? All models have as many requests in flight and a client of the "
        "same kind, except where a row names another; connections are open beforehand."
    ),
    snippets=("conc.snippets.io_bound", "conc.snippets.io_bound_asyncio", "conc.snippets.io_bare"),
    times=(
        *pools.MODULES,
        "conc.experiments.parts.ceiling",
        "conc.measure.ratings_server",
    ),
    cases=cases,
    open=open_case,
    effort={
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=2, seconds=3),
        "quick": Effort(min_runs=4, max_runs=6, rounds_per_run=1, seconds=16.4),
        "full": Effort(min_runs=4, max_runs=8, rounds_per_run=2, seconds=120, half_width=0.02),
    },
    needs_service=True,
)
