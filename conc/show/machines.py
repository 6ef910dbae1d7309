"""Machines and interpreters side by side: the matrix of verdicts, the key ratios, a page each.

All of it works without a script; one that is there lets a reader choose columns. Every text of a
file may be a stranger's, and is escaped.
"""

import math
from collections.abc import Iterable, Mapping, Sequence, Sized
from urllib.parse import quote

import htpy as h
import msgspec

from conc import formats
from conc.claims import ledger
from conc.claims.claim import Claim
from conc.claims.comparison import Machines
from conc.claims.findings import RATIOS, Finding, Key
from conc.errors import ConcError, MissingError
from conc.figures import Counted
from conc.records import OUTCOMES, Estimate, Outcome
from conc.show import origins
from conc.show.machine_page import cores, day, named, noise, python, title
from conc.show.markup import html, markdown, scroll, slug
from conc.show.shown import Shown
from conc.show.verdicts import MACHINES, SHAPES
from conc.show.verdicts import PAGE as VERDICTS

SCRIPT = "assets/machines.js"

SHORT: Mapping[Outcome, str] = {
    **{outcome: str(outcome) for outcome in OUTCOMES},
    "holds only if": "only if …",
    "not tested here": "not tested",
}
"""What stands in a cell of the matrix."""

_ROOM = 1.15
"""How far, as a factor, an axis goes beyond what it shows."""


def count(shown: Shown) -> str:
    """Say in a sentence how many machines and interpreters there are, and on what they differ."""
    machines = shown.machines
    found = machines.columns
    which = formats.plural(_counted("machines", {one.machine_id for one in found}), "machine")
    pythons = formats.plural(_counted("results", found), "result")
    if len(found) < 2:  # noqa: PLR2004 - one can't differ
        return markdown(
            f"There is {pythons} of {which} here. A second one makes this page: see below."
        )
    differ = _counted("claims on which they differ", machines.differing)
    said = formats.plural(differ, "claim") if differ.value else "no claim"
    all_claims = formats.count(ledger.NUMBER)
    return markdown(f"{pythons} of {which}: on {said} of {all_claims} they differ beyond doubt.")


def _counted(what: str, things: Sized) -> Counted:
    """Return how many there are of what the files of all machines come to."""
    return Counted(len(things), f"machines: {what}")


def matrix(shown: Shown) -> h.Renderable:
    """Return the verdicts on all claims, a row a claim and a column a machine and interpreter."""
    machines = shown.machines
    columns = [_Column(one, _address(shown, machines, one)) for one in machines.columns]
    return h.fragment[
        h.div(".conc-machines", data_search_exclude=True)[
            symbols(),
            _choice(machines),
            scroll("Claims and machines")[
                h.table(".conc-matrix")[
                    h.caption["Claims and machines"],
                    _head(shown, machines, "Claim"),
                    h.tbody[
                        (
                            _row(machines, claim, columns, shown.link(f"{VERDICTS}#{claim.id}"))
                            for claim in machines.rows
                        )
                    ],
                ]
            ],
            h.div(".conc-caption")[_notes(machines)],
        ],
        h.script(type="module", src=shown.link(SCRIPT)),
    ]


def differing(shown: Shown) -> h.Renderable:
    """Return a sentence for each claim on which machines differ, as a list."""
    machines = shown.machines
    if not machines.differing:
        return h.p["No two of these results decide a claim differently."]
    return h.ul(".conc-differing", data_search_exclude=True)[
        (h.li[h.em[claim.says], " ", machines.sentence(claim)] for claim in machines.differing)
    ]


def ratios(shown: Shown) -> h.Renderable:
    """Return the key ratios as marks with intervals, a line a machine and interpreter."""
    machines = shown.machines
    keys = [key for key in RATIOS if any(key.name in one.figures for one in machines.columns)]
    if not keys:
        raise MissingError("none of the key ratios was measured")
    axes = {key.name: _Axis.over(_found(machines.columns, key)) for key in keys}
    return h.div(".conc-machines", data_search_exclude=True)[
        scroll("Key ratios")[
            h.table(".conc-ratios")[
                h.caption["Key ratios side by side"],
                h.thead[
                    h.tr[
                        h.th(scope="col")["Machine"],
                        (h.th(scope="col")[key.title, " ", h.small[key.meaning]] for key in keys),
                    ]
                ],
                h.tbody[
                    (
                        h.tr(data_key=_key(machines, one))[
                            h.th(scope="row")[_named(shown, machines, one)],
                            (h.td[_mark(_of(machines, one, key), axes[key.name])] for key in keys),
                        ]
                        for one in machines.columns
                    )
                ],
            ]
        ],
        h.div(".conc-caption")[
            h.p[
                "A mark is the estimate, its bar the 95 % interval, on a"
                " logarithmic axis that a column has in common; the thin line is 1×. Every ratio"
                " is taken within one machine, so it may stand beside another’s."
            ],
            noise(machines.columns, title),
        ],
    ]


def machine(shown: Shown, name: str) -> h.Renderable:
    """Return the page of one machine and interpreter. Raises ConcError for a name unknown."""
    collected = shown.others
    for one, body, file in zip(collected.findings, collected.bodies, collected.files, strict=True):
        if one.name == name:
            return h.div(data_search_exclude=True)[
                origins.origin(shown, file), html(body), _others(shown, one)
            ]
    raise ConcError(f"there is no result of a machine named {name!r}")


def _others(shown: Shown, one: Finding) -> h.Element | None:
    others = shown.machines.of_machine(one)
    if not others:
        return None
    links = (
        h.a(href=f"../{quote(other.name)}/")[f"{python(other)}, {day(other)}"] for other in others
    )
    return h.p["Other results of this machine: ", _joined(links)]


def _head(shown: Shown, machines: Machines, first: str) -> h.Element:
    return h.thead[
        h.tr[
            h.th(scope="col")[first],
            (
                h.th(scope="col", data_key=_key(machines, one))[_named(shown, machines, one)]
                for one in machines.columns
            ),
        ]
    ]


def _row(machines: Machines, claim: Claim, columns: Iterable["_Column"], link: str) -> h.Element:
    return h.tr(id=claim.id, class_=["conc-differs"] * (claim in machines.differing))[
        h.th(scope="row")[h.a(href=link)[claim.id], " ", h.small[claim.says]],
        (column.cell(claim) for column in columns),
    ]


class _Column:
    """A column of the matrix: it says the same of many claims, so a cell is made once for them."""

    _CLAIM = "conc-claim"
    """Stands where a cell has the claim's id."""

    def __init__(self, one: Finding, address: str) -> None:
        self._one, self._address = one, address
        self._made: dict[tuple[Outcome, bool], str] = {}

    def cell(self, claim: Claim) -> h.Node:
        """Return the cell of a claim, which opens the evidence."""
        verdict = self._one.verdicts.get(claim.id)
        if verdict is None:
            return h.td["–"]
        said = verdict.outcome, not {*self._one.outdated}.isdisjoint(claim.experiments)
        if said not in self._made:
            self._made[said] = str(self._cell(*said))
        return html(self._made[said].replace(self._CLAIM, claim.id))

    def _cell(self, outcome: Outcome, is_outdated: bool) -> h.Element:  # noqa: FBT001 - as kept
        named = f"conc-{slug(outcome)}"
        return h.td(class_=named)[
            h.a(href=f"{self._address}#{self._CLAIM}")[outcome_mark(outcome, "*" * is_outdated)]
        ]


def outcome_mark(outcome: Outcome, note: str = "") -> h.Renderable:
    """Return an outcome as it stands in a cell; :func:`symbols` has its drawing."""
    return h.fragment[h.svg[h.use(href=f"#conc-{slug(outcome)}")], f"{SHORT[outcome]}{note}"]


def _choice(machines: Machines) -> h.Fragment | None:
    """Return the boxes that choose columns, which a script needs; without one they are hidden."""
    if len(machines.columns) < 2:  # noqa: PLR2004 - there is nothing to choose
        return None
    return h.fragment[
        h.noscript[h.style[".md-typeset .conc-choice { display: none; }"]],
        h.details(".conc-choice")[
            h.summary["Choose machines"],
            (
                h.label[h.input(type="checkbox", checked=True), " ", title(one)]
                for one in machines.columns
            ),
        ],
    ]


def symbols() -> h.Element:
    """Return the marks of the outcomes, drawn once for all cells."""
    return h.svg(".conc-symbols", aria_hidden="true")[
        (
            h.symbol(id=f"conc-{slug(outcome)}", viewBox="0 0 16 16")[h.path(d=shape)]
            for outcome, shape in SHAPES.items()
        )
    ]


def _notes(machines: Machines) -> Iterable[h.Element]:
    yield h.p[
        "A cell opens the evidence. Claims on which machines differ stand first. Undecided and not"
        " tested is no difference. Of each machine and interpreter the newest result is shown."
    ]
    if any(one.outdated for one in machines.columns):
        yield h.p["* It timed another version of the code than the pages show."]
    for says in machines.left_out:
        yield h.p[f"Left out: {says}"]


def _named(shown: Shown, machines: Machines, one: Finding) -> h.Renderable:
    here = one is machines.here
    return h.fragment[
        h.a(href=_address(shown, machines, one, "method/"))[one.machine.cpu],
        " ",
        h.small[
            here and [h.strong["on all pages" if shown.committed else "this build"], ", "],
            f"{cores(one)}, {one.machine.system}, ",
            python(one),
            _profile(machines, one),
        ],
    ]


def _profile(machines: Machines, one: Finding) -> str:
    """Name the profile where there are several: another one times other samples."""
    several = len(machines.profiles) > 1
    return f", profile {' and '.join(one.profiles)}" if several and one.profiles else ""


def _address(shown: Shown, machines: Machines, one: Finding, ours: str = VERDICTS) -> str:
    return shown.link(ours if one is machines.here else f"{MACHINES}{quote(one.name)}/")


def _key(machines: Machines, one: Finding) -> str:
    """Return what names a result in an address: the digits at the end of its name."""
    return "here" if one is machines.here else slug(one.name.rpartition("-")[2])


def _found(found: Sequence[Finding], key: Key) -> list[Estimate]:
    return [one.figures[key.name] for one in found if key.name in one.figures]


class _Axis:
    """A logarithmic axis of a column, from 0 to 100 across its drawing."""

    def __init__(self, low: float, high: float) -> None:
        self._low, self._high = math.log(low), math.log(high)

    @classmethod
    def over(cls, estimates: Sequence[Estimate]) -> "_Axis":
        """Make an axis that holds all values, the ends of bars that have one, and 1."""
        ends = [end for one in estimates for end in (one.value, one.low, one.high)]
        held = [end for end in ends if end > 0 and math.isfinite(end)]
        return cls(min([1.0, *held]) / _ROOM, max([1.0, *held]) * _ROOM)

    def place(self, value: float) -> float:
        """Return where a value stands; what has no place stands at the end that it is beyond."""
        if value <= 0:
            return 0.0
        share = (math.log(value) - self._low) / (self._high - self._low) if value < math.inf else 1
        return round(100 * min(1.0, max(0.0, share)), 1)


def _of(machines: Machines, one: Finding, key: Key) -> Estimate | None:
    """Return a ratio of a machine as readers see it: another machine's is another quantity."""
    found = one.figures.get(key.name)
    if found is None:
        return None
    low, high = found.shown or (found.low, found.high)
    seen = msgspec.structs.replace(found, low=low, high=high, shown=None)
    return seen if one is machines.here else named(one, seen)


def _mark(estimate: Estimate | None, axis: _Axis) -> h.Renderable:
    if estimate is None:
        return h.fragment["–"]
    low, high, at, one = map(axis.place, (estimate.low, estimate.high, estimate.value, 1.0))
    return h.fragment[
        h.svg(viewBox="0 0 100 12", width="100", height="12", aria_hidden="true")[
            h.path(".conc-one", d=f"M{one} 0V12"),
            h.path(d=f"M{low} 6H{high}"),
            h.circle(cx=str(at), cy="6", r="3"),
        ],
        formats.ratio_interval(estimate),
    ]


def _joined(parts: Iterable[h.Element]) -> h.Renderable:
    return h.fragment[((", " * bool(place), part) for place, part in enumerate(parts))]
