"""The verdicts that turned as an Atom feed (RFC 4287), where the address of the site is known."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from conc.claims import ledger
from conc.claims.rounds import Round, Turn
from conc.show import rounds
from conc.show.history import FEED

ATOM = "http://www.w3.org/2005/Atom"

MOST = 200
"""The most entries; the pages of older rounds have the others."""

FIRST = "2026-01-01T00:00:00Z"
"""When a feed without a round is of: there is none before."""


def atom(found: Sequence[Round], title: str, site: str) -> bytes:
    """Return the feed: an entry a verdict that turned, the newest round first, the same each time.

    ``site`` is the address of the site, with a slash at its end.
    """
    ordered = sorted(found, key=lambda one: one.month, reverse=True)
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    _text(feed, "id", f"{site}{FEED}")
    _text(feed, "title", f"{title}: verdicts that turned")
    _text(feed, "updated", _moment(ordered[0]) if ordered else FIRST)
    ET.SubElement(
        feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{site}{FEED}"}
    )
    ET.SubElement(
        feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{site}{rounds.ROUNDS}"}
    )
    _text(ET.SubElement(feed, "author"), "name", title)
    turned = [(one, turn) for one in ordered for turn in one.turned]
    for one, turn in turned[:MOST]:
        feed.append(_entry(one, turn, site))
    content: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _entry(one: Round, turn: Turn, site: str) -> ET.Element:
    address = f"{site}{rounds.ROUNDS}{one.month}/#{rounds.anchor(turn)}"
    where = f"{turn.image}, {rounds.role(turn.role)}"
    known = {claim.id: claim.says for claim in ledger.CLAIMS}
    entry = ET.Element("entry")
    _text(entry, "id", address)
    _text(entry, "title", f"{turn.claim} on {where}: {turn.before}, now {turn.after}")
    _text(entry, "updated", _moment(one))
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": address})
    says = f"“{known.get(turn.claim, turn.claim)}” {rounds.why(turn, one)} {turn.says}"
    _text(entry, "summary", says)
    return entry


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = "".join(c if c.isprintable() else " " for c in text)


def _moment(one: Round) -> str:
    """Return when a round was measured, which never changes: its last experiment or its month."""
    measured = max((column.measured for column in one.measured), default="")
    whole = len(measured) == len(FIRST) and measured.endswith("Z")
    return measured if whole else f"{one.month}-01T00:00:00Z"
