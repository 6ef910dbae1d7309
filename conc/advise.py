"""Which model pays for a function, and why: what it does with its time, and what each model gains.

It reads the measurement of the experiment ``own-function``, a block for each function.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from conc.models import find
from conc.records import Case, Estimate
from conc.results.differences import SHOWN_LEVEL, WORTH_IT
from conc.results.evidence import Measured
from conc.results.samples import TWIN
from conc.results.statistics import simultaneous_level

MOSTLY = 0.9
"""From this share of its time on a function is said to compute; below the rest of 1, to wait."""

Nature = Literal["computes", "waits", "both", "untold"]
Choice = Literal["take", "keep", "open", "alone"]

Gains = list[tuple[Case, Estimate]]


@dataclass(frozen=True, slots=True)
class Advice:
    """What the measurement of one function comes to.

    ``busy`` is the share of a plain loop's time in which a CPU worked for it. ``outcome`` is to
    ``take`` the model of ``best`` with its ``gain``, to ``keep`` the loop because no model is
    worth it, ``open`` where the intervals allow either, ``alone`` where no model gave a figure;
    ``silent`` are those that gave none. ``lets_go`` is whether threads computed side by side,
    ``None`` where nothing tells. ``start_s`` is what opening the pool of ``best`` costs, and
    ``pays_from`` the number of calls from which that is regained. ``slowed`` is whether several
    workers apart were certainly slower than the loop, which only handing over can do. ``twin`` is
    how the same loop compared with itself.
    """

    nature: Nature
    busy: Estimate | None
    outcome: Choice
    best: Case | None = None
    gain: Estimate | None = None
    lets_go: bool | None = None
    start_s: float | None = None
    pays_from: int | None = None
    twin: Estimate | None = None
    silent: tuple[str, ...] = ()
    slowed: bool = False
    seconds_each: Estimate | None = None


def advise(measured: Measured, block: str) -> Advice:
    """Decide what the measurement of one function comes to.

    Raises ``LookupError`` where its plain loop gave no figure.
    """
    cases = measured.select(block=block)
    baseline = next((case for case in cases if not case.against), None)
    if baseline is None or not measured.timed(baseline):
        raise LookupError(f"the plain loop over {block} gave no figure")
    twin = next((case for case in cases if case.parameters.get(TWIN)), None)
    busy = measured.cores_in_use(baseline)
    gains = _gains(measured, cases)
    best = _best(measured, gains)
    start_s = _start_s(measured, cases, best[0]) if best else None
    return Advice(
        nature=_nature(busy),
        busy=busy,
        outcome="take" if best else _without_best(gains),
        best=best[0] if best else None,
        gain=best[1] if best else None,
        lets_go=_lets_go(busy, gains),
        start_s=start_s,
        pays_from=_pays_from(measured, baseline, best[0], start_s) if best and start_s else None,
        twin=measured.speedup(twin) if twin else None,
        silent=_silent(cases, gains),
        slowed=any(gain.high < 1 for case, gain in gains if _is_apart(case) and case.workers > 1),
        seconds_each=measured.cost_s(baseline),
    )


def _nature(busy: Estimate | None) -> Nature:
    if busy is None:
        return "untold"
    if busy.value >= MOSTLY:
        return "computes"
    return "waits" if busy.value <= 1 - MOSTLY else "both"


def _gains(measured: Measured, cases: Sequence[Case]) -> Gains:
    """Return what each model gains, with intervals that hold together; cold pools stand aside."""
    candidates = [case for case in cases if case.against and not _stands_aside(case)]
    level = simultaneous_level(len(candidates), SHOWN_LEVEL)
    found = ((case, measured.speedup(case, level=level)) for case in candidates)
    return [(case, gain) for case, gain in found if gain is not None]


def _stands_aside(case: Case) -> bool:
    return bool(case.parameters.get(TWIN)) or case.parameters.get("pool") == "cold"


def _is_apart(case: Case) -> bool:
    """Tell whether the workers of a case have a GIL each, and are sent what they work on."""
    return find(case.model).is_apart


def _best(measured: Measured, gains: Gains) -> tuple[Case, Estimate] | None:
    """Return the simplest model that is worth it and that the fastest is not worth more than."""
    worth = [(case, gain) for case, gain in gains if gain.low >= WORTH_IT]
    if not worth:
        return None
    fastest, _ = max(worth, key=lambda pair: pair[1].value)
    return min(
        (pair for pair in worth if not _is_beaten(measured, pair[0], fastest)),
        key=lambda pair: (find(pair[0].model).simplicity, pair[0].workers),
    )


def _is_beaten(measured: Measured, case: Case, fastest: Case) -> bool:
    """Tell whether the fastest is so much faster than a case that it is worth its own code."""
    if case is fastest:
        return False
    ratio = measured.ratio(fastest, case)
    return ratio is not None and ratio.value >= WORTH_IT


def _without_best(gains: Gains) -> Choice:
    if not gains:
        return "alone"
    return "keep" if all(gain.high < WORTH_IT for _, gain in gains) else "open"


def _silent(cases: Sequence[Case], gains: Gains) -> tuple[str, ...]:
    """Return the models of which no case gave a gain."""
    tried = dict.fromkeys(case.model for case in cases if case.against and not _stands_aside(case))
    told = {case.model for case, _ in gains}
    return tuple(model for model in tried if model not in told)


def _lets_go(busy: Estimate | None, gains: Gains) -> bool | None:
    """Tell whether threads computed side by side, which the GIL forbids to Python code.

    That they did not says something only where processes did: else cores may be what lacked.
    """
    threads = [gain for case, gain in gains if case.model == "threads"]
    if _nature(busy) != "computes" or not threads:
        return None
    if any(gain.low >= WORTH_IT for gain in threads):
        return True
    apart = [gain for case, gain in gains if _is_apart(case)]
    held = all(gain.high < WORTH_IT for gain in threads)
    return False if held and any(gain.low >= WORTH_IT for gain in apart) else None


def _start_s(measured: Measured, cases: Sequence[Case], warm: Case) -> float | None:
    """Return what a pool's start and end cost: a cold sample over a warm one of the same round."""
    parameters = {**warm.parameters, "pool": "cold"}
    for cold in cases:
        if (cold.model, cold.workers, cold.parameters) == (warm.model, warm.workers, parameters):
            warm_s = {(s.run, s.round): s.wall_s for s in measured.timed(warm)}
            more = [
                s.wall_s - warm_s[s.run, s.round]
                for s in measured.timed(cold)
                if (s.run, s.round) in warm_s
            ]
            return max(0.0, median(more)) if more else None
    return None


def _pays_from(measured: Measured, loop: Case, warm: Case, start_s: float) -> int | None:
    """Return the least number of calls that a pool opened for them does sooner than a loop."""
    alone = measured.cost_s(loop)
    pooled = measured.cost_s(warm)
    if alone is None or pooled is None or alone.value <= pooled.value:
        return None
    return math.ceil(start_s / (alone.value - pooled.value))
