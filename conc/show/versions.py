"""Interpreters side by side: one machine, a column a version, and what changed between them.

Whatever is said of two versions rests on both of their files. Of what no file has, it is said that
it was not measured.
"""

from collections.abc import Callable, Iterator, Sequence

import htpy as h

from conc import formats
from conc.claims import ledger
from conc.claims.comparison import apart, minor
from conc.claims.findings import KEYS, Finding, Key, is_decided
from conc.errors import MissingError
from conc.figures import Counted, figure
from conc.records import Estimate
from conc.results.differences import WORTH_IT, WORTH_LEAVING
from conc.show.machine_page import cores, named, python
from conc.show.markup import markdown, scroll
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
    usable = figure("versions: usable cores", machine.usable_cores, cores(found[0]))
    return markdown(
        f"{formats.plural(count, 'interpreter')} on one machine: {machine.cpu},"
        f" {usable}, {machine.system}.{not_here}"
    )


def table(shown: Shown) -> h.Renderable:
    """Return the table of versions: facts, then figures with their intervals."""
    found = _found(shown)
    return h.div(".conc-machines", data_search_exclude=True)[
        scroll("Versions of Python")[
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
                        _figure(key, found)
                        for key in KEYS
                        if any(key.name in one.figures for one in found)
                    ),
                ],
            ]
        ],
        h.div(".conc-caption")[
            h.p[
                "In bold: a fact that is another than in the GIL-enabled version before, or a"
                " figure that is another by a tenth or more, and whose interval, as wide as"
                " verdicts need it, has nothing in common with that one’s."
            ],
            h.p["“not measured”: its file lacks the figure, or that version has no such thing."],
            _lacking(found),
        ],
    ]


def _lacking(found: Sequence[Finding]) -> h.Element | None:
    """Name the figures that no file has."""
    lacking = [key.title for key in KEYS if not any(key.name in one.figures for one in found)]
    return h.p[f"Of none of them measured: {formats.listed(lacking)}."] if lacking else None


def changes(shown: Shown) -> h.Renderable:
    """Return what changed from one version to the next, beyond the intervals, as lists."""
    found = _found(shown)
    steps = [(before, now) for now in found if (before := _before(now, found))]
    said = [(*step, changed) for step in steps if (changed := [*_changes(*step)])]
    if not said:
        return h.p["Nothing that was measured changed beyond its interval."]
    return h.div(data_search_exclude=True)[
        (
            [
                h.p[h.strong[f"From {python(before)} to {python(now)}"]],
                h.ul[(h.li[one] for one in changed)],
            ]
            for before, now, changed in said
        )
    ]


def _found(shown: Shown) -> tuple[Finding, ...]:
    if not shown.machines.versions:
        raise MissingError(
            "no machine has results of two interpreters; measure with:"
            " conc measure --python 3.13 --python 3.14"
        )
    return shown.machines.versions


def _before(now: Finding, found: Sequence[Finding]) -> Finding | None:
    """Return what a version is compared with: the GIL-enabled one before it.

    For a free-threaded build that is the GIL-enabled one of the same version, if it was measured.
    """
    earlier = found[: found.index(now)]
    enabled = [one for one in earlier if one.interpreter.build == "GIL-enabled"]
    chosen = enabled or earlier
    return chosen[-1] if chosen else None


def _linked(shown: Shown, one: Finding) -> h.Renderable:
    if one is shown.machines.here:
        return h.fragment[python(one), " ", h.small["this build"]]
    return h.a(href=shown.link(f"{MACHINES}{one.name}/"))[python(one)]


def _fact(
    title: str, meaning: str, read: Callable[[Finding], str], found: Sequence[Finding]
) -> h.Element:
    return h.tr[
        h.th(scope="row")[title, " ", h.small[meaning]],
        (
            h.td[h.strong[read(now)] if before and read(now) != read(before) else read(now)]
            for now in found
            for before in [_before(now, found)]
        ),
    ]


def _of(one: Finding | None, key: Key) -> Estimate | None:
    """Return a figure of an interpreter: that of each is a quantity of its own."""
    found = one.figures.get(key.name) if one else None
    return named(one, found) if one and found else None


def _figure(key: Key, found: Sequence[Finding]) -> h.Element:
    return h.tr[
        h.th(scope="row")[key.title, " ", h.small[key.meaning]],
        (h.td[_cell(key, _of(now, key), _of(_before(now, found), key))] for now in found),
    ]


def _cell(key: Key, now: Estimate | None, before: Estimate | None) -> h.Node:
    if now is None:
        return "not measured"
    text = _written(key, now)
    return h.strong[text] if before and _differ(before, now) else text


def _differ(before: Estimate, now: Estimate) -> bool:
    """Tell whether a figure changed: beyond both intervals, and by more than counts as a tie."""
    is_tie = WORTH_LEAVING * before.value < now.value < WORTH_IT * before.value
    return apart(before, now) and not is_tie


def _written(key: Key, estimate: Estimate) -> str:
    write = formats.ratio_interval if key.ratio else formats.seconds_interval
    return write(estimate)


def _changes(before: Finding, now: Finding) -> Iterator[str]:
    for title, _, read in _FACTS:
        if read(before) != read(now):
            yield f"{title}: {read(before)}, then {read(now)}."
    if _clearly_lost(before) != _clearly_lost(now):
        yield f"Lost updates: {_lost(before)}, then {_lost(now)}."
    for key in KEYS:
        ours, theirs = _of(before, key), _of(now, key)
        if ours and theirs and _differ(ours, theirs):
            figures = f"{_written(key, ours)}, then {_written(key, theirs)}"
            yield f"{key.title} ({key.meaning}): {figures}."
    if turned := [*_turned(before, now)]:
        yield f"Verdicts: {'; '.join(turned)}."


def _turned(before: Finding, now: Finding) -> Iterator[str]:
    for claim in ledger.CLAIMS:
        verdicts = [one.verdicts.get(claim.id) for one in (before, now)]
        decided = [one.outcome for one in verdicts if one and is_decided(one)]
        if len(decided) == len(verdicts) and decided[0] != decided[1]:
            yield f"{claim.id} {decided[0]}, then {decided[1]}"


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
        "What a process works on",
        "by the default start method",
        lambda one: "inherited" if one.interpreter.start_method == "fork" else "pickled",
    ),
    (
        "Interpreters",
        "several in one process, in a pool",
        lambda one: "yes" if one.interpreter.interpreters else "no",
    ),
)
