"""The charts, tables and sentences of a result by name, as a page shows them.

A name that nobody knows fails the build and lists the names there are. What was not measured
raises MissingError, which is said in its place.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import htpy as h
from markupsafe import Markup

from conc import figures
from conc.claims.invariants import Broken
from conc.errors import ConcError
from conc.records import Measurement
from conc.results.evidence import Evidence
from conc.show import captions, charts, origins, tables
from conc.show.markup import html, markdown
from conc.show.shown import Shown
from conc.show.views import VIEWS

T = TypeVar("T")

DATA = "data"
"""The site's folder of raw data."""

RAW = f"{DATA}/result.json"

SCHEMA = "result.schema.json"
TRY_SCHEMA = "try.schema.json"

_FILES: Mapping[str, h.Node] = {
    "result.json": "all samples, the machine and the interpreter",
    "verdicts.json": "the verdict on each claim, with its numbers",
    SCHEMA: "what each of its fields means, as a JSON schema",
    TRY_SCHEMA: ["the same of what ", h.code["conc try --json"], " writes"],
    "samples.csv": "one line a sample, for a spreadsheet",
    "pyperf.json": ["for ", h.code["python -m pyperf"], ": stats, hist, check, compare_to"],
}


def chart(shown: Shown, name: str) -> h.Renderable:
    """Return a chart with its caption, its origin and the table behind it."""
    drawn = _seen(shown, VIEWS.charts, name, "chart")
    table = tables.to_html(drawn.table)
    footer = str(origin(shown, drawn.source))
    return h.fragment[Markup(charts.to_html(drawn, table, footer, shown.cache))]  # noqa: S704 — escaped there


def table(shown: Shown, name: str) -> h.Renderable:
    """Return a table with its origin."""
    made = _seen(shown, VIEWS.tables, name, "table")
    footer = str(origin(shown, made.source))
    return h.fragment[html(tables.to_html(made, footer))]


def chart_title(shown: Shown, name: str) -> str:
    """Return the title of a chart."""
    return _seen(shown, VIEWS.charts, name, "chart").title


def table_title(shown: Shown, name: str) -> str:
    """Return the title of a table."""
    return _seen(shown, VIEWS.tables, name, "table").title


def sentence(shown: Shown, name: str) -> str:
    """Return a sentence whose direction follows the evidence, as Markdown."""
    return markdown(_seen(shown, VIEWS.sentences, name, "sentence"))


def downloads(shown: Shown) -> h.Renderable:
    """Return the list of raw files; one that can't be made of this result is left out."""
    lacks = {"pyperf.json"} if shown.pyperf is None else set()
    if shown.result is None:
        lacks = _FILES.keys() - {SCHEMA, TRY_SCHEMA}
    return h.ul[
        (
            h.li[h.a(href=shown.link(f"{DATA}/{name}"))[name], ": ", what]
            for name, what in _FILES.items()
            if name not in lacks
        )
    ]


def _seen(shown: Shown, registry: Mapping[str, Callable[[Evidence], T]], name: str, kind: str) -> T:
    """Return what a view makes of a result."""
    if name not in registry:
        raise ConcError(f"no {kind} is named {name!r}; there are: {', '.join(registry)}")
    return registry[name](shown.evidence)


def origin(shown: Shown, source: Measurement | None) -> h.Renderable:
    """Return machine, interpreter, profile and day, and the link to the raw data.

    What can't be among the figures is said first.
    """
    of = [source.experiment] if source else []
    described = captions.provenance(shown.evidence.result, source)
    link = shown.link(raw(source.experiment) if source else RAW)
    return h.fragment[
        impossible(shown.broken_in(of)),
        h.p(".conc-origin")[described, " · ", h.a(href=link)["raw data"]],
    ]


def last_measured(shown: Shown) -> h.Renderable:
    """Return the line at the end of a page: when and on what its figures were measured."""
    described = captions.provenance(shown.evidence.result, None)
    method = h.a(href=shown.link("method/"))["how"]
    return h.fragment[
        h.p(".conc-measured")["Last measured: ", described, " · ", method],
        origins.origin(shown, shown.path.name) if shown.committed and shown.path else None,
    ]


def raw(experiment: str) -> str:
    """Return the name of the file that holds what one experiment measured, below the site."""
    return f"{DATA}/experiments/{experiment}.json"


def impossible(found: Iterable[Broken]) -> h.Renderable:
    """Say of each figure that can't be what is wrong with it."""
    return h.fragment[
        (
            h.p(".conc-broken")[
                h.strong["Impossible figure:"], " ", figures.marked(figures.read(broken.sentence))
            ]
            for broken in found
        )
    ]
