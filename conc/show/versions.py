"""Interpreters side by side: one machine, a column a version, and what changed between them.

Whatever is said of two versions rests on both of their files. Of what no file has, it is said that
it was not measured.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import htpy as h

from conc import formats
from conc.claims import ledger
from conc.claims.comparison import apart, minor
from conc.claims.findings import KEYS, Finding, Key, is_decided
from conc.errors import MissingError
from conc.figures import Counted, Given
from conc.records import Estimate
from conc.results.differences import VERDICT_LEVEL
from conc.show.machine_page import cores, named, python
from conc.show.markup import markdown
from conc.show.shown import Shown
from conc.show.verdicts import MACHINES

VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
"""The versions that conc runs on: of one without a file the page says so."""

SHORT = 2
"""So many ways of losing an update are named in a cell."""

CLEAR = 0.1
"""From this share on a loss of updates is no accident of one measurement."""


def summary(shown: Shown) -> str:
    """Say in a sentence which interpreters of which machine stand side by side, and which don't."""
    found = shown.machines.versions
    if not found:
        return (
            "No machine here has results of two interpreters yet. Measure with"
            " `conc measure --python 3.13 --python 3.14`."
        )
    measured = {".".join(f"{part:g}" for part in minor(one)) for one in found}
    lacking = [version for version in VERSIONS if version not in measured]
    free = any(one.interpreter.build == "free-threaded" for one in found)
    missing = [f"Python {formats.listed(lacking)}"] if lacking else []
    missing += [] if free else ["a free-threaded build"]
    not_here = f" Not measured: {' and '.join(missing)}." if missing else ""
    machine = found[0].machine
    count = Counted(len(found), "versions: interpreters")
    return markdown(
        f"{formats.plural(count, 'interpreter')} on one machine: {machine.cpu},"
        f" {cores(found[0])}, {machine.system}.{not_here}"
    )


def table(shown: Shown) -> h.Renderable:
    """Return the table of versions: facts, then figures with their intervals."""
    found = _found(shown)
    return h.div(".conc-machines", data_search_exclude=True)[
        h.div(".conc-scroll", role="group", aria_label="Versions of Python", tabindex="0")[
            h.table(".conc-ratios")[
                h.caption["One machine, each version"],
                h.thead[
                    h.tr[
                        h.th(scope="col")["What"],
                        (h.th(scope="col")[_linked(shown, one)] for one in found),
                    ]
                ],
                h.tbody[
                    (_fact(title, meaning, read, found) for title, meaning, read in _FACTS),
                    h.tr[
                        h.th(scope="row")[
                            "Lost updates ",
                            h.small["by the way of writing, without a lock"],
                        ],
                        (h.td[_lost(one)] for one in found),
                    ],
                    (
                        _figure(key, found, shown.machines.here)
                        for key in KEYS
                        if any(key.name in one.figures for one in found)
                    ),
                ],
            ]
        ],
        h.div(".conc-caption")[
            h.p[
                "Figures have their 95 % intervals. In bold: even its interval of "
                f"{formats.share(Given(VERDICT_LEVEL))} has nothing in common with that of the "
                "version before it."
            ]
        ],
    ]


def changes(shown: Shown) -> h.Renderable:
    """Return what changed from one version to the next, beyond the intervals, as a list."""
    said = [*_changes(_found(shown), shown.machines.here)]
    if not said:
        return h.p["Nothing that was measured changed beyond its interval."]
    return h.ul(data_search_exclude=True)[(h.li[one] for one in said)]


def _found(shown: Shown) -> tuple[Finding, ...]:
    if not shown.machines.versions:
        raise MissingError(
            "no machine has results of two interpreters; measure with:"
            " conc measure --python 3.13 --python 3.14"
        )
    return shown.machines.versions


def _linked(shown: Shown, one: Finding) -> h.Renderable:
    if one is shown.machines.here:
        return h.fragment[python(one), " ", h.small["this build"]]
    return h.a(href=shown.link(f"{MACHINES}{one.name}/"))[python(one)]


def _fact(
    title: str, meaning: str, read: Callable[[Finding], str], found: Sequence[Finding]
) -> h.Element:
    said = [read(one) for one in found]
    before = [said[0], *said]
    return h.tr[
        h.th(scope="row")[title, " ", h.small[meaning]],
        (
            h.td[h.strong[now] if now != then else now]
            for now, then in zip(said, before, strict=False)
        ),
    ]


def _of(one: Finding, key: Key, here: Finding | None) -> Estimate | None:
    """Return a figure of an interpreter; that of another than this build's is another quantity."""
    found = one.figures.get(key.name)
    return found if found is None or one is here else named(one, found)


def _figure(key: Key, found: Sequence[Finding], here: Finding | None) -> h.Element:
    estimates = [_of(one, key, here) for one in found]
    return h.tr[
        h.th(scope="row")[key.title, " ", h.small[key.meaning]],
        (
            h.td[_cell(key, now, estimates[place - 1] if place else None)]
            for place, now in enumerate(estimates)
        ),
    ]


def _cell(key: Key, now: Estimate | None, before: Estimate | None) -> h.Node:
    if now is None:
        return "–"
    text = _written(key, now)
    return h.strong[text] if before and apart(before, now) else text


def _written(key: Key, estimate: Estimate) -> str:
    write = formats.ratio_interval if key.ratio else formats.seconds_interval
    return write(estimate)


def _changes(found: Sequence[Finding], here: Finding | None) -> Iterator[str]:
    for before, now in pairwise(found):
        step = f"From {python(before)} to {python(now)}"
        for title, _, read in _FACTS:
            if read(before) != read(now):
                yield f"{step}: {title}: {read(before)}, then {read(now)}."
        if _clearly_lost(before) != _clearly_lost(now):
            yield f"{step}: Lost updates: {_lost(before)}, then {_lost(now)}."
        for key in KEYS:
            ours, theirs = (_of(one, key, here) for one in (before, now))
            if ours and theirs and apart(ours, theirs):
                figures = f"{_written(key, ours)}, then {_written(key, theirs)}"
                yield f"{step}: {key.title} ({key.meaning}): {figures}."
        for claim in ledger.CLAIMS:
            verdicts = [one.verdicts.get(claim.id) for one in (before, now)]
            decided = [one for one in verdicts if one and is_decided(one)]
            if len(decided) == len(verdicts) and decided[0].outcome != decided[1].outcome:
                yield f"{step}: {claim.id} {decided[0].outcome}, then {decided[1].outcome}."


def _gil(one: Finding) -> str:
    by = f", switched on by {one.interpreter.gil_by}" if one.interpreter.gil_by else ""
    return f"on{by}" if one.interpreter.gil else "off"


def _clearly_lost(one: Finding) -> set[str]:
    return {form for form, share in one.lost.items() if share >= CLEAR}


def _lost(one: Finding) -> str:
    """Name the ways of writing an update of which most were lost, with the shares."""
    if not one.lost:
        return "not measured"
    lossy = sorted(((share, form) for form, share in one.lost.items() if share), reverse=True)
    if not lossy:
        return "none of those tried"
    more = f" and {len(lossy) - SHORT} more" if len(lossy) > SHORT else ""
    named = (f"{form} {formats.share(share)}" for share, form in lossy[:SHORT])
    return f"{', '.join(named)}{more}"


_FACTS: tuple[tuple[str, str, Callable[[Finding], str]], ...] = (
    (
        "GIL",
        "after all imports of a worker",
        _gil,
    ),
    ("Default start method", "of processes", lambda one: one.interpreter.start_method),
    (
        "Interpreters",
        "several in one process, in a pool",
        lambda one: "yes" if one.interpreter.interpreters else "no",
    ),
)
