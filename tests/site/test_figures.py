"""One figure, one number: whatever the built site shows of a quantity is the same everywhere."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup

from conc import figures
from conc.claims import ledger
from conc.errors import MissingError
from conc.results import store
from conc.results.evidence import Evidence
from conc.show import verdicts
from conc.show.markup import exact
from conc.show.shown import Shown as ShownResult
from conc.show.views import VIEWS

LEAST_SHARED = 100
"""So many quantities at least stand in several places, else this test looks at nothing."""

SENTENCES = "p, li, figcaption, summary, label, .conc-claims td, .conc-said, .conc-flow text"
"""Where generated text stands; cells of other tables are figures or names as a whole."""

OTHERWISE = (
    "code, pre, kbd, th, .conc-plot, .conc-title, .conc-legend, .conc-rows, .conc-known, "
    ".conc-origin, .conc-measured, .conc-choice"
)
"""Parts with other rules: what a program prints, names of rows, series and pictures, what is quoted
with its source, and the line of origin, whose numbers are names."""

NAMES = {
    r"\bC\d+\b": "a claim",
    r"\b(CPython|Python|htop|top|ps|psutil) \d[\w.]*( free-threaded)?": "a version",
    r"\bVersion \d+": "a version of the rules",
    r"\b\d{1,2} (January|February|August|November) \d{4}": "a day",
    r"×\d+( \w+=\S+)*": "a case",
    r"\bp(50|95|99)\b": "a percentile",
    r"\b95 % interval": "the interval that all pages show",
    r"\b1×": "as fast as before",
    r"\+= (int\()?1\)?": "a line of code",
    r"\b(bz2|pbkdf2_hmac|sha256|kept\d|free\d)\b": "a function",
    r"\b3\.1\d\b": "a version of Python",
    r"more than 100 % of a core": "the words of a claim",
    r"“100 %”": "what top prints",
    r"@ [\d.]+GHz": "the name of a CPU",
    r"[\d.]+ usable cores? ·": "a line that names the machine",
    r"affinity leaves \d+ of \d+ CPUs|quota is [\d.]+ CPUs": "the limit of a machine",
}
"""Numbers that are names, which are no figures of anything measured or set."""

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


def sentences(html: str) -> Iterator[str]:
    """Yield the generated sentences of a page without their figures."""
    page = BeautifulSoup(html, "html.parser")
    apart = [one for one in page.select(OTHERWISE) if not one.find_parent(class_="conc-flow")]
    for part in apart:
        part.decompose()
    for found in page.select(SENTENCES):
        around = [found, *found.parents]
        made = any("conc-" in " ".join(one.get_attribute_list("class")) for one in around[:-1])
        if made and not found.find(["p", "li"]):
            for figure in found.select("[data-quantity]"):
                figure.decompose()
            yield " ".join(found.get_text(" ").split())


def test_no_generated_sentence_has_a_number_that_is_neither_a_figure_nor_a_name(
    site: Path,
) -> None:
    found = {
        (page, said)
        for page, html in pages(site)
        for said in sentences(html)
        if re.search(r"\d", re.sub("|".join(NAMES), "", said))
    }
    assert found == set()


def test_a_bare_number_in_a_sentence_is_found() -> None:
    figure = '<data data-quantity="a" value="7">7</data>'
    html = f'<article><div class="conc-verdict"><p>{figure} of 8 rounds, C7</p></div></article>'
    assert list(sentences(html)) == ["of 8 rounds, C7"]


@pytest.fixture(scope="session")
def published(site: Path) -> list[dict[str, object]]:
    """Return the verdicts that the site publishes for programs."""
    found: list[dict[str, object]] = json.loads((site / "data/verdicts.json").read_bytes())
    return found


def test_programs_read_the_values_that_pages_show(
    by_quantity: Mapping[str, list[Shown]], published: list[dict[str, object]]
) -> None:
    shared = 0
    for verdict in published:
        numbers = verdict["numbers"]
        assert isinstance(numbers, dict)
        for number in numbers.values():
            if not isinstance(number, dict) or number["quantity"] not in by_quantity:
                continue
            shared += 1
            values = {one.value for one in by_quantity[number["quantity"]]}
            assert values == {exact(number["value"])}, number["quantity"]
    assert shared > LEAST_SHARED / 4


def test_a_terminal_says_what_pages_say(site: Path, published: list[dict[str, object]]) -> None:
    """It has the very sentences of the pages, figures and all."""
    result = store.load(site / "data/result.json")
    lines = verdicts.to_text(ShownResult(result), ledger.CLAIMS, as_table=False).splitlines()
    assert len(lines) == len(published)
    for line, verdict in zip(lines, published, strict=True):
        assert str(verdict["sentence"]) in line


def test_tables_in_a_terminal_have_the_values_that_pages_show(
    site: Path, by_quantity: Mapping[str, list[Shown]]
) -> None:
    evidence, shared = Evidence(store.load(site / "data/result.json")), 0
    for name, make in VIEWS.tables.items():
        try:
            rows = make(evidence).rows
        except MissingError:
            continue  # pages say so too
        for row in rows:
            for figure in (one for cell in row for one in figures.read(cell.text).figures):
                values = {one.value for one in by_quantity.get(figure.quantity, [])}
                assert values <= {exact(figure.value)}, (name, figure.quantity)
                shared += bool(values)
    assert shared > LEAST_SHARED
