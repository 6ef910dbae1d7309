"""Two results side by side, for a terminal and for programs."""

from collections.abc import Sequence

import msgspec

from conc import formats
from conc.claims import comparison, ledger
from conc.claims.comparison import Comparison, Difference, Pair
from conc.claims.findings import Finding
from conc.show import tables
from conc.show.machine_page import title
from conc.show.tables import Column, Table, printable


def to_text(first: Finding, second: Finding) -> str:
    """Return what differs as tables, and below them what can't be compared."""
    found = comparison.compare(first, second)
    parts = [
        f"A: {printable(title(first))}\nB: {printable(title(second))}",
        tables.to_text(_verdicts("Verdicts that differ", found.verdicts))
        if found.verdicts
        else "No verdict differs that both decide.",
        *([tables.to_text(_verdicts("Decided by one alone", found.lone))] if found.lone else []),
        *([tables.to_text(_ratios(found))] if found.ratios else []),
    ]
    if found.incomparable:
        lines = "\n".join(f"  {printable(says)}" for says in found.incomparable)
        parts.append(f"Not comparable, or only with care:\n{lines}")
    return "\n\n".join(parts)


def to_data(first: Finding, second: Finding) -> dict[str, object]:
    """Return the same for a program: estimates with their intervals, verdicts with sentences."""
    found = comparison.compare(first, second)
    return {
        "a": _about(first),
        "b": _about(second),
        "verdicts": [
            {
                "claim": one.name,
                "both_decided": one in found.verdicts,
                "a": msgspec.to_builtins(first.verdicts[one.name]),
                "b": msgspec.to_builtins(second.verdicts[one.name]),
            }
            for one in (*found.verdicts, *found.lone)
        ],
        "ratios": [
            {
                "name": of.key.name,
                "meaning": of.key.meaning,
                "a": msgspec.to_builtins(of.first),
                "b": msgspec.to_builtins(of.second),
                "apart": of.apart,
            }
            for of in found.ratios
        ],
        "incomparable": list(found.incomparable),
    }


def _about(one: Finding) -> dict[str, object]:
    return {
        "file": one.name,
        "title": title(one),
        "machine": msgspec.to_builtins(one.machine),
        "interpreter": msgspec.to_builtins(one.interpreter),
        "profiles": list(one.profiles),
        "decided": one.decided,
    }


def _verdicts(heading: str, differences: Sequence[Difference]) -> Table:
    columns: tuple[Column[Difference], ...] = (
        Column("claim", "claim", lambda one: one.name, figures=False, names=True),
        Column("says", "it says", lambda one: ledger.get(one.name).says, figures=False),
        Column("a", "A", lambda one: one.first, figures=False),
        Column("b", "B", lambda one: one.second, figures=False),
    )
    return Table.of(heading, columns, differences)


def _ratios(found: Comparison) -> Table:
    columns: tuple[Column[Pair], ...] = (
        Column("name", "ratio", lambda of: of.key.title, figures=False, names=True),
        Column("a", "A", lambda of: formats.ratio_interval(of.first)),
        Column("b", "B", lambda of: formats.ratio_interval(of.second)),
        Column(
            "apart",
            "intervals",
            lambda of: "apart" if of.apart else "overlap",
            figures=False,
        ),
        Column("meaning", "what it is", lambda of: of.key.meaning, figures=False),
    )
    return Table.of("Key ratios, with their 95 % intervals", columns, found.ratios)
