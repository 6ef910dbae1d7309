"""What the small experiments share: snippets that count something themselves."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any, NamedTuple, cast

from conc.experiments.experiment import Effort, Output, Trial
from conc.records import Case, Profile


def counting(
    act: Callable[[], object], read: Callable[[Any], Mapping[str, Any]]
) -> AbstractContextManager[Trial]:
    """Make a trial with nothing to prepare; ``read`` names what it counted."""
    return nullcontext(Trial(act=act, read=lambda result: Output(values=read(result))))


def counting_fields(act: Callable[[], NamedTuple]) -> AbstractContextManager[Trial]:
    """Make a trial whose snippet returns a named tuple of what it counted."""
    return counting(act, lambda result: result._asdict())


def same_answer(results: object) -> Output:
    """Give the one answer that all shares of the work returned, however many they were."""
    answers = set(cast("list[object]", results))
    return Output(answer=sorted(answers, key=repr))


def parameter(case: Case, name: str) -> float:
    """Return a parameter that is a number."""
    return float(case.parameters[name])


LEAST_ROUNDS = 4
"""So many rounds of all runs together there are, however slow the machine: a verdict needs them."""

Fixed = tuple[int, int]
"""So many runs, of so many rounds each."""


def rounds(
    quick: Fixed, full: Fixed, *, seconds: float, full_seconds: float, more: int = 0
) -> Mapping[Profile, Effort]:
    """Ask for fixed runs of rounds: what is small gains nothing by ending early.

    ``seconds`` and ``full_seconds`` are what they take, the starts of workers included. In the
    profile quick up to ``more`` runs of the decisive cases alone follow, while its time lasts.
    """
    return {
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=1, seconds=2),
        "quick": _and_more(_fixed(quick, seconds), more),
        "full": _fixed(full, full_seconds),
    }


def _fixed(times: Fixed, seconds: float) -> Effort:
    runs, rounds_per_run = times
    return Effort(
        min_runs=runs,
        max_runs=runs,
        rounds_per_run=rounds_per_run,
        seconds=seconds,
        least_rounds=min(rounds_per_run, -(-LEAST_ROUNDS // runs)),
    )


def _and_more(effort: Effort, runs: int) -> Effort:
    """Return an effort whose runs of all cases are followed by some of the decisive ones."""
    if not runs:
        return effort
    return replace(effort, max_runs=effort.max_runs + runs, runs_of_all=effort.max_runs)
