"""Two sets of functions of known nature, and the score of a try of each.

Right is advice that names a model of the known ones, the plain loop being one of them, and every
nature that is known. Wrong is another model, or a nature that it does not have. No rule of the
advice knows a function, and none was changed after :data:`SECOND` was first scored.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

MODULE = "tests.bench.tries_functions"
SECONDS = 20
LOOP = "sequential"
BENIGN = {"transfer", "handing over", "shared units", "one long item", "several cores"}
"""Natures that come beside another, where their own evidence shows them."""


@dataclass(frozen=True, slots=True)
class Known:
    """A function with items: the models that are right for it, and what is to be found."""

    function: str
    items: tuple[str, ...]
    models: frozenset[str]
    nature: Literal["computes", "waits", "both"]
    findings: frozenset[str] = frozenset()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What came of a try."""

    OUTCOMES: ClassVar = ("right", "wrong", "undecided")

    function: str
    outcome: Literal["right", "wrong", "undecided"]
    seconds: float
    said: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.outcome:<10} {self.seconds:5.1f} s  {self.function:<34} {self.said}"


def known(
    function: str,
    item: object,
    models: Iterable[str],
    nature: Literal["computes", "waits", "both"],
    *findings: str,
) -> Known:
    """Name a function that is called for 24 equal items."""
    return Known(function, (repr(item),) * 24, frozenset(models), nature, frozenset(findings))


APART = ("processes", "interpreters")
SIDE_BY_SIDE = ("threads", *APART)

FIRST: tuple[Known, ...] = (
    known("count", 2_000, (*APART, LOOP), "computes"),
    known("count", 60_000, APART, "computes"),
    known("count", 1_200_000, APART, "computes"),
    known("parse", 1, APART, "computes"),
    known("parse", 10, APART, "computes"),
    known("hash_block", 1, SIDE_BY_SIDE, "computes"),
    known("hash_block", 40, SIDE_BY_SIDE, "computes"),
    known("compress", 1, SIDE_BY_SIDE, "computes"),
    known("multiply", 1, (LOOP, *SIDE_BY_SIDE), "computes", "several cores"),
    known("wait", 0.0002, ("threads", *APART, LOOP), "waits"),
    known("wait", 0.005, ("threads",), "waits"),
    known("wait", 0.1, ("threads",), "waits"),
    known("wait_with_gil", 5_000, APART, "waits", "waits with the GIL"),
    known("wait_with_gil", 100_000, APART, "waits", "waits with the GIL"),
    known("wait_for_lock", 0.005, APART, "waits", "waits in turn within a process"),
    known("wait_for_file", 0.005, (LOOP,), "waits", "waits in turn"),
    known("wait_soon", 0.005, ("asyncio",), "waits"),
    known("wait_soon", 0.1, ("asyncio",), "waits"),
    known("block", 0.005, ("threads",), "waits", "blocks its loop"),
    known("block", 0.1, ("threads",), "waits", "blocks its loop"),
    known("count_soon", 60_000, APART, "computes", "computes in its loop"),
    known("start_child", 1_500_000, SIDE_BY_SIDE, "computes", "children"),
    known("fill", 400_000, (LOOP,), "computes", "transfer"),
    known("open_answer", 60_000, (LOOP,), "computes", "not sendable"),
    known("open_answer_of_waiting", 0.005, ("threads",), "waits", "not sendable"),
    known("remember", 60_000, (LOOP,), "computes", "remembers"),
    Known(
        "count",
        (),
        frozenset({*APART, LOOP}),
        "computes",
        frozenset({"one long item"}),
        source="uneven",
    ),
)

SECOND: tuple[Known, ...] = (
    known("count", 20_000, APART, "computes"),
    known("parse", 3, APART, "computes"),
    known("compress", 12, SIDE_BY_SIDE, "computes"),
    known("read_through", 1, (LOOP, *SIDE_BY_SIDE), "computes"),
    known("wait", 0.03, ("threads",), "waits"),
    known("wait_with_gil", 20_000, APART, "waits", "waits with the GIL"),
    known("wait_for_lock", 0.03, APART, "waits", "waits in turn within a process"),
    known("wait_for_file", 0.03, (LOOP,), "waits", "waits in turn"),
    known("wait_soon", 0.03, ("asyncio",), "waits"),
    known("block", 0.03, ("threads",), "waits", "blocks its loop"),
    known("count_soon", 300_000, APART, "computes", "computes in its loop"),
    known("remember", 300_000, (LOOP,), "computes", "remembers"),
)
"""Mostly the same functions at other lengths, scored apart."""


def score(one: Known) -> Score:
    """Try a function by the command line and compare what it says with what is known."""
    given = ["--items", one.source] if one.source else list(one.items)
    command = [sys.executable, "-m", "conc", "try", f"{MODULE}:{one.function}", *given]
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.monotonic()
        child = subprocess.run(
            [*command, "--seconds", str(SECONDS), "--json", "--any-answer"],
            capture_output=True,
            check=False,
            env={**os.environ, "CONC_RESULTS": folder},
        )
        seconds = time.monotonic() - began_s
    name = f"{one.function} {one.source or one.items[0]}"
    if not child.stdout:
        return Score(name, "wrong", seconds, child.stderr.decode().strip())
    (found,) = json.loads(child.stdout)["functions"].values()
    advice = found["advice"] or {"outcome": "alone", "nature": "", "findings": [], "best": None}
    return Score(name, *_compared(one, advice, seconds))


def _compared(
    one: Known, advice: dict[str, object], seconds: float
) -> tuple[Literal["right", "wrong", "undecided"], float, str]:
    best = advice["best"]
    model = str(best["model"]) if isinstance(best, dict) else LOOP
    named = advice["findings"]
    findings = {*named} if isinstance(named, list) else set()
    said = f"{advice['outcome']} {model}, {advice['nature']} {', '.join(sorted(findings))}"
    false_nature = findings - one.findings - BENIGN
    if false_nature or (advice["outcome"] in {"take", "keep"} and model not in one.models):
        return "wrong", seconds, said
    natures = {one.nature, "both"}
    missing = one.findings - findings or advice["nature"] not in natures
    if advice["outcome"] not in {"take", "keep"} or missing:
        return "undecided", seconds, said
    return "right", seconds, said
