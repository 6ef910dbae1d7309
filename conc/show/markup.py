"""Text from a result file made safe for Markdown: a contributed file is a stranger's."""

_SYNTAX = str.maketrans({sign: f"&#{ord(sign)};" for sign in "&<>\"'\\`*_[]!|{}#~$"})


def plain(text: str) -> str:
    """Return ``text`` so that Markdown and HTML show it as it stands, on one line."""
    return " ".join(text.split()).translate(_SYNTAX)
