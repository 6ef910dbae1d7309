"""What is timed is shown: where a pool is open before the clock starts, a page shows the lines."""

import ast
import re

import pytest

from conc.errors import ConcError
from conc.show import harness
from tests.tracked import ROOT

PAGES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/**/*.md")))
OPENING = {"warm_pool", "spinning"}
"""What opens a pool, or starts processes, before anything is timed."""

SAID_IN_WORDS = {("cpu_bound", "open_case"), ("tries", "open_case")}
"""The yardstick has no code of its own on a page: a sentence says what it does."""


def opening() -> list[tuple[str, str]]:
    """Return every function of an experiment that opens a pool, by its module and name."""
    return [
        (path.stem, function.name)
        for path in sorted(ROOT.glob("conc/experiments/*.py"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        and OPENING & {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    ]


@pytest.mark.parametrize(("module", "name"), sorted({*opening()} - SAID_IN_WORDS))
def test_a_page_shows_the_lines_that_open_a_pool_before_the_clock(module: str, name: str) -> None:
    asked = re.search(rf'made_ready\("{module}"[^)]*"{name}"', PAGES)
    text = (ROOT / "conc" / "experiments" / f"{module}.py").read_text(encoding="utf-8")
    sections = re.findall(r"\[start:([\w-]+)\](.*?)\[end:\1\]", text, re.DOTALL)
    shown = [section for section, code in sections if f"def {name}(" in code]
    assert asked or any(f'"experiments/{module}.py:{section}"' in PAGES for section in shown)


def test_the_lines_are_those_of_the_module() -> None:
    code = harness.made_ready("task_size", "_warm")
    assert code.startswith("```python\n@contextmanager\ndef _warm(")
    assert "with warm_pool(" in code
    assert code.endswith("\n```")


@pytest.mark.parametrize("asked", [("task_size", "_hot"), ("nothing", "_warm")])
def test_lines_that_are_not_there_end_the_build(asked: tuple[str, str]) -> None:
    with pytest.raises(ConcError, match="a page asks for code that is not there"):
        harness.made_ready(*asked)
