"""Verdicts as strings: the table of all claims, a claim's own block, the counts, the surprises.

A verdict's words come from rules, but names within them come from a result file, which may be a
stranger's: all of it is escaped.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict

import htpy as h
import msgspec

from conc import figures, formats
from conc.claims import ledger
from conc.claims.claim import Claim, Section
from conc.figures import Counted, Given, Text
from conc.records import OUTCOMES, Estimate, Outcome, Verdict
from conc.show import project, tables
from conc.show.markup import markdown, scroll, slug
from conc.show.page import DATA, RAW, impossible, raw
from conc.show.shown import Shown
from conc.show.tables import Column, Table

PAGE = "verdicts/"
"""The page of all verdicts; each has the id of its claim there."""

MACHINES = "machines/"
"""The page of all machines; each claim has a row with its id there."""

MOST_SURPRISES = 5

_SECONDS = ", s"
"""How the name of a time among a verdict's numbers ends."""

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


IN_BAR: Mapping[Outcome, str] = {
    "holds": "hold",
    "holds only if": "only if …",
    "does not hold": "do not hold",
    "undecided": "undecided",
    "not tested here": "not tested",
}
"""Each outcome on its part of a bar, after its count."""


def counts(shown: Shown) -> str:
    """Return how many claims hold, do not hold and so on, as a sentence."""
    return markdown(counts_sentence(outcomes(shown)))


def bar(shown: Shown) -> h.Renderable:
    """Return how many claims have each outcome as one bar, whose parts lead to the verdicts."""
    counted = outcomes(shown)
    return h.ul(".conc-bar", aria_label="Verdicts", data_search_exclude=True)[
        (
            h.li(class_=f"conc-{slug(outcome)}", style=f"flex-grow:{counted[outcome]}")[
                h.a(href=shown.link(PAGE))[
                    f"{formats.count(_counted(counted, outcome))} {IN_BAR[outcome]}"
                ]
            ]
            for outcome in OUTCOMES
            if counted[outcome]
        )
    ]


def _counted(outcomes: Counter[Outcome], outcome: Outcome) -> Counted:
    return Counted(outcomes[outcome], f"verdicts: {outcome}")


def outcomes(shown: Shown) -> Counter[Outcome]:
    """Count the claims of each outcome."""
    return Counter(verdict.outcome for verdict in shown.verdicts.values())


def counts_sentence(outcomes: Counter[Outcome]) -> str:
    """Write the counts as a sentence; an outcome that no claim has is left out."""
    parts = [
        f"{formats.count(_counted(outcomes, outcome))} {one if outcomes[outcome] == 1 else several}"
        for outcome, (one, several) in IN_COUNTS.items()
        if outcomes[outcome]
    ]
    total = Counted(outcomes.total(), "verdicts: claims judged")
    return f"Of {formats.plural(total, 'claim')} {formats.listed(parts)}."


def block(shown: Shown, claim_id: str) -> h.Renderable:
    """Return a claim's block for an article page: badge, sentence, numbers, and where to look on.

    Raises ConcError for a claim that the ledger does not have.
    """
    claim = ledger.get(claim_id)
    answer = shown.verdicts[claim.id]
    return h.div(
        f".conc-verdict.conc-{slug(answer.outcome)}", id=claim.id, data_search_exclude=True
    )[
        h.p(".conc-claim")[h.a(href=shown.link(f"{PAGE}#{claim.id}"))[claim.id], " ", claim.says],
        h.p[badge(answer.outcome), " ", said(answer)],
        _elsewhere(shown, claim),
        impossible(shown.broken_in(claim.experiments)),
        _beside(shown, claim, answer),
        _numbers(shown, answer),
    ]


def words(shown: Shown, claim_id: str) -> str:
    """Return a claim and its verdict as plain text."""
    claim = ledger.get(claim_id)
    answer = shown.verdicts[claim.id]
    return f"{claim.id}: {claim.says} Verdict: {answer.outcome}. {answer.sentence}"


def verdicts_table(shown: Shown) -> h.Renderable:
    """Return the table of all claims with the filters above it.

    The filters are radio buttons that the style sheet looks at; without it the table is whole.
    """
    counted = outcomes(shown)
    heads = ("Claim", "What the article says", "Verdict", "What was found", "Evidence")
    return h.div(".conc-verdicts", data_search_exclude=True)[
        h.form(".conc-filter")[
            _choice(
                "Verdict",
                "outcome",
                {one: f"{one} ({formats.count(_counted(counted, one))})" for one in OUTCOMES},
            ),
            _choice(
                "Section",
                "section",
                {one.title: one.title for one in ledger.SECTIONS if one.claims},
            ),
        ],
        scroll("All claims")[
            h.table(".conc-claims.conc-cards")[
                h.caption["Every claim of the article, and its verdict"],
                _head(*heads),
                h.tbody[(_row(shown, claim) for claim in ledger.CLAIMS)],
            ]
        ],
    ]


def surprises(shown: Shown) -> h.Renderable:
    """Return the few claims whose correction a reader of the article expects least, as a list."""
    corrected = [
        (claim, answer)
        for claim in ledger.CLAIMS
        if claim.surprising
        and (answer := shown.verdicts[claim.id]).outcome in {"does not hold", "holds only if"}
    ]
    if not corrected:
        return h.p["On this machine no surprise was found beyond doubt."]
    return h.ul(".conc-surprises", data_search_exclude=True)[
        (
            h.li[
                h.em[claim.says],
                " ",
                badge(answer.outcome),
                " ",
                said(answer),
                " ",
                h.a(href=_evidence(shown, claim))[f"{claim.id}: the evidence"],
            ]
            for claim, answer in corrected[:MOST_SURPRISES]
        )
    ]


def sections_table(shown: Shown) -> h.Renderable:
    """Return where each section of the article is retold here, and which claims it makes."""
    return scroll("Sections")[
        h.table(".conc-sections")[
            h.caption["The article, section by section"],
            _head("In the article", "Here", "Claims"),
            h.tbody[
                (
                    h.tr[
                        h.th(scope="row")[h.a(href=section.url)[section.title]],
                        h.td[
                            h.a(href=f"{_page(shown, section)}#{section.anchor}")[
                                section.page.title
                            ]
                        ],
                        h.td[_claims_of(shown, section) if section.claims else "–"],
                    ]
                    for section in ledger.SECTIONS
                )
            ],
        ]
    ]


def said(answer: Verdict) -> str:
    """Return the sentence of a verdict with its figures."""
    return figures.marked(Text(answer.sentence, tuple(answer.figures)))


def badge(outcome: Outcome) -> h.Element:
    """Return an outcome as HTML: its mark, its words and its colour say the same."""
    return h.span(f".conc-badge.conc-{slug(outcome)}")[
        h.svg(viewBox="0 0 16 16", width="12", height="12", aria_hidden="true")[
            h.Element("path")(d=SHAPES[outcome])
        ],
        f"{outcome} …" if outcome == "holds only if" else outcome,
    ]


def remedy(answer: Verdict) -> str:
    """Return how long the command of a verdict takes, in front of it; empty where none helps."""
    minutes = Given(max(1, round(answer.command_s / 60)))
    more = formats.plural(minutes, "more minute") if answer.command else ""
    return f"{more} may decide it: " if more else ""


def to_text(shown: Shown, claims: Iterable[Claim], *, as_table: bool) -> str:
    """Return verdicts for a terminal: a table, or a line for each where another program reads."""
    judged = [(claim, shown.verdicts[claim.id]) for claim in claims]
    if not as_table:
        lines = (
            f"{claim.id}\t{answer.outcome}\t{_printable(_found(of))}\t{_known(claim)}"
            for of in judged
            for claim, answer in (of,)
        )
        return "\n".join(lines)
    title = counts_sentence(Counter(answer.outcome for _, answer in judged))
    return tables.to_text(Table.of(title, _COLUMNS, judged))


def _found(of: tuple[Claim, Verdict]) -> str:
    """Return what was found, why it does not decide, and what would."""
    _, answer = of
    more = f" {figures.read(remedy(answer))}{answer.command}" if answer.command else ""
    return f"{answer.sentence}{more}"


def _known(claim: Claim) -> str:
    known = claim.known
    return f"{known.text} ({known.versions}; {known.url})"


_COLUMNS: tuple[Column[tuple[Claim, Verdict]], ...] = (
    Column("claim", "claim", lambda of: of[0].id, figures=False),
    Column("says", "the article says", lambda of: of[0].says, figures=False),
    Column("outcome", "verdict", lambda of: of[1].outcome, figures=False),
    Column("sentence", "what was found", _found, figures=False),
    Column("known", "what is known", lambda of: _known(of[0]), figures=False),
)


def to_data(shown: Shown, claims: Iterable[Claim]) -> list[dict[str, object]]:
    """Return verdicts for a program, each with its claim and the impossible figures behind it."""
    return [
        {
            "section": ledger.section_of(claim).title,
            "says": claim.says,
            **msgspec.to_builtins(shown.verdicts[claim.id]),
            "known": asdict(claim.known),
            "impossible": [str(broken.sentence) for broken in shown.broken_in(claim.experiments)],
        }
        for claim in claims
    ]


def _beside(shown: Shown, claim: Claim, answer: Verdict) -> h.Fragment:
    """Return what stands beside a verdict: what would decide it, and what is known or disputed."""
    known, form = claim.known, project.dispute(shown, answer)
    return h.fragment[
        answer.command and h.p(".conc-remedy")[remedy(answer), h.code[answer.command]],
        h.p(".conc-known")[
            "Known, and not measured here: ",
            known.text,
            " ",
            h.a(href=known.url)["Source"],
            f", for {known.versions}.",
            form and h.a(".conc-dispute", href=form, rel="nofollow")[f"Dispute {claim.id}"],
        ],
    ]


def _head(*headings: str) -> h.Element:
    return h.thead[h.tr[(h.th(scope="col")[heading] for heading in headings)]]


def _row(shown: Shown, claim: Claim) -> h.Element:
    answer, section = shown.verdicts[claim.id], ledger.section_of(claim)
    return h.tr(id=claim.id, data_outcome=slug(answer.outcome), data_section=slug(section.title))[
        h.th(scope="row")[h.a(href=f"#{claim.id}", title="Link to this claim")[claim.id]],
        h.td[f"{claim.says} ", h.a(href=section.url)[f"The article, {section.title}"]],
        h.td[badge(answer.outcome)],
        h.td[
            said(answer),
            _elsewhere(shown, claim),
            impossible(shown.broken_in(claim.experiments)),
            _beside(shown, claim, answer),
        ],
        h.td[h.a(href=_evidence(shown, claim))[f"page of {claim.id}"], h.br, _raw(shown, answer)],
    ]


def _elsewhere(shown: Shown, claim: Claim) -> h.Element | None:
    """Say how other machines stand to a claim, where they or this one differ."""
    says = shown.machines.said_elsewhere(claim.id) if shown.others.findings else ""
    if not says:
        return None
    return h.p(".conc-elsewhere")[h.a(href=shown.link(f"{MACHINES}#{claim.id}"))[says]]


def _raw(shown: Shown, answer: Verdict) -> h.Renderable:
    """Return links to the raw data of the experiments that a verdict rests on."""
    measured = shown.evidence.result.measurements
    files = {name: raw(name) for name in answer.experiments if name in measured}
    return h.fragment[
        "raw data: ",
        _listed(
            h.a(href=shown.link(file))[name] for name, file in (files or {"result": RAW}).items()
        ),
    ]


def _numbers(shown: Shown, answer: Verdict) -> h.Element:
    """Return the numbers of a verdict, folded up, with the link to the raw data."""
    rows = [
        h.tr[
            h.th(scope="row")[name.removesuffix(_SECONDS)],
            h.td(".conc-figure")[_number(value, name, answer.claim)],
        ]
        for name, value in answer.numbers.items()
    ]
    return h.details[
        h.summary["The numbers behind it"],
        rows and h.table(".conc-numbers")[h.tbody[rows]],
        h.p(".conc-origin")[_raw(shown, answer), " · to embed: ", _pictures(shown, answer)],
    ]


def _pictures(shown: Shown, answer: Verdict) -> h.Renderable:
    """Return links to the pictures of a verdict that other pages may show."""
    return _listed(
        h.a(href=shown.link(f"{DATA}/{folder}s/{answer.claim}.svg"))[folder]
        for folder in ("badge", "card")
    )


def _number(value: Estimate | float, name: str, claim: str) -> str:
    """Write a number that a verdict rests on, with the interval that it was judged by."""
    if not math.isfinite(value.value if isinstance(value, Estimate) else value):
        return "without bound"
    if isinstance(value, Estimate):
        timed = name.endswith(_SECONDS)
        write = formats.seconds_interval if timed else formats.plain_interval
        return figures.marked(figures.read(write(value), wide=True))
    counted = Counted(value, f"{claim}: {name}")
    if name.endswith(_SECONDS):
        return formats.seconds(counted)
    return formats.count(counted) if float(value).is_integer() else formats.number(counted)


def _choice(title: str, name: str, options: Mapping[str, str]) -> h.Element:
    """Return radio buttons of which one is chosen: all, or one of the options."""
    known = {"all": "all"} | {slug(option): label for option, label in options.items()}
    return h.fieldset[
        h.legend[title],
        (
            h.label[
                h.input(type="radio", name=f"conc-{name}", value=value, checked=value == "all"),
                f" {label}",
            ]
            for value, label in known.items()
        ),
    ]


def _evidence(shown: Shown, claim: Claim) -> str:
    return f"{_page(shown, ledger.section_of(claim))}#{claim.id}"


def _page(shown: Shown, section: Section) -> str:
    return shown.link(section.page.address)


def _claims_of(shown: Shown, section: Section) -> h.Renderable:
    return _listed(h.a(href=shown.link(f"{PAGE}#{claim.id}"))[claim.id] for claim in section.claims)


def _listed(parts: Iterable[h.Element]) -> h.Renderable:
    first, *others = parts
    return h.fragment[first, ((", ", other) for other in others)]


def _printable(text: str) -> str:
    """Keep what could drive a terminal, or break a line, out of it."""
    return "".join(char if char.isprintable() else " " for char in text)
