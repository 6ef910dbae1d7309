"""Ten dishes under every model, traced: what each of them does when, and what the tracing costs."""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from functools import cache, partial
from typing import Literal, NamedTuple, get_args
from urllib.parse import urlsplit

import msgspec

from conc.errors import ConcError
from conc.experiments.experiment import Experiment, Output, Service, Setting, Trial
from conc.experiments.kitchens.trace import Piece, Trace, TracedPool, gil_enabled
from conc.experiments.parts import pools
from conc.experiments.parts.counting import rounds
from conc.experiments.parts.pools import is_possible, pool_models
from conc.experiments.parts.runs import run_of
from conc.models import MODELS, NAMES, Model, ModelName, find
from conc.records import Case, Profile, Scalar, Span, Value
from conc.snippets import kitchens, kitchens_asyncio

WORKLOAD = "kitchens"
DISHES = 10

Work = Literal["cpu", "io", "mixed"]
WORKS: tuple[Work, ...] = get_args(Work)
"""The dishes are prepared only, baked only, or prepared and then baked."""

CHOPS: Mapping[Profile, Mapping[Work, int]] = {
    "smoke": {"cpu": 8, "io": 0, "mixed": 4},
    "quick": {"cpu": 40, "io": 0, "mixed": 24},
    "full": {"cpu": 80, "io": 0, "mixed": 24},
}
"""Steps of preparation, of some 0.25 ms each."""

OVEN_MS: Mapping[Profile, Mapping[Work, int]] = {
    "smoke": {"cpu": 0, "io": 4, "mixed": 4},
    "quick": {"cpu": 0, "io": 12, "mixed": 12},
    "full": {"cpu": 0, "io": 30, "mixed": 30},
}

PICTURES: Mapping[Work, tuple[ModelName, ...]] = {
    "cpu": tuple(name for name in NAMES if name != "asyncio"),
    "io": ("sequential", "threads", "asyncio"),
    "mixed": NAMES,
}
"""What is traced: the article's five pictures, the one it could not have, and its kitchens."""

JUDGED: tuple[ModelName, ...] = ("processes", "threads", "asyncio")
"""The models of the article's three kitchens; untraced, they are set against its prediction."""

REHEARSALS = 3
BAKES = 5
"""How often a preparation is rehearsed, before an execution and again after it, and a dish baked
alone: a prediction rests on what the cores and the oven do then."""

MOST_SPANS = 5_000

Cook = Callable[[Sequence[kitchens.Dish]], list[kitchens.Meal]]


class Served(NamedTuple):
    """What one execution gave."""

    meals: list[kitchens.Meal]
    began_s: float
    ended_s: float
    trace: Trace | None


def cases(setting: Setting) -> tuple[Case, ...]:
    """Make the traced pictures, and for the mixed work the same untraced, to compare with."""
    made = []
    for work, models in PICTURES.items():
        for model in models:
            if model not in possible_models(setting):
                continue
            traced = make_case(work, model, setting)
            if work == "mixed":
                untraced = make_case(work, model, setting, traced=False)
                made += [msgspec.structs.replace(traced, against=untraced.id), untraced]
            else:
                made.append(traced)
    return tuple(made)


def possible_models(setting: Setting) -> tuple[ModelName, ...]:
    """Name the models that can cook ten dishes here."""
    pools = [model for model in pool_models(setting) if is_possible(model, DISHES, setting)]
    return (*(model.name for model in MODELS if not model.pool), *pools)


def make_case(work: Work, model: ModelName, setting: Setting, *, traced: bool = True) -> Case:
    """Make a case of ten dishes. Those that leave nothing behind share a worker process."""
    parameters: dict[str, Scalar] = {"work": work, "traced": traced, "cores": setting.cores}
    if work != "io":
        parameters["chops"] = CHOPS[setting.profile][work]
    if work != "cpu":
        parameters["latency_ms"] = OVEN_MS[setting.profile][work]
    return Case(
        workload=WORKLOAD,
        model=model,
        workers=1 if model == "sequential" else DISHES,
        items=DISHES,
        parameters=parameters,
        # Interpreters and their like start slowly: apart from the others they cost those no rounds.
        block=model if find(model).needs else WORKLOAD,
        host="one process",
        answers=f"{work} dishes",
        decisive=not traced and model in JUDGED,
    )


def find_work(name: str) -> Work:
    """Return the work of that name. Raises ConcError, naming those there are."""
    for work in WORKS:
        if work == name:
            return work
    raise ConcError(f"no work is named {name!r}: choose from {', '.join(WORKS)}")


def open_case(case: Case, service: Service) -> AbstractContextManager[Trial]:
    """Make a case ready: nothing but the order. Pools are opened and closed within the sample."""
    dishes = make_dishes(case, service)
    baked_s = oven_s(dishes[0])
    rehearsed_s: list[float] = []
    model = find(case.model)
    traced = bool(case.parameters["traced"])
    recorded = False

    def before() -> None:
        rehearsed_s[:] = preparations_s(dishes[0])

    def act() -> Served:
        trace = Trace(model) if traced else None
        run = run_under(model, trace)
        began_s = time.perf_counter()
        with trace.on() if trace else nullcontext():
            meals = run(dishes)
        return Served(meals, began_s, time.perf_counter(), trace)

    def read(result: object) -> Output:
        nonlocal recorded
        assert isinstance(result, Served)
        makespan_s = result.ended_s - result.began_s
        prep_s = statistics.median([*rehearsed_s, *preparations_s(dishes[0])])
        values: dict[str, Value] = {
            "makespan_s": makespan_s,
            "predicted_s": prediction_s(case, prep_s, baked_s),
            "prep_s": prep_s,
            "oven_s": baked_s,
        }
        spans: list[Span] = []
        if result.trace is not None:
            log = oven_log(service.url, result.began_s) if baked_s else {}
            pieces = result.trace.pieces(log)
            values |= facts(pieces, makespan_s, case, step_s=prep_s / max(1, dishes[0].chops))
            values |= way_s(pieces, log)
            if not recorded and len(pieces) <= MOST_SPANS:
                spans = [to_span(piece, result.began_s, log) for piece in pieces]
            recorded = True
        return Output(answer=result.meals, values=values, spans=spans)

    return nullcontext(Trial(act=act, read=read, before=before))


def run_under(model: Model, trace: Trace | None) -> Cook:
    """Return what cooks under a model: the page's own function, or a pool that is traced alike."""
    shown = run_of(kitchens, model.name) or run_of(kitchens_asyncio, model.name)
    if shown is not None:
        return shown
    kind = model.executor
    assert kind is not None
    return partial(_in_pool, partial(TracedPool, kind, trace) if trace else kind)


def _in_pool(
    open_pool: Callable[[int], Executor], dishes: Sequence[kitchens.Dish]
) -> list[kitchens.Meal]:
    with open_pool(len(dishes)) as pool:
        return list(pool.map(kitchens.cook, dishes))


def make_dishes(case: Case, service: Service) -> list[kitchens.Dish]:
    """Make the ten dishes of a case."""
    latency_ms = case.parameters.get("latency_ms")
    oven = f"{service.url}/rating?latency_ms={latency_ms}&name=Dish" if latency_ms else ""
    chops = int(case.parameters.get("chops", 0))
    return [kitchens.Dish(number, chops, oven) for number in range(1, DISHES + 1)]


def preparations_s(dish: kitchens.Dish) -> list[float]:
    """Return the CPU time that preparing a dish takes alone, here and now, a few times."""
    return [_timed(kitchens.prepare, dish, time.thread_time) for _ in range(REHEARSALS)]


def oven_s(dish: kitchens.Dish) -> float:
    """Return how long a dish takes that is baked alone: the median of a few; 0 without an oven."""
    return _baked_alone_s(dish.oven) if dish.oven else 0.0


@cache
def _baked_alone_s(oven: str) -> float:
    dish = kitchens.Dish(1, 0, oven)
    return statistics.median(_timed(kitchens.bake, dish, time.perf_counter) for _ in range(BAKES))


def _timed(
    work: Callable[[kitchens.Dish], object], dish: kitchens.Dish, clock: Callable[[], float]
) -> float:
    began_s = clock()
    work(dish)
    return clock() - began_s


def prediction_s(case: Case, prep_s: float, oven_s: float) -> float:
    """Return how long ten dishes take by the metaphor, which knows no cost but these two.

    One chef who stands by the oven: 10 · (prep + oven). One stove, be it that of a chef who does
    not stand by, or of ten chefs who share a GIL: 10 · prep + oven. Ten kitchens, or ten chefs
    without a GIL, have as many stoves as there are usable cores P: ⌈10/P⌉ · prep + oven.
    """
    if case.model == "sequential":
        return DISHES * (prep_s + oven_s)
    one_stove = case.model == "asyncio" or (case.model == "threads" and gil_enabled())
    turns = DISHES if one_stove else -(-DISHES // int(case.parameters["cores"]))
    return turns * prep_s + oven_s


def oven_log(url: str, since_s: float) -> dict[int, tuple[float, float]]:
    """Ask the service when the request of each dish came and when its answer went."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    try:
        connection.request("GET", "/log")
        entries = json.load(connection.getresponse())
    finally:
        connection.close()
    return {int(dish): (came_s, went_s) for dish, came_s, went_s in entries if came_s >= since_s}


def to_span(piece: Piece, zero_s: float, log: Mapping[int, tuple[float, float]]) -> Span:
    """Return a piece as it is kept, in seconds from the start of the sample."""
    came_s, went_s = log.get(piece.task, (None, None)) if piece.phase == "wait" else (None, None)
    return Span(
        pid=piece.pid,
        tid=piece.tid,
        task=piece.task,
        phase=piece.phase,  # type: ignore[arg-type] # one of them; a trace knows no records
        t0=round(max(0.0, piece.t0 - zero_s), 6),
        t1=round(max(0.0, piece.t1 - zero_s), 6),
        came=None if came_s is None else round(came_s - zero_s, 6),
        went=None if went_s is None else round(went_s - zero_s, 6),
    )


def way_s(pieces: Iterable[Piece], log: Mapping[int, tuple[float, float]]) -> dict[str, Value]:
    """Return how long each request was under way to the service, or queued there."""
    sent: dict[int, float] = {}
    for piece in pieces:
        if piece.phase == "wait":
            sent.setdefault(piece.task, piece.t0)
    way = [
        round(max(0.0, log[task][0] - sent_s), 6) for task, sent_s in sent.items() if task in log
    ]
    return {"way_s": way} if way else {}


def facts(
    pieces: Sequence[Piece], makespan_s: float, case: Case, *, step_s: float
) -> dict[str, Value]:
    """Count what a trace shows; nothing of a trace that is empty.

    A boundary of a run is off by up to a step, so runs count as simultaneous only where they
    overlap by more than two.
    """
    if not pieces:
        return {}
    runs = [(piece.t0 + step_s, piece.t1 - step_s) for piece in pieces if piece.phase == "run"]
    waits = [(piece.t0, piece.t1) for piece in pieces if piece.phase == "wait"]
    on_cpu_s = sum(piece.t1 - piece.t0 for piece in pieces if piece.phase == "run")
    values: dict[str, Value] = {
        "utilisation": on_cpu_s / (makespan_s * int(case.parameters["cores"])),
    }
    if "chops" in case.parameters:
        values["most_at_once"] = at_once(runs)
    if waits:
        values["most_waits_at_once"] = at_once(waits)
        span_s = max(t1 for _, t1 in waits) - min(t0 for t0, _ in waits)
        values["overlap"] = sum(t1 - t0 for t0, t1 in waits) / span_s
    return values


def at_once(spans: Iterable[tuple[float, float]]) -> int:
    """Return how many of the spans overlap at most; one that touches another does not."""
    turns = sorted(turn for t0, t1 in spans if t1 > t0 for turn in ((t0, 1), (t1, -1)))
    most = now = 0
    for _, change in turns:
        now += change
        most = max(most, now)
    return most


EXPERIMENT = Experiment(
    name="kitchens",
    title="Ten dishes",
    question=(
        "What does each of ten dishes do, and when, under each model: on a CPU, waiting for the"
        " oven, for the GIL, for a CPU, or being handed over? And do they take as long as the"
        " article's picture of kitchens and chefs predicts?"
    ),
    snippets=("conc.snippets.kitchens", "conc.snippets.kitchens_asyncio"),
    times=(*pools.MODULES, "conc.experiments.kitchens.trace", "conc.measure.ratings_server"),
    cases=cases,
    open=open_case,
    effort=rounds((4, 2), (8, 2), seconds=9.1, full_seconds=40, more=4),
    needs_service=True,
)
