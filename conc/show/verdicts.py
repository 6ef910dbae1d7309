"""Verdicts as strings: the table of all claims, a claim's own block, the counts, the surprises.

A verdict's words come from rules, but names within them come from a result file, which may be a
stranger's: all of it is escaped.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from html import escape

import msgspec

from conc import formats
from conc.claims import invariants, ledger
from conc.claims.claim import Claim, Section
from conc.claims.invariants import Broken
from conc.claims.judge import judge_all
from conc.errors import MissingError
from conc.records import OUTCOMES, Estimate, Outcome, Result, Verdict
from conc.show import current, tables
from conc.show.page import RAW, impossible, raw
from conc.show.tables import Cell, Column, Table

PAGE = "verdicts/"
"""The page of all verdicts; each has the id of its claim there."""

MOST_SURPRISES = 5

SHAPES: Mapping[Outcome, str] = {
    "holds": "M2 8l4 4 8-9",
    "holds only if": "M2 8a6 6 0 0 1 12 0a6 6 0 0 1-12 0zM2.5 8h11",
    "does not hold": "M3 3l10 10M13 3L3 13",
    "undecided": "M2 6c2-4 4-4 6 0s4 4 6 0M2 11c2-4 4-4 6 0s4 4 6 0",
    "not tested here": "M2 8h12",
}
"""Each outcome's mark, drawn in a square of 16: its shape says what its colour says."""

IN_COUNTS: Mapping[Outcome, tuple[str, str]] = {
    "holds": ("holds", "hold"),
    "holds only if": ("holds under a condition only", "hold under a condition only"),
    "does not hold": ("does not hold", "do not hold"),
    "undecided": ("is undecided", "are undecided"),
    "not tested here": ("was not tested here", "were not tested here"),
}
"""Each outcome as one claim's, and as that of several."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A result with its verdicts, by claim, and the figures of it that can't be."""

    result: Result
    verdicts: Mapping[str, Verdict]
    broken: tuple[Broken, ...]

    def outcomes(self) -> Counter[Outcome]:
        """Count the claims of each outcome."""
        return Counter(verdict.outcome for verdict in self.verdicts.values())

    def broken_for(self, claim: Claim) -> list[Broken]:
        """Return the impossible figures of the experiments that a claim rests on."""
        return [broken for broken in self.broken if broken.experiment in claim.experiments]


def judge_result(result: Result) -> Judged:
    """Judge every claim of the ledger by a result."""
    return _judge(result, tuple(invariants.check(result)))


_kept: Judged | None = None


def judged() -> Judged:
    """Judge the result that is shown; its verdicts are kept between the blocks of a build."""
    global _kept  # noqa: PLW0603 - many blocks of one build ask about one result
    result = current.result()
    if _kept is None or _kept.result is not result:
        _kept = _judge(result, current.broken())
    return _kept


def _judge(result: Result, broken: tuple[Broken, ...]) -> Judged:
    found = {verdict.claim: verdict for verdict in judge_all(ledger.CLAIMS, result)}
    return Judged(result, found, broken)


def _said_where_missing(show: Callable[..., str]) -> Callable[..., str]:
    """Let a page say in a block's place that nothing has been measured yet."""

    @wraps(show)
    def shown(*arguments: str) -> str:
        try:
            return show(*arguments)
        except MissingError as error:
            return f'<p class="conc-missing" data-search-exclude>{escape(str(error))}</p>'

    return shown


@_said_where_missing
def verdict_counts() -> str:
    """Return how many claims hold, do not hold and so on, as a sentence."""
    return counts_sentence(judged().outcomes())


def counts_sentence(outcomes: Counter[Outcome]) -> str:
    """Write the counts as a sentence; an outcome that no claim has is left out."""
    parts = [
        f"{outcomes[outcome]} {one if outcomes[outcome] == 1 else several}"
        for outcome, (one, several) in IN_COUNTS.items()
        if outcomes[outcome]
    ]
    return f"Of {formats.plural(outcomes.total(), 'claim')} {formats.listed(parts)}."


@current.put_in_later
@_said_where_missing
def verdict(claim_id: str) -> str:
    """Return a claim's block for an article page: badge, sentence, numbers, and where to look on.

    Raises ConcError for a claim that the ledger does not have.
    """
    claim = ledger.get(claim_id)
    found = judged()
    answer = found.verdicts[claim.id]
    link = escape(current.link(f"{PAGE}#{claim.id}"))
    return (
        f'<div class="conc-verdict conc-{slug(answer.outcome)}" id="{claim.id}"'
        " data-search-exclude>"
        f'<p class="conc-claim"><a href="{link}">{claim.id}</a> {escape(claim.says)}</p>'
        f"<p>{badge(answer.outcome)} {escape(answer.sentence)}</p>"
        f"{impossible(found.broken_for(claim))}{_numbers(answer, found.result)}</div>"
    )


@current.put_in_later
@_said_where_missing
def verdicts_table() -> str:
    """Return the table of all claims with the filters above it.

    The filters are radio buttons that the style sheet looks at; without it the table is whole.
    """
    found = judged()
    outcomes = found.outcomes()
    by_verdict: Mapping[str, str] = {one: f"{one} ({outcomes[one]})" for one in OUTCOMES}
    by_section = {section.title: section.title for section in ledger.SECTIONS}
    rows = "".join(_row(claim, found) for claim in ledger.CLAIMS)
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Claim", "What the article says", "Verdict", "What was found", "Evidence")
    )
    return (
        '<div class="conc-verdicts" data-search-exclude>'
        f'<form class="conc-filter">{_choice("Verdict", "outcome", by_verdict)}'
        f"{_choice('Section', 'section', by_section)}</form>"
        '<div class="conc-scroll" role="group" aria-label="All claims" tabindex="0">'
        '<table class="conc-claims"><caption>Every claim of the article, and its verdict</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></div>"
    )


@current.put_in_later
@_said_where_missing
def surprises() -> str:
    """Return the few claims whose correction a reader of the article expects least, as a list."""
    found = judged()
    corrected = [
        claim
        for claim in ledger.CLAIMS
        if claim.surprising
        and found.verdicts[claim.id].outcome in {"does not hold", "holds only if"}
    ]
    if not corrected:
        return "<p>On this machine no surprise was found beyond doubt.</p>"
    items = "".join(
        f"<li>“{escape(claim.says)}” {badge(found.verdicts[claim.id].outcome)}"
        f" {escape(found.verdicts[claim.id].sentence)}"
        f' <a href="{escape(_evidence(claim))}">{claim.id}: the evidence</a></li>'
        for claim in corrected[:MOST_SURPRISES]
    )
    return f'<ul class="conc-surprises" data-search-exclude>{items}</ul>'


def sections_table() -> str:
    """Return where each section of the article is retold here, and which claims it makes."""
    rows = "".join(
        f'<tr><th scope="row"><a href="{escape(section.url)}">{escape(section.title)}</a></th>'
        f'<td><a href="{escape(_page(section))}#{section.anchor}">{PAGES[section.page]}</a></td>'
        f"<td>{_claims_of(section)}</td></tr>"
        for section in ledger.SECTIONS
    )
    return (
        '<div class="conc-scroll" role="group" aria-label="Sections" tabindex="0">'
        '<table class="conc-sections"><caption>The article, section by section</caption>'
        '<thead><tr><th scope="col">In the article</th><th scope="col">Here</th>'
        f'<th scope="col">Claims</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def badge(outcome: Outcome) -> str:
    """Return an outcome as HTML: its mark, its words and its colour say the same."""
    words = f"{outcome} …" if outcome == "holds only if" else outcome
    return (
        f'<span class="conc-badge conc-{slug(outcome)}"><svg viewBox="0 0 16 16" width="12"'
        f' height="12" aria-hidden="true"><path d="{SHAPES[outcome]}"/></svg>{words}</span>'
    )


def slug(text: str) -> str:
    """Return a text as an outcome or a section is named in the style sheet."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def to_text(found: Judged, claims: Iterable[Claim], *, as_table: bool) -> str:
    """Return verdicts for a terminal: a table, or a line for each where another program reads."""
    rows = [(claim, found.verdicts[claim.id]) for claim in claims]
    if not as_table:
        lines = (
            f"{claim.id}\t{answer.outcome}\t{_printable(answer.sentence)}" for claim, answer in rows
        )
        return "\n".join(lines)
    return tables.to_text(
        Table(
            title=counts_sentence(Counter(answer.outcome for _, answer in rows)),
            columns=(
                Column("claim", "claim", figures=False),
                Column("says", "the article says", figures=False),
                Column("outcome", "verdict", figures=False),
                Column("sentence", "what was found", figures=False),
            ),
            rows=tuple(
                (
                    Cell(claim.id),
                    Cell(claim.says),
                    Cell(answer.outcome),
                    Cell(answer.sentence),
                )
                for claim, answer in rows
            ),
        )
    )


def to_data(found: Judged, claims: Iterable[Claim]) -> list[dict[str, object]]:
    """Return verdicts for a program, each with its claim and the impossible figures behind it."""
    return [
        {
            "section": claim.section.title,
            "says": claim.says,
            **msgspec.to_builtins(found.verdicts[claim.id]),
            "impossible": [broken.sentence for broken in found.broken_for(claim)],
        }
        for claim in claims
    ]


def _row(claim: Claim, found: Judged) -> str:
    answer = found.verdicts[claim.id]
    return (
        f'<tr id="{claim.id}" data-outcome="{slug(answer.outcome)}"'
        f' data-section="{slug(claim.section.title)}">'
        f'<th scope="row"><a href="#{claim.id}" title="Link to this claim">{claim.id}</a></th>'
        f'<td>{escape(claim.says)} <a href="{escape(claim.section.url)}">'
        f"The article, {escape(claim.section.title)}</a></td>"
        f"<td>{badge(answer.outcome)}</td>"
        f"<td>{escape(answer.sentence)}{impossible(found.broken_for(claim))}</td>"
        f'<td><a href="{escape(_evidence(claim))}">page of {claim.id}</a><br>'
        f"{_raw(answer, found.result)}</td>"
        "</tr>"
    )


def _raw(answer: Verdict, result: Result) -> str:
    """Return links to the raw data of the experiments that a verdict rests on."""
    files = {name: raw(name) for name in answer.experiments if name in result.measurements}
    links = ", ".join(
        f'<a href="{escape(current.link(file))}">{escape(name)}</a>'
        for name, file in (files or {"result": RAW}).items()
    )
    return f"raw data: {links}"


def _numbers(answer: Verdict, result: Result) -> str:
    """Return the numbers of a verdict, folded up, with the link to the raw data."""
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="conc-figure">{_number(value)}</td></tr>'
        for name, value in answer.numbers.items()
    )
    table = f'<table class="conc-numbers"><tbody>{rows}</tbody></table>' if rows else ""
    return (
        f"<details><summary>The numbers behind it</summary>{table}"
        f'<p class="conc-origin">{_raw(answer, result)}</p></details>'
    )


def _number(value: Estimate | float) -> str:
    lone = value.value if isinstance(value, Estimate) else value
    if not math.isfinite(lone):
        return "without bound"
    return formats.plain_interval(value) if isinstance(value, Estimate) else formats.number(value)


def _choice(title: str, name: str, options: Mapping[str, str]) -> str:
    """Return radio buttons of which one is chosen: all, or one of the options."""
    buttons = "".join(
        f'<label><input type="radio" name="conc-{name}" value="{value}"{checked}> {escape(label)}'
        "</label>"
        for value, label, checked in (
            ("all", "all", " checked"),
            *((slug(option), label, "") for option, label in options.items()),
        )
    )
    return f"<fieldset><legend>{title}</legend>{buttons}</fieldset>"


def _evidence(claim: Claim) -> str:
    return f"{_page(claim.section)}#{claim.id}"


def _page(section: Section) -> str:
    return current.link(f"{section.page.removesuffix('.md')}/")


def _claims_of(section: Section) -> str:
    return ", ".join(
        f'<a href="{escape(current.link(f"{PAGE}#{claim.id}"))}">{claim.id}</a>'
        for claim in ledger.CLAIMS
        if claim.section is section
    )


def _printable(text: str) -> str:
    """Keep what could drive a terminal, or break a line, out of it."""
    return "".join(char if char.isprintable() else " " for char in text)


PAGES: Mapping[str, str] = {
    "article/cpu-and-io-bound.md": "CPU-bound and I/O-bound",
    "article/process-and-thread.md": "Process and thread, the GIL",
    "article/multiprocessing.md": "Multiprocessing",
    "article/threading.md": "Threading",
    "article/asyncio.md": "AsyncIO",
    "article/summary.md": "Summary",
    "listings.md": "htop, top and ps",
}
"""The pages that retell the article, by file."""
