"""True values on the line between two verdicts: where no effect is, a rule must not see one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from conc.claims.simulate import TWO_STATE
from conc.records import Outcome, Result
from tests.claims.made import Shape, cpu_bound, result, shaped, verdict
from tests.claims.measurements import (
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
    selector_loop,
    switching,
    task_size,
    utilisation,
)

KIND = Shape(noise=0.05, drift=0.02)
"""What a machine that is not quiet shows, but whose cores keep their speed."""

BUSY = Shape(runs=8, rounds=5, machine=TWO_STATE)
"""What a virtual machine shows whose cores change theirs."""

DECIDED: tuple[Outcome, ...] = ("holds", "does not hold", "holds only if")
GIVEN = 1.9
ALONE_S = 0.1 + 0.001


@dataclass(frozen=True)
class Null:
    """A claim, where its evidence stands, which outcomes are wrong there, and the evidence."""

    claim: str
    at: str
    evidence: Callable[[], Result]
    wrong: tuple[Outcome, ...] = DECIDED

    def rate(self, results: int, of: Shape = KIND) -> float:
        """Return how often the rule is wrong, over so many simulated results of a shape."""
        return sum(self._errors(results, of)) / results

    def _errors(self, results: int, of: Shape) -> Iterator[bool]:
        for seed in range(results):
            with shaped(replace(of, seed=seed)):
                found = verdict(self.claim, self.evidence())
            yield found.outcome in self.wrong


def grid(*faster: float) -> Result:
    """Make a grid of two latencies and two levels."""
    return equal_terms(dict(zip(((5, 10), (100, 10), (5, 200), (100, 200)), faster, strict=True)))


NULLS = (
    Null("C1", "CPU share 0.95", lambda: memory_bound(small=0.95)),
    Null("C1", "scattered 1.2", lambda: memory_bound(scattered=1.2)),
    Null("C2", "CPU share 0.95", lambda: memory_bound(large=0.95)),
    Null("C2", "scattered 1.2", lambda: memory_bound(scattered=1.2)),
    Null("C3", "slope 1.1", lambda: result(io_bound(rise=1.1))),
    Null("C3", "slope 0.9", lambda: result(io_bound(rise=0.9))),
    Null("C3", "CPU share 0.2", lambda: result(io_bound(cpu=0.2))),
    Null("C4", "CPU share 0.95", lambda: memory_bound(large=0.95)),
    Null("C4", "scattered 1.2", lambda: memory_bound(scattered=1.2)),
    Null("C5", "all held", lambda: probe(released=0), ("does not hold", "holds only if")),
    Null("C7", "pure Python 1.08", lambda: result(cpu_bound(), utilisation(pure=1.08))),
    Null("C7", "hashlib 1.08", lambda: result(cpu_bound(), utilisation(hashlib=1.08))),
    Null("C8", "processes 1.1", lambda: result(cpu_bound(), utilisation(processes=1.1))),
    Null(
        "C8",
        "interpreters 0.9 of processes",
        lambda: result(cpu_bound(), utilisation(hashlib=1.0, interpreters=0.9 * 1.85)),
    ),
    Null(
        "C8",
        "hashlib 0.9 of processes",
        lambda: result(cpu_bound(), utilisation(hashlib=0.9 * 1.85)),
    ),
    Null("C9", "C 1.08", lambda: result(cpu_bound(), utilisation(c=1.08))),
    Null("C10", "all held", lambda: probe(released=0), ("holds", "holds only if")),
    Null("C11", "threads 1.1", lambda: result(cpu_bound(threads=1.1), utilisation())),
    Null("C11", "hashlib 1.1", lambda: result(cpu_bound(), utilisation(hashlib=1.1))),
    Null("C12", "speed-up 5", lambda: result(io_bound(threads=5))),
    Null(
        "C13",
        "0.8 of the cores",
        lambda: result(cpu_bound(processes=0.8 * GIVEN), task_size(ms100=1.8)),
    ),
    Null("C15", "as dear as a thread", lambda: hand_over(1)),
    Null("C16", "speed-up 1", lambda: result(cpu_bound(), task_size(ms0_1=1, ms1=1, ms10=1))),
    Null("C17", "0.8 of the ideal", lambda: result(io_bound(threads=80 * ALONE_S))),
    Null("C18", "nothing lost", lambda: result(lost_updates(step=0))),
    Null("C19", "price 1.1", lambda: locks(price=1.1)),
    Null("C23", "slope 0.8", lambda: switching(0.8)),
    Null("C23", "slope 1.2", lambda: switching(1.2)),
    Null("C24", "a third", lambda: heartbeat(thread=0.1)),
    Null(
        "C25",
        "0.8 of the ideal",
        lambda: result(io_bound(asyncio=80 * ALONE_S), idle_loop()),
    ),
    Null("C26", "level", lambda: grid(1, 1, 1, 1), ("holds", "holds only if")),
    Null("C26", "10 % faster", lambda: grid(1.1, 1.1, 1.1, 1.1)),
    Null("C27", "speed-up 5", lambda: selector_loop(5)),
    Null("C30", "0.9 of the block", lambda: heartbeat(task=0.9 * 0.301)),
    Null("C31", "level", lambda: grid(1, 1, 1, 1), ("holds", "holds only if")),
    Null(
        "C31",
        "10 % either way",
        lambda: equal_terms({(5, 9): 0.9, (100, 9): 1.1}),
        ("does not hold",),
    ),
    Null("C32", "all at 1.15", lambda: kitchens(threads=1.15, asyncio=1.15, processes=1.15)),
)
"""Claims that are not here rest on what can't vary: counts of threads and processes, the
machine's own description, and captures that were checked against the kernel.
"""
