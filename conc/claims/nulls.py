"""True values on the line between two verdicts: where no effect is, a rule must not see one.

The line is where a measurement of the same noise has its mean. Waits that slow cores do not
lengthen, and workers of which the last to end decides, move it away from what a world states. So a
null says what stands on the line, and what is stated is moved until that does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from statistics import fmean

from conc.claims import ledger
from conc.claims.judge import judge
from conc.claims.rules.summary import NEAR
from conc.claims.simulate import TWO_STATE, Plan
from conc.claims.worlds import (
    cpu_bound,
    equal_terms,
    hand_over,
    heartbeat,
    idle_loop,
    io_bound,
    kitchens,
    locks,
    lost_updates,
    memory_bound,
    probe,
    result,
    selector_loop,
    switching,
    task_size,
    utilisation,
    within,
)
from conc.records import Estimate, Outcome, Result
from conc.results.evidence import Evidence
from conc.results.quantities import (
    CORES_IN_USE,
    COST_S,
    Quantity,
    counted,
    percentile_of,
    share_of,
    throughput_share,
)

BUSY = Plan(runs=8, rounds=5, noise=TWO_STATE)
"""A plan that experiments follow, on a virtual machine whose cores change their speed."""

DECIDED: tuple[Outcome, ...] = ("holds", "does not hold", "holds only if")
ALONE_S = 0.1 + 0.001
REPEATED = 40
"""So many measurements at one hour say where a stated value comes to lie, and are then judged."""

Read = Callable[[Evidence], float]


@dataclass(frozen=True)
class Null:
    """A claim, what stands on a line, which outcomes are wrong there, and the evidence.

    ``evidence`` is given ``line``, or what has to be stated for ``reads`` to find the line.
    """

    claim: str
    at: str
    line: float
    evidence: Callable[[float], Result]
    reads: Read | None = None
    wrong: tuple[Outcome, ...] = DECIDED

    def wrong_of(self, results: int, plan: Plan = BUSY) -> int:
        """Return how many of so many simulated results the rule is wrong about."""
        return sum(self._errors(results, plan))

    def _errors(self, results: int, plan: Plan) -> Iterator[bool]:
        claim = ledger.get(self.claim)
        for seed in range(results):
            hour = seed // REPEATED
            with within(plan, seed, hour):
                found = Evidence(self.evidence(_stated(self, plan, hour)))
            yield judge(claim, found).outcome in self.wrong


@cache
def _stated(null: Null, plan: Plan, hour: int) -> float:
    """Return what a world states so that a null stands on its line in the mean of an hour."""
    if null.reads is None:
        return null.line
    seen = []
    for seed in range(REPEATED):
        with within(plan, -1 - seed - REPEATED * hour, hour):
            seen.append(null.reads(Evidence(null.evidence(null.line))))
    return null.line * null.line / fmean(seen)


def _value(found: Estimate | None) -> float:
    assert found is not None
    return found.value


def _faster(experiment: str, **wanted: object) -> Read:
    def read(evidence: Evidence) -> float:
        measured = evidence.of(experiment)
        return _value(measured.speedup(measured.select(**wanted)[0]))

    return read


def _typical(experiment: str, quantity: Quantity, **wanted: object) -> Read:
    def read(evidence: Evidence) -> float:
        measured = evidence.of(experiment)
        return _value(measured.estimate(measured.select(**wanted)[0], quantity))

    return read


def _rise(experiment: str, quantity: Quantity, by: str, **wanted: object) -> Read:
    """Read how much a quantity grows with a parameter in ms, between its ends."""

    def read(evidence: Evidence) -> float:
        measured = evidence.of(experiment)
        least, *_, most = sorted({*measured.values(by)})
        ends = [
            _value(measured.estimate(measured.select(**wanted, **{by: ms})[0], quantity))
            for ms in (least, most)
        ]
        return (ends[1] - ends[0]) * 1000 / (most - least)

    return read


def _grid(*faster: float) -> Result:
    """Make a grid of two latencies and two levels."""
    return equal_terms(dict(zip(((5, 10), (100, 10), (5, 200), (100, 200)), faster, strict=True)))


def _use(experiment: str, **wanted: object) -> Read:
    return _typical(experiment, CORES_IN_USE, **wanted)


NULLS = (
    Null(
        "C1",
        "CPU share",
        0.95,
        lambda at: memory_bound(small=at),
        _use("memory-bound", size="small"),
    ),
    Null("C1", "scattered against in order", 1.2, lambda at: memory_bound(scattered=at)),
    Null(
        "C2",
        "CPU share",
        0.95,
        lambda at: memory_bound(large=at),
        _use("memory-bound", order="shuffled"),
    ),
    Null("C2", "scattered against in order", 1.2, lambda at: memory_bound(scattered=at)),
    Null(
        "C3",
        "rise with the latency",
        1.1,
        lambda at: result(io_bound(rise=at)),
        _rise("io-bound", COST_S, "latency_ms", model="sequential"),
    ),
    Null(
        "C3",
        "rise with the latency",
        0.9,
        lambda at: result(io_bound(rise=at)),
        _rise("io-bound", COST_S, "latency_ms", model="sequential"),
    ),
    Null(
        "C3",
        "CPU share",
        0.2,
        lambda at: result(io_bound(cpu=at)),
        _use("io-bound", model="sequential", latency_ms=20),
    ),
    Null(
        "C4",
        "CPU share",
        0.95,
        lambda at: memory_bound(large=at),
        _use("memory-bound", order="shuffled"),
    ),
    Null("C4", "scattered against in order", 1.2, lambda at: memory_bound(scattered=at)),
    Null(
        "C5", "all held", 0, lambda _: probe(released=0), wrong=("does not hold", "holds only if")
    ),
    Null(
        "C7",
        "cores used, pure Python",
        1.08,
        lambda at: result(cpu_bound(), utilisation(pure=at)),
        _use("utilisation", model="threads", work="pure Python"),
    ),
    Null(
        "C7",
        "cores used, hashlib",
        1.08,
        lambda at: result(cpu_bound(), utilisation(hashlib=at)),
        _use("utilisation", model="threads", work="hashlib"),
    ),
    Null(
        "C8",
        "processes against one",
        1.1,
        lambda at: result(cpu_bound(processes=at), utilisation()),
        _faster("cpu-bound", model="processes", pool="warm"),
    ),
    Null(
        "C8",
        "interpreters against processes",
        0.9,
        lambda at: result(cpu_bound(interpreters=at * 1.85), utilisation(hashlib=1.0)),
    ),
    Null(
        "C8",
        "hashlib against processes",
        0.9,
        lambda at: result(cpu_bound(), utilisation(hashlib=at * 1.85)),
    ),
    Null(
        "C9",
        "cores used, C",
        1.08,
        lambda at: result(cpu_bound(), utilisation(c=at)),
        _use("utilisation", model="c-threads"),
    ),
    Null(
        "C10",
        "cores used, C",
        1.08,
        lambda at: result(cpu_bound(), utilisation(c=at)),
        _use("utilisation", model="c-threads"),
    ),
    Null(
        "C11",
        "threads against one",
        1.1,
        lambda at: result(cpu_bound(threads=at), utilisation()),
        _faster("cpu-bound", model="threads"),
        wrong=("does not hold",),
    ),
    Null(
        "C11",
        "hashlib against one",
        1.1,
        lambda at: result(cpu_bound(), utilisation(hashlib=at)),
        _faster("utilisation", model="threads", work="hashlib"),
    ),
    Null(
        "C12",
        "threads against one",
        5,
        lambda at: result(io_bound(threads=at)),
        _faster("io-bound", model="threads", latency_ms=20),
    ),
    Null(
        "C13",
        "share of the cores",
        0.8,
        lambda at: result(cpu_bound(processes=at * 1.9), task_size(ms100=1.8)),
    ),
    Null("C15", "process against thread", 1, hand_over),
    Null("C15", "process against thread", 2, hand_over),
    Null(
        "C16",
        "a pool against one",
        1,
        lambda at: result(cpu_bound(processes=at), task_size(ms0_1=at, ms1=at, ms10=at)),
        _faster("task-size", model="processes", task_ms=1.0),
    ),
    Null(
        "C17",
        "share of the ideal",
        0.8,
        lambda at: result(io_bound(threads=at * 100 * ALONE_S)),
        _typical("io-bound", throughput_share(0.01), model="threads", latency_ms=100),
    ),
    Null("C18", "nothing lost", 0, lambda at: result(lost_updates(step=at))),
    Null("C19", "with a lock against none", 1.1, lambda at: locks(price=at)),
    Null(
        "C23",
        "rise with the interval",
        0.8,
        switching,
        _rise("switching", percentile_of("run_length_s", 50), "interval_ms"),
    ),
    Null(
        "C23",
        "rise with the interval",
        1.2,
        switching,
        _rise("switching", percentile_of("run_length_s", 50), "interval_ms"),
    ),
    Null("C24", "lateness, thread against task", 1 / 3, lambda at: heartbeat(thread=at * 0.3)),
    Null(
        "C24",
        "a step, thread against task",
        1.1,
        lambda at: heartbeat(interrupted=at),
    ),
    Null(
        "C25",
        "share of the ideal",
        0.8,
        lambda at: result(io_bound(asyncio=at * 100 * ALONE_S), idle_loop()),
        _typical("io-bound", throughput_share(0.01), model="asyncio", latency_ms=100),
    ),
    Null(
        "C26",
        "asyncio against threads",
        1,
        lambda at: _grid(at, at, at, at),
        wrong=("holds", "holds only if"),
    ),
    Null("C26", "asyncio against threads", 1.1, lambda at: _grid(at, at, at, at)),
    Null("C26", "asyncio against threads, many", 1.1, lambda at: _grid(1, 1, at, 1)),
    Null(
        "C27",
        "selector against one",
        5,
        selector_loop,
        _faster("selector-loop", model="selector"),
    ),
    Null(
        "C30",
        "lateness, of the block",
        0.9,
        lambda at: heartbeat(task=at * 0.301),
        _typical(
            "heartbeat",
            share_of(percentile_of("lateness_s", 100), counted("block_s")),
            model="asyncio",
            hog="cpu",
        ),
    ),
    Null(
        "C31",
        "asyncio against threads",
        1,
        lambda at: _grid(at, at, at, at),
        wrong=("holds", "holds only if"),
    ),
    Null(
        "C31",
        "worth it at both ends",
        1.1,
        lambda at: _grid(1 / at, at, 1 / at, at),
        wrong=("does not hold", "holds only if"),
    ),
    Null(
        "C32",
        "time against prediction",
        NEAR,
        lambda at: kitchens(threads=at, asyncio=at, processes=at),
        _typical("kitchens", share_of(counted("makespan_s"), counted("predicted_s"))),
    ),
    Null(
        "C32",
        "time of one kitchen against prediction",
        NEAR,
        lambda at: kitchens(threads=at, asyncio=1.0, processes=3.0),
        _typical("kitchens", share_of(counted("makespan_s"), counted("predicted_s"))),
    ),
)
"""Claims that are not here rest on what can't vary: counts of threads and processes, the
machine's own description, and captures that were checked against the kernel.
"""
