"""What is advised follows what was decided, and is said in one place."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conc import figures
from conc.claims.claim import Claim
from conc.experiments.cpu_bound import EXPERIMENT
from conc.models import ModelName
from conc.records import OUTCOMES, Case, Estimate, Outcome, Verdict
from conc.results.differences import Difference
from conc.results.evidence import Evidence
from conc.show import advice
from conc.show.advice import Decision
from conc.show.views import cpu_bound
from tests.invented.results import invented_result

ROOT = Path(__file__).parents[2]
SHOW, DOCS = ROOT / "conc" / "show", ROOT / "docs"

ADVISES = {"advice/__init__.py", "advice/pages.py", "views/tries.py", "views/hop.py"}
"""The first from comparisons, the second from verdicts; the others on a reader's own function."""

ADVICE = re.compile(
    r"\b(take|pays?|faster|best|worth)\b|\buse (threads|processes|asyncio|interpreters)\b",
    re.IGNORECASE,
)

WORDS = {"faster", "slower", "take", "best"}
"""Names of what was decided, by which views look up words of their own, and data its parts."""

MEANT_OTHERWISE = {
    (
        "▲ asyncio and ● threads: faster, for the whole interval lies on that side of 1×. "
        "= tie: it holds 1× and stays within ±"
    ),
}
"""How a table is to be read."""

BLOCK = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)

RECOMMENDS = re.compile(
    r"\b(take|prefer) (threads|processes|asyncio|interpreters)\b"
    r"|\b(threads|processes|asyncio|interpreters) (is|are) (the )?(faster|fastest|best|worth)\b",
    re.IGNORECASE,
)


def decisions() -> list[Decision]:
    """Decide by a result in which processes are certainly faster."""
    return cpu_bound.decisions(Evidence(invented_result([EXPERIMENT], runs=8, noise=0.01)))


def decision(model: ModelName, value: float, word: Difference) -> Decision:
    ratio = Estimate(value=value, low=0.9 * value, high=1.1 * value, runs=8, rounds=40)
    return Decision(model, Case(workload="w", model=model), ratio, word)


def test_a_model_whose_verdict_is_open_is_advised_for_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def undecided(claim: Claim, _: Evidence) -> Verdict:
        return Verdict(claim=claim.id, outcome="undecided", sentence="")

    monkeypatch.setattr(advice, "judge", undecided)
    found = decisions()
    (processes,) = [one for one in found if one.model == "processes"]
    assert (processes.word, processes.open_claim) == ("undecided", "C13")
    assert processes.ratio.low > 1
    said = figures.read(advice.take("CPU-bound", found, "with 2 workers"))
    assert said.startswith("**Work that computes:** which model to take is undecided here (")
    assert "processes 1.7" in said
    assert "undecided here (C13)" in advice.effect(processes, "with 2 workers ")
    assert "undecided here" in advice.follows(found)


def test_what_is_decided_is_advised_for() -> None:
    said = advice.take("CPU-bound", decisions(), "with 2 workers")
    assert figures.read(said).startswith("**Work that computes: processes.** 1.7")


def test_of_those_that_are_faster_the_fastest_is_named_and_the_rest_is_told() -> None:
    threads, processes = decision("threads", 1.5, "faster"), decision("processes", 1.9, "faster")
    open_one = decision("asyncio", 0.95, "undecided")
    said = advice.take("CPU-bound", [threads, processes], "So")
    assert said.startswith("**Work that computes: processes.**")
    assert advice.follows([threads, processes, open_one]) == (
        "On this machine threads and processes made this work faster. asyncio: undecided here."
    )


def test_models_that_are_not_told_apart_from_the_fastest_stand_beside_it() -> None:
    threads, processes = decision("threads", 1.88, "faster"), decision("processes", 1.9, "faster")
    said = advice.take("CPU-bound", [threads, processes], "So")
    assert said.startswith("**Work that computes: threads or processes.** 1.90× as fast")


@pytest.mark.parametrize(
    ("outcome", "named"),
    [
        ("holds", "asyncio"),
        ("does not hold", "threads or asyncio"),
        ("undecided", "threads or asyncio"),
    ],
)
def test_of_threads_and_asyncio_the_verdict_at_equal_terms_decides(
    outcome: Outcome, named: str
) -> None:
    gains = [decision("threads", 9.0, "faster"), decision("asyncio", 9.5, "faster")]
    pair = Verdict(
        claim="C26",
        outcome=outcome,
        sentence="",
        numbers=dict.fromkeys(("few", "many"), gains[0].ratio),
    )
    said = advice.take("I/O-bound", gains, "So", pair)
    assert said.startswith(f"**Work that waits: {named}.**")
    seen = "9.00× (8.10–9.90)" if outcome == "undecided" else "9.00×"
    assert f"asyncio was {seen} as fast with few in flight, and {seen} with many" in said
    assert ("undecided here" in said) is (outcome == "undecided")


def test_what_is_open_is_shown_with_the_interval_that_left_it_open() -> None:
    """The usual one may lie on one side of the line, which is no reason to doubt the answer."""
    ratio = Estimate(
        value=1.43,
        low=1.03,
        high=2.0,
        runs=4,
        rounds=8,
        level=0.98,
        quantity="equal-terms: speed-up",
        shown=(1.14, 1.81),
    )
    gains = [decision("threads", 9.0, "faster"), decision("asyncio", 9.5, "faster")]
    for outcome in OUTCOMES:
        pair = Verdict(
            claim="C26", outcome=outcome, sentence="", numbers=dict.fromkeys(("few", "many"), ratio)
        )
        said = figures.read(advice.take("I/O-bound", gains, "So", pair))
        assert ("1.43× (1.03–2.00 at 98 %)" in said) is (outcome == "undecided")
        assert "1.14" not in said
    left_open = replace(decision("processes", 1.43, "undecided"), ratio=ratio)
    assert figures.read(left_open.known) == "processes 1.43× (1.03–2.00 at 98 %)"
    assert figures.read(replace(left_open, word="faster").known) == "processes 1.43× (1.14–1.81)"


@pytest.mark.parametrize(
    ("word", "said"),
    [("faster", "1.50× here"), ("slower", "slower"), ("no difference", "no gain here: 1.50×")],
)
def test_a_box_says_what_was_decided(word: Difference, said: str) -> None:
    assert said in " ".join(advice.in_box(decision("threads", 1.5, word)))
    assert advice.in_box(decision("threads", 1.5, "undecided"))[0] == "undecided here,"


def literals(path: Path) -> Iterator[str]:
    """Yield the strings of a module, but for its docstrings and the words of differences."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


@pytest.mark.parametrize("path", sorted(SHOW.rglob("*.py")), ids=lambda path: path.stem)
def test_only_one_module_has_the_words_of_advice(path: Path) -> None:
    if path.relative_to(SHOW).as_posix() in ADVISES:
        return
    found = [one for one in literals(path) if one not in WORDS and ADVICE.search(one)]
    assert [one for one in found if one not in MEANT_OTHERWISE] == []


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_prose_names_no_model_as_the_one_to_take(page: Path) -> None:
    """A page is the same on all machines: what to take it has from the block that asks."""
    prose = re.sub(
        r"^( *)```.*?^\1```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    assert [found[0] for found in RECOMMENDS.finditer(prose)] == []
