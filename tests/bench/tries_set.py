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
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import fmean, median
from typing import Any, ClassVar, Literal

from conc.experiments.parts.looking import Look
from conc.experiments.tries import NAME
from conc.records import Measurement
from conc.results import store
from conc.scoring import Said
from conc.scoring import Score as Outcome
from conc.scoring import score as scored

MODULE = f"{__package__}.tries_functions"
SECONDS = 20
LOOP = "sequential"
USES_ITS_TIME, SHORT_S = 0.8, 0.001
STARTS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A function with items: the models that are right for it, and what is to be found."""

    function: str
    items: tuple[str, ...]
    models: frozenset[str]
    nature: Literal["computes", "waits", "both"]
    findings: frozenset[str] = frozenset()
    source: str = ""
    module: str = MODULE

    @property
    def name(self) -> str:
        """The function with its first item, or with the name of its items."""
        return f"{self.function} {self.source or self.items[0]}"


@dataclass(frozen=True, slots=True)
class Score:
    """What came of a try, how long it took, and how much of that outside of the calls.

    ``outside`` is a share of the time of the calls, of functions that take a millisecond or more; 0
    of others. Calls are those of the look, of the samples, of the pass in which a case's memory is
    read, taken to be as long as its samples, and that of the first item, which makes a case ready
    in each run. The function's own imports, one for each case and run and as many at once as there
    are cores, are no part of it.
    """

    OUTCOMES: ClassVar = ("right", "wrong", "undecided")

    function: str
    outcome: Outcome
    seconds: float
    said: str
    outside: float = 0.0

    @property
    def uses_its_time(self) -> bool:
        """Whether it was not decided much earlier."""
        return self.seconds >= USES_ITS_TIME * SECONDS

    def __str__(self) -> str:
        """One line."""
        outside = f"{self.outside:4.0%}" if self.outside else "    "
        return (
            f"{self.outcome:<10} {self.seconds:5.1f} s {outside}  {self.function:<34} {self.said}"
        )


def known(
    function: str,
    item: object,
    models: Iterable[str],
    nature: Literal["computes", "waits", "both"],
    *findings: str,
) -> Known:
    """Name a function that is called for 24 equal items."""
    return Known(function, (repr(item),) * 24, frozenset(models), nature, frozenset(findings))


def of_source(
    function: str,
    source: str,
    models: Iterable[str],
    nature: Literal["computes", "waits", "both"],
    *findings: str,
) -> Known:
    """Name a function that is called for the items that its module holds under a name."""
    return Known(function, (), frozenset(models), nature, frozenset(findings), source)


def of_arrays(one: Known) -> Known:
    """Take a function from the module of arrays."""
    return replace(one, module=f"{__package__}.tries_arrays")


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
    of_arrays(known("multiply", 1, (LOOP, *SIDE_BY_SIDE), "computes", "several cores")),
    of_arrays(known("multiply", 8, (LOOP, *SIDE_BY_SIDE), "computes", "several cores")),
    known("wait", 0.0002, ("threads", *APART, LOOP), "waits"),
    known("wait", 0.005, ("threads",), "waits"),
    known("wait", 0.1, ("threads",), "waits"),
    known("wait_with_gil", 5_000, APART, "waits", "waits with the GIL"),
    known("wait_with_gil", 100_000, APART, "waits", "waits with the GIL"),
    known("wait_for_lock", 0.005, APART, "waits", "waits in turn within a process"),
    known("wait_for_lock", 0.1, APART, "waits", "waits in turn within a process"),
    known("wait_for_file", 0.005, (LOOP,), "waits", "waits in turn"),
    known("wait_for_file", 0.1, (LOOP,), "waits", "waits in turn"),
    known("wait_soon", 0.005, ("asyncio",), "waits"),
    known("wait_soon", 0.1, ("asyncio",), "waits"),
    known("block", 0.005, ("threads",), "waits", "blocks its loop"),
    known("block", 0.1, ("threads",), "waits", "blocks its loop"),
    known("count_soon", 60_000, APART, "computes", "computes in its loop"),
    known("count_soon", 1_200_000, APART, "computes", "computes in its loop"),
    known("start_child", 300_000, SIDE_BY_SIDE, "computes", "children"),
    known("start_child", 1_500_000, SIDE_BY_SIDE, "computes", "children"),
    known("fill", 400_000, (LOOP,), "computes", "transfer"),
    of_source("add_up", "long_lists", (LOOP,), "computes", "transfer"),
    known("open_answer", 60_000, (LOOP,), "computes", "not sendable"),
    known("open_answer_of_waiting", 0.005, ("threads",), "waits", "not sendable"),
    known("remember", 60_000, (LOOP,), "computes", "remembers"),
    known("remember", 1_200_000, (LOOP,), "computes", "remembers"),
    of_source("count", "uneven", (*APART, LOOP), "computes", "one long item"),
    of_source("wait", "uneven_waits", ("threads",), "waits", "one long item"),
)
"""Two or more of every nature, at about 0.2, 5 and 100 ms where that makes sense."""

SECOND: tuple[Known, ...] = tuple(
    replace(one, module=f"{__package__}.tries_further")
    for one in (
        known("sort", 4, APART, "computes"),
        known("match", 1, APART, "computes"),
        known("divide", 20_000, APART, "computes"),
        known("pack", 3, SIDE_BY_SIDE, "computes"),
        known("derive", 100_000, SIDE_BY_SIDE, "computes"),
        known("query", 30_000, SIDE_BY_SIDE, "computes"),
        known("receive", 0.02, ("threads",), "waits"),
        known("take_turns", 0.01, APART, "waits", "waits in turn within a process"),
        known("give_up", 0.02, ("asyncio",), "waits"),
        known("receive_in_loop", 0.02, ("threads",), "waits", "blocks its loop"),
        known("match_in_loop", 2, APART, "computes", "computes in its loop"),
        known("look_up", 4, (LOOP,), "computes", "remembers"),
    )
)
"""Functions that were written after the rules, scored apart."""

DECIDED: tuple[tuple[Known, float], ...] = (
    (of_source("count", "short_counts", APART, "computes"), 8.0),
    (of_source("wait_soon", "short_waits", ("asyncio",), "waits"), 5.0),
)
"""Functions that are easily decided, and in how many seconds that has to be."""


def run(one: Known, folder: str, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Try a function by the command line; its samples are kept below the folder."""
    given = ["--items", one.source] if one.source else list(one.items)
    command = [sys.executable, "-m", "conc", "try", f"{one.module}:{one.function}", *given]
    return subprocess.run(
        [*command, "--seconds", str(seconds), "--json", "--any-answer"],
        capture_output=True,
        check=False,
        env={**os.environ, "CONC_RESULTS": folder},
    )


def score(one: Known) -> Score:
    """Try a function and compare what is said of it with what is known."""
    with tempfile.TemporaryDirectory() as folder:
        began_s = time.monotonic()
        child = run(one, folder, SECONDS)
        seconds = time.monotonic() - began_s
        kept = Path(folder, "tries").glob("*.json")
        outside = max((_outside(path, one.module) for path in kept), default=0.0)
    if not child.stdout:
        return Score(one.name, "wrong", seconds, child.stderr.decode().strip())
    (found,) = json.loads(child.stdout)["functions"].values()
    advice = found["advice"] or {"outcome": "alone", "nature": "", "findings": [], "best": None}
    return Score(one.name, *_compared(one, advice, seconds), outside)


def _outside(path: Path, module: str) -> float:
    result = store.load(path)
    measurement = result.measurements[NAME]
    looked, each_s = _looked(measurement), _mean_s(measurement)
    calls_s = sum(sample.wall_s for sample in measurement.samples)
    calls_s += sum(each_s[memory.case] for memory in measurement.memory)
    first_s = looked.seconds_each * looked.items * looked.largest  # no item of a set is longer
    made_ready = len({(one.run, one.case) for one in measurement.samples})
    calls_s += first_s * made_ready
    cores = int(result.machine.usable_cores) or 1
    imports_s = _import_s(module) * made_ready / cores
    return (
        (measurement.seconds - imports_s) / calls_s - 1 if looked.seconds_each >= SHORT_S else 0.0
    )


@cache
def _import_s(module: str) -> float:
    """Return how much longer a start of Python takes that imports a module."""

    def started_s(code: str) -> float:
        began_s = time.monotonic()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.monotonic() - began_s

    return median(started_s(f"import {module}") - started_s("") for _ in range(STARTS))


def _looked(measurement: Measurement) -> Look:
    (looked,) = (Look.of(sample.values) for sample in measurement.samples if sample.warmup)
    return looked


def _mean_s(measurement: Measurement) -> dict[str, float]:
    walls_s: dict[str, list[float]] = {}
    for sample in measurement.samples:
        walls_s.setdefault(sample.case, []).append(sample.wall_s)
    return {case: fmean(times) for case, times in walls_s.items()}


def _compared(one: Known, advice: dict[str, Any], seconds: float) -> tuple[Outcome, float, str]:
    best = advice["best"]
    model = str(best["model"]) if best else LOOP
    said = Said(advice["outcome"], model, advice["nature"], frozenset(advice["findings"]))
    found = scored(said, models=one.models, nature=one.nature, findings=one.findings)
    words = f"{said.outcome} {model}, {said.nature} {', '.join(sorted(said.findings))}"
    return found, seconds, words
