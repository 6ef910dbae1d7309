"""Turn claims and the evidence of a result into verdicts."""

import re
from collections.abc import Iterable

from conc import figures, formats
from conc.claims.changes import RULES_VERSION
from conc.claims.claim import Claim, Ruling
from conc.claims.grounds import Grounds, Lacks, NotTested, Undecided
from conc.experiments.registry import EXPERIMENTS
from conc.records import Verdict
from conc.results import causes
from conc.results.evidence import Evidence

FULL_S = {experiment.name: experiment.effort["full"].seconds for experiment in EXPERIMENTS}
"""About how long the profile full takes for each experiment."""


def judge(claim: Claim, evidence: Evidence) -> Verdict:
    """Apply the claim's rule; what it can't decide becomes a verdict with the reason.

    Where more certainty would decide, the sentence goes on with what took it, and ``command`` is
    what would give it.
    """
    lacks: Lacks = "other"
    try:
        ruling = claim.rule(Grounds(evidence))
    except NotTested as reason:
        ruling = Ruling("not tested here", str(reason))
    except Undecided as reason:
        ruling = Ruling("undecided", str(reason), reason.numbers)
        lacks = reason.lacks
    more = [name for name in claim.experiments if _is_short(evidence, name)]
    helped = bool(more) and lacks != "other"
    words = (
        ruling.sentence  # a condition, which goes on from the outcome
        if ruling.outcome == "holds only if"
        else formats.sentence(ruling.sentence)
    )
    if lacks == "certainty":
        words += _cause(claim, evidence, words)
    # What decided nothing is shown with the interval that did not; the usual one may have.
    said = figures.read(words, wide=ruling.outcome == "undecided")
    return Verdict(
        claim=claim.id,
        outcome=ruling.outcome,
        sentence=str(said),
        figures=list(said.figures),
        numbers={str(figures.read(name)): found for name, found in ruling.numbers.items()},
        experiments=list(claim.experiments),
        rules=RULES_VERSION,
        command=f"conc measure {' '.join(more)} --profile full" if helped else "",
        command_s=sum(FULL_S[name] for name in more) if helped else 0.0,
    )


def judge_all(claims: Iterable[Claim], evidence: Evidence) -> list[Verdict]:
    """Judge each claim by the same evidence, in the order given."""
    return [judge(claim, evidence) for claim in claims]


def _is_short(evidence: Evidence, experiment: str) -> bool:
    """Tell whether the profile full would give more of an experiment than was measured."""
    measurement = evidence.result.measurements.get(experiment)
    return experiment in FULL_S and (measurement is None or measurement.profile != "full")


def _cause(claim: Claim, evidence: Evidence, words: str) -> str:
    """Say what disturbed the experiments whose figures the words have: the first that is known."""
    found = {
        name: causes.cause_of(measurement, evidence.result.machine.limits, of=name)
        for name in _figures_of(claim, words) or claim.experiments
        if (measurement := evidence.result.measurements.get(name))
    }
    if not found:
        return ""
    known = (name for name, cause in found.items() if cause.kind != "unknown")
    name = next(known, next(iter(found)))
    return f" {formats.sentence(found[name].sentence)}"


def _figures_of(claim: Claim, words: str) -> list[str]:
    """Return the experiments of a claim that some words have figures of."""
    quantities = [one.quantity for one in figures.read(words).figures]
    return [
        name
        for name in claim.experiments
        if any(re.search(rf"(?<![\w-]){name}: ", quantity) for quantity in quantities)
    ]
