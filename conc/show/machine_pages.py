"""A page for each machine and interpreter, at the price of one.

A generator builds the page of the first as any other; the others are the same but for the name and
the title, so two hundred of them cost no more than a replacement of text each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from conc.claims.findings import Finding
from conc.show import machine_page, marks
from conc.show.shown import Shown
from conc.show.verdicts import MACHINES

TITLE = "conc-title-of-the-machine"
"""Stands in the frame where a page has its title."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The page that a generator builds: its file in the folder of pages, and its Markdown.

    ``page`` is the file that is built of it, below the site.
    """

    file: str
    markdown: str

    @property
    def page(self) -> str:
        """The built page, where each page has a folder of its own."""
        return f"{self.file.removesuffix('.md')}/index.html"


def frame(shown: Shown) -> Frame | None:
    """Return the page of the first machine, with marks in place of its title and text."""
    if not shown.others.findings:
        return None
    first = shown.others.findings[0]
    front = f'---\ntitle: "{TITLE}"\nhide: [toc]\nsearch: {{exclude: true}}\n---\n'
    mark = marks.mark("machine", first.name)
    return Frame(f"{MACHINES}{first.name}.md", f"{front}\n# {TITLE}\n\n{mark}\n")


def write_frame(shown: Shown, docs: Path) -> None:
    """Put the frame among the pages of a generator, instead of one that was there before."""
    for old in (docs / MACHINES).glob("*.md"):
        if TITLE in old.read_text(encoding="utf-8"):
            old.unlink()
    if one := frame(shown):
        path = docs / one.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(one.markdown, encoding="utf-8")


def files(shown: Shown) -> Iterator[str]:
    """Yield the file of each machine's page, below the site."""
    for one in shown.others.findings:
        yield f"{MACHINES}{one.name}/index.html"


def pages(built: str, shown: Shown) -> Iterator[tuple[str, bytes]]:
    """Yield the file and content of each machine's page, made from that of the first."""
    for file, one in zip(files(shown), shown.others.findings, strict=True):
        yield file, _page(built, shown, one).encode()


def _page(built: str, shown: Shown, one: Finding) -> str:
    first = shown.others.findings[0].name
    shown.page = f"{MACHINES}{one.name}/"
    named = built.replace(first, one.name).replace(TITLE, str(escape(machine_page.title(one))))
    return marks.put_in(named, shown)
