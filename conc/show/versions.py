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
from conc.show.machine_page import cores, named, noise, python
from conc.show.markup import markdown, scroll
from conc.show.shown import Shown
from conc.show.verdicts import MACHINES

VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
"""The versions that conc runs on: of one without a file the page says so."""

SHORT = 2
"""So many ways of losing an update are named in a cell."""

NOT_RECORDED = "not recorded in this file"

ANOTHER_TIME = 2.0
"""How many times as long or as short a time is another: each file is of its own hour, and the same
cores compute faster in one hour than in another. Ratios of one file have that in common."""

Read = Callable[[Finding], str | None]
"""How a fact is read from a finding; ``None`` where its file lacks it."""

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
                " figure that is another by a tenth or more, a time by a factor of two, and whose"
                " interval, as wide as verdicts need it, has nothing in common with that one’s."
            ],
            h.p[
                "“not measured”: its file lacks the figure, or that version has no such thing."
                f" “{NOT_RECORDED}”: it is older than that measurement, or was made without it."
            ],
            _lacking(found),
            noise(found, python),
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
        here = "on all pages" if shown.committed else "this build"
        return h.fragment[python(one), " ", h.small[here]]
    return h.a(href=shown.link(f"{MACHINES}{one.name}/"))[python(one)]


def _fact(title: str, meaning: str, read: Read, found: Sequence[Finding]) -> h.Element:
    return h.tr[
        h.th(scope="row")[title, " ", h.small[meaning]],
        (h.td[_fact_cell(read, now, _before(now, found))] for now in found),
    ]


def _fact_cell(read: Read, now: Finding, before: Finding | None) -> h.Node:
    text = read(now)
    if text is None:
        return NOT_RECORDED
    return h.strong[text] if before and _turned_fact(read, before, now) else text


def _turned_fact(read: Read, before: Finding, now: Finding) -> bool:
    """Tell whether a fact changed; nothing is known of one that either file lacks."""
    facts = read(before), read(now)
    return None not in facts and facts[0] != facts[1]


def _of(one: Finding, key: Key) -> Estimate | None:
    """Return a figure of an interpreter: that of each is a quantity of its own."""
    found = one.figures.get(key.name)
    return named(one, found) if found else None


def _figure(key: Key, found: Sequence[Finding]) -> h.Element:
    return h.tr[
        h.th(scope="row")[key.title, " ", h.small[key.meaning]],
        (h.td[_cell(key, now, _before(now, found))] for now in found),
    ]


def _cell(key: Key, one: Finding, other: Finding | None) -> h.Node:
    now = _of(one, key)
    if now is None:
        methods = one.interpreter.start_methods
        is_there = not key.start_method or key.start_method in methods
        return "not measured" if is_there else f"no {key.start_method} on this system"
    text = _written(key, now)
    return h.strong[text] if other and _differ(key, other, one) else text


def _are_alike(before: Finding, now: Finding) -> bool:
    """Tell whether both timed the same samples, which another profile does not."""
    return before.profiles == now.profiles


def _differ(key: Key, before: Finding, now: Finding) -> bool:
    """Tell whether a figure changed: beyond both intervals, and by more than counts as a tie.

    It did not where it is of another profile, or where one of the two lacks it.
    """
    least, most = (WORTH_LEAVING, WORTH_IT) if key.ratio else (1 / ANOTHER_TIME, ANOTHER_TIME)
    ours, theirs = key.possible(before), key.possible(now)
    if ours is None or theirs is None or not _are_alike(before, now):
        return False
    return apart(key, before, now) and not least < theirs.value / ours.value < most


def _written(key: Key, estimate: Estimate) -> str:
    write = formats.ratio_interval if key.ratio else formats.seconds_interval
    return write(estimate)


def _changes(before: Finding, now: Finding) -> Iterator[h.Node]:
    for title, _, read in _FACTS:
        if _turned_fact(read, before, now):
            yield f"{title}: {read(before)}, then {read(now)}."
    if _clearly_lost(before) != _clearly_lost(now):
        yield h.fragment["Lost updates: ", _lost(before), ", then ", _lost(now), "."]
    for key in KEYS:
        ours, theirs = _of(before, key), _of(now, key)
        if ours and theirs and _differ(key, before, now):
            figures = f"{_written(key, ours)}, then {_written(key, theirs)}"
            yield f"{key.title} ({key.meaning}): {figures}."
    if turned := [*_turned(before, now)]:
        yield f"Verdicts: {'; '.join(turned)}."
    if not _are_alike(before, now):
        profiles = [" and ".join(one.profiles) for one in (before, now)]
        yield (
            f"Figures are not compared: the profile {profiles[0]} times other samples than"
            f" {profiles[1]}."
        )


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


def _lost(one: Finding) -> h.Node:
    """Name the ways of writing an update of which most were lost, with the shares."""
    if not one.lost:
        return "not measured"
    lossy = sorted(((share, form) for form, share in one.lost.items() if share), reverse=True)
    if not lossy:
        return "none of those tried"
    more = f"; and {len(lossy) - SHORT} more" if len(lossy) > SHORT else ""
    return h.fragment[
        (
            ["; " * bool(place), h.code[form], f": {formats.share(share)}"]
            for place, (share, form) in enumerate(lossy[:SHORT])
        ),
        more,
    ]


def _by_default(name: str, yes: str, no: str) -> Read:
    """Read what the default start method hands down; ``name`` is as in ``HANDED_DOWN``."""

    def read(one: Finding) -> str | None:
        share = one.handed_down.get(one.interpreter.start_method, {}).get(name)
        if share is None:
            return None
        return {1.0: yes, 0.0: no}.get(share, f"{yes} in {formats.share(share)} of the samples")

    return read


_FACTS: tuple[tuple[str, str, Read], ...] = (
    (
        "GIL",
        "after all imports of a worker",
        _gil,
    ),
    ("Default start method", "of processes", lambda one: one.interpreter.start_method),
    (
        "Argument of a process",
        "by the default start method",
        _by_default("pickled", "pickled", "inherited"),
    ),
    (
        "Module of its function",
        "the main module too, which then needs its guard",
        _by_default("module_again", "run again", "inherited"),
    ),
    (
        "Global that was changed",
        "before the process started",
        _by_default("state_kept", "inherited", "as imported"),
    ),
    (
        "Lambda as its function",
        "which can’t be found by a name",
        _by_default("lambda_starts", "starts", "refused"),
    ),
    (
        "Interpreters",
        "several in one process, in a pool",
        lambda one: "yes" if one.interpreter.interpreters else "no",
    ),
)
