"""The extension of Python-Markdown, for any generator: warnings on pages, and what may scroll.

Without ``shown`` in its configuration a page is about the newest result on disk. It also hands the
blocks of the page what is shown: whoever converts a page builds a site.
"""

import re
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element

import htpy as h
from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from conc.experiments.registry import EXPERIMENTS
from conc.results import staleness
from conc.show import blocks, machine_files
from conc.show.markup import warning
from conc.show.shown import Shown

BEFORE_SNIPPETS = 40
"""A preprocessor of this priority sees which snippets a page takes in; theirs have less."""

_SNIPPET = re.compile(r"^[ \t]*-+8<-+[ \t]+[\"'](?P<module>\w+)\.py", re.MULTILINE)
_CODE = re.compile(r"<pre><span></span><code(?! tabindex)|<pre(?=>(?!<span></span><code))")
_TABLE = re.compile(r"(?P<scroll><div class=\"conc-scroll\"[^>]*>)?<table>.*?</table>", re.DOTALL)


class ConcExtension(Extension):
    """Warns on a page of figures that mean little, and lets the keyboard reach what may scroll."""

    def __init__(self, **config: object) -> None:
        """Take ``shown``, what pages are about."""
        self.config = {"shown": ["", "What is shown; without it the newest result on disk"]}
        super().__init__(**config)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 — Markdown's name for it
        """Enter what reads a page, what puts its warnings in, and what lets it scroll."""
        page = _Page(md, self)
        md.preprocessors.register(page, "conc", BEFORE_SNIPPETS)
        md.treeprocessors.register(_Warnings(md, page), "conc", 0)
        md.postprocessors.register(_Scrolling(md), "conc", 0)


class _Page(Preprocessor):
    """Notes what is shown and which snippets the page has, before they are put in."""

    def __init__(self, md: Markdown, extension: Extension) -> None:
        super().__init__(md)
        self._extension = extension
        self.shown = Shown(None)
        self.modules: set[str] = set()

    def run(self, lines: list[str]) -> list[str]:
        self.shown = self._extension.getConfig("shown") or machine_files.newest()
        self.modules = {found["module"] for found in _SNIPPET.finditer("\n".join(lines))}
        blocks.use(self.shown, in_site=True)
        return lines


class _Warnings(Treeprocessor):
    """Puts the warnings below the page's heading; what has none is a block of a page."""

    def __init__(self, md: Markdown, page: _Page) -> None:
        super().__init__(md)
        self._page = page

    def run(self, root: Element) -> None:
        heading = root.find("h1")
        if heading is None:
            return
        place = list(root).index(heading) + 1
        for box in warnings(self._page.shown, self._page.modules):
            note = Element("p")
            note.text = self.md.htmlStash.store(str(box))
            root.insert(place, note)


class _Scrolling(Postprocessor):
    def run(self, text: str) -> str:
        return scrolling(text)


def warnings(shown: Shown, modules: Collection[str] = ()) -> Iterator[h.Element]:
    """Yield what a page with some snippets has to say of its figures before all else."""
    if shown.result is None and shown.committed:
        yield warning(
            "Nothing measured yet",
            "Neither a round nor a machine is committed yet, and this build measures nothing.",
        )
        return
    if shown.result is None:
        yield warning(
            "Nothing measured yet", "Measure this machine with ", h.code["conc measure"], "."
        )
        return
    measured = shown.result.measurements
    if any(measurement.profile == "smoke" for measurement in measured.values()):
        yield warning(
            "The figures on this site mean nothing",
            "They were measured with the profile ",
            h.code["smoke"],
            ", which only checks that everything works.",
        )
    on_page = {f"conc.snippets.{module}" for module in modules}
    stale = [
        one.name
        for one in EXPERIMENTS
        if on_page & set(one.snippets)
        and one.name in measured
        and staleness.changed_snippets(measured[one.name], one)
    ]
    if stale:
        yield warning(
            "These figures are older than the code",
            "The code on this page has changed since it was measured. ",
            h.code[f"conc measure {' '.join(stale)}"],
            " renews its figures; the page then reloads.",
        )


def scrolling(html: str) -> str:
    """Let tables and code scroll by themselves, and the keyboard reach all that may scroll."""
    html = _CODE.sub(r'\g<0> tabindex="0"', html)
    return _TABLE.sub(_scrollable, html)


def _scrollable(match: re.Match[str]) -> str:
    """Give a table a place to scroll in, and a class: Material's script rewraps one without."""
    table = match[0].replace("<table>", '<table class="conc-grid">', 1)
    return table if match["scroll"] else f'<div class="conc-scroll" tabindex="0">{table}</div>'
