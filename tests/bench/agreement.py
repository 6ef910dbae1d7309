"""Whether results of the same machine lead to the same verdicts."""

import math
from collections.abc import Iterator, Mapping

from conc.claims import ledger
from conc.claims.judge import judge_all
from conc.records import Outcome, Result
from conc.results.evidence import Evidence
from tests.bench.figures import Figure, at_most

OPEN: tuple[Outcome, ...] = ("undecided", "not tested here")


def agreement(
    what: str, results: Mapping[str, Result], most_open: float = math.inf
) -> Iterator[Figure]:
    """Print the verdicts of each result; yield how many are open, and how many contradict."""
    columns = [
        [verdict.outcome for verdict in judge_all(ledger.CLAIMS, Evidence(result))]
        for result in results.values()
    ]
    rows = {claim.id: found for claim, *found in zip(ledger.CLAIMS, *columns, strict=True)}
    print(" " * 4, *(f"{name:<15}" for name in results))
    for claim, found in rows.items():
        print(f"{claim:<4}", *(f"{outcome:<15}" for outcome in found), flush=True)
    for name, outcomes in zip(results, columns, strict=True):
        open_ = outcomes.count("undecided")
        yield at_most(f"{what}: undecided, {name}", open_, "claims", most_open)
    contradicted = [claim for claim, found in rows.items() if len({*found} - {*OPEN}) > 1]
    name = " ".join([f"{what}: decided one way and another", *contradicted])
    yield at_most(name, len(contradicted), "claims", 0)
