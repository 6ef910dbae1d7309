"""History: which claims held everywhere all year, and each machine's key ratios over the rounds."""

import math
from collections.abc import Iterator, Sequence
from statistics import median

import htpy as h

from conc import formats
from conc.claims import history, ledger
from conc.claims.findings import RATIOS, Key
from conc.claims.history import Moment, Standing
from conc.claims.rounds import Round
from conc.show.markup import scroll
from conc.show.rounds import ROUNDS, role, title
from conc.show.shown import Shown
from conc.show.verdicts import PAGE as VERDICTS

FEED = "rounds/feed.xml"

NONE_YET = (
    "No round is here yet. Once a month hosted runners measure six images with three Pythons each;",
    " ",
    h.code["conc gather"],
    " makes a round of what they found, and a maintainer commits it.",
)

WIDTH, HEIGHT, EDGE = 150, 44, 6
"""The size of a small chart and the room at its edges, in CSS pixels."""

LEAST_RANGE = math.log(1.2)
"""What a small chart shows at least, by a logarithm: noise is not to look like news."""


def year(shown: Shown) -> h.Renderable:
    """Return which claims held everywhere all year, as sentences and lists."""
    rounds = history.last_year(shown.rounds)
    if not any(one.measured for one in rounds):
        return h.p[NONE_YET]
    found = history.standings(rounds, [claim.id for claim in ledger.CLAIMS])
    everywhere = [one for one in found if one.held_everywhere]
    rest = [one for one in found if one not in everywhere]
    return h.div(data_search_exclude=True)[
        h.p(".conc-year")[_answer(shown, rounds, everywhere, len(found))],
        _group(shown, "Held everywhere, all the time", everywhere),
        _group(
            shown,
            "Held wherever it was decided",
            [one for one in rest if one.held_where_decided],
        ),
        _group(
            shown,
            "The same everywhere, but not as it stands",
            [one for one in rest if one.one_outcome not in {None, "holds"}],
        ),
        _group(
            shown,
            "Depends on machine, Python or month",
            [one for one in rest if one.decided and one.one_outcome is None],
        ),
        _group(shown, "Never decided", [one for one in rest if not one.decided]),
    ]


def ratios(shown: Shown) -> h.Renderable:
    """Return the key ratios of each image and Python over all rounds, as small charts."""
    rounds = shown.rounds
    places = history.places(rounds)
    if not places:
        return h.p[
            "From the first round on, each machine’s key ratios are drawn here, month by month."
        ]
    months = [history.number(one.month) for one in rounds]
    keys = [key for key in RATIOS if any(key.name in c.figures for r in rounds for c in r.measured)]
    return h.div(".conc-machines", data_search_exclude=True)[
        h.p[_changed(shown, places, keys)],
        scroll("Key ratios over the rounds")[
            h.table(".conc-ratios.conc-history")[
                h.caption["Key ratios over the rounds"],
                h.thead[
                    h.tr[
                        h.th(scope="col")["Image and Python"],
                        (h.th(scope="col")[key.title, " ", h.small[key.meaning]] for key in keys),
                    ]
                ],
                h.tbody[
                    (
                        h.tr[
                            h.th(scope="row")[_named(rounds, place)],
                            (h.td[_cell(shown, place, key, months)] for key in keys),
                        ]
                        for place in places
                    )
                ],
            ]
        ],
        h.div(".conc-caption")[
            h.p[
                "A mark is a round’s estimate, its bar the 95 % interval, on a logarithmic axis of"
                " its own; marks of one machine are joined. An upright line: Python, the machine,"
                " its kernel or the rules were others from then on. Changed is said of"
                f" {history.LASTS} rounds in a row that lie apart from all before by more than the"
                " series’ own spread: the third quartile of its earlier changes and three times"
                f" their quartile range. Before {history.EARLIER} changes nothing is said."
            ]
        ],
    ]


def rounds_list(shown: Shown) -> h.Renderable:
    """Return the rounds, the newest first, each with how many verdicts turned."""
    if not shown.rounds:
        return h.p["Each round will be listed here, with how many verdicts turned."]
    return h.fragment[
        h.ul(data_search_exclude=True)[
            (
                h.li[
                    h.a(href=shown.link(f"{ROUNDS}{one.month}/"))[title(one.month)],
                    f": {formats.plural(len(one.measured), 'result')}, {_lacking(one)}",
                    f"{formats.plural(len(one.turned), 'verdict')} turned",
                ]
                for one in reversed(shown.rounds)
            )
        ],
        h.p[h.a(href=shown.link(FEED))["Atom feed of the verdicts that turned"]]
        if shown.site
        else None,
    ]


def _lacking(one: Round) -> str:
    failed = len(one.columns) - len(one.measured)
    return f"{formats.plural(failed, 'job')} without one, " if failed else ""


def _answer(
    shown: Shown, rounds: Sequence[Round], everywhere: Sequence[Standing], claims: int
) -> h.Renderable:
    first, last = rounds[0].month, rounds[-1].month
    span = f"In {title(first)}" if first == last else f"From {title(first)} to {title(last)}"
    places = len(history.places(rounds))
    held = f"{formats.plural(len(everywhere), 'claim')} of {claims} held everywhere, all the time"
    measured = sum(len(one.measured) for one in rounds)
    return h.fragment[
        h.strong[f"{span}, {held}."],
        h.fragment[" ", _ids(shown, everywhere), "."] if everywhere else None,
        f" That is of {formats.plural(len(rounds), 'round')} with {places} combinations of image",
        f" and Python, {formats.plural(measured, 'result')} in all.",
    ]


def _ids(shown: Shown, found: Sequence[Standing]) -> h.Renderable:
    return h.fragment[
        (
            (", " * bool(place), h.a(href=shown.link(f"{VERDICTS}#{one.claim}"))[one.claim])
            for place, one in enumerate(found)
        )
    ]


def _group(shown: Shown, heading: str, found: Sequence[Standing]) -> h.Fragment | None:
    if not found:
        return None
    return h.fragment[
        h.h2[f"{heading} ({len(found)})"],
        h.ul[(_line(shown, one) for one in found)],
    ]


def _line(shown: Shown, one: Standing) -> h.Element:
    counts = [f"{outcome}: {count}" for outcome, count in one.counts.most_common()]
    told = bool(counts) and not one.held_everywhere
    said = f" ({formats.listed(counts)} of {one.total})" if told else ""
    return h.li[
        h.a(href=shown.link(f"{VERDICTS}#{one.claim}"))[one.claim],
        f" {ledger.get(one.claim).says}",
        h.small[said],
    ]


def _named(rounds: Sequence[Round], place: tuple[str, str]) -> h.Renderable:
    newest = [column for one in rounds for column in one.measured if column.place == place][-1]
    return h.fragment[
        newest.image,
        " ",
        h.small[f"{role(newest.role)}, {newest.version} of late; {newest.cpu}"],
    ]


def _changed(shown: Shown, places: Sequence[tuple[str, str]], keys: Sequence[Key]) -> str:
    series = [history.moments(shown.rounds, place, key.name) for place in places for key in keys]
    told = [history.changes(one) for one in series if _long_enough(one)]
    if not told:
        return (
            f"No series is long enough yet to say that it changed: that takes"
            f" {history.EARLIER + 1 + history.LASTS} rounds of one machine."
        )
    turned = sum(map(bool, told))
    return (
        f"Of {len(told)} series that are long enough, {turned} changed beyond what they change by"
        " themselves."
    )


def _long_enough(series: Sequence[Moment]) -> bool:
    least = history.EARLIER + 1 + history.LASTS
    return any(len(one) >= least for one in history.by_machine(series))


def _cell(shown: Shown, place: tuple[str, str], key: Key, months: Sequence[int]) -> h.Node:
    series = history.moments(shown.rounds, place, key.name)
    if not series:
        return "–"
    changed = history.changes(series)
    return h.fragment[
        chart(series, months, changed),
        formats.ratio_interval(series[-1].estimate),
        (h.small[_said(series, moment)] for moment in changed),
    ]


def _said(series: Sequence[Moment], moment: Moment) -> h.Node:
    before = [
        one.estimate.value
        for one in series
        if one.month < moment.month and one.column.machine_id == moment.column.machine_id
    ]
    then = formats.ratio(median(before))
    return h.fragment[
        h.strong["changed"], f" in {title(moment.month)}: {then}, then {_ratio(moment)}"
    ]


def chart(
    series: Sequence[Moment], months: Sequence[int], changed: Sequence[Moment] = ()
) -> h.Element:
    """Return a series as a small drawing, and in words for whoever can't see it."""
    frame = _Frame.of(series, months)
    return h.svg(
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        role="img",
        aria_label=in_words(series, changed),
    )[
        (
            h.path(".conc-mark", d=f"M{frame.x(moment)} 0V{HEIGHT}")[h.title["; ".join(said)]]
            for moment, said in history.marks(series)
        ),
        h.path(".conc-bars", d="".join(_bars(frame, series))),
        h.path(
            ".conc-line",
            d="".join(
                "M" + "L".join(map(frame.at, joined)) for joined in history.by_machine(series)
            ),
        ),
        h.path(".conc-dots", d="".join(f"M{frame.at(one)}h0" for one in series)),
        (
            h.circle(
                ".conc-turning", cx=str(frame.x(m)), cy=str(frame.y(m.estimate.value)), r="4.5"
            )
            for m in changed
        ),
    ]


def in_words(series: Sequence[Moment], changed: Sequence[Moment] = ()) -> str:
    """Return what a small chart shows: every round’s ratio, what was another, what changed."""
    told = {moment.month: said for moment, said in history.marks(series)}
    turned = {moment.month for moment in changed}
    parts = []
    for one in series:
        notes = [*told.get(one.month, ()), *["changed"] * (one.month in turned)]
        parts.append(f"{one.month} {_ratio(one)}{f' ({chr(59).join(notes)})' if notes else ''}")
    return ", ".join(parts)


def _bars(frame: "_Frame", series: Sequence[Moment]) -> Iterator[str]:
    for one in series:
        low, high = frame.y(one.estimate.low), frame.y(one.estimate.high)
        yield f"M{frame.x(one)} {low}V{high}"


def _ratio(moment: Moment) -> str:
    return formats.ratio(moment.estimate.value)


class _Frame:
    """Where the moments of a series stand in its drawing."""

    def __init__(self, months: Sequence[int], low: float, high: float) -> None:
        self._first, self._count = months[0], max(1, months[-1] - months[0])
        self._low, self._high = low, high

    @classmethod
    def of(cls, series: Sequence[Moment], months: Sequence[int]) -> "_Frame":
        """Hold all estimates, and at least :data:`LEAST_RANGE`."""
        values = [math.log(one.estimate.value) for one in series if one.estimate.value > 0]
        low, high = min(values, default=0.0), max(values, default=0.0)
        lacking = max(0.0, LEAST_RANGE - (high - low)) / 2
        return cls(months, low - lacking, high + lacking)

    def at(self, moment: Moment) -> str:
        """Return where the estimate of a moment stands, as a path has it."""
        return f"{self.x(moment)} {self.y(moment.estimate.value)}"

    def x(self, moment: Moment) -> float:
        """Return how far right a moment is."""
        share = (history.number(moment.month) - self._first) / self._count
        return round(EDGE + (WIDTH - 2 * EDGE) * share, 1)

    def y(self, value: float) -> float:
        """Return how far down a ratio is; beyond the drawing it stands at its end."""
        place = math.log(value) if value > 0 else -math.inf
        share = min(1.15, max(-0.15, (place - self._low) / (self._high - self._low)))
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share, 1)
