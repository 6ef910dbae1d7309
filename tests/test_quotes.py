"""Quotation marks stand around the article's own words, titles, and what a program prints.

``tests/fixtures/quoted.json`` lists them: phrases of the article of a few words each, titles of
what is cited, and what is printed with the program that prints it.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conc.claims import ledger

ROOT = Path(__file__).parents[1]
KNOWN = json.loads((ROOT / "tests" / "fixtures" / "quoted.json").read_text(encoding="utf-8"))
ALLOWED = {words.casefold() for kind in KNOWN.values() for words in kind}
MOST_WORDS = 7
"""So many words at most are quoted from the article."""

PAGES = sorted((ROOT / "docs").rglob("*.md"))
MODULES = sorted((ROOT / "conc").rglob("*.py"))

_QUOTED = re.compile("“([^”]*)”")
_CODE = re.compile(r"^( *)```.*?^\1```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def quoted(text: str) -> Iterator[str]:
    """Yield what stands between quotation marks, without a mark of punctuation at its end."""
    for found in _QUOTED.finditer(text):
        yield found[1].rstrip(".,").casefold()


def sentences_of(module: Path) -> Iterator[str]:
    """Yield the strings of a module that are no docstrings."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_quotes_only_what_is_known_to_be_said_so(page: Path) -> None:
    prose = _CODE.sub("", page.read_text(encoding="utf-8"))
    assert {*quoted(prose)} <= ALLOWED


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_a_generated_sentence_quotes_only_what_is_known_to_be_said_so(module: Path) -> None:
    assert {words for text in sentences_of(module) for words in quoted(text)} <= ALLOWED


def test_the_article_is_quoted_in_a_few_words_only() -> None:
    assert max(len(words.split()) for words in KNOWN["article"]) <= MOST_WORDS


def test_sections_of_the_article_are_quoted_by_their_titles() -> None:
    ours = {"Async Python: The Different Forms of Concurrency"}
    ours |= {"Multiprocessing VS Threading VS AsyncIO in Python"}
    ours |= {"Speed Up Your Python Program With Concurrency"}
    assert {*KNOWN["titles"]} <= {section.title for section in ledger.SECTIONS} | ours


def test_what_is_quoted_and_not_known_is_found() -> None:
    assert [*quoted("He said “so.” and “thus”")] == ["so", "thus"]
