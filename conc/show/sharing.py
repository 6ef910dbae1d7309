"""The picture of a page that is shared: its title and one figure, as PNG.

It is made only where the site has an address, for whoever shows it needs an absolute one.
"""

import textwrap
from collections.abc import Iterator

import htpy as h

from conc import formats
from conc.errors import MissingError
from conc.models import find
from conc.show.shown import Shown
from conc.show.views import home

FOLDER = "assets/shared"
WIDTH, HEIGHT = 1200, 630
INK, PAPER, QUIET, LINE = "#1c2430", "#ffffff", "#4f5b6b", "#14505c"
LEFT, BAR_LEFT, BAR_END, ROW_PX = 70, 270, 960, 46


def file(page: str) -> str:
    """Return the picture's file of a page, by the page's address below the site's."""
    return f"{FOLDER}/{page.strip('/').replace('/', '-') or 'home'}.png"


def picture(shown: Shown, title: str, site: str) -> bytes:
    """Return the picture of a page: its title, and what each model gained, as far as known."""
    # Imported here, because only a site with an address needs it.
    import vl_convert  # noqa: PLC0415 — see above

    return bytes(vl_convert.svg_to_png(_drawing(shown, title, site), scale=1.0))


def _drawing(shown: Shown, title: str, site: str) -> str:
    lines = textwrap.wrap(title, 34)[:2]
    return str(
        h.svg(
            xmlns="http://www.w3.org/2000/svg",
            width=WIDTH,
            height=HEIGHT,
            viewBox=f"0 0 {WIDTH} {HEIGHT}",
            font_family="sans-serif",
            fill=INK,
        )[
            h.rect(width=WIDTH, height=HEIGHT, fill=PAPER),
            h.rect(width=WIDTH, height=14, fill=LINE),
            h.g(font_weight="700")[
                (_text(line, LEFT, 110 + 66 * place, 56) for place, line in enumerate(lines))
            ],
            _bars(shown, 60 + 66 * len(lines) + 60),
            h.g(fill=QUIET)[_text(site, LEFT, HEIGHT - 40, 28)],
        ]
    )


def _bars(shown: Shown, top: float) -> h.Renderable:
    """Draw what each model gained for the first kind of work that was measured."""
    try:
        kinds = list(home.kinds(shown.evidence))
    except MissingError:
        kinds = []
    return h.fragment[_kind(kinds[0], top) if kinds else None]


def _kind(kind: home.Kind, top: float) -> Iterator[h.Element]:
    end = max(kind.limit, *(gain.seen.value for gain in kind.gains))
    yield _text(f"{kind.heading}: times as fast as a plain loop", LEFT, top, 30)
    for place, gain in enumerate(kind.gains, start=1):
        y = top + ROW_PX * place
        yield _text(gain.model, LEFT, y + 12, 28)
        yield h.rect(
            x=str(BAR_LEFT),
            y=f"{y - 16:g}",
            width=f"{(BAR_END - BAR_LEFT) * gain.seen.value / end:.1f}",
            height=34,
            fill=find(gain.model).light or QUIET,
        )
        yield _text(formats.ratio(gain.seen.value), BAR_END + 20, y + 12, 28)


def _text(text: str, x: float, y: float, size: int) -> h.Element:
    return h.text(x=f"{x:g}", y=f"{y:g}", font_size=size)[text]
