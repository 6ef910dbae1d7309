"""Invented traces of ten dishes: plausible, exact, and without a clock."""

from conc.experiments.kitchens.dishes import DISHES
from conc.records import Case, Phase, Span

PREP_S = 0.003
OVEN_S = 0.012
MAIN = 4000
"""The process id, and the id of its main thread."""


def span(phase: Phase, t0: float, t1: float, *, task: int = 1, tid: int = MAIN) -> Span:
    """Return a phase of a dish, on the main thread unless another is named."""
    return Span(pid=MAIN, tid=tid, task=task, phase=phase, t0=round(t0, 6), t1=round(t1, 6))


def invented_spans(case: Case) -> list[Span]:
    """Return the trace of a case of the experiment kitchens that is traced; none of others."""
    if not case.parameters.get("traced"):
        return []
    prep_s = PREP_S if "chops" in case.parameters else 0.0
    oven_s = OVEN_S if "latency_ms" in case.parameters else 0.0
    if case.model == "sequential":
        return [
            one
            for place in range(DISHES)
            for one in _dish(place, place * (prep_s + oven_s), prep_s, oven_s, MAIN)
        ]
    if case.model == "asyncio":
        return [
            one
            for place in range(DISHES)
            for one in (
                span("queue", 0.0, place * prep_s, task=place + 1),
                *_dish(place, place * prep_s, prep_s, oven_s, MAIN),
            )
            if one.t1 > one.t0
        ]
    return [one for place in range(DISHES) for one in _in_worker(place, prep_s, oven_s)]


def _in_worker(place: int, prep_s: float, oven_s: float) -> list[Span]:
    """Return the phases of a dish in a worker of its own, which start one after the other."""
    tid, begun_s = MAIN + 1 + place, 0.002 * (place + 1)
    dish = _dish(place, begun_s + 0.0011, prep_s, oven_s, tid)
    ended_s = dish[-1].t1
    return [
        span("start", begun_s - 0.002, begun_s, task=place + 1, tid=tid),
        span("queue", begun_s, begun_s + 0.0001, task=place + 1, tid=tid),
        span("gil-wait", begun_s + 0.0001, begun_s + 0.0006, task=place + 1, tid=tid),
        span("cpu-wait", begun_s + 0.0006, begun_s + 0.0011, task=place + 1, tid=tid),
        *dish,
        span("pickle", ended_s, ended_s + 0.0005, task=place + 1, tid=tid),
    ]


def _dish(place: int, began_s: float, prep_s: float, oven_s: float, tid: int) -> list[Span]:
    """Return the preparation and the baking of a dish."""
    prepared_s = began_s + prep_s
    spans = [
        span("run", began_s, prepared_s, task=place + 1, tid=tid),
        span("wait", prepared_s, prepared_s + oven_s, task=place + 1, tid=tid),
    ]
    return [one for one in spans if one.t1 > one.t0]
