"""What pages advise: the only words for it, made from what was decided and from nothing else.

A model is advised for where its comparison is decided by the interval that verdicts rest on, and no
verdict on it is open. Where either is undecided pages say so, with what is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from conc import formats
from conc.claims import ledger
from conc.claims.judge import judge
from conc.claims.rules.multiprocessing import PAYS_FROM_S
from conc.figures import Counted, widened
from conc.records import Case, Estimate, Verdict
from conc.results.differences import (
    VERDICT_LEVEL,
    WORTH_IT,
    WORTH_LEAVING,
    Difference,
    difference,
)
from conc.results.evidence import Evidence, Measured

Work = Literal["CPU-bound", "I/O-bound"]

CLAIMS: Mapping[tuple[Work, str], str] = {
    ("CPU-bound", "processes"): "C13",
    ("CPU-bound", "threads"): "C11",
    ("I/O-bound", "threads"): "C12",
    ("I/O-bound", "asyncio"): "C25",
}
"""The claim of the ledger on each model for a kind of work, where there is one."""

LENGTH_CLAIM = "C16"
"""The claim on the length of a task from which processes pay."""

PAIR_CLAIM = "C26"
"""The claim on asyncio against threads."""

ONE_CORE = "On one usable core no model can make CPU-bound work faster."

IN_CELLS: Mapping[Difference, str] = {
    "faster": "asyncio was faster",
    "slower": "asyncio was slower",
    "no difference": "there was no difference",
    "undecided": "it is undecided which is faster",
}
"""What was found of asyncio against threads in some cells of a grid."""

NO_POOL = ("a pool may", "not pay")
"""The answer to whoever says that a call is shorter than its hand-over."""

_HEADINGS: Mapping[Work, str] = {
    "CPU-bound": "Work that computes",
    "I/O-bound": "Work that waits",
}

_EFFECTS: Mapping[Difference, str] = {
    "faster": "made this work faster",
    "slower": "made this work slower",
    "no difference": "made no difference",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a model for some work, over sequential or over another model.

    ``open_claim`` is the claim on it that is undecided here; the word is "undecided" then too.
    """

    model: str
    case: Case
    ratio: Estimate
    word: Difference
    open_claim: str = ""

    @property
    def is_slight(self) -> bool:
        """Whether it certainly differs by less than a model is worth, which changes no choice."""
        return self.ratio.low > WORTH_LEAVING and self.ratio.high < WORTH_IT

    @property
    def known(self) -> str:
        """What is known of it whatever was decided: ``processes 1.78× (1.60–1.98)``."""
        return f"{self.model} {self.seen}"

    @property
    def seen(self) -> str:
        """The ratio with its interval: with the one that left it open, where that did."""
        write = _interval_of_open if _is_open(self) else formats.ratio_interval
        return write(self.ratio)


def decide(evidence: Evidence, work: Work, measured: Measured, case: Case) -> Decision | None:
    """Decide whether a case was faster than sequential; ``None`` where it has no speed-up."""
    ratio = measured.speedup(case, level=VERDICT_LEVEL)
    return _decided(evidence, case, ratio, CLAIMS.get((work, case.model), ""))


def decide_pair(evidence: Evidence) -> Verdict:
    """Return the verdict on asyncio against threads at equal terms."""
    return judge(ledger.get(PAIR_CLAIM), evidence)


def effect(decision: Decision, terms: str) -> str:
    """Say what a model did to some work, with its figure; ``terms`` end with a space."""
    return formats.sentence(
        f"{_did(decision)}: {terms}it was {decision.seen} as fast as a plain loop"
    )


def in_box(decision: Decision) -> tuple[str, ...]:
    """Say in a line or two what a model did to some work, for a narrow box."""
    times = formats.ratio(decision.ratio)
    if decision.is_slight and not _is_open(decision):
        return (f"no gain here: {times}",)
    return {
        "faster": (f"{times} here",),
        "slower": (f"slower here: {times}",),
        "no difference": (f"no gain here: {times}",),
        "undecided": ("undecided here,", f"{times} was seen"),
    }[decision.word]


def take(work: Work, decisions: Iterable[Decision], terms: str, pair: Verdict | None = None) -> str:
    """Name the model to take for some work: the fastest of those that are certainly faster.

    Those whose intervals reach that of the fastest are not told apart from it, and stand beside it.
    With the verdict on a ``pair``, threads and asyncio, it is the one that is faster at equal
    terms, else either.
    Where none is faster than a plain loop, say whether that is known or open.
    """
    every, heading = list(decisions), _HEADINGS[work]
    faster = gained(every)
    if not faster:
        known = formats.listed([one.known for one in every])
        return f"**{heading}:** {nothing(every)}. Seen: {known} as fast as a plain loop, {terms}."
    best = max(faster, key=lambda one: one.ratio.value)
    names = [one.model for one in faster if pair or one.ratio.high >= best.ratio.low]
    if (better := _better(pair)) and len(names) > 1:
        names = [better]
        best = next(one for one in faster if one.model in names)
    hidden = [f"{one.model}{_open(one)}" for one in every if _is_open(one)]
    gain = formats.ratio(best.ratio)
    sentences = [
        f"**{heading}: {formats.listed(names, 'or')}.** {gain} as fast as a plain loop, {terms}.",
        between(pair) if pair and len(faster) > 1 else "",
        f"Undecided here: {formats.listed(hidden)}." if hidden else "",
    ]
    return " ".join(filter(None, sentences))


def gained(decisions: Iterable[Decision]) -> list[Decision]:
    """Return those that are certainly faster, by more than next to nothing."""
    return [one for one in decisions if one.word == "faster" and not one.is_slight]


def nothing(decisions: Iterable[Decision]) -> str:
    """Say that no model was faster, or that this is undecided and by which claims."""
    hidden = list(filter(_is_open, decisions))
    if not hidden:
        return "no model was measurably faster than a plain loop"
    claims = [one.open_claim for one in hidden if one.open_claim]
    why = f" ({formats.listed(claims)})" if claims else ""
    return f"which model to take is undecided here{why}"


def follows(decisions: Iterable[Decision]) -> str:
    """Draw the conclusion from all models together."""
    every = list(decisions)
    faster = [one.model for one in gained(every)]
    others = [one.model for one in every if one not in gained(every) and not _is_open(one)]
    hidden = [one.model for one in every if _is_open(one)]
    said = f"{formats.listed(faster)} made this work faster" if faster else nothing(every)
    sentences = [f"On this machine {said}."]
    if others and faster:
        sentences.append(formats.sentence(f"{formats.listed(others)} did not"))
    if hidden and faster:
        sentences.append(formats.sentence(f"{formats.listed(hidden)}: undecided here"))
    return " ".join(sentences)


_LOADS = ("with few in flight", "with many")
"""What the two ratios of the pair's verdict stand for, in its order."""


def between(pair: Verdict) -> str:
    """Say which of threads and asyncio was faster at equal terms, with what was seen."""
    ratios = [one for one in pair.numbers.values() if isinstance(one, Estimate)]
    write = _interval_of_open if pair.outcome == "undecided" else formats.ratio
    few, many = map(write, ratios) if len(ratios) == len(_LOADS) else ("", "")
    times = f": asyncio was {few} as fast {_LOADS[0]}, and {many} {_LOADS[1]}" if few else ""
    less = "slower" if _better(pair) == "threads" else "not a tenth faster"
    said = {
        "holds": f"At equal terms asyncio was faster than threads{times}",
        "holds only if": f"At equal terms it depends on how much is in flight{times}",
        "does not hold": f"At equal terms asyncio was {less} than threads{times}",
        "undecided": f"Which of the two is faster at equal terms is undecided here{times}",
        "not tested here": "The two were not compared at equal terms here",
    }[pair.outcome]
    return f"{said} ({pair.claim})."


def pays_from(evidence: Evidence) -> Counted | None:
    """Return the length in seconds from which a task certainly pays its way to a process.

    ``None`` where the claim on it is not decided, or names no length.
    """
    answer = judge(ledger.get(LENGTH_CLAIM), evidence)
    found = answer.numbers.get(PAYS_FROM_S)
    return Counted(found, f"{LENGTH_CLAIM}: {PAYS_FROM_S}") if isinstance(found, float) else None


def _decided(evidence: Evidence, case: Case, ratio: Estimate | None, claim: str) -> Decision | None:
    if ratio is None:
        return None
    if claim and judge(ledger.get(claim), evidence).outcome == "undecided":
        return Decision(case.model, case, ratio, "undecided", claim)
    return Decision(case.model, case, ratio, difference(ratio))


def _better(pair: Verdict | None) -> str:
    """Return which of threads and asyncio was faster at equal terms, in all that was compared."""
    if pair is None or pair.outcome not in {"holds", "does not hold"}:
        return ""
    if pair.outcome == "holds":
        return "asyncio"
    ratios = [one for one in pair.numbers.values() if isinstance(one, Estimate)]
    return "threads" if ratios and all(one.high < 1 for one in ratios) else ""


def _did(decision: Decision) -> str:
    """Say what a model did to some work, or that this is open: its interval may still leave out 1.

    A claim can ask for more than that, such as all cores.
    """
    if _is_open(decision):
        return f"what {decision.model} gained is undecided here{_open(decision)}"
    if decision.is_slight and decision.word in {"faster", "slower"}:
        return f"{decision.model} changed next to nothing"
    return f"{decision.model} {_EFFECTS[decision.word]}"


def _is_open(decision: Decision) -> bool:
    return decision.word == "undecided"


def _open(decision: Decision) -> str:
    return f" ({decision.open_claim})" if decision.open_claim else ""


def _interval_of_open(ratio: Estimate) -> str:
    """Write a ratio with the interval that left it open: a narrower one may seem to decide it."""
    return widened(formats.ratio_interval(ratio))
