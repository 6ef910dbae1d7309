"""What came of trying a reader's own function, for the terminal and for programs."""

import json
from ast import literal_eval
from collections.abc import Sequence
from textwrap import fill
from typing import Any

import htpy as h
import msgspec
from markupsafe import Markup

from conc import figures, formats
from conc.advise import Advice, advise
from conc.against import Against, blocks_against, compare
from conc.errors import MissingError
from conc.experiments.tries import EXAMPLES, FURTHER, NAME
from conc.models import Model, find
from conc.records import Case, Interpreter, Machine, Result
from conc.results import store
from conc.results.evidence import Evidence, Measured
from conc.results.scaling import LAW, MACHINES, Hop
from conc.show import captions, tables
from conc.show.markup import html, warning, with_figures
from conc.show.page import DATA, TRY_SCHEMA
from conc.show.shown import Shown
from conc.show.views import columns, known
from conc.show.views import tries as view


def to_text(result: Result) -> str:
    """Return what to do with each function tried, and the table, as text without colours."""
    return _text(result, view.blocks(Evidence(result).of(NAME)))


def screen(shown: Shown, example: str) -> h.Renderable:
    """Return what a terminal shows of trying one of the examples, from this build's own samples."""
    call = EXAMPLES[example].call
    items = " ".join(map(str, literal_eval(call.source)))
    try:
        _, block = view.find_example(shown.evidence, example)
    except MissingError as error:
        return warning("Not measured here", str(error))
    typed = f"$ conc try {columns.written(block)} {items}"
    return h.pre(".conc-screen-of-try", tabindex="0")[
        h.code[f"{typed}\n{_text(shown.evidence.result, [block], SCREEN_COLUMNS)}"]
    ]


def json_of(shown: Shown, example: str) -> h.Renderable:
    """Return what ``--json`` writes of an example, shortened, with a link to its schema."""
    _, block = view.find_example(shown.evidence, example)
    found = to_data(shown.evidence.result)["functions"][block]
    advice = found["advice"] or dict.fromkeys((*ADVISED, "best", "gain"))
    best, gain = (advice[part] or {} for part in ("best", "gain"))
    short = {
        "advice": {
            **{name: advice[name] for name in ADVISED},
            "best": {name: best.get(name) for name in ("model", "workers")},
            "gain": {name: gain.get(name) for name in ("value", "low", "high")},
        },
        "sentences": found["sentences"],
    }
    written = json.dumps(
        {"functions": {columns.written(block): short}}, indent=2, ensure_ascii=False
    )
    schema = h.a(href=shown.link(f"{DATA}/{TRY_SCHEMA}"))["its schema"]
    return h.fragment[
        h.pre(".conc-screen-of-try", tabindex="0")[h.code[written]],
        h.p["This is shortened; all of it is in ", schema, "."],
    ]


ADVISED = ("outcome", "nature", "findings", "pays_from")
"""The fields of an advice that are shown as they are."""


def said_of_known(shown: Shown) -> h.Renderable:
    """Return what was said of each further function of known nature, or how to try them."""
    further = [one for one in known.tried(shown.evidence) if one.known in FURTHER and one.advice]
    measured = shown.evidence.of(NAME)
    if not further:
        return h.p["These are tried with the profile ", h.code["full"], "."]
    return h.ul[
        (
            h.li[figures.marked(figures.read(" ".join(view.sentences(measured, block))))]
            for block in (one.known.call.function for one in further)
        )
    ]


def _text(result: Result, blocks: Sequence[str], width: int = 0) -> str:
    measured = Evidence(result).of(NAME)
    parts = [tables.printable(captions.provenance(result, measured.measurement))]
    for block in blocks:
        try:
            said = list(map(_plain, view.sentences(measured, block)))
        except MissingError as error:
            said = [f"{error}."]
        lines = map(tables.printable, said)
        parts += ["", *(fill(line, width) if width else line for line in lines), ""]
        parts.append(tables.to_text(view.table(measured, block), width))
        for pair in blocks_against(measured, block):
            parts += ["", tables.to_text(view.against_table(measured, pair), width)]
    return "\n".join(parts)


SCREEN_COLUMNS = 100

STYLE = """
.conc-try { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; overflow-x: auto }
.conc-try table { border-collapse: collapse; margin: 1rem 0; font-size: .9em }
.conc-try caption { text-align: left; font-weight: 600 }
.conc-try th, .conc-try td { padding: .2rem .6rem; border-bottom: 1px solid #8886 }
.conc-try th, .conc-try td { text-align: left }
.conc-try .conc-figure { text-align: right; font-variant-numeric: tabular-nums }
.conc-try small { display: block; font-weight: 400 }
.conc-try .bars { display: grid; grid-template-columns: max-content 1fr; gap: .2rem .8rem }
.conc-try .bar { background: light-dark(var(--light), var(--dark)); height: 1.1em; min-width: 1px }
"""
"""What a try's own page needs of a style, in light and dark."""


GREY = "#7f7f7f"
"""The colour of an executor of a reader's own."""


def to_html(result: Result, note: str = "") -> str:
    """Return advice, chart and table as HTML that stands by itself, as in a notebook's cell."""
    measured = Evidence(result).of(NAME)
    parts: list[h.Node] = [h.p[_plain(captions.provenance(result, measured.measurement))]]
    for block in view.blocks(measured):
        try:
            said = list(view.sentences(measured, block))
        except MissingError as error:
            said = [f"{error}."]
        parts += [h.p[_plain(sentence)] for sentence in said]
        parts.append(_bars(measured, block))
        parts.append(html(tables.to_html(view.table(measured, block))))
        parts += [_predicted(*one) for one in view.predictions(measured, block)]
        for pair in blocks_against(measured, block):
            parts.append(html(tables.to_html(view.against_table(measured, pair))))
    if note:
        parts.append(h.p[note])
    return with_figures(str(h.div(".conc-try")[h.style[STYLE], parts]))


def to_page(result: Result) -> str:
    """Return a whole page of the same with the raw data, which opens without a network."""
    # What closes a script can't stand in one; JSON may write it otherwise.
    raw = store.encode(result).decode().replace("<", "\\u003c")
    title = f"conc try {', '.join(view.blocks(Evidence(result).of(NAME)))}"
    return str(
        h.html(lang="en")[
            h.head[
                h.meta(charset="utf-8"),
                h.meta(name="viewport", content="width=device-width, initial-scale=1"),
                h.title[title],
                h.style["body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }"],
                h.style[":root { color-scheme: light dark }"],
            ],
            h.body[
                h.h1[title],
                html(to_html(result)),
                h.script("#raw", type="application/json")[Markup(raw)],  # noqa: S704 - see above
                h.p["The page holds every sample, as JSON in its element “raw”."],
            ],
        ]
    )


def _plain(text: str) -> str:
    """Return a text with its figures as people read them."""
    return str(figures.read(text))


def _predicted(case: Case, call_s: float, hop: Hop) -> h.Element:
    """Draw how many times as fast as the plain loop more machines are predicted to be."""
    gains = [(count, hop.predicted(call_s, count)) for count in MACHINES]
    rows = [(formats.plural(count, "machine"), gain, f"{gain:.2g}×") for count, gain in gains]
    return h.div[
        h.p[f"Predicted by {LAW} from the hop to {case.model}, not measured:"],
        _drawn(rows, case.model, "Predicted speed-up over the plain loop"),
    ]


def _bars(measured: Measured, block: str) -> h.Element:
    """Draw how many times as fast as the plain loop each model is."""
    found = [
        (case, gain)
        for case in measured.select(block=block)
        if case.against and (gain := view.gained(measured, case))
    ]
    longest = max((gain.value for _, gain in found), default=1.0)
    return h.div(".bars", role="img", aria_label="Speed-up over the plain loop")[
        [
            _bar(
                f"{view.name(case)} × {case.workers}",
                gain.value / longest,
                find(case.model),
                _plain(formats.ratio_interval(gain)),
            )
            for case, gain in found
        ]
    ]


def _drawn(rows: list[tuple[str, float, str]], model: str, label: str) -> h.Element:
    longest = max(value for _, value, _ in rows)
    return h.div(".bars", role="img", aria_label=label)[
        [_bar(name, value / longest, find(model), said) for name, value, said in rows]
    ]


def _bar(name: str, share: float, model: Model, said: str) -> h.Node:
    colours = f"--light:{model.light or GREY};--dark:{model.dark or GREY}"
    return [
        h.span[name],
        h.div[h.div(".bar", style=f"width:{100 * share:.1f}%;{colours}"), h.small[said]],
    ]


class TriedBlock(msgspec.Struct, frozen=True):
    """What ``--json`` says of a function; no ``advice`` where its plain loop gave no figure.

    ``against`` is what came of comparing it with others.
    """

    table: dict[str, Any]
    advice: Advice | None
    sentences: list[str]
    against: list[Against] = []


class Tried(msgspec.Struct, frozen=True):
    """What ``conc try --json`` writes: each function by ``module:name``."""

    machine: Machine
    interpreter: Interpreter
    functions: dict[str, TriedBlock]


def to_data(result: Result) -> dict[str, Any]:
    """Return the same as plain data: the table's values, the advice and its sentences."""
    measured = Evidence(result).of(NAME)
    functions: dict[str, TriedBlock] = {}
    for block in view.blocks(measured):
        try:
            said = list(map(_plain, view.sentences(measured, block)))
            advice = advise(measured, block)
        except MissingError as error:
            said, advice = [str(error)], None
        table = tables.to_data(view.table(measured, block))
        others = [compare(measured, pair) for pair in blocks_against(measured, block)]
        functions[block] = TriedBlock(table, advice, said, others)
    written = msgspec.json.encode(Tried(result.machine, result.interpreter, functions))
    # By way of JSON, which has no infinity: an interval without an end is null.
    data: dict[str, Any] = msgspec.json.decode(written)
    return data


def data_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what ``conc try --json`` writes."""
    schema = msgspec.json.schema(Tried)
    number = {"type": ["number", "null"]}
    for end in ("low", "high"):
        schema["$defs"]["Estimate"]["properties"][end] = number
    ends = {"type": ["array", "null"], "items": number, "minItems": 2, "maxItems": 2}
    schema["$defs"]["Estimate"]["properties"]["shown"] = {**ends, "default": None}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:conc:try:1",
        "title": "conc try --json",
        **schema,
    }


def is_complete(result: Result) -> bool:
    """Tell whether no case failed, and the plain loop gave a figure."""
    measured = Evidence(result).of(NAME)
    loops = measured.select(model="sequential")
    return not measured.measurement.failures and all(map(measured.timed, loops))


def is_interrupted(result: Result) -> bool:
    """Tell whether the try was ended before it was decided or its time was over."""
    return not Evidence(result).of(NAME).measurement.complete
