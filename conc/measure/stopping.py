"""When a block has been measured enough, and which of its cases are given up: pure decisions."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from conc.experiments.experiment import Effort
from conc.records import BlockEnd, Case, Estimate, Failure, Measurement, Sample
from conc.results import samples, statistics

FAILURES_BORNE = 1
"""How many failures a case may have and still be tried in the next run."""

OVERTIME = 3.0
"""How many times its time a block may use to reach its least number of runs."""

NARROW_LEVEL, NARROW_RUNS = 0.99, 8
"""The confidence level of the intervals that must be narrow for a block to end by itself, and the
least runs that they rest on: with fewer, chance ends too many blocks too soon.

Where the centres of runs scatter normally, the usual interval of a block that ended so holds the
truth in 93 % of cases at the worst scatter; without the least runs in 91.4 %. A level of 99.9 %
gives 92.7 % and takes two thirds more runs.
"""


def given_up(failures: Iterable[Failure]) -> frozenset[str]:
    """Return the cases not to be tried again: a wrong answer is final, so are two failures.

    A service that failed says nothing about a case.
    """
    counts = Counter(failure.case for failure in failures if failure.kind != "service")
    wrong = {failure.case for failure in failures if failure.kind == "wrong answer"}
    return frozenset(wrong | {case for case, count in counts.items() if count > FAILURES_BORNE})


def wrong_answers(cases: Sequence[Case], taken: Sequence[Sample]) -> Iterator[tuple[Case, str]]:
    """Yield each case whose answer differs from its group's, and how.

    The answer of a group is that of its first baseline, or else of its first case, that has one;
    a case that answers differently from time to time is wrong as well.
    """
    answers: dict[str, dict[str, None]] = {}
    for sample in taken:
        answers.setdefault(sample.case, {})[sample.answer] = None
    expected: dict[str, str] = {}
    for case in sorted(cases, key=lambda case: bool(case.against)):
        if case.answers and case.id in answers:
            expected.setdefault(case.answers, next(iter(answers[case.id])))
    for case in cases:
        found = answers.get(case.id, {})
        if case.answers and any(answer != expected[case.answers] for answer in found):
            others = "answers differ between executions" if len(found) > 1 else "another answer"
            yield case, f"{others} than the rest of {case.answers}"


def runs_done(cases: Collection[Case], taken: Iterable[Sample]) -> int:
    """Return how many runs of a block have given samples."""
    ids = {case.id for case in cases}
    return max((sample.run + 1 for sample in taken if sample.case in ids), default=0)


def rounds_done(cases: Collection[Case], taken: Iterable[Sample]) -> int:
    """Return how many timed rounds of a block have given samples."""
    ids = {case.id for case in cases}
    return len({(s.run, s.round) for s in taken if s.case in ids and not s.warmup})


def widest(cases: Sequence[Case], measurement: Measurement) -> float | None:
    """Return the relative half-width of the widest 95 % interval of a block.

    It looks at the speed-ups, or, where nothing is compared, at the throughputs; ``None`` where
    there is neither, infinite where an interval has no bound yet.
    """
    estimates = _estimates(cases, measurement, statistics.LEVEL)
    return max(map(statistics.half_width, estimates), default=None)


def is_narrow(cases: Sequence[Case], measurement: Measurement, half_width: float) -> bool:
    """Tell whether every interval of a block is narrow enough, and rests on enough runs.

    Who looks after each run and stops when it pleases stops where the runs happen to agree: an
    interval of 95 % then covers less often. So a wider one must be narrow, and not by a few runs.
    """
    estimates = _estimates(cases, measurement, NARROW_LEVEL)
    return bool(estimates) and all(
        one.runs >= NARROW_RUNS and statistics.half_width(one) <= half_width for one in estimates
    )


def _estimates(cases: Sequence[Case], measurement: Measurement, level: float) -> list[Estimate]:
    compared = [case for case in cases if case.against]
    estimate = samples.speedup if compared else samples.throughput
    found = (estimate(measurement, case.id, level=level) for case in compared or cases)
    return [one for one in found if one is not None]


def end_of(
    cases: Sequence[Case],
    measurement: Measurement,
    effort: Effort,
    *,
    width: float | None,
    next_run_ends_s: float,
) -> BlockEnd | None:
    """Return why the block of these cases has ended, or ``None`` while it goes on.

    ``width`` is that of its :func:`widest` interval. ``next_run_ends_s`` says how much of its time
    the experiment will have used after a further run of this block. Short of ``min_runs`` a block
    ends only when everything in it has failed, or when the experiment would use twice its time.
    """
    lost = given_up(measurement.failures)
    remaining = [case for case in cases if case.id not in lost]
    runs = runs_done(cases, measurement.samples)
    enough = runs >= effort.min_runs
    reason: Literal["narrow", "rounds", "time", "failed"]
    if not remaining:
        reason = "failed"
    elif enough and is_narrow(remaining, measurement, effort.half_width):
        reason = "narrow"
    elif enough and runs >= effort.most_runs(remaining):
        reason = "rounds"
    elif next_run_ends_s > effort.seconds * (1.0 if enough else OVERTIME):
        reason = "time"
    else:
        return None
    return BlockEnd(
        block=cases[0].block,
        rounds=rounds_done(cases, measurement.samples),
        reason=reason,
        half_width=width if width is not None and math.isfinite(width) else None,
    )
