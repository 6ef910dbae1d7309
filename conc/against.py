"""Whether a reader's function is faster than another, under the model that is best for it."""

from dataclasses import dataclass

from conc.experiments.pairs import COMPARED, PAIR, is_of_pair
from conc.records import Case, Estimate
from conc.results import samples
from conc.results.differences import NOTHING, Difference, difference
from conc.results.evidence import Measured

DECIDED_LEVEL = 0.995
"""The confidence at which one function is said to be faster than another.

Whoever looks after every run would too often be wrong at less: a test simulates it.
"""

LEAST_RUNS = 5
"""So many runs are made before the first look: what a process is like has to be drawn often."""


@dataclass(frozen=True, slots=True)
class Against:
    """What a comparison of two functions comes to.

    ``ratio`` is how many times as fast ``function`` is as ``other``, both under ``model`` with
    ``workers``; ``None`` where one of them gave no figure, and ``failed`` says why. ``word`` is
    what was decided of the first. ``same_answers`` is whether both returned the same for each of
    the ``items`` that were called, ``None`` where any answer would do.
    """

    function: str
    other: str
    model: str
    workers: int
    ratio: Estimate | None
    word: Difference
    same_answers: bool | None
    items: int
    failed: str = ""


def blocks_against(measured: Measured, function: str) -> list[str]:
    """Return the blocks in which a function was compared with another."""
    found = (case.block for case in measured.cases if is_of_pair(case) and case.against)
    return [block for block in dict.fromkeys(found) if block.startswith(f"{function} against ")]


def compare(measured: Measured, block: str) -> Against:
    """Say what the block of a comparison comes to. Raises ``LookupError`` where there is none."""
    cases = measured.select(block=block)
    ours = next((case for case in cases if case.against), None)
    if ours is None:
        raise LookupError(f"nothing was compared in {block}")
    theirs = samples.find_case(measured.measurement, ours.against)
    ratio = measured.speedup(ours, level=DECIDED_LEVEL)
    failures = filter(None, map(measured.failure, (ours, theirs)))
    return Against(
        function=ours.workload,
        other=theirs.workload,
        model=ours.model,
        workers=ours.workers,
        ratio=ratio,
        word=difference(ratio) if ratio else "undecided",
        same_answers=_same_answers(measured, ours, theirs),
        items=int(ours.parameters.get("distinct", ours.items)),
        failed=next((f"{one.kind}: {one.detail}" for one in failures), "") if not ratio else "",
    )


def is_settled(measured: Measured, block: str) -> bool:
    """Tell whether more rounds would hardly change what is said."""
    found = compare(measured, block)
    if found.ratio is None:
        return bool(found.failed)
    if found.ratio.runs < LEAST_RUNS:
        return False
    alike = found.ratio.low > 1 / (1 + NOTHING) and found.ratio.high < 1 + NOTHING
    return alike or found.word in {"faster", "slower"}


def _same_answers(measured: Measured, ours: Case, theirs: Case) -> bool | None:
    if ours.parameters[PAIR] != COMPARED:
        return None
    answers = [{sample.answer for sample in measured.timed(case)} for case in (ours, theirs)]
    return len(answers[0] | answers[1]) == 1 if all(answers) else None
