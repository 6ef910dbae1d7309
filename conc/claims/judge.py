"""Turn claims and a result into verdicts."""

from collections.abc import Iterable

from conc import formats
from conc.claims.claim import Claim, Finding
from conc.claims.evidence import Evidence, NotTested, Undecided
from conc.records import Result, Verdict


def judge(claim: Claim, evidence: Evidence) -> Verdict:
    """Apply the claim's rule; what it can't decide becomes a verdict with the reason."""
    try:
        finding = claim.rule(evidence)
    except NotTested as reason:
        finding = Finding("not tested here", str(reason))
    except Undecided as reason:
        finding = Finding("undecided", str(reason), reason.numbers)
    return Verdict(
        claim=claim.id,
        outcome=finding.outcome,
        sentence=(
            finding.sentence  # a condition, which goes on from the outcome
            if finding.outcome == "holds only if"
            else formats.sentence(finding.sentence)
        ),
        numbers=dict(finding.numbers),
        experiments=list(claim.experiments),
    )


def judge_all(claims: Iterable[Claim], result: Result) -> list[Verdict]:
    """Judge each claim by the same result, in the order given."""
    evidence = Evidence(result)
    return [judge(claim, evidence) for claim in claims]
