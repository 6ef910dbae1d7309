"""The pages of rounds: what the runners of one month found, and which verdicts turned since before.

A round may have been put together by anybody's pull request: every text of it is escaped.
"""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

import htpy as h

from conc import formats
from conc.claims import ledger
from conc.claims.rounds import FREE, LOWEST, NEWEST, Column, Round, Turn
from conc.errors import ConcError
from conc.records import Interpreter
from conc.show import machines
from conc.show.markup import scroll, slug
from conc.show.shown import Shown
from conc.show.verdicts import MACHINES, badge
from conc.show.verdicts import PAGE as VERDICTS

ROUNDS = "rounds/"
"""The page of all rounds, and the folder of the page of each."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


_ROLES = {
    LOWEST: "lowest supported Python",
    NEWEST: "newest Python",
    FREE: "newest free-threaded Python",
}


def title(month: str) -> str:
    """Return a month as it is read: ``November 2026``."""
    year, of_year = month.split("-")
    return f"{MONTHS[int(of_year) - 1]} {year}"


def page(shown: Shown, month: str) -> h.Renderable:
    """Return what is on the page of a round. Raises ConcError for a month without one."""
    one = next((one for one in shown.rounds if one.month == month), None)
    if one is None:
        raise ConcError(f"there is no round of {month}")
    return h.div(".conc-machines", data_search_exclude=True)[
        h.p[_summary(one), " ", _way(shown, one)],
        _lacking(one),
        h.h2(id="turned")["What changed since the round before"],
        _turned(shown, one),
        h.h2(id="claims")["Claim by claim"],
        machines.symbols(),
        scroll("Claims and runners")[
            h.table(".conc-matrix")[
                h.caption["Claims and runners"],
                h.thead[
                    h.tr[
                        h.th(scope="col")["Claim"],
                        (h.th(scope="col")[_named(shown, column)] for column in one.columns),
                    ]
                ],
                h.tbody[
                    (
                        h.tr(id=claim.id)[
                            h.th(scope="row")[
                                h.a(href=shown.link(f"{VERDICTS}#{claim.id}"))[claim.id],
                                " ",
                                h.small[claim.says],
                            ],
                            (_cell(column, claim.id, claim.experiments) for column in one.columns),
                        ]
                        for claim in ledger.CLAIMS
                    )
                ],
            ]
        ],
        h.div(".conc-caption")[
            h.p["These are the verdicts of that month, by the rules that it had. They stay."],
            any(column.outdated for column in one.columns)
            and h.p["* It timed another version of the code than that month’s pages show."],
        ],
    ]


def python(column: Column) -> str:
    """Name the Python of a column."""
    return f"Python {column.version}{_free(column.interpreter, column.python)}"


def role(name: str) -> str:
    """Say which Python of its month a column is of."""
    return _ROLES.get(name, f"Python {name}")


def address(shown: Shown, column: Column) -> str | None:
    """Return the way to the page of a column's raw file; ``None`` once a newer one replaced it."""
    name = column.file.removesuffix(".xz").removesuffix(".gz").removesuffix(".json")
    if shown.path and shown.path.name == column.file:
        return shown.link(VERDICTS)
    if column.file and column.file in shown.others.files:
        return shown.link(f"{MACHINES}{quote(name)}/")
    return None


def _summary(one: Round) -> str:
    measured = one.measured
    days = sorted({column.measured[:10] for column in measured if column.measured})
    when = f", measured on {formats.date(days[-1])}" if days else ""
    images = len({column.image for column in measured})
    return (
        f"{formats.plural(len(measured), 'result')} of {formats.plural(images, 'image')} of hosted"
        f" runners{when}, judged by version {one.rules} of the rules."
    )


def _way(shown: Shown, one: Round) -> h.Renderable:
    return h.fragment[
        h.a(href=f"../{one.month}.json")["The same as JSON"],
        ", with the key figures and the digest of each raw file. ",
        h.a(href=shown.link(ROUNDS))["All rounds"],
    ]


def _lacking(one: Round) -> h.Element | None:
    failed = [column for column in one.columns if column.failed]
    if not failed and not one.notes:
        return None
    return h.ul[
        (
            h.li[f"{column.image}, Python {column.python}: no result, {column.failed}."]
            for column in failed
        ),
        (h.li[note] for note in one.notes),
    ]


def _turned(shown: Shown, one: Round) -> h.Renderable:
    earlier = [other for other in shown.rounds if other.month < one.month]
    if not earlier:
        return h.p["This is the first round."]
    if not one.turned:
        return h.p["No verdict was decided otherwise than in the round before."]
    by = Counter(reason for turn in one.turned for reason in turn.reasons)
    counted = formats.listed([f"{reason} in {count}" for reason, count in by.most_common()])
    return h.fragment[
        h.p[
            f"{formats.plural(len(one.turned), 'verdict')} turned. What was another: {counted}. The"
            " rule alone is named where the earlier samples, judged again by it, say the same; else"
            " what stands there need not be the cause."
        ],
        h.ul(".conc-turned")[(_turn(turn, one) for turn in one.turned)],
    ]


def _turn(turn: Turn, one: Round) -> h.Element:
    return h.li(id=anchor(turn))[
        h.strong[turn.claim],
        f" on {turn.image}, {role(turn.role)}: ",
        badge(turn.before),
        f" in {title(turn.since)}, now ",
        badge(turn.after),
        f". {why(turn, one)} {turn.says}",
    ]


def anchor(turn: Turn) -> str:
    """Return the id of a turned verdict on the page of its round."""
    return slug(f"{turn.image} {turn.role} {turn.claim}")


def why(turn: Turn, one: Round) -> str:
    """Say what can have turned a verdict."""
    if turn.reasons == ("the rule",):
        return (
            f"The rule turned it (version {one.rules}): the samples of {title(turn.since)} say the"
            " same by it."
        )
    others = f"What was another: {formats.listed(turn.reasons)}."
    if turn.again in {"", turn.before}:
        return others
    return f"{others} By the present rule it was {turn.again} then."


def _named(shown: Shown, column: Column) -> h.Renderable:
    said = column.image
    way = address(shown, column)
    cpu = f", {column.cpu}" if column.cpu else ""
    return h.fragment[h.a(href=way)[said] if way else said, " ", h.small[f"{python(column)}{cpu}"]]


def _cell(column: Column, claim: str, experiments: Sequence[str]) -> h.Element:
    if column.failed:
        return h.td(title=column.failed)["–"]
    outcome = column.verdicts.get(claim)
    if outcome is None:
        return h.td["–"]
    older = "*" if {*column.outdated} & {*experiments} else ""
    return h.td(class_=f"conc-{slug(outcome)}")[machines.outcome_mark(outcome, older)]


def _free(interpreter: Interpreter | None, asked: str) -> str:
    free = interpreter.build == "free-threaded" if interpreter else asked.endswith("t")
    return " free-threaded" if free and interpreter else ""
