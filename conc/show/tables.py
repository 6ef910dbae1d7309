"""Tables as strings: HTML for a page, text for a terminal, plain data for a program.

A cell keeps the value that it shows, so that all three say the same.
"""

import io
import shutil
from dataclasses import dataclass, field
from html import escape
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
    head = "".join(_heading(column) for column in table.columns)
    body = "".join(_row(table.columns, row) for row in table.rows)
    notes = "".join(f"<p>{escape(note)}</p>" for note in table.notes)
    title = escape(table.title)
    return (
        f'<div class="conc-table" data-search-exclude>'
        f'<div class="conc-scroll" role="group" aria-label="{title}" tabindex="0">'
        f'<table class="conc-grid"><caption>{title}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
        f'<div class="conc-caption">{notes}{footer}</div></div>'
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


def _heading(column: Column) -> str:
    meaning = f" <small>{escape(column.meaning)}</small>" if column.meaning else ""
    return f'<th scope="col"{_align(column)}>{escape(column.heading)}{meaning}</th>'


def _row(columns: tuple[Column, ...], row: tuple[Cell, ...]) -> str:
    first, *rest = row
    cells = [f'<th scope="row">{escape(first.text)}</th>']
    cells += [
        f"<td{_align(column, cell)}>{escape(cell.text)}</td>"
        for column, cell in zip(columns[1:], rest, strict=True)
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _align(column: Column, cell: Cell | None = None) -> str:
    names = ["conc-figure"] if column.figures else []
    if cell and cell.model:
        names.append(f"conc-of-{cell.model}")
    return f' class="{escape(" ".join(names))}"' if names else ""


def _plain(text: str) -> Text:
    """Keep control characters of a contributed file away from the terminal, and rich's markup."""
    return Text(printable(text))
