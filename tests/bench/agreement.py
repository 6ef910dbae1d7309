"""Whether results of the same machine lead to the same verdicts, and how sharp they are.

``python -m tests.bench.agreement FOLDER`` reads every result file below a folder, each named after
its own folder or, beside others, after itself; so does
``make bench ONLY=agreement RESULTS=FOLDER``. Builds of a profile make a table each, and a claim
that is decided two ways anywhere is a defect.
"""

import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median

from conc.claims import ledger
from conc.claims.judge import judge_all
from conc.errors import ConcError
from conc.experiments import cpu_bound
from conc.records import Estimate, Outcome, Profile, Result
from conc.results import statistics, store
from conc.results.evidence import Evidence, Measured
from tests.bench.build import LIMIT_S
from tests.bench.figures import Figure, at_most, show

KEPT = Path(".conc") / "bench"
OPEN: tuple[Outcome, ...] = ("undecided", "not tested here")

MEDIAN_UNDECIDED: dict[Profile, float] = {"quick": 4, "full": 2}
WORST_UNDECIDED: dict[Profile, float] = {"quick": 6}

Sharpness = Callable[[Evidence, Measured], Estimate | None]


def _speedup(model: str) -> Sharpness:
    def look(evidence: Evidence, measured: Measured) -> Estimate | None:
        found = measured.select(model=model, workers=evidence.whole_cores, pool="warm")
        return measured.speedup(found[0]) if found else None

    return look


WIDTHS: Mapping[str, tuple[Sharpness, float]] = {
    "speed-up of processes": (_speedup("processes"), 15.0),
    "speed-up of threads on pure Python": (_speedup("threads"), 5.0),
    "noise floor": (lambda _, measured: measured.noise_floor(), 10.0),
}
"""What must be known how sharply in ``quick``: the greatest median half-width, in percent."""


def agreement(
    what: str, results: Mapping[str, Result], most_open: float = math.inf
) -> Iterator[Figure]:
    """Print the verdicts of each result; yield how many are open, and how many contradict."""
    outcomes = _table(results)
    for name, found in outcomes.items():
        open_ = [*found.values()].count("undecided")
        yield at_most(f"{what}: undecided, {name}", open_, "claims", most_open)
    yield _contradicted(what, outcomes)


def series(profile: Profile, results: Mapping[str, Result]) -> Iterator[Figure]:
    """Print the verdicts of the builds of a profile; yield what they must reach together."""
    outcomes = _table(results)
    for name, found in outcomes.items():
        for open_ in OPEN:
            yield Figure(f"{profile}: {open_}, {name}", [*found.values()].count(open_), "claims")
    undecided = [[*found.values()].count("undecided") for found in outcomes.values()]
    yield at_most(
        f"{profile}: undecided, median of {len(results)}",
        median(undecided),
        "claims",
        MEDIAN_UNDECIDED.get(profile, math.inf),
    )
    yield at_most(
        f"{profile}: undecided, worst",
        max(undecided),
        "claims",
        WORST_UNDECIDED.get(profile, math.inf),
    )
    yield _contradicted(profile, outcomes)
    yield from _widths(profile, results)
    for name, result in results.items():
        seconds = sum(found.seconds for found in result.measurements.values())
        yield at_most(f"{profile}: seconds, {name}", seconds, "s", LIMIT_S[profile])


def _table(results: Mapping[str, Result]) -> dict[str, dict[str, Outcome]]:
    """Print the outcome of each claim in each result, and return them by result."""
    outcomes = {
        name: {one.claim: one.outcome for one in judge_all(ledger.CLAIMS, Evidence(result))}
        for name, result in results.items()
    }
    print(" " * 4, *(f"{name:<15}" for name in results))
    for claim in ledger.CLAIMS:
        row = (f"{found[claim.id]:<15}" for found in outcomes.values())
        print(f"{claim.id:<4}", *row, flush=True)
    return outcomes


def _contradicted(what: str, outcomes: Mapping[str, Mapping[str, Outcome]]) -> Figure:
    found = [
        claim.id
        for claim in ledger.CLAIMS
        if len({one[claim.id] for one in outcomes.values()} - {*OPEN}) > 1
    ]
    name = " ".join([f"{what}: decided one way and another", *found])
    return at_most(name, len(found), "claims", 0)


def _widths(profile: Profile, results: Mapping[str, Result]) -> Iterator[Figure]:
    """Yield the median half-width of each quantity of :data:`WIDTHS`, and that of each result."""
    for what, (look, most) in WIDTHS.items():
        widths = {}
        for name, result in results.items():
            evidence = Evidence(result)
            found = look(evidence, evidence.of(cpu_bound.EXPERIMENT.name))
            widths[name] = 100 * statistics.half_width(found) if found else math.inf
            yield Figure(f"{profile}: half-width, {what}, {name}", widths[name], "%")
        limit = most if profile == "quick" else math.inf
        yield at_most(f"{profile}: half-width, {what}, median", median(widths.values()), "%", limit)


def kept(folder: Path) -> dict[str, Result]:
    """Read the result files below a folder, by name."""
    paths = sorted(folder.rglob("*.json"))
    alone = [path.parent for path in paths]
    return {
        path.parent.name if alone.count(path.parent) == 1 else path.stem: store.load(path)
        for path in paths
    }


def profile_of(result: Result) -> Profile:
    """Return the profile that a build was measured with."""
    return next(iter(result.measurements.values())).profile


def figures(folder: Path) -> Iterator[Figure]:
    """Yield what the builds below a folder reach, profile by profile, and all of them together."""
    results = kept(folder)
    if not results:
        raise ConcError(f"no result file below {folder}: name a folder with RESULTS=FOLDER")
    by_profile: dict[Profile, dict[str, Result]] = {}
    for name, result in results.items():
        by_profile.setdefault(profile_of(result), {})[name] = result
    for profile, builds in by_profile.items():
        yield from series(profile, builds)
    if len(by_profile) > 1:
        yield from agreement("all", results)


def main(arguments: list[str]) -> str | int:
    """Show the figures of a folder; return what is wrong, or 1 where a promise is not kept."""
    folder = Path(arguments[0] if arguments else os.environ.get("RESULTS", KEPT))
    try:
        return 0 if show(figures(folder)) else 1
    except ConcError as error:
        return f"agreement: {error}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
