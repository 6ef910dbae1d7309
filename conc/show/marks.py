"""HTML that is put into pages once they are written; until then a mark stands in its place.

So nothing before the finished page has to parse it: Markdown, the table of contents, the search
index. A mark says what was asked for, so that another process can put it in.
"""

import json
import re
from collections.abc import Callable, Mapping
from html import unescape

import htpy as h

from conc.errors import ConcError, MissingError
from conc.show import (
    answers,
    changes,
    flowcharts,
    history,
    machines,
    page,
    rounds,
    screens,
    shorts,
    simulation,
    timelines,
    tries,
    verdicts,
    versions,
)
from conc.show.markup import warning, with_figures
from conc.show.shown import Shown

_MARK = re.compile(r'<div data-conc="([^"]+)">[^<]*</div>')

_MAKERS: Mapping[str, Callable[..., h.Renderable]] = {
    "answer": answers.answer,
    "chart": page.chart,
    "downloads": page.downloads,
    "flowchart": flowcharts.flowchart,
    "history_ratios": history.ratios,
    "history_rounds": history.rounds_list,
    "history_year": history.year,
    "in_short": shorts.in_short,
    "last_measured": page.last_measured,
    "machine": machines.machine,
    "machines_differing": machines.differing,
    "machines_matrix": machines.matrix,
    "machines_ratios": machines.ratios,
    "more_screens": screens.more_screens,
    "round": rounds.page,
    "rule_changes": changes.rule_changes,
    "said_of_known": tries.said_of_known,
    "screen": screens.screen,
    "sections_table": verdicts.sections_table,
    "simulated": simulation.block,
    "surprises": verdicts.surprises,
    "table": page.table,
    "timeline": timelines.timeline,
    "tried": tries.screen,
    "tried_json": tries.json_of,
    "turned_verdicts": changes.turned_verdicts,
    "verdict": verdicts.block,
    "verdict_bar": verdicts.bar,
    "verdicts_table": verdicts.verdicts_table,
    "versions_changes": versions.changes,
    "versions_table": versions.table,
    "what_to_use": shorts.what_to_use,
}


_WORDS: Mapping[str, Callable[..., str]] = {
    "chart": page.chart_title,
    "table": page.table_title,
    "verdict": verdicts.words,
}
"""What the search is told of a figure: its title, or a verdict as a sentence, and no markup."""


def mark(maker: str, *asked: str, words: str = "") -> str:
    """Return the mark of something to be made, with the words by which a search finds it."""
    return str(h.div(data_conc=json.dumps([maker, *asked]))[words])


def words(shown: Shown, maker: str, *asked: str) -> str:
    """Return the words by which a search finds something; none where it can't be made."""
    try:
        return _WORDS[maker](shown, *asked) if maker in _WORDS else ""
    except ConcError:
        return ""


def make(shown: Shown, maker: str, *asked: str) -> str:
    """Return what was asked for as HTML, or in its place that it was not measured.

    Raises ConcError for a name that nobody knows. It is made once for all pages of one depth.
    """
    key = (maker, *asked, shown.link(""))
    if key not in shown.made:
        try:
            shown.made[key] = with_figures(str(_MAKERS[maker](shown, *asked)))
        except MissingError as error:
            shown.made[key] = str(warning("Not measured here", str(error)))
    return shown.made[key]


def put_in(html: str, shown: Shown) -> str:
    """Return a page with what its marks stand for. Raises ConcError as :func:`make`."""
    return _MARK.sub(lambda found: make(shown, *json.loads(unescape(found[1]))), html)
