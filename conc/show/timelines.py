"""Timelines of traced runs: who did what when, as a drawing, the facts it shows, and a table.

A lane is a thread; under asyncio, where one thread serves all, a task. Phases differ by colour,
pattern and height, so that they are told apart in print too. Pictures of one figure share their
scale of time. All of it is made from the spans that a result keeps; a stranger's are escaped.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape

import htpy as h
from markupsafe import Markup

from conc import formats
from conc.errors import ConcError, MissingError
from conc.experiments.kitchens.dishes import EXPERIMENT, PICTURES
from conc.figures import Counted, Given, Known, figure
from conc.models import find
from conc.records import Case, Estimate, Phase, Sample, Span
from conc.results import chrome_trace
from conc.results.estimates import at_most
from conc.results.evidence import Measured
from conc.results.quantities import counted, percentile_of, share_of
from conc.show import page, tables
from conc.show.shown import Shown
from conc.show.specs import GRID, LAYOUTS, TEXT, Layout, even_ticks
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import interval, interval_data, known

FOLDER = f"{page.DATA}/traces"
"""Where the site keeps traces for download."""

WORK = {"cpu": "CPU-bound dishes", "io": "I/O-bound dishes", "mixed": "dishes of both kinds"}
COST_LIMIT = 0.02
"""Tracing that may cost more than this share of the time is said to."""

BOUNDARY_S = 0.00025
"""How far the ends of a phase may be off: less than one step of a preparation."""

LANE_PX, GAP_PX, HEAD_PX, AXIS_PX = 14, 4, 26, 40
FONT_PX = 12
LEAST_PX = 0.5
"""A phase is drawn at least this wide."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a phase looks: its name for readers, colour, pattern, and share of the lane's height.

    ``pattern`` is an SVG path in a square of six pixels; without one the phase is filled.
    """

    label: str
    colour: str
    pattern: str
    height: float


STYLES: Mapping[Phase, Style] = {
    "run": Style("on a CPU", "", "", 1.0),
    "wait": Style("waits for the oven", "", "M-1 7L7-1M-1 1L1-1M5 7L7 5", 0.6),
    "gil-wait": Style("waits for the GIL", "var(--conc-gil-wait)", "M0 0L6 6M6 0L0 6", 1.0),
    "cpu-wait": Style("waits for a CPU", "var(--conc-cpu-wait)", "M1.5 0V6M4.5 0V6", 1.0),
    "queue": Style("ready, not begun", TEXT, "M1.5 2V4M4.5 2V4", 0.4),
    "start": Style("worker starts", TEXT, "M0 1.5H6M0 4.5H6", 0.6),
    "pickle": Style("handed back", "var(--conc-cpu-wait)", "", 0.4),
}
"""In the order of the legend. Those without a colour have that of the model."""


@dataclass(frozen=True, slots=True)
class Lane:
    """What one thread, or one task, did, in order."""

    label: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A traced sample of a case, to be drawn and told."""

    case: Case
    sample: Sample
    lanes: tuple[Lane, ...]

    @property
    def title(self) -> str:
        """What is seen: the model, and what it works at."""
        return f"{self.case.model}, {self.work}"

    @property
    def work(self) -> str:
        """What the model works at."""
        work = str(self.case.parameters.get("work", ""))
        return WORK.get(work, work)

    @property
    def slug(self) -> str:
        """A name for ids within the page."""
        return chrome_trace.file_name(self.case).removesuffix(".json")


Count = Callable[[str, int], Counted]
"""What was counted in a picture, as sentences write it."""

Fact = Callable[[Measured, Picture], Cell | None]
"""What a picture is told with: read from all executions of its case."""


def timeline(shown: Shown, *names: str) -> h.Renderable:
    """Return the timelines of traced runs, such as ``io threads``, below each other as one figure.

    A name is the work (cpu, io, mixed) and the model. Raises ConcError for a name that no
    machine could have, MissingError for what was not traced on this one.
    """
    wanted = [_words(name) for name in names]
    measured = shown.evidence.of(EXPERIMENT.name)
    return _figure(shown, measured, [_picture(measured, work, model) for work, model in wanted])


def _words(name: str) -> tuple[str, str]:
    known = [f"{work} {model}" for work, models in PICTURES.items() for model in models]
    if name not in known:
        raise ConcError(f"no timeline is named {name!r}; there are: {', '.join(known)}")
    work, _, model = name.partition(" ")
    return work, model


def _picture(measured: Measured, work: str, model: str) -> Picture:
    needs = f" It needs {find(model).needs}." if find(model).needs else ""
    for case in measured.select(work=work, model=model, traced=True):
        sample = chrome_trace.typical(measured.measurement, case)
        if sample is not None:
            return Picture(case, sample, tuple(lanes_of(sample.spans, model)))
        if failure := measured.failure(case):
            raise MissingError(f"{model} failed: {failure.kind} ({failure.detail})")
    raise MissingError(
        f"There is no trace of {model} with {WORK[work]} from this machine and interpreter.{needs}"
    )


def lanes_of(spans: Sequence[Span], model: str) -> Iterator[Lane]:
    """Yield the lanes of a trace, in the order in which they began."""
    noun = find(model).worker.replace("interpreter", "interp.")
    lanes: dict[tuple[int, ...], list[Span]] = {}
    for span in sorted(spans, key=lambda span: (span.t0, span.t1)):
        key = (span.task,) if model == "asyncio" else (span.pid, span.tid)
        lanes.setdefault(key, []).append(span)
    for number, lane in enumerate(lanes.values(), start=1):
        yield Lane(noun if len(lanes) == 1 else f"{noun} {number}", tuple(lane))


def _figure(shown: Shown, measured: Measured, pictures: Sequence[Picture]) -> h.Renderable:
    end_s = max(span.t1 for picture in pictures for span in picture.sample.spans)
    drawings = [_safe(drawing(pictures, end_s, layout)) for layout in LAYOUTS]
    files = [chrome_trace.file_name(picture.case) for picture in pictures]
    links = [
        h.a(href=shown.link(f"{FOLDER}/{file}"), download=True)[picture.case.model]
        for picture, file in zip(pictures, files, strict=True)
    ]
    behind = [
        _safe(tables.to_html(table))
        for table in (facts_table(measured, pictures), *map(dishes_table, pictures))
    ]
    return h.div(".conc-chart.conc-timeline", data_search_exclude=True)[
        h.figure[
            h.p(".conc-title")[_title(pictures)],
            _legend(pictures),
            h.div(".conc-plot")[drawings],
            h.figcaption(".conc-caption")[
                h.ul(".conc-seen")[
                    (h.li[text] for one in pictures if (text := seen(measured, one)))
                ],
                h.p[_caption(pictures)],
                h.p[
                    "The trace as a file for ui.perfetto.dev or chrome://tracing: ",
                    links[0],
                    ((" · ", link) for link in links[1:]),
                ],
                page.origin(shown, measured.measurement),
            ],
        ],
        h.details[h.summary["The figures behind this picture"], behind],
    ]


def _safe(html: str) -> Markup:
    return Markup(html)  # noqa: S704 — drawings and tables escape what they hold


def _title(pictures: Sequence[Picture]) -> str:
    works = " and ".join(dict.fromkeys(picture.work for picture in pictures))
    return f"Ten {works}: {', '.join(picture.case.model for picture in pictures)}"


def _caption(pictures: Sequence[Picture]) -> str:
    lane = "A lane is a task of the one thread" if _all_tasks(pictures) else "A lane is a thread"
    if not _all_tasks(pictures) and any(one.case.model == "asyncio" for one in pictures):
        lane += " (asyncio: a task, all on one thread)"
    scale = " All pictures have the same scale." if len(pictures) > 1 else ""
    return (
        f"{lane}, time runs to the right; blank means that it has nothing to do.{scale} Shorter is"
        f" better. {_which(pictures)}; the figures behind them are typical of all."
    )


def _which(pictures: Sequence[Picture]) -> str:
    """Say which of the traced executions are drawn."""
    if len({(one.sample.run, one.sample.round) for one in pictures}) > 1:
        return "Each picture is one execution, nearest to the medians of all that were traced"
    drawn = "All are from one round" if len(pictures) > 1 else "It is from the round"
    which = ", that whose times were" if len(pictures) > 1 else " whose times were"
    return f"{drawn}{which} nearest to the medians"


def _all_tasks(pictures: Sequence[Picture]) -> bool:
    return all(picture.case.model == "asyncio" for picture in pictures)


# The drawing.


def drawing(pictures: Sequence[Picture], end_s: float, layout: Layout) -> str:
    """Draw pictures below each other, on one scale of time that reaches to ``end_s``."""
    left = 72 if not layout.stacked else 24
    scale = (layout.width - left - 14) / end_s
    parts, top = [], 0.0
    for picture in pictures:
        parts.append(_panel(picture, left, top, scale, layout))
        top += HEAD_PX + len(picture.lanes) * (LANE_PX + GAP_PX) + 6
    axis = _axis(end_s, left, top, scale, layout)
    height = top + AXIS_PX
    patterns = "".join(
        _pattern(f"{picture.slug}-{layout.name}-{phase}", phase, picture)
        for picture in pictures
        for phase in _phases([picture])
        if STYLES[phase].pattern
    )
    label = escape("Timeline: " + "; ".join(picture.title for picture in pictures))
    words = escape(" ".join(map(describe, pictures)))
    return (
        f'<svg viewBox="0 0 {layout.width} {height:g}" width="{layout.width}" height="{height:g}"'
        f' class="conc-{layout.name}" role="img" aria-label="{label}" font-size="{FONT_PX}"'
        f' fill="{TEXT}"><desc>{words}</desc><defs>{patterns}</defs>{axis}{"".join(parts)}</svg>'
    )


def describe(picture: Picture) -> str:
    """Say in words what a picture shows."""
    sums = {phase: _total_s(picture.sample.spans, phase) for phase in _phases([picture])}
    parts = ", ".join(
        f"{STYLES[phase].label} {formats.seconds(seconds)}" for phase, seconds in sums.items()
    )
    lanes = formats.plural(len(picture.lanes), "lane")
    end_s = max(span.t1 for span in picture.sample.spans)
    return f"{picture.title}: {lanes}, {formats.seconds(end_s)} in all. Over all lanes: {parts}."


def _panel(picture: Picture, left: int, top: float, scale: float, layout: Layout) -> str:
    rows: list[str] = []
    shapes: dict[Phase, list[str]] = {}
    for place, lane in enumerate(picture.lanes):
        y = top + HEAD_PX + place * (LANE_PX + GAP_PX)
        label = lane.label.partition(" ")[2] if layout.stacked else lane.label
        rows.append(f'<text x="{left - 6}" y="{y + 11:g}" text-anchor="end">{escape(label)}</text>')
        for span in lane.spans:
            shapes.setdefault(span.phase, []).append(_bar(span, left, y, scale))
    bars = "".join(
        f'<path d="{"".join(shapes[phase])}"{_paint(picture, phase, layout)}/>'
        for phase in STYLES
        if phase in shapes
    )
    model = escape(picture.case.model)
    head = f'<text x="{left}" y="{top + 16:g}" font-weight="700">{model}</text>'
    return f"<g>{head}{''.join(rows)}{bars}</g>"


def _bar(span: Span, left: int, y: float, scale: float) -> str:
    height = LANE_PX * STYLES[span.phase].height
    x, end = _half(left + span.t0 * scale), _half(left + span.t1 * scale)
    width = max(LEAST_PX, end - x)
    return f"M{_px(x)} {_px(y + (LANE_PX - height) / 2)}h{_px(width)}v{_px(height)}h{_px(-width)}z"


def _half(value: float) -> float:
    """Round to half a pixel: finer is seen by nobody, and a page with all of it weighs more."""
    return round(2 * value) / 2


def _px(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _paint(picture: Picture, phase: Phase, layout: Layout) -> str:
    style, colour = STYLES[phase], _colour(picture, phase)
    if not style.pattern:
        return f' fill="{colour}"'
    name = f"{picture.slug}-{layout.name}-{phase}"
    return f' fill="url(#{name})" stroke="{colour}" stroke-width=".7"'


def _pattern(name: str, phase: Phase, picture: Picture) -> str:
    return (
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<path d="{STYLES[phase].pattern}" stroke="{_colour(picture, phase)}"'
        ' stroke-width="1.2"/></pattern>'
    )


def _colour(picture: Picture, phase: Phase) -> str:
    return STYLES[phase].colour or find(picture.case.model).colour


def _axis(end_s: float, left: int, bottom: float, scale: float, layout: Layout) -> str:
    ticks = even_ticks(end_s * 1000)
    if layout.stacked:
        ticks = ticks[:: 1 if len(ticks) <= 4 else 2]  # noqa: PLR2004 - what fits on a telephone
    lines = "".join(f"M{_px(left + tick / 1000 * scale)} 0V{bottom:g}" for tick in ticks)
    labels = "".join(
        f'<text x="{_px(left + tick / 1000 * scale)}" y="{bottom + 14:g}" text-anchor="middle">'
        f"{tick:g}</text>"
        for tick in ticks
    )
    middle = (left + layout.width) / 2
    title = f'<text x="{middle:g}" y="{bottom + 32:g}" text-anchor="middle">milliseconds</text>'
    return f'<path d="{lines}" stroke="{GRID}"/>{labels}{title}'


def _phases(pictures: Sequence[Picture]) -> list[Phase]:
    seen = {span.phase for picture in pictures for span in picture.sample.spans}
    return [phase for phase in STYLES if phase in seen]


def _legend(pictures: Sequence[Picture]) -> h.Element:
    """Return the phases that occur, in the colours of their bars."""
    return h.ul(".conc-legend")[(_key(pictures, phase) for phase in _phases(pictures))]


def _key(pictures: Sequence[Picture], phase: Phase) -> h.Element:
    """Return the entry of a phase: as many parts as it has colours, one beside the other."""
    style = STYLES[phase]
    having = [one for one in pictures if phase in _phases([one])]
    by_colour = {_colour(picture, phase): picture for picture in having}
    width, height = 27 / len(by_colour), 14 * style.height
    parts = []
    for place, (colour, picture) in enumerate(by_colour.items()):
        name = f"{picture.slug}-key-{phase}"
        fill, pattern = f'fill="{colour}"', ""
        if style.pattern:
            pattern = (
                f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse">'
                f'<path d="{style.pattern}" stroke="{colour}" stroke-width="1.2"/></pattern>'
            )
            fill = f'fill="url(#{name})" stroke="{colour}" stroke-width=".7"'
        x, y = _px(0.5 + place * width), _px(8 - height / 2)
        outline = f"M{x} {y}h{_px(width)}v{_px(height)}h{_px(-width)}z"
        parts.append(f'{pattern}<path d="{outline}" {fill}/>')
    drawn = (
        f'<svg viewBox="0 0 28 16" width="28" height="16" aria-hidden="true">{"".join(parts)}</svg>'
    )
    return h.li[_safe(drawn), style.label]


# What is to be seen.


def seen(measured: Measured, picture: Picture) -> str:
    """Say what there is to be seen in a picture, as far as its own spans show it."""
    model, spans = picture.case.model, picture.sample.spans

    def count(what: str, value: int) -> Counted:
        return measured.counted(f"{what} in the picture of {picture.case.id}", value)

    parts = (_at_once(spans, count), _first_into_the_oven(spans, count), _reused(picture, count))
    said = [part for part in parts if part]
    if not said:
        return ""
    return formats.sentence(f"{model}, as drawn: {'; '.join(said)}")


def _at_once(spans: Sequence[Span], count: Count) -> str:
    """Say how many dishes were prepared at once, and how many were in the oven at once."""
    parts = [
        f"{formats.count(count(f'most {what} at once', most))} {what} at once"
        for phase, what in (("run", "prepared"), ("wait", "in the oven"))
        if (most := _most(spans, phase))
    ]
    return f"at most {' and '.join(parts)}" if parts else ""


def _most(spans: Sequence[Span], phase: str) -> int:
    """Return how many spans of a phase there were at once, at most, whatever their ends are off."""
    certain = [
        (span.t0 + BOUNDARY_S, span.t1 - BOUNDARY_S)
        for span in spans
        if span.phase == phase and span.t1 - span.t0 > 2 * BOUNDARY_S
    ]
    ends = [(end, -1) for _, end in certain]
    starts = [(start, 1) for start, _ in certain]
    now = most = 0
    for _, step in sorted([*ends, *starts]):
        now += step
        most = max(most, now)
    return most


def _first_into_the_oven(spans: Sequence[Span], count: Count) -> str:
    """Say how many dishes were prepared before the first was in the oven, where it is several."""
    first_s = min((span.t0 for span in spans if span.phase == "wait"), default=None)
    if first_s is None:
        return ""
    waits = {span.task: span.t0 for span in spans if span.phase == "wait"}
    ready = {
        span.task
        for span in spans
        if span.phase == "run" and span.t1 <= first_s and span.t0 < waits.get(span.task, 0.0)
    }
    if len(ready) == len(waits) > 1:
        dishes = formats.count(count("dishes", len(waits)))
        return f"no dish was in the oven before all {dishes} were prepared"
    return ""


def _reused(picture: Picture, count: Count) -> str:
    """Say that a pool gave several dishes to one worker, where it did."""
    tasks = {span.task for span in picture.sample.spans}
    workers, noun = len(picture.lanes), find(picture.case.model).worker
    if find(picture.case.model).kind == "in one thread" or workers >= len(tasks):
        return ""
    dishes = formats.count(count("dishes", len(tasks)))
    cooked = f"{formats.plural(count('lanes', workers), noun)} cooked all {dishes} dishes"
    return f"{cooked}, for the pool gives an idle {noun} the next one"


# The facts.


def facts_table(measured: Measured, pictures: Sequence[Picture]) -> Table:
    """Return what the traces show in figures, a column a picture."""
    costs = [cost for one in pictures if (cost := _cost(measured, one.case)) is not None]
    notes = [
        (
            "The prediction knows only the dishes' own time on a CPU and in the oven. Makespans are"
            " of executions without tracing, where there were any."
        )
    ]
    if any(not cost.high <= 1 + COST_LIMIT for cost in costs):
        limit = formats.share(Given(COST_LIMIT))
        notes.append(
            f"Tracing may have cost more than {limit} here: read the times as those of a run that"
            " was traced."
        )

    def of(picture: Picture) -> Column[str]:
        return Column(picture.slug, picture.case.model, lambda fact: FACTS[fact](measured, picture))

    made = Table.of(
        "What the traces show",
        (Column("fact", "fact", str, figures=False, names=True), *map(of, pictures)),
        FACTS,
        notes=tuple(notes),
    )
    known = tuple(row for row in made.rows if any(cell.text != "–" for cell in row[1:]))
    return replace(made, rows=known, source=measured.measurement)


def _counted(name: str, write: Callable[[Known], str]) -> Fact:
    return lambda measured, picture: known(measured.estimate(picture.case, counted(name)), write)


def _at_most(name: str) -> Fact:
    def fact(measured: Measured, picture: Picture) -> Cell | None:
        values = measured.each(picture.case, counted(name))
        what = f"most {name} of {picture.case.id}"
        return known(measured.counted(what, max(values)), formats.count) if values else None

    return fact


def _way(measured: Measured, picture: Picture) -> Cell | None:
    return known(measured.estimate(picture.case, percentile_of("way_s", 50)), formats.seconds)


def _utilisation(measured: Measured, picture: Picture) -> Cell | None:
    used = measured.estimate(picture.case, counted("utilisation"))
    return known(at_most(used, 1.0), formats.share) if used else None


def _time(name: str) -> Fact:
    return lambda measured, picture: known(
        measured.estimate(_untraced(measured, picture), counted(name)), formats.seconds
    )


def _against_prediction(measured: Measured, picture: Picture) -> Cell | None:
    took = share_of(counted("makespan_s"), counted("predicted_s"))
    return interval(measured.estimate(_untraced(measured, picture), took), formats.ratio_interval)


def _untraced(measured: Measured, picture: Picture) -> Case:
    """Return the case whose times are told: the same without tracing, where that was timed."""
    case = picture.case
    same = measured.select(work=case.parameters.get("work"), model=case.model, traced=False)
    return same[0] if same and measured.timed(same[0]) else case


def _executions(measured: Measured, picture: Picture) -> Cell:
    taken = len(measured.timed(picture.case))
    return Cell(formats.count(taken), taken)


def _cost_cell(measured: Measured, picture: Picture) -> Cell | None:
    cost = _cost(measured, picture.case)
    if cost is None:
        return None
    text = f"{_percent(cost.value)} %"
    if formats.has_interval(cost):
        text += f" ({_percent(cost.low)} to {_percent(cost.high)})"
    return Cell(figure(cost.quantity, cost.value, text), interval_data(cost))


def _percent(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.1f}".replace("-", "−")


def _cost(measured: Measured, case: Case) -> Estimate | None:
    """Return the time of a traced execution over an untraced one's, of the model's mixed dishes."""
    for traced in measured.select(work="mixed", model=case.model, traced=True):
        untraced = next((one for one in measured.cases if one.id == traced.against), None)
        if untraced is not None:
            # Their ratio as times, not as speeds: how much longer the traced one took.
            return measured.ratio(untraced, traced)
    return None


FACTS: Mapping[str, Fact] = {
    "on a CPU at once, at most": _at_most("most_at_once"),
    "waiting for the oven at once, at most": _at_most("most_waits_at_once"),
    "overlap: sum of the waits / their span": _counted("overlap", formats.ratio),
    "way to the oven, network and queue": _way,
    "CPU utilisation of the usable cores": _utilisation,
    "makespan": _time("makespan_s"),
    "predicted by the kitchens": _time("predicted_s"),
    "makespan / prediction": _against_prediction,
    "cost of tracing (mixed dishes)": _cost_cell,
    "n: traced executions": _executions,
}


def dishes_table(picture: Picture) -> Table:
    """Return how long each dish was in each phase."""
    spans: dict[int, list[Span]] = {}
    for span in sorted(picture.sample.spans, key=lambda span: span.task):
        spans.setdefault(span.task, []).append(span)

    def of(phase: Phase) -> Column[int]:
        return Column(phase, STYLES[phase].label, lambda task: _cell(_total_s(spans[task], phase)))

    return Table.of(
        f"Milliseconds of each dish: {picture.title}",
        (
            Column("dish", "dish", lambda task: Cell(str(task), task), figures=False, names=True),
            *map(of, _phases([picture])),
            Column("done", "done at", lambda task: _cell(max(span.t1 for span in spans[task]))),
        ),
        spans,
    )


def _cell(seconds: float) -> Cell:
    return Cell(f"{seconds * 1000:.1f}" if seconds else "–", seconds)


def _total_s(spans: Sequence[Span], phase: Phase) -> float:
    return sum(span.t1 - span.t0 for span in spans if span.phase == phase)
