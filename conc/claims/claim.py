"""A claim of the article, the section that makes it, and what a rule finds of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from conc.claims.grounds import Grounds
from conc.records import Estimate, Outcome

ARTICLE = "https://leimao.github.io/blog/Python-Concurrency-High-Level/"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The outcome of a rule, in words with its numbers; intervals where there are some.

    The sentence stands behind the outcome and does not repeat it. For ``holds only if`` it goes on
    from there, with the condition first; otherwise it is written as a sentence by itself, whether
    or not it begins with a capital and ends with a full stop here.
    """

    outcome: Outcome
    sentence: str
    numbers: Mapping[str, Estimate | float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What documentation or source code says of a claim, where, and for which versions.

    It was read there, not measured here.
    """

    text: str
    url: str
    versions: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One testable statement of the article, in our words, with the rule that judges it.

    ``id`` is a name and says nothing of a place or a number: ``C1`` to ``C33`` are the article's,
    a claim of our own is called by what it says, as ``own-blocked-loop``. ``experiments`` are the
    names of those that the rule reads. The rule raises ``Undecided`` or ``NotTested``
    (conc.claims.grounds) where the result can't carry a decision. ``known`` is what is said of it
    elsewhere, whatever was measured. ``surprising`` marks the claims that a reader of the article
    would least expect to see corrected.
    """

    id: str
    says: str
    experiments: tuple[str, ...]
    rule: Callable[[Grounds], Ruling]
    known: Known
    surprising: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of ours that retells sections of the article: its file, and its title in the menu."""

    file: str
    title: str

    @property
    def address(self) -> str:
        """Its address, relative to the site's."""
        path, _, _ = self.file.rpartition(".md")
        return path.removesuffix("index") if path.endswith("/index") else f"{path}/"


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the article: its title and its anchor there, our page, and its claims in order.

    The anchor is the same on our page. A section may make no claim that can be tested.
    """

    title: str
    anchor: str
    page: Page
    claims: tuple[Claim, ...] = ()

    @property
    def url(self) -> str:
        """The section's address in the article."""
        return f"{ARTICLE}#{self.anchor}"
