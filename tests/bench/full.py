"""Three builds with the profile ``full``: their times, what they leave undecided, where they agree.

``python -m tests.bench.full FILE…`` judges results that were measured before.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from conc.claims import ledger
from conc.claims.judge import judge_all
from conc.records import Outcome, Result
from conc.results import store
from tests.bench.build import build
from tests.bench.figures import Figure, at_most, show

BUILDS = 3
MOST_UNDECIDED = 4
OPEN: tuple[Outcome, ...] = ("undecided", "not tested here")


def figures(paths: Sequence[Path]) -> Iterator[Figure]:
    """Yield the times of each build unless it was measured before, then what became of claims."""
    results = [store.load(path) for path in paths]
    while not paths and len(results) < BUILDS:
        built = build("full")
        results.append(built.result)
        yield from built.figures
    yield from agreement(results)


def agreement(results: Sequence[Result]) -> Iterator[Figure]:
    """Yield the open claims of each result, and the claims on which two that decided differ."""
    builds = [[verdict.outcome for verdict in judge_all(ledger.CLAIMS, r)] for r in results]
    outcomes = {claim.id: found for claim, *found in zip(ledger.CLAIMS, *builds, strict=True)}
    for claim, found in outcomes.items():
        print(f"{claim:<4}", *(f"{outcome:<16}" for outcome in found), flush=True)
    for place, outcomes_of_one in enumerate(builds, start=1):
        open_ = sum(outcome in OPEN for outcome in outcomes_of_one)
        yield at_most(
            f"full: undecided or untested, build {place}", open_, "claims", MOST_UNDECIDED
        )
    differing = [claim for claim, found in outcomes.items() if len({*found} - {*OPEN}) > 1]
    name = "full: decided differently by two builds"
    yield at_most(f"{name} {' '.join(differing)}".strip(), len(differing), "claims", 0)


if __name__ == "__main__":
    sys.exit(not show(figures([Path(name) for name in sys.argv[1:]])))
