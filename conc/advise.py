"""Which model pays for a function, and why: what it does with its time, and what each model gains.

It reads the measurement of the experiment ``own-function``, a block for each function, and it tells
while that is measured whether more of it could still change the advice.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal, NamedTuple

from msgspec.structs import replace

from conc.experiments.parts.looking import Look
from conc.experiments.tries import FIRST_LOOK
from conc.models import find
from conc.records import Case, Estimate, Sample
from conc.results import samples
from conc.results.causes import Cause, cause_of
from conc.results.differences import SHOWN_LEVEL, VERDICT_LEVEL, WORTH_IT
from conc.results.evidence import Measured
from conc.results.samples import TWIN
from conc.results.statistics import centre_ratio, hodges_lehmann, simultaneous_level, suffices

MOSTLY = 0.9
"""From this share of its time on a function is said to compute; below the rest of 1, to wait."""

SURE = 0.998
"""The confidence at which a model is said to be worth it, all models together.

Whoever looks often whether that is so, and stops when it is, would too often be wrong at the usual
95 %: ``tests.bench.tries`` simulates it.
"""

TOLD_APART = 1.05
"""A model that the best is surely so many times as fast as is measured no further. By as much the
line is missed at most for what the rounds of a few runs have in common."""

LEAST_SAMPLES = 3
"""So many samples tell how many cores a case uses, which noise hardly changes."""

LEAST_WITNESSED_S = 0.3
"""In so much time the ticks add up that tell how many cores other programs kept busy."""

LEAST_ROUNDS = 4
"""After so many rounds an arm that loses is measured no further; to advise takes more."""

CORES_NEEDED = 1.08
"""What uses fewer cores than this, as a multiple of the plain loop's, can't gain a tenth."""

SEVERAL = 1.3
"""From so many cores on a plain loop is said to use several by itself."""

HALF = 0.5
"""A cause is named where it accounts for half of what it is to explain."""

REMEMBERS, LEAST_REMEMBERED_S = 5.0, 0.001
"""A call that is so many times faster when repeated kept something, if it took at least so long."""

TRANSFER = 0.25
"""From this share of a call on, sending its argument and answer is said to cost."""

LEAST_GAP_S = 0.003
"""A thread that lets go of the GIL while it waits lets others have their turn sooner."""

LEAST_BYTES = 10_000

Nature = Literal["computes", "waits", "both", "untold"]
Choice = Literal["take", "keep", "open", "alone"]
Finding = Literal[
    "blocks its loop",
    "computes in its loop",
    "waits with the GIL",
    "waits in turn",
    "waits in turn within a process",
    "several cores",
    "children",
    "transfer",
    "one long item",
    "remembers",
    "not sendable",
    "shared units",
    "handing over",
]

Gains = list[tuple[Case, Estimate]]


class Cores(NamedTuple):
    """How many cores a case asked for, and how many it had; 0 where nothing tells."""

    asked: float
    had: float

    @property
    def lacked(self) -> float:
        """How many times as many it asked for as it had, 1 where it asked for few."""
        return self.asked / self.had if self.had and self.asked >= HALF else 1.0


@dataclass(frozen=True, slots=True)
class Advice:
    """What the measurement of one function comes to.

    ``busy`` is the share of a plain loop's time in which a CPU worked for it. ``outcome`` is to
    ``take`` the model of ``best`` with its ``gain``, to ``keep`` the loop because no model is
    worth it, ``open`` where the intervals allow either, ``alone`` where no model gave a figure;
    ``silent`` are those that gave none. ``tied`` are the models that can't be told from the
    fastest, ``best`` among them; ``counts`` is what the model of ``best`` gained with each number
    of workers. ``nearest`` is the fastest model where that decides nothing, and its gain with the
    interval that would have to.
    ``findings`` name the function's nature further, each with its
    evidence in ``look`` or in ``yardstick``, what independent processes gained over the loop.
    ``lets_go`` is whether threads computed side by side, ``None`` where nothing tells. ``start_s``
    is what opening the pool of ``best`` costs, and ``pays_from`` the number of calls from which
    that is regained. ``handing_s`` is the CPU time that processes needed for a call beyond the
    loop's. ``cause`` is why figures scatter. ``twin`` is how the same loop compared with itself.
    """

    nature: Nature
    busy: Estimate | None
    outcome: Choice
    best: Case | None = None
    gain: Estimate | None = None
    tied: tuple[Case, ...] = ()
    counts: tuple[tuple[int, Estimate], ...] = ()
    nearest: tuple[Case, Estimate] | None = None
    findings: tuple[Finding, ...] = ()
    look: Look | None = None
    lets_go: bool | None = None
    start_s: float | None = None
    pays_from: int | None = None
    handing_s: float | None = None
    yardstick: Estimate | None = None
    cause: Cause | None = None
    twin: Estimate | None = None
    silent: tuple[str, ...] = ()
    seconds_each: Estimate | None = None


def advise(measured: Measured, block: str) -> Advice:
    """Decide what the measurement of one function comes to.

    Raises ``LookupError`` where its plain loop gave no figure.
    """
    tried = Tried(measured, block)
    best = tried.best()
    busy, start_s = tried.busy, tried.start_s(best) if best else None
    return Advice(
        nature=_nature(busy),
        busy=busy,
        outcome=tried.outcome(),
        best=best,
        gain=tried.ratio(best, tried.loop, tried.level(SHOWN_LEVEL)) if best else None,
        tied=tuple(tried.tied()),
        counts=tuple(tried.counts_of(best)) if best else (),
        nearest=tried.nearest(),
        findings=tuple(_findings(tried)),
        look=tried.look,
        lets_go=_lets_go(tried),
        start_s=start_s,
        pays_from=tried.pays_from(best, start_s) if best and start_s else None,
        handing_s=tried.handing_s(),
        yardstick=tried.yardstick,
        cause=tried.cause,
        twin=tried.twin,
        silent=tried.silent(),
        seconds_each=measured.cost_s(tried.loop),
    )


class Tried:
    """What was measured of one function, as the advice asks for it."""

    def __init__(self, measured: Measured, block: str) -> None:
        """Read a block. Raises ``LookupError`` where its plain loop gave no figure."""
        self.measured = measured
        self.cases = measured.select(block=block)
        loop = next((case for case in self.cases if case.model == "sequential"), None)
        if loop is None or not measured.timed(loop):
            raise LookupError(f"the plain loop over {block} gave no figure")
        self.loop = loop
        self.look = _look(measured, self.cases)
        self.busy = measured.cores_in_use(loop)
        self.arms = [case for case in self.cases if case.against and not _stands_aside(case)]
        twin = next((case for case in self.cases if case.parameters.get(TWIN)), None)
        self.twin = measured.speedup(twin) if twin else None
        alone = next((case for case in self.cases if case.parameters.get("pool") == "none"), None)
        self.yardstick = measured.speedup(alone) if alone else None
        self.cause = cause_of(measured.measurement)

    @property
    def computes_in_children(self) -> bool:
        """Whether child processes do most of what the calls compute."""
        return self.look is not None and self.look.children >= HALF

    def level(self, level: float) -> float:
        """Return the level of each interval for all of them to hold together."""
        return simultaneous_level(len(self.arms), level)

    def gains(self) -> Gains:
        """Return what each model gains, with intervals that hold together."""
        level = self.level(SHOWN_LEVEL)
        found = ((case, self.ratio(case, self.loop, level)) for case in self.arms)
        return [(case, gain) for case, gain in found if gain is not None]

    def ratio(self, case: Case, against: Case, level: float) -> Estimate | None:
        """Return how many times as fast a case is as another, by which it is decided.

        Unlike an interval that is shown, it takes each round for itself, which says more of a few
        runs. So whoever decides by it asks as well that all runs agree.
        """
        measurement = self.measured.measurement
        if any(samples.is_wrong(measurement, one.id) for one in (case, against)):
            return None
        ratios = samples.log_ratios(measurement, case.id, against=against.id)
        if not ratios:
            return None
        found = centre_ratio([[ratio] for ratio in ratios.values()], level=level)
        return replace(found, runs=len({run for run, _ in ratios}))

    def _exceeds(
        self, case: Case, against: Case, least: float, enough: Callable[[Estimate], bool]
    ) -> bool:
        """Tell whether a case is surely so many times as fast, and faster in each run."""
        ratio = self.ratio(case, against, self.level(SURE))
        if ratio is None or not enough(ratio) or ratio.low < least:
            return False
        runs: dict[int, list[float]] = {}
        ratios = samples.log_ratios(self.measured.measurement, case.id, against=against.id)
        for (run, _), value in ratios.items():
            runs.setdefault(run, []).append(value)
        return all(hodges_lehmann(values) > 0 for values in runs.values())

    def worth(self) -> list[Case]:
        """Return the models that are surely worth it."""
        least = WORTH_IT * TOLD_APART
        return [case for case in self.arms if self._exceeds(case, self.loop, least, suffices)]

    def is_hopeless(self, case: Case) -> bool:
        """Tell whether a model can't be worth it: by its interval, or for want of cores at work."""
        gain = self.ratio(case, self.loop, self.level(VERDICT_LEVEL))
        used, loop = self.cores(case), self.cores(self.loop)
        if gain is None or (_tells(gain) and gain.high * max(1.0, used.lacked) < WORTH_IT):
            return True
        few = 0 < used.asked < CORES_NEEDED * loop.asked and loop.asked >= HALF
        return few and find(case.model).is_seen

    def cores(self, case: Case) -> Cores:
        """Return how many cores a case asked for and had."""
        told = [s for s in self.measured.timed(case) if None not in {s.cpu_s, s.run_delay_s}]
        if len(told) < LEAST_SAMPLES:
            return Cores(0.0, 0.0)
        had = sum(s.cpu_s or 0.0 for s in told) / sum(s.wall_s for s in told)
        asked = had + self._lacked(case, told)
        return Cores(asked if case.workers == 1 else min(asked, case.workers), had)

    def _lacked(self, case: Case, told: Sequence[Sample]) -> float:
        """Return how many cores a case waited for.

        A child that has ended takes along what it waited: where children compute, a pool may have
        lacked all that others took, and of a loop nothing is known.
        """
        others = _taken_by_others(told)
        if self.computes_in_children:
            return others if case.workers > 1 else 0.0
        delay_s = sum(s.run_delay_s or 0.0 for s in told)
        return min(delay_s / sum(s.wall_s for s in told), others)

    def tied(self) -> list[Case]:
        """Return the models that can't be told from the fastest, the simplest first.

        Where one is surely worth it, others that surely gain, if not surely a tenth, are with it.
        """
        worth = self.worth()
        if not worth:
            return []
        likely = [c for c, gain in self.gains() if gain.low > 1 and gain.value >= WORTH_IT]
        among = {case.id: case for case in (*worth, *likely)}.values()
        fastest = max(among, key=self._gain)
        return sorted((case for case in among if not self.is_beaten(case, fastest)), key=_simplest)

    def _gain(self, case: Case) -> float:
        gain = self.ratio(case, self.loop, SHOWN_LEVEL)
        return gain.value if gain else 0.0

    def is_beaten(self, case: Case, fastest: Case) -> bool:
        """Tell whether the fastest is so much faster than a case that it is worth its own code."""
        if case is fastest:
            return False
        ratio = self.ratio(fastest, case, SHOWN_LEVEL)
        return ratio is not None and ratio.low > 1 and ratio.value >= WORTH_IT

    def best(self) -> Case | None:
        """Return the simplest of the models that can't be told from the fastest."""
        return next(iter(self.tied()), None)

    def outcome(self) -> Choice:
        """Return what to do."""
        told = self._told()
        if not told:
            return "alone"
        if self.worth():
            return "take"
        gain = self.ratio(self._fastest(), self.loop, SHOWN_LEVEL)
        known = gain is not None and suffices(gain)
        return "keep" if known and all(map(self.is_hopeless, told)) else "open"

    def _told(self) -> list[Case]:
        return [case for case, _ in self.gains()]

    def _fastest(self) -> Case:
        return max(self._told(), key=self._gain)

    def counts_of(self, best: Case) -> Iterator[tuple[int, Estimate]]:
        """Yield each number of workers of a case's kind, and what they gain over the loop."""
        for case, gain in self.gains():
            if replace(case, workers=best.workers, items=best.items).id == best.id:
                yield case.workers, gain

    def nearest(self) -> tuple[Case, Estimate] | None:
        """Return the fastest model where that decides nothing, with its gain as it must be sure."""
        found = self.gains() if self.outcome() == "open" else []
        if not found:
            return None
        case, gain = max(found, key=lambda one: one[1].value)
        return case, self.ratio(case, self.loop, self.level(SURE)) or gain

    def lost(self) -> list[Case]:
        """Return the models that further measuring won't make the advice; never the fastest."""
        told = self._told()
        if not told:
            return []
        fastest = self._fastest()
        rivals = [case for case in told if case is not fastest]
        return [case for case in rivals if self.is_hopeless(case) or self._loses(case, fastest)]

    def _loses(self, case: Case, fastest: Case) -> bool:
        """Tell whether a case is surely slower; a simpler one by so much that it is no choice."""
        simpler = _simplest(case) < _simplest(fastest)
        return self._exceeds(fastest, case, WORTH_IT if simpler else TOLD_APART, _tells)

    def is_settled(self) -> bool:
        """Tell whether measuring on would hardly change the advice."""
        if self.outcome() in {"keep", "alone"}:
            return True
        best = self.best()
        if best is None:
            return False
        lost = {case.id for case in self.lost()}
        rivals = [case for case in self._told() if case is not best and case.id not in lost]
        return all(self._is_no_better(case, best) for case in rivals)

    def _is_no_better(self, case: Case, best: Case) -> bool:
        """Tell whether a rival can't beat the best by a tenth, and the best is the simpler one."""
        ratio = self.ratio(case, best, SHOWN_LEVEL)
        within = ratio is not None and suffices(ratio) and ratio.high < WORTH_IT
        return within and _simplest(best) <= _simplest(case)

    def silent(self) -> tuple[str, ...]:
        """Return the models of which no case gave a gain."""
        told = {case.model for case in self._told()}
        return tuple(dict.fromkeys(c.model for c in self.arms if c.model not in told))

    def gain_of(self, *, apart: bool) -> Estimate | None:
        """Return the largest gain of pools apart from each other, or of threads."""
        found = [
            gain
            for case, gain in self.gains()
            if find(case.model).is_apart is apart and case.model != "asyncio"
        ]
        return max(found, key=lambda gain: gain.value, default=None)

    def start_s(self, warm: Case) -> float | None:
        """Return what a pool's start and end cost: a cold sample over a warm one of its round."""
        parameters = {**warm.parameters, "pool": "cold"}
        for cold in self.cases:
            same = (cold.model, cold.workers) == (warm.model, warm.workers)
            if same and cold.parameters == parameters:
                warm_s = {(s.run, s.round): s.wall_s for s in self.measured.timed(warm)}
                more = [
                    s.wall_s - warm_s[s.run, s.round]
                    for s in self.measured.timed(cold)
                    if (s.run, s.round) in warm_s
                ]
                return max(0.0, median(more)) if more else None
        return None

    def pays_from(self, warm: Case, start_s: float) -> int | None:
        """Return the least number of calls that a pool opened for them does sooner than a loop."""
        alone, pooled = self.measured.cost_s(self.loop), self.measured.cost_s(warm)
        if alone is None or pooled is None or alone.value <= pooled.value:
            return None
        return math.ceil(start_s / (alone.value - pooled.value))

    def handing_s(self) -> float | None:
        """Return the CPU time of a call that processes need beyond the loop's."""
        loop = self._cpu_each(self.loop)
        for case in self.arms:
            each = self._cpu_each(case)
            if case.model == "processes" and loop is not None and each is not None:
                return max(0.0, each - loop)
        return None

    def _cpu_each(self, case: Case) -> float | None:
        found = [s.cpu_s / case.items for s in self.measured.timed(case) if s.cpu_s is not None]
        return fmean(found) if found else None


def _tells(ratio: Estimate) -> bool:
    return ratio.rounds >= LEAST_ROUNDS


def _taken_by_others(told: Sequence[Sample]) -> float:
    """Return how many cores other programs and the host took; no bound where nothing tells.

    A thread that waits for the GIL can be counted as runnable, though no core is what it lacks.
    """
    wall_s = sum(s.wall_s for s in told)
    if wall_s < LEAST_WITNESSED_S or any(s.others_cores is None for s in told):
        return math.inf
    others_s = sum(s.wall_s * (s.others_cores or 0.0) for s in told)
    stolen_s = sum((s.cpu_s or 0.0) * (s.stolen or 0.0) for s in told)
    return max(0.0, others_s + stolen_s) / wall_s


def _look(measured: Measured, cases: Sequence[Case]) -> Look | None:
    looked = {case.id for case in cases if case.model == FIRST_LOOK}
    found = (s.values for s in measured.measurement.samples if s.case in looked)
    return next(map(Look.of, found), None)


def _nature(busy: Estimate | None) -> Nature:
    if busy is None:
        return "untold"
    if busy.value >= MOSTLY:
        return "computes"
    return "waits" if busy.value <= 1 - MOSTLY else "both"


def _stands_aside(case: Case) -> bool:
    return bool(case.parameters.get(TWIN)) or case.parameters.get("pool") in {"cold", "none"}


def _simplest(case: Case) -> tuple[int, bool, int]:
    limited = bool(case.parameters.get("native_threads"))
    return find(case.model).simplicity, limited, case.workers


def _lets_go(tried: Tried) -> bool | None:
    """Tell whether threads computed side by side, which the GIL forbids to Python code.

    That they did not says something only where processes did: else cores may be what lacked.
    """
    threads = [case for case in tried.arms if case.model == "threads"]
    if _nature(tried.busy) != "computes" or not threads or _is_coroutine(tried):
        return None
    worth = tried.worth()
    if any(case in worth for case in threads):
        return True
    held = all(tried.is_hopeless(case) for case in threads)
    return False if held and any(find(case.model).is_apart for case in worth) else None


def _is_coroutine(tried: Tried) -> bool:
    return any(case.model == "asyncio" for case in tried.cases)


def _findings(tried: Tried) -> list[Finding]:
    look = tried.look
    if look is None:
        return _of_cores(tried)
    found: dict[Finding, bool] = {
        "blocks its loop": bool(look.coroutine) and look.held >= HALF and look.busy < HALF,
        "computes in its loop": bool(look.coroutine) and look.held >= HALF and look.busy >= HALF,
        "several cores": _uses_several(tried, look),
        "children": tried.computes_in_children,
        "remembers": look.first >= REMEMBERS and look.first_s >= LEAST_REMEMBERED_S,
        "not sendable": bool(look.unpicklable),
        "transfer": look.transfer_s >= TRANSFER * look.seconds_each
        and look.argument_bytes + look.answer_bytes >= LEAST_BYTES,
        "one long item": look.is_bound_by_one and look.first < REMEMBERS,
    }
    of_cores = [] if found["remembers"] else _of_cores(tried)  # what is timed is not its work
    return [name for name, is_so in found.items() if is_so] + _of_waiting(tried) + of_cores


def _uses_several(tried: Tried, look: Look) -> bool:
    """Tell whether a call uses several cores by itself, in the look and in the samples."""
    had = tried.cores(tried.loop).had or math.inf
    return min(look.busy, had) >= SEVERAL and not tried.computes_in_children


def _of_waiting(tried: Tried) -> list[Finding]:
    """Say why calls that wait do not wait side by side."""
    look, threads = tried.look, tried.gain_of(apart=False)
    if look is None or look.coroutine or _nature(tried.busy) != "waits" or threads is None:
        return []
    if threads.low > 1 and threads.value >= WORTH_IT:
        return []
    has_gil = tried.measured.measurement.gil is not False
    if has_gil and look.gap_s >= min(LEAST_GAP_S, HALF * look.seconds_each):
        return ["waits with the GIL"]
    processes = tried.gain_of(apart=True)
    if processes is None:
        return []
    in_vain = all(tried.is_hopeless(case) for case in tried.arms if case.model == "threads")
    surely_less = threads.value < WORTH_IT and threads.high < processes.low
    if (in_vain or surely_less) and processes.low > 1 and processes.value >= WORTH_IT:
        return ["waits in turn within a process"]
    return ["waits in turn"] if in_vain and processes.high < WORTH_IT else []


def _of_cores(tried: Tried) -> list[Finding]:
    """Say why what computes gains little from processes: by what is lost, or independent ones."""
    processes, yardstick = tried.gain_of(apart=True), tried.yardstick
    if _nature(tried.busy) != "computes" or processes is None:
        return []
    each, handing_s = tried.measured.cost_s(tried.loop), tried.handing_s()
    if processes.high < 1 and each and handing_s and handing_s >= HALF * each.value:
        return ["handing over"]
    if yardstick is None or tried.cause.kind == "other programs":
        return []
    if yardstick.high < SEVERAL:
        return ["shared units"]
    return ["handing over"] if yardstick.low > processes.high else []
