"""The page of one machine and interpreter, but for what other files add to it.

It depends on the finding alone, so that it is made once, where the file is judged. Every text of a
file may be a stranger's, and is escaped.
"""

from collections.abc import Callable, Sequence
from urllib.parse import quote

import htpy as h
import msgspec

from conc import formats
from conc.claims import ledger
from conc.claims.findings import KEYS, Finding
from conc.figures import Counted
from conc.records import Estimate, Result
from conc.results.evidence import Evidence
from conc.show import tables
from conc.show.markup import html, scroll, slug, with_figures
from conc.show.tables import Column, Table
from conc.show.verdicts import badge, said
from conc.show.views import columns, method
from conc.show.views.cells import number


def body(one: Finding, file: str) -> str:
    """Return the body of a machine's page as HTML; ``file`` is the name of its raw data."""
    bare = Evidence(Result(conc=one.conc, machine=one.machine, interpreter=one.interpreter))
    made = h.fragment[
        h.p[
            _about(one),
            h.a(href=f"../{quote(file)}")["The raw data"],
            " holds every sample. ",
            h.a(href="../")["All machines"],
        ],
        [h.p(".conc-broken")[h.strong["Impossible figure:"], " ", says] for says in one.impossible],
        h.p[
            "Some experiments timed another version of the code than the pages show: ",
            f"{', '.join(one.outdated)}.",
        ]
        if one.outdated
        else None,
        _verdicts(one),
        html(tables.to_html(method.machine_table(bare))),
        html(tables.to_html(_quality(one))),
    ]
    return with_figures("".join(made.iter_chunks()), of=slug(one.name))


def title(one: Finding) -> str:
    """Return what a page is called: machine and interpreter."""
    return f"{one.machine.cpu}, {cores(one)}, {python(one)}"


def named(one: Finding, estimate: Estimate) -> Estimate:
    """Return a figure of another machine or interpreter: it is another quantity than that here."""
    if not estimate.quantity:
        return estimate
    return msgspec.structs.replace(estimate, quantity=f"{slug(one.name)}: {estimate.quantity}")


def cores(one: Finding) -> str:
    """Say how many cores were usable, and of how many: ``1 of 4 cores``."""
    cores = one.machine.usable_cores
    of = f" of {one.machine.cores}" if cores < one.machine.cores else ""
    return f"{cores:g}{of} core{'' if cores == 1 and not of else 's'}"


def python(one: Finding) -> str:
    """Name the interpreter; its build only where it is free-threaded."""
    used = one.interpreter
    build = "" if used.build == "GIL-enabled" else " free-threaded"
    by = used.gil_by or "an import"
    gil = f", its GIL switched on by {by}" if build and used.gil else ""
    return f"{used.implementation} {used.version}{build}{gil}"


def day(one: Finding) -> str:
    """Say on which day it was measured."""
    return formats.date(one.measured) if one.measured else "no day"


def _about(one: Finding) -> str:
    decided = formats.count(Counted(one.decided, "verdicts: decided"))
    decided = f"{decided} of {formats.plural(ledger.NUMBER, 'claim')} decided"
    profiles = " and ".join(one.profiles)
    return f"{decided}, measured on {day(one)} with the profile {profiles}. "


def _verdicts(one: Finding) -> h.Element:
    return scroll("Verdicts")[
        h.table(".conc-claims.conc-cards")[
            h.caption["What it says of each claim"],
            h.thead[h.tr[(h.th(scope="col")[x] for x in ("Claim", "It says", "Verdict", "Found"))]],
            h.tbody[
                (
                    h.tr(id=claim.id)[
                        h.th(scope="row")[claim.id],
                        h.td[claim.says],
                        h.td[badge(verdict.outcome)],
                        h.td[said(verdict)],
                    ]
                    for claim in ledger.CLAIMS
                    if (verdict := one.verdicts.get(claim.id))
                )
            ],
        ]
    ]


def _quality(one: Finding) -> Table:
    return Table.of(
        "The quality of its measurement",
        (
            columns.name("experiment", "Experiment", lambda of: of.experiment),
            columns.words("profile", "Profile", lambda of: of.profile),
            Column("started", "Started (UTC)", lambda of: of.started.replace("T", " ")[:16]),
            Column("seconds", "Took", lambda of: number(of.seconds, formats.duration)),
            Column("samples", "Samples", lambda of: number(of.samples, formats.count)),
            Column("stalled", "Stalled", lambda of: number(of.stalled, formats.share)),
            Column("failures", "Failures", lambda of: number(of.failures, formats.count)),
        ),
        one.qualities,
    )


def noise(found: Sequence[Finding], label: Callable[[Finding], str]) -> h.Element | None:
    """Name the figures above what the cores at work can give, each with its result's label."""
    said = [f"{key.title} of {label(one)}" for one in found for key in KEYS if key.is_noise(one)]
    if not said:
        return None
    return h.p[
        f"More than the cores at work can give, and so noise: {formats.listed(said)}. Where there"
        " is a GIL, threads have one core."
    ]
