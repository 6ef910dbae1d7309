"""Why figures scatter: the cause that the samples themselves witness, each with its figure.

They are asked in this order, and the first that shows is named: other programs, the host of a
virtual machine, a quota, cores that change their speed. Where none shows, that is said.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal, NamedTuple

from conc import formats
from conc.figures import Counted
from conc.records import Case, Measurement, Record, Sample
from conc.results.statistics import percentile

OTHERS_CORES = 0.1
"""From so many cores on that other programs keep busy, they are a cause."""

DELAYED = 0.05
"""From this share of its time on that a lone thread waits for a CPU, others have taken it."""

STOLEN = 0.02
"""From this share of the CPU time wanted on, what the host kept is a cause."""

SPREAD = 1.15
"""From this ratio of the 90th to the 10th percentile on, cores change their speed."""

COMPUTES = 0.8
"""A sample that is on a CPU for this share of its time computes: its CPU time tells the speed."""

LEAST_SECONDS = 0.5
"""Ticks add up to a figure over so much time; before that they tell nothing."""

OTHERS, STOLE, CHANGED = (
    "cores that other programs used",
    "share of the CPU time that the host took",
    "how far the speed of the cores changed",
)
"""What the figures are called."""

UNTOLD = "this system does not tell what other programs used"

Kind = Literal["other programs", "host", "quota", "speed", "unknown"]


class Witnessed(NamedTuple):
    """What was witnessed beside some samples; ``None`` is what nobody told.

    ``others_cores`` is how many cores other programs kept busy, ``delayed`` the share of its time
    that a lone thread waited for a CPU, ``stolen`` the share of the CPU time wanted that the host
    kept, ``spread`` how many times as long the same work computes at the 90th percentile as at the
    10th. ``untold`` says why the first figure is absent, where it is.
    """

    others_cores: float | None = None
    delayed: float | None = None
    stolen: float | None = None
    spread: float | None = None
    untold: str = UNTOLD


class Cause(Record, frozen=True, kw_only=True):
    """Why figures scatter, in a clause, and the figure that shows it.

    ``figure`` is cores for other programs, or the share of its time that a lone thread was kept
    waiting; a share for the host; a ratio for the speed. A quota has it in words.
    """

    kind: Kind
    sentence: str
    figure: float | None = None


def cause_of(measurement: Measurement, limits: Sequence[str] = (), *, of: str = "") -> Cause:
    """Name the cause that the samples of a measurement witness; ``limits`` are the machine's.

    ``of`` is as for :func:`cause`.
    """
    return cause(witnessed(measurement.cases, measurement.samples), limits, of=of)


def witnessed(cases: Iterable[Case], samples: Iterable[Sample]) -> Witnessed:
    """Put together what the samples witness, those of warm-ups too: they met the same machine.

    Of sequential cases alone it is known that one thread works: where there are more, they wait for
    each other, whatever else runs.
    """
    by_id = {case.id: case for case in cases}
    taken = [sample for sample in samples if sample.case in by_id]
    lone = [sample for sample in taken if by_id[sample.case].model == "sequential"]
    return Witnessed(
        others_cores=_mean((sample.others_cores, sample.wall_s) for sample in taken),
        delayed=_mean(
            (None if delay is None else delay / sample.wall_s, sample.wall_s)
            for sample in lone
            for delay in (sample.run_delay_s,)
        ),
        stolen=_mean((sample.stolen, sample.wall_s) for sample in taken),
        spread=spread(_relative_speeds(lone)),
        untold=_why_untold(taken),
    )


def cause(seen: Witnessed, limits: Sequence[str] = (), *, of: str = "") -> Cause:
    """Name the first cause that what was witnessed shows, with its figure.

    ``of`` names the experiment whose figures (:mod:`conc.figures`) those in the sentence are;
    without it they are words alone.
    """
    others, delayed, stolen = seen.others_cores, seen.delayed, seen.stolen
    if others is not None and others >= OTHERS_CORES:
        cores = formats.number(_named(of, OTHERS, others), 2)
        return _cause("other programs", f"other programs used {cores} cores", others)
    if delayed is not None and delayed >= DELAYED:
        share = formats.share(_named(of, "time that a lone thread waited for a CPU", delayed))
        waited = f"a lone thread waited for a CPU for {share} of its time"
        return _cause("other programs", waited, delayed)
    if stolen is not None and stolen >= STOLEN:
        share = formats.share(_named(of, STOLE, stolen))
        return _cause("host", f"the host took {share} of the CPU time", stolen)
    if quotas := [limit for limit in limits if "quota" in limit]:
        return _cause("quota", quotas[0])
    if seen.spread is not None and seen.spread >= SPREAD and others is not None:
        changed = formats.number(_named(of, CHANGED, seen.spread))
        return _cause(
            "speed",
            f"the cores’ own speed changed by about ×{changed} while {_used(others, of)};"
            " the system does not tell whether a neighbour or the clock did it",
            seen.spread,
        )
    return _cause("unknown", f"the cause is not known: {known(seen, of=of)}")


def spread(relative: Sequence[float]) -> float | None:
    """Return how many times the 10th percentile the 90th is; ``None`` of fewer than ten values."""
    low, high = percentile(relative, 10), percentile(relative, 90)
    return None if low is None or high is None else high / low


def _cause(kind: Kind, sentence: str, figure: float | None = None) -> Cause:
    return Cause(kind=kind, sentence=sentence, figure=figure)


def known(seen: Witnessed, *, of: str = "") -> str:
    """Say what was witnessed, in a clause, where none of it shows a cause; ``of`` as elsewhere."""
    told = [seen.untold]
    if seen.others_cores is not None:
        told = [_used(seen.others_cores, of)]
    if seen.stolen is not None:
        share = formats.share(_named(of, STOLE, seen.stolen))
        told.append(f"the host took {share} of the CPU time")
    if seen.spread is not None:
        changed = formats.number(_named(of, CHANGED, seen.spread))
        told.append(f"the speed of the cores changed by about ×{changed}")
    return formats.listed(told)


def _used(cores: float, of: str) -> str:
    """Say what other programs used; errors of a tick can make less than nothing of it."""
    return f"other programs used {formats.hundredths(_named(of, OTHERS, max(0.0, cores)))} cores"


def _named(of: str, what: str, value: float) -> Counted:
    return Counted(value, f"{of}: {what}" if of else "")


def _why_untold(samples: Sequence[Sample]) -> str:
    if any(sample.others_cores is not None for sample in samples):
        return "its samples are too short to tell what other programs used"
    older = any(sample.run_delay_s is not None for sample in samples)
    return "what other programs used is not recorded in this older file" if older else UNTOLD


def _mean(weighed: Iterable[tuple[float | None, float]]) -> float | None:
    """Return the mean over time; ``None`` where it is told of too little time."""
    known = [(value, seconds) for value, seconds in weighed if value is not None]
    total_s = math.fsum(seconds for _, seconds in known)
    if total_s < LEAST_SECONDS:
        return None
    return math.fsum(value * seconds for value, seconds in known) / total_s


def _relative_speeds(samples: Iterable[Sample]) -> list[float]:
    """Return the CPU time of each sample that computes, over the median of its case.

    A case executes the same work each time, so those times differ as the speed of the cores does.
    """
    by_case: dict[str, list[float]] = {}
    for sample in samples:
        if sample.cpu_s is not None and sample.cpu_s >= COMPUTES * sample.wall_s:
            by_case.setdefault(sample.case, []).append(sample.cpu_s)
    return [one / median(times) for times in by_case.values() for one in times]
