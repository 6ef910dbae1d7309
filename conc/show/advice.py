"""What pages advise: the only words for it, made from what was decided and from nothing else.

A model is advised for where its comparison is decided by the interval that verdicts rest on, and no
verdict on it is open. Where either is undecided pages say so, with what is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from conc import formats
from conc.claims import ledger
from conc.claims.judge import judge
from conc.records import Case, Estimate
from conc.results.differences import VERDICT_LEVEL, Difference, difference
from conc.results.evidence import Evidence, Measured

Work = Literal["CPU-bound", "I/O-bound"]

CLAIMS: Mapping[tuple[Work, str], str] = {
    ("CPU-bound", "processes"): "C13",
    ("CPU-bound", "threads"): "C11",
    ("I/O-bound", "threads"): "C12",
    ("I/O-bound", "asyncio"): "C25",
}
"""The claim of the ledger on each model for a kind of work, where there is one."""

PAIR_CLAIM = "C26"
"""The claim on asyncio against threads."""

ONE_CORE = "On one usable core no model can make CPU-bound work faster."

_EFFECT: Mapping[Difference, str] = {
    "faster": "made it faster",
    "slower": "made it slower",
    "no difference": "made no difference",
    "undecided": "may have made a difference, which is undecided here",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a model for some work, over sequential or over another model.

    ``open_claim`` is the claim on it that is undecided here; the word is "undecided" then too.
    """

    model: str
    case: Case
    ratio: Estimate
    word: Difference
    open_claim: str = ""

    @property
    def known(self) -> str:
        """What is known of it whatever was decided: ``processes 1.78× (1.60–1.98)``."""
        return f"{self.model} {formats.ratio_interval(self.ratio)}"


def decide(evidence: Evidence, work: Work, measured: Measured, case: Case) -> Decision | None:
    """Decide whether a case was faster than sequential; ``None`` where it has no speed-up."""
    ratio = measured.speedup(case, level=VERDICT_LEVEL)
    return _decided(evidence, case, ratio, CLAIMS.get((work, case.model), ""))


def decide_pair(
    evidence: Evidence, measured: Measured, case: Case, against: Case
) -> Decision | None:
    """Decide whether asyncio was faster than threads; ``None`` where they share no round."""
    ratio = measured.ratio(case, against, level=VERDICT_LEVEL)
    return _decided(evidence, case, ratio, PAIR_CLAIM)


def word(measured: Measured, case: Case) -> Difference | None:
    """Say in a word how a case compares with its baseline; ``None`` where it has no ratio."""
    ratio = measured.speedup(case, level=VERDICT_LEVEL)
    return difference(ratio) if ratio else None


def effect(decision: Decision, terms: str) -> str:
    """Say what a model did to some work, with its figure."""
    return formats.sentence(
        f"{decision.model} {_EFFECT[decision.word]}{_open(decision)}:"
        f" {formats.ratio_interval(decision.ratio)} as fast as sequential, {terms}"
    )


def take(
    work: Work, decisions: Iterable[Decision], terms: str, pair: Decision | None = None
) -> str:
    """Name the model to take for some work: the fastest of those that are certainly faster.

    With a ``pair`` of threads and asyncio it is the one that is faster than the other, or either.
    Where none is faster than sequential, say whether that is known or open.
    """
    every = list(decisions)
    faster = gained(every)
    said = formats.listed([one.known for one in every])
    if not faster:
        return f"**{work} work:** {nothing(every)}. {terms}: {said} as fast as sequential."
    names = [one.model for one in faster]
    if pair is None:
        names = [max(faster, key=lambda one: one.ratio.value).model]
    elif len(names) > 1:
        names = {"faster": ["asyncio"], "slower": ["threads"]}.get(pair.word, names)
    hidden = [f"{one.model}{_open(one)}" for one in every if _is_open(one)]
    rest = f"Undecided here: {formats.listed(hidden)}." if hidden else ""
    named = f"**{work} work: {formats.listed(names, 'or')}.**"
    return f"{named} {terms}: {said} as fast as sequential. {rest}".strip()


def gained(decisions: Iterable[Decision]) -> list[Decision]:
    """Return those that are certainly faster."""
    return [one for one in decisions if one.word == "faster"]


def nothing(decisions: Iterable[Decision]) -> str:
    """Say that no model was faster, or that this is undecided and by which claims."""
    hidden = list(filter(_is_open, decisions))
    if not hidden:
        return "no model was measurably faster than sequential"
    claims = [one.open_claim for one in hidden if one.open_claim]
    why = f" ({formats.listed(claims)})" if claims else ""
    return f"whether any model is faster is undecided here{why}"


def follows(decisions: Iterable[Decision]) -> str:
    """Draw the conclusion from all models together."""
    every = list(decisions)
    faster = [one.model for one in gained(every)]
    others = [one.model for one in every if one.word in {"slower", "no difference"}]
    hidden = [one.model for one in every if _is_open(one)]
    said = f"{formats.listed(faster)} made this work faster" if faster else nothing(every)
    sentences = [f"On this machine {said}."]
    if others and faster:
        sentences.append(formats.sentence(f"{formats.listed(others)} did not"))
    if hidden and faster:
        sentences.append(formats.sentence(f"{formats.listed(hidden)}: undecided here"))
    return " ".join(sentences)


def between(pair: Decision) -> str:
    """Say which of threads and asyncio was faster."""
    text = formats.ratio_interval(pair.ratio)
    return {
        "faster": f"There asyncio was faster than threads: {text}.",
        "slower": f"There asyncio was slower than threads: {text}.",
        "no difference": f"There the two showed no difference: {text}.",
        "undecided": f"Which of the two is faster is undecided here{_open(pair)}: {text}.",
    }[pair.word]


def _decided(evidence: Evidence, case: Case, ratio: Estimate | None, claim: str) -> Decision | None:
    if ratio is None:
        return None
    if claim and judge(ledger.get(claim), evidence).outcome == "undecided":
        return Decision(case.model, case, ratio, "undecided", claim)
    return Decision(case.model, case, ratio, difference(ratio))


def _is_open(decision: Decision) -> bool:
    return decision.word == "undecided"


def _open(decision: Decision) -> str:
    return f" ({decision.open_claim})" if decision.open_claim else ""
