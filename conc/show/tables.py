"""Tables as strings: HTML for a page, text for a terminal, plain data for a program.

A cell keeps the value that it shows, so that all three say the same.
"""

import io
import shutil
from dataclasses import dataclass, field
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from conc.records import Measurement

Raw = str | float | bool | list[float] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and the value behind it in seconds, bytes or plain numbers.

    A cell that is about a model, such as the winner of a comparison, is tinted in its colour; the
    text must say it too.
    """

    text: str
    value: Raw = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, what its figures mean (unit, which direction is better), and its key in JSON.

    Figures stand to the right, words to the left.
    """

    key: str
    heading: str
    meaning: str = ""
    figures: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. ``notes`` are sentences that belong below; ``source`` was measured."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: Measurement | None = None
    notes: tuple[str, ...] = field(default=())


def to_html(table: Table, footer: str = "") -> str:
    """Return the table as HTML that scrolls by itself where it is wider than the page.

    Everything but ``footer``, which is HTML already, is escaped.
    """
    import htpy as h  # noqa: PLC0415 — a terminal shows tables without the packages of the site
    from markupsafe import Markup  # noqa: PLC0415 — as htpy

    def classes(column: Column, cell: Cell | None = None) -> list[str]:
        of_model = [f"conc-of-{cell.model}"] if cell and cell.model else []
        return ["conc-figure"] * column.figures + of_model

    headings = [
        h.th(scope="col", class_=classes(column))[
            column.heading, column.meaning and [" ", h.small[column.meaning]]
        ]
        for column in table.columns
    ]
    rows = [
        h.tr[
            h.th(scope="row")[row[0].text],
            [
                h.td(class_=classes(column, cell))[cell.text]
                for column, cell in zip(table.columns[1:], row[1:], strict=True)
            ],
        ]
        for row in table.rows
    ]
    scrolled = h.div(".conc-scroll", role="group", aria_label=table.title, tabindex="0")
    return str(
        h.div(".conc-table", data_search_exclude=True)[
            scrolled[h.table[h.caption[table.title], h.thead[h.tr[headings]], h.tbody[rows]]],
            h.div(".conc-caption")[
                [h.p[note] for note in table.notes],
                Markup(footer),  # noqa: S704 — it is HTML already
            ],
        ]
    )


def to_text(table: Table) -> str:
    """Return the table for a terminal of the present width, without colours.

    What a column means stands below, because a terminal is narrow.
    """
    width = max(60, shutil.get_terminal_size((100, 24)).columns)
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    drawn = RichTable(title=_plain(table.title), title_justify="left", box=box.SIMPLE_HEAD)
    for column in table.columns:
        justify: Literal["left", "right"] = "right" if column.figures else "left"
        drawn.add_column(_plain(column.heading), justify=justify, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(_plain(cell.text) for cell in row))
    with console.capture() as capture:
        console.print(drawn)
        meanings = (f"{c.heading}: {c.meaning}." for c in table.columns if c.meaning)
        for line in (*meanings, *table.notes):
            console.print(_plain(line))
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def to_data(table: Table) -> dict[str, object]:
    """Return the table as plain data, with the values rather than their texts where it has any."""
    rows = [
        {
            column.key: cell.text if cell.value is None else cell.value
            for column, cell in zip(table.columns, row, strict=True)
        }
        for row in table.rows
    ]
    return {"title": table.title, "rows": rows, "notes": list(table.notes)}


def printable(text: str) -> str:
    """Return ``text`` without the control characters that would steer a terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)


def _plain(text: str) -> Text:
    """Keep control characters of a contributed file away from the terminal, and rich's markup."""
    return Text(printable(text))
