"""Turn claims and the evidence of a result into verdicts."""

from collections.abc import Iterable

from conc import figures, formats
from conc.claims.claim import Claim, Ruling
from conc.claims.grounds import Grounds, NotTested, Undecided
from conc.records import Verdict
from conc.results.evidence import Evidence


def judge(claim: Claim, evidence: Evidence) -> Verdict:
    """Apply the claim's rule; what it can't decide becomes a verdict with the reason."""
    try:
        ruling = claim.rule(Grounds(evidence))
    except NotTested as reason:
        ruling = Ruling("not tested here", str(reason))
    except Undecided as reason:
        ruling = Ruling("undecided", str(reason), reason.numbers)
    words = (
        ruling.sentence  # a condition, which goes on from the outcome
        if ruling.outcome == "holds only if"
        else formats.sentence(ruling.sentence)
    )
    # What decided nothing is shown with the interval that did not; the usual one may have.
    said = figures.read(words, wide=ruling.outcome == "undecided")
    return Verdict(
        claim=claim.id,
        outcome=ruling.outcome,
        sentence=str(said),
        figures=list(said.figures),
        numbers=dict(ruling.numbers),
        experiments=list(claim.experiments),
    )


def judge_all(claims: Iterable[Claim], evidence: Evidence) -> list[Verdict]:
    """Judge each claim by the same evidence, in the order given."""
    return [judge(claim, evidence) for claim in claims]
