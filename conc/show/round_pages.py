"""The pages and files that rounds add to a site: a page for each month, and the feed."""

from collections.abc import Iterator

from conc.show import feed, marks
from conc.show.history import FEED
from conc.show.rounds import ROUNDS, title
from conc.show.shown import Shown


def pages(shown: Shown) -> Iterator[tuple[str, str]]:
    """Yield the file of each round's page in the folder of pages, and its Markdown."""
    for one in shown.rounds:
        front = f'---\ntitle: "{title(one.month)}"\nhide: [toc]\nsearch: {{exclude: true}}\n---\n'
        mark = marks.mark("round", one.month)
        yield f"{ROUNDS}{one.month}.md", f"{front}\n# {title(one.month)}\n\n{mark}\n"


def files(shown: Shown, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the feed, where the site has an address; ``name`` is the site's."""
    if shown.site:
        yield FEED, feed.atom(shown.rounds, name, shown.site)
