"""Whether advice is right of a function whose nature is known."""

from collections.abc import Collection
from typing import Literal, NamedTuple

from conc.advise import Advice, Choice, Finding, Nature
from conc.experiments.tries import LOOP, Known
from conc.models import ModelName

Score = Literal["right", "wrong", "undecided"]

BESIDE: frozenset[Finding] = frozenset(
    ("transfer", "handing over", "shared units", "one long item", "several cores")
)
"""Natures that may come beside the known one, where their own evidence shows them."""


class Said(NamedTuple):
    """What a try said of a function, as far as it is scored; ``model`` is the one to take."""

    outcome: Choice
    model: str
    nature: Nature
    findings: frozenset[str]

    @classmethod
    def of(cls, advice: Advice) -> "Said":
        """Read advice."""
        model = advice.best.model if advice.best else LOOP
        return cls(advice.outcome, model, advice.nature, frozenset(advice.findings))


def right_models(known: Known, *, cores: int, gil: bool) -> tuple[ModelName, ...]:
    """Return the models that are right for a function here.

    One core computes one thing at a time; without the GIL threads compute side by side.
    """
    if known.nature == "waits" or known.finding == "remembers":
        return known.models
    also = (*((LOOP,) if cores == 1 else ()), *(() if gil else ("threads",)))
    return tuple(dict.fromkeys((*known.models, *also)))


def score(
    said: Said, *, models: Collection[str], nature: Nature, findings: Collection[str] = ()
) -> Score:
    """Compare what was said with what is known.

    Right is one of the models, the plain loop being one of them, with the nature and all findings.
    Wrong is another model, or a finding that the function does not have.
    """
    decided = said.outcome in {"take", "keep"}
    if said.findings - {*findings, *BESIDE} or (decided and said.model not in models):
        return "wrong"
    known = said.nature in {nature, "both"} and said.findings >= {*findings}
    return "right" if decided and known else "undecided"
