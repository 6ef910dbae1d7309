"""What the small experiments share: snippets that count something themselves."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
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


def rounds(
    quick: int,
    full: int,
    *,
    seconds: float,
    full_seconds: float | None = None,
    per_run: int = 4,
) -> Mapping[Profile, Effort]:
    """Ask for a fixed number of rounds, because counts have no interval to wait for.

    ``seconds`` is what the rounds of ``quick`` may take at most; those of ``full`` may take six
    times that, unless ``full_seconds`` says otherwise.
    """
    effort = partial(Effort, rounds_per_run=per_run, warmups=0)
    quick_runs, full_runs = -(-quick // per_run), -(-full // per_run)
    return {
        "smoke": Effort(min_runs=1, max_runs=1, rounds_per_run=1, warmups=0, seconds=2),
        "quick": effort(min_runs=quick_runs, max_runs=quick_runs, seconds=seconds),
        "full": effort(min_runs=full_runs, max_runs=full_runs, seconds=full_seconds or 6 * seconds),
    }
