"""Whether a site has a page for each source: ``python -m tests.check_site SITE DOCS``.

A block that ends the build does so with exit code 0 and without a site, so somebody must look.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = {".md", ".ipynb"}


def addresses(docs: Path) -> list[str]:
    """Return the address of every page, relative to the site's, in order."""
    pages = (path.relative_to(docs) for path in docs.rglob("*") if path.suffix in SOURCES)
    parts = (page.with_suffix("").parts for page in pages)
    return sorted("".join(f"{part}/" for part in page).removesuffix("index/") for page in parts)


def lacking(site: Path, docs: Path) -> Iterator[Path]:
    """Yield the file of each page that is missing or empty."""
    for address in addresses(docs):
        page = site / address / "index.html"
        if not page.is_file() or page.stat().st_size == 0:
            yield page


def main(site: Path, docs: Path) -> str | int:
    """Say how many pages there are, or return what is lacking, as ``sys.exit`` takes it."""
    pages = addresses(docs)
    if not pages:
        return f"there is no page in {docs}"
    if missing := list(lacking(site, docs)):
        return "\n".join(f"the site lacks a page: {page}" for page in missing)
    print(f"site: {len(pages)} pages")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
