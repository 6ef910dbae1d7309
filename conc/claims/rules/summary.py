"""Summary and caveats: claims C31 to C33."""

from itertools import combinations

from conc import formats
from conc.claims.claim import Finding
from conc.claims.evidence import Evidence, NotTested, Undecided, quotient
from conc.records import Case, Estimate

NEAR = 0.15
"""A makespan within this share of what the metaphor predicts agrees with it."""


def latency_decides_the_winner(evidence: Evidence) -> Finding:
    """C31: threads for fast I/O, asyncio for slow I/O.

    A rule by latency needs the winner to change along the latency while client and concurrency
    level stay as they are.
    """
    cases = evidence.cases("equal-terms", model="asyncio")
    if not cases:
        raise NotTested("the experiment equal-terms has no sample of asyncio")
    winners = {case.id: _winner(evidence, case, len(cases)) for case in cases}
    numbers: dict[str, Estimate | float] = {
        f"asyncio against threads: {_cell(case)}": evidence.speedup(
            "equal-terms", case, comparisons=len(cases)
        )
        for case in cases
    }
    along_latency = _flips(cases, winners, fixed="workers", along="latency_ms")
    along_level = _flips(cases, winners, fixed="latency_ms", along="workers")
    tested = f"{len(cases)} cells of latency × concurrency level × client"
    if along_latency and not along_level:
        return Finding(
            "holds",
            f"Over {tested} the winner changed with the latency: {along_latency[0]}.",
            numbers,
        )
    if along_latency:
        return Finding(
            "holds only if",
            f"Holds only in part: over {tested} the winner changed with the latency"
            f" ({along_latency[0]}) and with the concurrency level ({along_level[0]}).",
            numbers,
        )
    if any(winner is None for winner in winners.values()) and not along_level:
        raise Undecided(f"no winner changed beyond its interval over {tested}", numbers)
    changed = f"; it changed with the concurrency level ({along_level[0]})" if along_level else ""
    return Finding(
        "does not hold",
        f"Over {tested} the winner never changed with the latency alone{changed}. What counts is"
        " how much is in flight times what the client costs.",
        numbers,
    )


def kitchens(evidence: Evidence) -> Finding:
    """C32: the metaphor's makespan against the measured one, kitchen by kitchen."""
    cases = evidence.cases("kitchens", work="mixed")
    if not cases:
        raise NotTested("no kitchen cooked its ten dishes")
    agreement = {
        case.model: quotient(
            evidence.typical("kitchens", case, "makespan_s"),
            evidence.typical("kitchens", case, "predicted_s"),
        )
        for case in cases
    }
    numbers: dict[str, Estimate | float] = {
        f"makespan against prediction, {model}": found for model, found in agreement.items()
    }
    near = [m for m, found in agreement.items() if _inside(found)]
    far = [m for m, found in agreement.items() if found.low > 1 + NEAR or found.high < 1 - NEAR]
    listed = ", ".join(
        f"{model} {formats.ratio(found.value)}" for model, found in agreement.items()
    )
    if len(near) == len(agreement):
        return Finding(
            "holds",
            f"Every kitchen took the time that the metaphor predicts, within"
            f" {formats.share(NEAR)}: {listed}.",
            numbers,
        )
    if near and far:
        return Finding(
            "holds only if",
            f"Holds for {', '.join(near)}, not for {', '.join(far)}: measured against predicted"
            f" time {listed}. The picture leaves out what it costs to open a kitchen, and that"
            " chefs who share the GIL share one stove.",
            numbers,
        )
    if len(far) == len(agreement):
        return Finding("does not hold", f"No kitchen took its predicted time: {listed}.", numbers)
    raise Undecided(
        f"measured against predicted time lies across ±{formats.share(NEAR)}: {listed}", numbers
    )


def _winner(evidence: Evidence, case: Case, comparisons: int) -> str | None:
    """Return who was faster beyond the interval, or ``None``."""
    ratio = evidence.speedup("equal-terms", case, comparisons=comparisons)
    if ratio.low > 1:
        return "asyncio"
    return "threads" if ratio.high < 1 else None


def _flips(
    cases: list[Case], winners: dict[str, str | None], *, fixed: str, along: str
) -> list[str]:
    """Return each change of the winner along one axis with everything else the same."""
    flips = []
    for one, other in combinations(cases, 2):
        same = _axis(one, fixed) == _axis(other, fixed)
        same_client = one.parameters.get("client") == other.parameters.get("client")
        first, second = winners[one.id], winners[other.id]
        if same and same_client and first and second and first != second:
            flips.append(
                f"{first} at {_reading(one, along)}, {second} at {_reading(other, along)},"
                f" {one.parameters.get('client')}, {_reading(one, fixed)}"
            )
    return flips


def _axis(case: Case, name: str) -> object:
    return case.workers if name == "workers" else case.parameters.get(name)


def _reading(case: Case, name: str) -> str:
    value = _axis(case, name)
    return f"{value} in flight" if name == "workers" else f"{value} ms"


def _cell(case: Case) -> str:
    client = case.parameters.get("client")
    return f"{client}, {_reading(case, 'latency_ms')}, {_reading(case, 'workers')}"


def _inside(found: Estimate) -> bool:
    return found.low > 1 - NEAR and found.high < 1 + NEAR
