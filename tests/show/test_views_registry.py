"""Completeness both ways: whatever a page asks for is there, and whatever is there is shown."""

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from conc import show
from conc.show.views import VIEWS
from conc.show.views.registry import Views, merged

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^( *)```python exec=[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)

NAMES: Mapping[str, AbstractSet[str]] = {
    "chart": set(VIEWS.charts),
    "table": set(VIEWS.tables),
    "sentence": set(VIEWS.sentences),
}


def blocks() -> Iterator[str]:
    for page in DOCS.rglob("*.md"):
        for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
            yield textwrap.dedent(block[2])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, AbstractSet[str]]:
    """Run the blocks of all pages and return the names that they ask for."""
    found: dict[str, set[str]] = defaultdict(set)

    def noting(function: str) -> None:
        def note(name: str = "", *_: str, **_options: bool) -> str:
            found[function].add(name)
            return ""

        monkeypatch.setattr(show, function, note)

    for function in show.__all__:
        noting(function)
    for block in blocks():
        exec(block, {})
    return found


def test_every_name_that_a_page_asks_for_is_a_view(asked: Mapping[str, AbstractSet[str]]) -> None:
    for function, names in NAMES.items():
        assert asked[function]
        assert asked[function] <= names


def test_every_chart_and_sentence_is_on_a_page(asked: Mapping[str, AbstractSet[str]]) -> None:
    """A table need not be: the report in the terminal shows them all."""
    assert asked["chart"] == NAMES["chart"]
    assert asked["sentence"] == NAMES["sentence"]


def test_a_name_that_two_views_have_is_refused() -> None:
    one, other = Views(sentences={"a/b": str}), Views(sentences={"a/c": repr})
    assert set(merged(one, other).sentences) == {"a/b", "a/c"}
    with pytest.raises(ValueError, match="two views have the name a/b"):
        merged(one, Views(sentences={"a/b": repr}))
