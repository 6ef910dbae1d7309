"""A claim of the article, and what a rule finds of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conc.claims.evidence import Evidence
from conc.records import Estimate, Outcome

ARTICLE = "https://leimao.github.io/blog/Python-Concurrency-High-Level/"


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the article: its title there, its anchor there, and our page that retells it."""

    title: str
    anchor: str
    page: str

    @property
    def url(self) -> str:
        """The section's address in the article."""
        return f"{ARTICLE}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of a rule, in words with its numbers; intervals where there are some.

    The sentence stands behind the outcome and does not repeat it. For ``holds only if`` it goes on
    from there, with the condition first; otherwise it is written as a sentence by itself, whether
    or not it begins with a capital and ends with a full stop here.
    """

    outcome: Outcome
    sentence: str
    numbers: Mapping[str, Estimate | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """One testable statement of the article, in our words, with the rule that judges it.

    ``experiments`` are the names of those that the rule reads. The rule raises ``Undecided`` or
    ``NotTested`` (conc.claims.evidence) where the result can't carry a decision. ``surprising``
    marks the claims that a reader of the article would least expect to see corrected.
    """

    id: str
    section: Section
    says: str
    experiments: tuple[str, ...]
    rule: Callable[[Evidence], Finding]
    surprising: bool = False
