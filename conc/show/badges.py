"""A badge and a card of each verdict as SVG that stands alone, to be shown on other pages.

Their addresses last: ``data/badges/C7.svg``, ``data/cards/C7.svg``. They name their colours
themselves, for no style sheet of ours is there, and say in words what they show.
"""

import textwrap
from collections.abc import Mapping

import htpy as h

from conc.claims.claim import Claim
from conc.records import Outcome, Verdict
from conc.show.verdicts import SHAPES

SITE = "Concurrency in Python, measured"
FONT = "Verdana, DejaVu Sans, sans-serif"
INK, PAPER, QUIET = "#1c2430", "#ffffff", "#4f5b6b"

COLOURS: Mapping[Outcome, str] = {
    "holds": "#00694f",
    "holds only if": "#8a4b00",
    "does not hold": "#a8224a",
    "undecided": "#4f5b6b",
    "not tested here": "#4f5b6b",
}
"""Those of the site in the light scheme, as grounds for white text."""

BADGE_PX, CHAR_PX = 20, 6.6
"""The height of a badge, and the width of a letter of its text."""

CARD_PX, LINE_PX, LINE_CHARS, MOST_LINES = 480, 19, 70, 6


def badge(claim: Claim, verdict: Verdict) -> str:
    """Return a verdict in one line: the claim's id, and how it stands."""
    left, right = 8 + len(claim.id) * 8, 28 + len(verdict.outcome) * CHAR_PX
    return _svg(
        round(left + right),
        BADGE_PX,
        f"{claim.id}: {verdict.outcome}",
        f"{claim.says} {verdict.outcome}. {verdict.sentence}",
        h.rect(width=f"{left:g}", height=BADGE_PX, fill=INK),
        h.rect(x=f"{left:g}", width=f"{right:g}", height=BADGE_PX, fill=COLOURS[verdict.outcome]),
        _text(claim.id, 5, 14, fill=PAPER),
        _mark(verdict.outcome, left + 6, 5, PAPER),
        _text(verdict.outcome, left + 21, 14, fill=PAPER),
    )


def card(claim: Claim, verdict: Verdict) -> str:
    """Return a verdict as a card: what the article says, how that stands here, what was found."""
    says = textwrap.wrap(claim.says, LINE_CHARS)
    found = textwrap.wrap(verdict.sentence, LINE_CHARS, max_lines=MOST_LINES, placeholder=" …")
    colour = COLOURS[verdict.outcome]
    lines: list[h.Node] = []
    y = 26
    for line in says:
        lines.append(_text(line, 18, y, fill=INK, weight="700"))
        y += LINE_PX
    y += 6
    lines += [_mark(verdict.outcome, 18, y - 9, colour)]
    lines.append(_text(f"{claim.id}: {verdict.outcome}", 34, y, fill=colour, weight="700"))
    for line in found:
        y += LINE_PX
        lines.append(_text(line, 18, y, fill=INK))
    y += LINE_PX + 6
    lines.append(_text(SITE, 18, y, fill=QUIET))
    height = y + 14
    return _svg(
        CARD_PX,
        height,
        f"{claim.id}: {verdict.outcome}",
        f"{claim.says} {verdict.sentence}",
        h.rect(width=CARD_PX, height=height, fill=PAPER, stroke=colour),
        h.rect(width=6, height=height, fill=colour),
        lines,
    )


def _svg(width: int, height: int, title: str, description: str, *parts: h.Node) -> str:
    return str(
        h.svg(
            xmlns="http://www.w3.org/2000/svg",
            width=width,
            height=height,
            viewBox=f"0 0 {width} {height}",
            role="img",
            aria_label=title,
            font_family=FONT,
            font_size="11",
        )[h.title[title], h.desc[description], *parts]
    )


def _text(text: str, x: float, y: float, *, fill: str, weight: str = "400") -> h.Element:
    return h.text(x=f"{x:g}", y=f"{y:g}", fill=fill, font_weight=weight)[text]


def _mark(outcome: Outcome, x: float, y: float, colour: str) -> h.Element:
    """Draw the outcome's mark, ten pixels wide."""
    return h.path(
        d=SHAPES[outcome],
        transform=f"translate({x:g} {y:g}) scale(.625)",
        fill="none",
        stroke=colour,
        stroke_width="2.4",
        stroke_linecap="round",
    )
