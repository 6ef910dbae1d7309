"""Comparing two functions after a try: the same items, fresh processes, and an end in time."""

import re
from pathlib import Path

import pytest

from conc.against import blocks_against, compare
from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.pairs import is_of_pair
from conc.experiments.tries import Call, Terms
from conc.measure.tries import try_here
from conc.results.evidence import Evidence

MODULE, CHANGED = "slow_of_a_test", "changed_of_a_test"
SOURCE = """
numbers = [2000, 3000]

def total(number):
    return sum(i * i for i in range(number))

async def total_soon(number):
    return total(number)

def burn(number):
    raise ValueError("burnt")
"""
BETTER = """
def total(number):
    if number == 0:
        raise ValueError("nothing")
    return (number - 1) * number * (2 * number - 1) // 6

def wrong(number):
    return 0
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two modules of a reader's."""
    (tmp_path / f"{MODULE}.py").write_text(SOURCE)
    (tmp_path / f"{CHANGED}.py").write_text(BETTER)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("other", "same"), [("total", True), ("wrong", False)])
def test_a_real_function_is_compared_with_another_for_the_items_of_its_own_module(
    modules: Path, other: str, *, same: bool
) -> None:
    terms = Terms(seconds=1.0, against=f"{CHANGED}:{other}")
    _, result = try_here(Call(f"{MODULE}:total", "numbers"), terms, modules / "r", modules)
    measured = Evidence(result).of(tries.NAME)
    (block,) = blocks_against(measured, f"{MODULE}:total")
    found = compare(measured, block)
    assert found.same_answers is same
    assert found.ratio is not None
    assert found.ratio.value < 1, "two thousand squares take longer than a formula"
    assert found.failed == ""


@pytest.mark.parametrize(
    ("function", "other", "said"),
    [
        ("total", "nowhere:f", "nowhere:f: no module named nowhere in this folder"),
        ("total", f"{CHANGED}:absent", f"{CHANGED}:absent: raised: AttributeError"),
        ("total", f"{MODULE}:burn", f"{MODULE}:burn: raised: ValueError: burnt"),
        (
            "total",
            f"{MODULE}:total_soon",
            f"{MODULE}:total_soon is a coroutine function and {MODULE}:total is not",
        ),
    ],
)
def test_what_can_not_be_compared_is_said_in_a_line_before_anything_is_measured(
    modules: Path, function: str, other: str, said: str
) -> None:
    terms = Terms(seconds=1.0, against=other)
    with pytest.raises(ConcError, match=re.escape(said)):
        try_here(Call(f"{MODULE}:{function}", "numbers"), terms, modules / "r", modules)
    assert not list(modules.glob("r/tries/*.json"))


def test_items_for_which_either_raises_are_left_out_for_both(modules: Path) -> None:
    terms = Terms(seconds=1.0, against=f"{CHANGED}:total")
    call = Call(f"{MODULE}:total", "[0, 2000]")
    _, result = try_here(call, terms, modules / "r", modules)
    measurement = Evidence(result).of(tries.NAME).measurement
    pair = [case for case in measurement.cases if is_of_pair(case)]
    assert [case.parameters["without"] for case in pair] == ["0", "0"]
    assert measurement.failures == []
