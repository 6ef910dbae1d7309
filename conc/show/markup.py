"""Text from a result file made safe for Markdown: a contributed file is a stranger's."""

from markupsafe import Markup

_SYNTAX = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>\"'\\`*_[]!|{}#~$"})


def plain(text: str) -> str:
    """Return ``text`` so that Markdown and HTML show it as it stands, on one line."""
    return " ".join(text.split()).translate(_SYNTAX)


def html(made: str) -> Markup:
    """Mark what is HTML already, made by another function of ours, so that it is not escaped."""
    return Markup(made)  # noqa: S704 — the only place; what comes from a file is never passed here
