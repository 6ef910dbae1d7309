"""HTML that is put into pages once they are written; until then a mark stands in its place.

So nothing before the finished page has to parse it: Markdown, the table of contents, the search
index. A mark says what was asked for, so that another process can put it in.
"""

import json
import re
from collections.abc import Callable, Mapping
from html import unescape

import htpy as h

from conc.errors import MissingError
from conc.show import machines, page, screens, timelines, verdicts, versions
from conc.show.markup import warning
from conc.show.shown import Shown

_MARK = re.compile(r'<div data-conc="([^"]+)"></div>')

_MAKERS: Mapping[str, Callable[..., h.Renderable]] = {
    "chart": page.chart,
    "downloads": page.downloads,
    "machine": machines.machine,
    "machines_differing": machines.differing,
    "machines_matrix": machines.matrix,
    "machines_ratios": machines.ratios,
    "more_screens": screens.more_screens,
    "screen": screens.screen,
    "sections_table": verdicts.sections_table,
    "surprises": verdicts.surprises,
    "table": page.table,
    "timeline": timelines.timeline,
    "verdict": verdicts.block,
    "verdicts_table": verdicts.verdicts_table,
    "versions_changes": versions.changes,
    "versions_table": versions.table,
}


def mark(maker: str, *asked: str) -> str:
    """Return the mark of something to be made."""
    return str(h.div(data_conc=json.dumps([maker, *asked])))


def make(shown: Shown, maker: str, *asked: str) -> str:
    """Return what was asked for as HTML, or in its place that it was not measured.

    Raises ConcError for a name that nobody knows. It is made once for all pages of one depth.
    """
    key = (maker, *asked, shown.link(""))
    if key not in shown.made:
        try:
            shown.made[key] = str(_MAKERS[maker](shown, *asked))
        except MissingError as error:
            shown.made[key] = str(warning("Not measured here", str(error)))
    return shown.made[key]


def put_in(html: str, shown: Shown) -> str:
    """Return a page with what its marks stand for. Raises ConcError as :func:`make`."""
    return _MARK.sub(lambda found: make(shown, *json.loads(unescape(found[1]))), html)
