"""Tables as data, HTML for a page and text for a terminal.

A table is made from columns and the things that its rows are about: each column reads its own cell
of each thing, so a row has as many cells as there are columns. A cell keeps the value that it
shows, so that page, terminal and program say the same.
"""

import io
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, Never, TypeVar

import htpy as h
from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from conc import figures
from conc.records import Measurement
from conc.show.markup import html, scroll

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

Raw = str | float | bool | list[float] | None
Better = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and the value behind it in seconds, bytes or plain numbers.

    A cell that is about a model, such as the winner of a comparison, is tinted in its colour; the
    text must say it too.
    """

    text: str
    value: Raw = None
    model: str = ""

    def __post_init__(self) -> None:
        """Read the figures in the text."""
        object.__setattr__(self, "text", figures.read(self.text))


A_SENTENCE = 40
"""Words of more letters than these need room beside columns of figures."""

NONE = Cell("–")
"""There is nothing to say here."""

Said = Cell | str | None
"""What a column reads of a thing: a cell or its text, ``None`` where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Column(Generic[T_contra]):
    """One quantity of every thing that a table lists: its key in JSON, heading, and how it is read.

    ``otherwise`` stands where it reads nothing. ``meaning`` tells the unit or what is counted,
    ``better`` which direction is the better one. Figures stand to the right, words to the left. A
    column that ``names`` says what a row is about: it is shown for a thing without a figure too.
    """

    key: str
    heading: str
    read: Callable[[T_contra], Said]
    meaning: str = ""
    better: Better | None = None
    figures: bool = True
    names: bool = False
    otherwise: Cell = NONE

    @property
    def says(self) -> str:
        """What the figures mean, and which direction is better where one is."""
        direction = f"{self.better} is better" if self.better else ""
        return ", ".join(part for part in (self.meaning, direction) if part)

    def cell(self, thing: T_contra) -> Cell:
        """Return the cell of a thing."""
        found = self.read(thing)
        if found is None:
            return self.otherwise
        return Cell(found) if isinstance(found, str) else found


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. ``notes`` are sentences that belong below; ``source`` was measured.

    Of a table with ``cards`` each row is a card on a telephone, instead of a line to be scrolled.
    """

    title: str
    columns: tuple[Column[Never], ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: Measurement | None = None
    notes: tuple[str, ...] = ()
    cards: bool = False

    @classmethod
    def of(
        cls,
        title: str,
        columns: Sequence[Column[T]],
        things: Iterable[T],
        *,
        missing: Callable[[T], str | None] = lambda _: None,
        notes: tuple[str, ...] = (),
    ) -> "Table":
        """Make a table with a row for each thing.

        ``missing`` says of a thing without a figure why it has none, and ``None`` of another.
        """
        rows = tuple(_row(columns, thing, missing(thing)) for thing in things)
        return cls(title, tuple(columns), rows, notes=notes)

    def in_cards(self) -> "Table":
        """Let each row be a card where there is little room."""
        return replace(self, cards=True)

    def resting_on(self, source: Measurement) -> "Table":
        """Say what the figures were read from, for the line of origin."""
        return replace(self, source=source)


def to_html(table: Table, footer: str = "") -> str:
    """Return the table as HTML that scrolls by itself where it is wider than the page.

    Everything but ``footer``, which is HTML already, is escaped.
    """
    sentences = {
        place
        for place in range(len(table.columns))
        if any(len(row[place].text) > A_SENTENCE for row in table.rows)
    }

    def classes(place: int, cell: Cell = NONE) -> list[str]:
        of_model = [f"conc-of-{cell.model}"] if cell.model else []
        kinds = ["conc-figure"] * table.columns[place].figures
        return kinds + ["conc-sentence"] * (place in sentences) + of_model

    headings = [
        h.th(scope="col", class_=classes(place))[
            column.heading, column.says and [" ", h.small[column.says]]
        ]
        for place, column in enumerate(table.columns)
    ]
    rows = [
        h.tr[
            h.th(scope="row")[_shown(table, row, 0)],
            [
                h.td(
                    class_=classes(place, row[place]),
                    data_head=table.cards and column.heading,
                )[_shown(table, row, place)]
                for place, column in enumerate(table.columns[1:], start=1)
            ],
        ]
        for row in table.rows
    ]
    scrolled = scroll(table.title)
    return str(
        h.div(".conc-table", data_search_exclude=True)[
            scrolled[
                h.table(class_=["conc-grid", "conc-cards" if table.cards else ""])[
                    h.caption[table.title], h.thead[h.tr[headings]], h.tbody[rows]
                ]
            ],
            h.div(".conc-caption")[
                [h.p[note] for note in table.notes],
                html(footer),
            ],
        ]
    )


def _shown(table: Table, row: tuple[Cell, ...], place: int) -> str:
    """Return a cell's words; a number of which nobody said what it is is what the table says."""
    cell, column = row[place], table.columns[place]
    value = cell.value[0] if isinstance(cell.value, list) else cell.value
    if column.names or isinstance(value, str | bool | None) or figures.read(cell.text).figures:
        return figures.marked(figures.read(cell.text))
    about = ", ".join(
        one.text for one, named in zip(row, table.columns, strict=True) if named.names
    )
    return figures.figure(f"{table.title}: {column.key} of {about}", value, cell.text)


def terminal_width() -> int:
    """Return how many characters a line of the terminal has; 100 where none is."""
    return max(60, shutil.get_terminal_size((100, 24)).columns)


def to_text(table: Table, width: int = 0) -> str:
    """Return the table for a terminal of a width, or of the present one, without colours.

    What a column means stands below, because a terminal is narrow.
    """
    width = width or terminal_width()
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False)
    drawn = RichTable(title=_plain(table.title), title_justify="left", box=box.SIMPLE_HEAD)
    for column in table.columns:
        justify: Literal["left", "right"] = "right" if column.figures else "left"
        drawn.add_column(_plain(column.heading), justify=justify, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(_plain(cell.text) for cell in row))
    with console.capture() as capture:
        console.print(drawn)
        meanings = (f"{c.heading}: {c.says}." for c in table.columns if c.says)
        for line in (*meanings, *table.notes):
            console.print(_plain(line))
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def to_data(table: Table) -> dict[str, object]:
    """Return the table as plain data, with the values rather than their texts where it has any."""
    rows = [
        {
            column.key: str(cell.text) if cell.value is None else cell.value
            for column, cell in zip(table.columns, row, strict=True)
        }
        for row in table.rows
    ]
    return {
        "title": table.title,
        "rows": rows,
        "notes": [str(figures.read(note)) for note in table.notes],
    }


def printable(words: str) -> str:
    """Return ``words`` without the control characters that would steer a terminal."""
    return "".join(c if c.isprintable() else "�" for c in words)


def _row(columns: Sequence[Column[T]], thing: T, missing: str | None) -> tuple[Cell, ...]:
    """Read a thing's cells; where it has no figure the first place for one says why."""
    if missing is None:
        return tuple(column.cell(thing) for column in columns)
    first = next((column for column in columns if not column.names), None)
    return tuple(
        column.cell(thing) if column.names else Cell(missing) if column is first else NONE
        for column in columns
    )


def _plain(words: str) -> Text:
    """Keep control characters of a contributed file away from the terminal, and rich's markup."""
    return Text(printable(figures.read(words)))
