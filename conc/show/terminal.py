"""The tables in a terminal, and the same as plain data for ``conc report --json``."""

import textwrap

import msgspec

from conc.claims.invariants import sound
from conc.errors import MissingError
from conc.records import Result
from conc.show import captions, tables
from conc.show.views import VIEWS


def report(result: Result) -> str:
    """Return every table of what was measured as text for the present terminal, uncoloured."""
    evidence = sound(result)
    parts = [tables.printable(captions.provenance(result, None))]
    for view in VIEWS.tables.values():
        try:
            parts.append(tables.to_text(view(evidence)))
        except MissingError as error:
            parts.append(f"{_wrapped(str(error))}\n")
    return "\n".join(dict.fromkeys(parts))


def _wrapped(text: str) -> str:
    """Break a line where the terminal ends, and no word of a command."""
    width = tables.terminal_width()
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


def report_data(result: Result) -> dict[str, object]:
    """Return the same as plain data: seconds, bytes and ratios, each table by its name."""
    evidence = sound(result)
    found: dict[str, object] = {}
    missing: dict[str, str] = {}
    for name, view in VIEWS.tables.items():
        try:
            found[name] = tables.to_data(view(evidence))
        except MissingError as error:
            missing[name] = str(error)
    return {
        "machine": msgspec.to_builtins(result.machine),
        "interpreter": msgspec.to_builtins(result.interpreter),
        "tables": found,
        "missing": missing,
    }
