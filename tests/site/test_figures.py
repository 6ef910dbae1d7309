"""One figure, one number: whatever the built site shows of a quantity is the same everywhere."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest

LEAST_SHARED = 100
"""So many quantities at least stand in several places, else this test looks at nothing."""

_INTERVAL = re.compile(r"\(([^()]*–[^()]*)\)")


class Shown(NamedTuple):
    """A figure as a page shows it: in which file, its value, and in which words."""

    page: str
    value: str
    words: str


class Figures(HTMLParser):
    """The measured figures of a page, each with what it is."""

    def __init__(self, page: str, html: str) -> None:
        super().__init__()
        self.page = page
        self.found: dict[str, list[Shown]] = defaultdict(list)
        self._open: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if "data-quantity" not in named:
            return
        quantity, value = named["data-quantity"], named.get("value") or named["data-value"]
        if tag in {"data", "tspan"}:
            self._open.append((tag, quantity, value))
        else:
            self.found[quantity].append(Shown(self.page, value, named["data-tip"]))

    def handle_data(self, data: str) -> None:
        if self._open:
            _, quantity, value = self._open.pop()
            self.found[quantity].append(Shown(self.page, value, data))


def pages(site: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(site.rglob("*.html")):
        yield path.relative_to(site).as_posix(), path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def by_quantity(site: Path) -> Mapping[str, list[Shown]]:
    """Find every figure of the site, by what it is."""
    found: dict[str, list[Shown]] = defaultdict(list)
    for page, html in pages(site):
        for quantity, shown in Figures(page, html).found.items():
            found[quantity] += shown
    return found


def test_many_quantities_stand_in_several_places(by_quantity: Mapping[str, list[Shown]]) -> None:
    assert sum(len(shown) > 1 for shown in by_quantity.values()) > LEAST_SHARED


def test_no_quantity_has_two_values(by_quantity: Mapping[str, list[Shown]]) -> None:
    two = {
        quantity: shown
        for quantity, shown in by_quantity.items()
        if len({one.value for one in shown}) > 1
    }
    assert two == {}


def test_no_quantity_has_two_intervals_of_one_level(
    by_quantity: Mapping[str, list[Shown]],
) -> None:
    """Those that verdicts rest on name their level; units may differ from place to place."""
    for quantity, shown in by_quantity.items():
        ends = {
            (unit_of(one.words), interval)
            for one in shown
            for interval in _INTERVAL.findall(one.words)
            if " at " not in interval
        }
        units = {unit for unit, _ in ends}
        assert len(ends) == len(units), f"{quantity}: {ends}"


def unit_of(words: str) -> str:
    """Return the unit of a figure: what stands between its number and its interval."""
    found = re.search(r"[\d,.]+([^\d(]*)\(", words)
    return found[1].strip() if found else ""


def test_no_mark_of_a_figure_is_left(site: Path) -> None:
    assert [page for page, html in pages(site) if re.search("[\ue000-\ue002]", html)] == []
