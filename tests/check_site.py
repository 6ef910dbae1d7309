"""Whether a built site is whole: ``python -m tests.check_site SITE DOCS``.

A page for each source, for a block that ends the build does so with exit code 0 and without a
site; every link of its own leads somewhere, to the very place within a page; and what a reader's
browser asks for before a page is seen stays small.
"""

import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

SOURCES = {".md", ".ipynb"}

LIMIT_KIB = 110
"""So much may the first view of a page weigh, compressed."""

FIRST = {"stylesheet", "icon", "preload", "modulepreload"}
"""The links of a page's head that a browser follows by itself."""

AT_HOME = "http://site.invalid/"
"""Stands for the site's address, whatever it is."""


class Page(HTMLParser):
    """What a page links to, what can be linked to in it, and what its first view needs."""

    def __init__(self, path: Path) -> None:
        """Read a page."""
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.needs: set[str] = set()
        self.canonical = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take from an element what is of interest."""
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if given.get(name)}
        target = given.get("href") or given.get("src")
        if not target:
            return
        relations = {*given.get("rel", "").split()}
        if "canonical" in relations:
            self.canonical = target
        self.links.append(target)
        if tag == "script" or relations & FIRST or (tag, given.get("loading")) == ("img", None):
            self.needs.add(target)


@dataclass
class Site:
    """The files of a site that was built, and its pages after they were read."""

    folder: Path
    pages: dict[Path, Page] = field(init=False)

    def __post_init__(self) -> None:
        """Read every page."""
        self.pages = {path: Page(path) for path in sorted(self.folder.rglob("*.html"))}

    @cached_property
    def root(self) -> str:
        """The path below which the site is to be published, as its first page names it."""
        home = self.pages.get(self.folder / "index.html")
        return urlsplit(home.canonical).path or "/" if home else "/"

    def followed(self, page: Path, link: str) -> tuple[Path, str] | None:
        """Return the file and the place in it that a link leads to, ``None`` for one elsewhere."""
        place = page.relative_to(self.folder).as_posix()
        there = urlsplit(urljoin(f"{AT_HOME.rstrip('/')}{self.root}{place}", link))
        if f"{there.scheme}://{there.netloc}/" != AT_HOME:
            return None
        path = self.folder / unquote(there.path).removeprefix(self.root).lstrip("/")
        return path / "index.html" if path.is_dir() else path, unquote(there.fragment)

    def broken(self) -> Iterator[str]:
        """Yield each link of the site's own that leads to nothing, with the page it stands on."""
        for path, page in self.pages.items():
            for link in dict.fromkeys(page.links):
                if (found := self.followed(path, link)) is None:
                    continue
                file, place = found
                name = path.relative_to(self.folder).as_posix()
                if not file.is_file():
                    yield f"{name}: a link to nothing: {link}"
                elif place and file in self.pages and place not in self.pages[file].places:
                    yield f"{name}: a link to no place in its page: {link}"

    def first_view_kib(self, path: Path) -> float:
        """Return what the first view of a page weighs, compressed: itself and what it needs."""
        found = (self.followed(path, link) for link in self.pages[path].needs)
        files = {path, *(file for file, _ in filter(None, found) if file.is_file())}
        return sum(len(gzip.compress(file.read_bytes())) for file in files) / 1024

    def heavy(self) -> Iterator[str]:
        """Yield each page whose first view is too heavy."""
        for path in self.pages:
            if (weight := self.first_view_kib(path)) > LIMIT_KIB:
                name = path.relative_to(self.folder).as_posix()
                yield f"{name}: the first view weighs {weight:.0f} KiB, more than {LIMIT_KIB}"


def addresses(docs: Path) -> list[str]:
    """Return the address of every page, relative to the site's, in order."""
    pages = (path.relative_to(docs) for path in docs.rglob("*") if path.suffix in SOURCES)
    parts = (page.with_suffix("").parts for page in pages)
    return sorted("".join(f"{part}/" for part in page).removesuffix("index/") for page in parts)


def lacking(site: Path, docs: Path) -> Iterator[str]:
    """Yield the file of each page that is missing or empty."""
    for address in addresses(docs):
        page = site / address / "index.html"
        if not page.is_file() or page.stat().st_size == 0:
            yield f"the site lacks a page: {page}"


def main(folder: Path, docs: Path) -> str | int:
    """Say what there is, or return what is wrong, as ``sys.exit`` takes it."""
    if not addresses(docs):
        return f"there is no page in {docs}"
    if missing := [*lacking(folder, docs)]:
        return "\n".join(missing)
    site = Site(folder)
    if wrong := [*site.broken(), *site.heavy()]:
        return "\n".join(wrong)
    heaviest = max(map(site.first_view_kib, site.pages))
    links = sum(len(page.links) for page in site.pages.values())
    print(f"site: {len(site.pages)} pages, {links} links, first view at most {heaviest:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
