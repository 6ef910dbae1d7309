"""What pages need around text: a box for notes, and a stranger's text made safe for Markdown."""

import re
from collections.abc import Callable, Iterator
from functools import partial

import htpy as h
from markupsafe import Markup

from conc import figures
from conc.records import Figure

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"<(/?)([a-z]\w*)")

_SYNTAX = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>\"'\\`*_[]!|{}#~$"})


def plain(text: str) -> str:
    """Return ``text`` so that Markdown and HTML show it as it stands, on one line."""
    return " ".join(text.split()).translate(_SYNTAX)


def with_figures(made: str, of: str = "") -> str:
    """Return HTML in which each measured figure is an element that says what it is.

    In an attribute and in what describes a drawing it is its words alone. ``of`` names the result
    whose figures they are, where that is not the one that the site is about.
    """
    if not figures.any_in(made):
        return made
    return "".join(_between_tags(made, f"{of}: " if of else ""))


def markdown(words: str) -> str:
    """Return Markdown whose measured figures are elements of HTML."""
    return figures.replaced(words, partial(_element, "data", escape=plain))


def exact(value: float) -> str:
    """Return a value as programs compare it."""
    return f"{value:.6g}"


ONE_PIECE = 36
"""A figure with its interval and unit has no more letters than these, and is not broken in two."""


def _between_tags(made: str, of: str) -> Iterator[str]:
    within: list[str] = []
    for piece in _TAG.split(made):
        tag = _NAME.match(piece)
        if tag and tag[2] in {"svg", "desc"}:
            within = within[:-1] if tag[1] else [*within, tag[2]]
        if tag or "desc" in within:
            yield figures.replaced(piece, lambda _, written: written)
        else:
            write = partial(_element, "tspan" if within else "data", escape=str, of=of)
            yield figures.replaced(piece, write)


def _element(
    name: str, one: Figure, written: str, *, escape: Callable[[str], str], of: str = ""
) -> str:
    """Return a figure as an element: ``data`` among HTML, ``tspan`` in a drawing."""
    value = "value" if name == "data" else "data-value"
    kind = "conc-figure" if len(written) <= ONE_PIECE else "conc-figure conc-said"
    return (
        f'<{name} class="{kind}" data-quantity="{of}{escape(one.quantity)}"'
        f' {value}="{exact(one.value)}">{escape(written)}</{name}>'
    )


def html(made: str) -> Markup:
    """Mark what is HTML already, made by another function of ours, so that it is not escaped."""
    return Markup(made)  # noqa: S704 — the only place; what comes from a file is never passed here


def scroll(label: str) -> h.Element:
    """Return a box for what is wider than the page; the keyboard scrolls it too."""
    return h.div(".conc-scroll", role="group", aria_label=label, tabindex="0")


def slug(text: str) -> str:
    """Return a text as part of an id, or as it is named in the style sheet."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def warning(title: str, *text: h.Node) -> h.Element:
    """Return a box of HTML that warns, as Markdown's admonitions look."""
    return h.div(".admonition.warning", data_search_exclude=True)[
        h.p(".admonition-title")[title], h.p[text]
    ]
