"""What a page's block asks for by name, about the result that is being shown.

A name that nobody knows fails the build and lists the names there are. What has not been
measured is said in its place.
"""

from collections.abc import Callable, Iterable, Mapping
from html import escape

from conc.claims.invariants import Broken
from conc.errors import ConcError, MissingError
from conc.records import Measurement
from conc.show import captions, charts, current, tables, views
from conc.show.evidence import Evidence
from conc.show.markup import plain

RAW = f"{current.DATA}/result.json"

_FILES = {
    "result.json": "all samples, the machine and the interpreter",
    "verdicts.json": "the verdict on each claim, with its numbers",
    "result.schema.json": "what each of its fields means, as a JSON schema",
    "samples.csv": "one line a sample, for a spreadsheet",
    "pyperf.json": "for <code>python -m pyperf</code>: stats, hist, check, compare_to",
}

_kept: Evidence | None = None


@current.put_in_later
def chart(name: str) -> str:
    """Return a chart as HTML, with its caption, its origin and the table behind it."""
    drawn = _seen(views.CHARTS, name, "chart")
    if isinstance(drawn, MissingError):
        return missing(drawn)
    table = tables.to_html(drawn.table)
    return charts.to_html(drawn, table, origin(drawn.source), current.cache())


@current.put_in_later
def table(name: str) -> str:
    """Return a table as HTML, with its origin."""
    made = _seen(views.TABLES, name, "table")
    if isinstance(made, MissingError):
        return missing(made)
    return tables.to_html(made, origin(made.source))


def sentence(name: str) -> str:
    """Return a sentence whose direction follows the evidence, as Markdown."""
    said = _seen(views.SENTENCES, name, "sentence")
    if isinstance(said, MissingError):
        return f"*Not measured here: {plain(str(said))}.*"
    return said


def downloads() -> str:
    """Return the list of raw files, linked from the page that asks, as HTML."""
    items = "".join(
        f'<li><a href="{escape(current.link(f"{current.DATA}/{name}"))}">{name}</a>: {what}</li>'
        for name, what in _FILES.items()
    )
    return f"<ul>{items}</ul>"


def evidence() -> Evidence:
    """Return the evidence of the result that is shown; its estimates are kept between blocks."""
    global _kept  # noqa: PLW0603 — many blocks of one build ask about one result
    result = current.result()
    if _kept is None or _kept.result is not result:
        _kept = Evidence(result, current.cache())
    return _kept


def _seen(
    registry: Mapping[str, Callable[[Evidence], views.T]], name: str, kind: str
) -> views.T | MissingError:
    """Return what a view makes of the result shown, or that it was not measured."""
    if name not in registry:
        raise ConcError(f"no {kind} is named {name!r}; there are: {', '.join(registry)}")
    try:
        found = evidence()
        made = registry[name](found)
    except MissingError as error:
        return error
    found.keep()
    return made


def origin(source: Measurement | None) -> str:
    """Return HTML that names machine, interpreter, profile and day, and links the raw data.

    What can't be among the figures is said first.
    """
    described = captions.provenance(evidence().result, source)
    broken = [one for one in current.broken() if source and one.experiment == source.experiment]
    link = escape(current.link(raw(source.experiment) if source else RAW))
    return (
        f'{impossible(broken)}<p class="conc-origin">{escape(described)} · '
        f'<a href="{link}">raw data</a></p>'
    )


def raw(experiment: str) -> str:
    """Return the name of the file that holds what one experiment measured, below the site."""
    return f"{current.DATA}/experiments/{experiment}.json"


def impossible(found: Iterable[Broken]) -> str:
    """Return HTML that says of each figure that can't be what is wrong with it."""
    return "".join(
        f'<p class="conc-broken"><strong>Impossible figure:</strong> {escape(broken.sentence)}</p>'
        for broken in found
    )


def missing(error: MissingError) -> str:
    """Return HTML that says in its place what was not measured."""
    return (
        '<div class="admonition warning" data-search-exclude>'
        '<p class="admonition-title">Not measured here</p>'
        f"<p>{escape(str(error))}</p></div>"
    )
