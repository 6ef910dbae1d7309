"""What pages need around text: a box for notes, and a stranger's text made safe for Markdown."""

import re

import htpy as h
from markupsafe import Markup

_SYNTAX = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>\"'\\`*_[]!|{}#~$"})


def plain(text: str) -> str:
    """Return ``text`` so that Markdown and HTML show it as it stands, on one line."""
    return " ".join(text.split()).translate(_SYNTAX)


def html(made: str) -> Markup:
    """Mark what is HTML already, made by another function of ours, so that it is not escaped."""
    return Markup(made)  # noqa: S704 — the only place; what comes from a file is never passed here


def slug(text: str) -> str:
    """Return a text as part of an id, or as it is named in the style sheet."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def warning(title: str, *text: h.Node) -> h.Element:
    """Return a box of HTML that warns, as Markdown's admonitions look."""
    return h.div(".admonition.warning", data_search_exclude=True)[
        h.p(".admonition-title")[title], h.p[text]
    ]
