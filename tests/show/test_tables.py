"""A table is what its columns read of its things: counted, missing and escaped in one place."""

from html.parser import HTMLParser

import pytest

from conc.records import Failure
from conc.results.evidence import Evidence
from conc.show import tables
from conc.show.markup import with_figures
from conc.show.tables import NONE, Cell, Column, Table
from conc.show.views import columns
from tests.show.views_reading import measured, rows_of, without_samples

Pair = tuple[str, float | None]

NAME: Column[Pair] = Column("name", "Name", lambda pair: pair[0], figures=False, names=True)
VALUE: Column[Pair] = Column(
    "value",
    "Value",
    lambda pair: None if pair[1] is None else Cell(f"{pair[1]:g} s", pair[1]),
    "of one",
    "lower",
)
DOUBLE: Column[Pair] = Column("double", "Twice", lambda pair: Cell("2", 2.0) if pair[1] else None)
PLACE: Column[Pair] = Column("place", "Place", lambda _: "here", names=True)


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in cells] for cells in table.rows]


def pairs(*things: Pair, columns: tuple[Column[Pair], ...] = (NAME, VALUE, DOUBLE)) -> Table:
    return Table.of("Pairs", columns, things)


class Tags(HTMLParser):
    """The tags of a page, and the text in each of them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), []))

    def handle_data(self, data: str) -> None:
        if self.found:
            self.found[-1][2].append(data)

    def of(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attrs, "".join(text)) for name, attrs, text in self.found if name == tag]


@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_row_has_as_many_cells_as_there_are_columns(width: int) -> None:
    made = pairs(("a", 1.5), ("b", None), columns=(NAME, VALUE, DOUBLE)[:width])
    assert [len(cells) for cells in made.rows] == [width, width]
    assert rows_of(made)[0]["name"].text == "a"


def test_what_a_thing_lacks_is_a_dash_or_what_the_column_says_instead() -> None:
    absent: Column[Pair] = Column("absent", "Absent", lambda _: None, otherwise=Cell("unknown"))
    assert texts(pairs(("a", None), columns=(NAME, VALUE, absent))) == [["a", "–", "unknown"]]


def test_a_thing_without_a_figure_says_why_once_and_keeps_what_names_it() -> None:
    made = Table.of(
        "Pairs",
        (NAME, VALUE, PLACE, DOUBLE),
        [("a", 1.5), ("b", 2.5)],
        missing=lambda pair: "failed: crashed" if pair[0] == "b" else None,
    )
    assert texts(made) == [["a", "1.5 s", "here", "2"], ["b", "failed: crashed", "here", "–"]]


def test_the_columns_of_a_thing_without_a_figure_are_not_read() -> None:
    def read(_: Pair) -> str:
        raise AssertionError

    unread: Column[Pair] = Column("unread", "Unread", read)
    made = Table.of("Pairs", (NAME, unread), [("a", None)], missing=lambda _: "no figure")
    assert texts(made) == [["a", "no figure"]]


def test_a_case_that_failed_says_so_in_the_first_place_for_a_figure() -> None:
    result = without_samples(measured("lock-price"), "lock-price", lambda case: case.workers > 1)
    found = Evidence(result).of("lock-price")
    made = columns.of_cases(
        found,
        "Cases",
        (columns.MODEL, columns.wall_time(found.cost_s, "of one"), columns.rounds(found.cost_s)),
        found.cases,
    )
    assert made.source is found.measurement
    failed = [cells for case, cells in zip(found.cases, made.rows, strict=True) if case.workers > 1]
    assert {tuple(cell.text for cell in cells[1:]) for cells in failed} == {
        ("failed: crashed", NONE.text)
    }
    others = [cells for cells in made.rows if cells not in failed]
    assert others
    assert not any("failed" in cell.text or cell == NONE for cells in others for cell in cells)


def test_a_wrong_answer_is_a_case_without_a_figure() -> None:
    result = measured("lock-price")
    case = result.measurements["lock-price"].cases[0]
    result.measurements["lock-price"].failures.append(
        Failure(case=case.id, run=0, kind="wrong answer", detail="7")
    )
    found = Evidence(result).of("lock-price")
    assert columns.no_figure(found, case) == "failed: wrong answer (7)"
    assert columns.no_figure(found, found.cases[1]) is None


def test_a_heading_says_the_unit_and_which_direction_is_better() -> None:
    higher: Column[Pair] = Column("high", "High", lambda _: "", better="higher")
    said = [column.says for column in (NAME, VALUE, higher)]
    assert said == ["", "of one, lower is better", "higher is better"]
    made = pairs(("a", 1.0), columns=(NAME, VALUE, higher))
    assert [text for _, text in Tags(tables.to_html(made)).of("small")] == [
        "of one, lower is better",
        "higher is better",
    ]
    assert "Value: of one, lower is better." in tables.to_text(made)
    assert "Name:" not in tables.to_text(made)


def test_html_sets_figures_to_the_right_and_tints_what_is_about_a_model() -> None:
    tinted: Column[Pair] = Column("best", "Best", lambda _: Cell("asyncio", model="asyncio"))
    made = tables.to_html(pairs(("a", 1.5), columns=(NAME, VALUE, tinted)))
    tags = Tags(with_figures(made))
    assert tags.of("caption") == [({}, "Pairs")]
    quantity = {"data-quantity": "Pairs: value of a", "value": "1.5"}
    assert tags.of("data") == [({"class": "conc-figure"} | quantity, "1.5 s")]
    assert tags.of("th")[0] == ({"scope": "col"}, "Name")
    assert tags.of("th")[1][0] == {"scope": "col", "class": "conc-figure"}
    assert tags.of("th")[3] == ({"scope": "row"}, "a")
    assert tags.of("td") == [
        ({"class": "conc-figure"}, ""),  # its figure is an element of its own
        ({"class": "conc-figure conc-of-asyncio"}, "asyncio"),
    ]


def test_a_column_of_sentences_has_room_for_them() -> None:
    words: Column[Pair] = Column("said", "Said", lambda pair: pair[0], figures=False)
    few, many = (
        pairs(("a", 1.0), columns=(NAME, words)),
        pairs(("why it is so " * 5, 1.0), columns=(NAME, words)),
    )
    assert "conc-sentence" not in tables.to_html(few)
    assert ({"class": "conc-sentence"}, "why it is so " * 5) in Tags(tables.to_html(many)).of("td")


def test_whatever_a_table_holds_is_text_in_html_except_its_footer() -> None:
    bad = '"><script>alert(1)</script>'
    column: Column[str] = Column(bad, bad, lambda text: Cell(text, model=bad), bad)
    made = Table.of(bad, (column, column), [bad], notes=(bad,))
    html = tables.to_html(made, "<p>made <b>here</b></p>")
    tags = Tags(html)
    assert not tags.of("script")
    assert [attrs for attrs, _ in tags.of("td")] == [{"class": f"conc-figure conc-of-{bad}"}]
    assert [text for _, text in (*tags.of("caption"), *tags.of("td"))] == [bad, bad]
    assert [text for _, text in tags.of("p")] == [bad, "made "]
    assert tags.of("b") == [({}, "here")]
    assert html.endswith("<p>made <b>here</b></p></div></div>")


def test_data_has_the_value_behind_a_text_and_the_text_where_there_is_none() -> None:
    assert tables.to_data(pairs(("a", 1.5), ("b", None))) == {
        "title": "Pairs",
        "rows": [
            {"name": "a", "value": 1.5, "double": 2.0},
            {"name": "b", "value": "–", "double": "–"},
        ],
        "notes": [],
    }


def test_a_table_of_real_cases_reads_each_cell_of_its_own_case() -> None:
    found = Evidence(measured("utilisation")).of("utilisation")
    made = columns.of_cases(found, "Cases", (columns.MODEL, columns.workers()), found.cases)
    assert texts(made) == [[case.model, str(case.workers)] for case in found.cases]


def test_each_cell_of_a_card_has_its_heading_beside_it() -> None:
    table = Table.of("t", (Column("a", "A", str), Column("b", "Beta", str)), [1, 2])
    assert "data-head" not in tables.to_html(table)
    assert tables.to_html(table.in_cards()).count('data-head="Beta"') == 2
