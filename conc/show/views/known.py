"""What a build's tries said of functions of known nature, and how often that was right."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from conc import formats
from conc.advise import Advice, Nature, advise
from conc.errors import MissingError
from conc.experiments.tries import EXAMPLES, FIRST_LOOK, FURTHER, LOOP, NAME, Known
from conc.figures import Given
from conc.models import ModelName
from conc.results.evidence import Evidence
from conc.scoring import Said, Score, right_models, score
from conc.show.tables import Table
from conc.show.views import columns
from conc.show.views import tries as view
from conc.show.views.registry import Views

ABOUT: Mapping[str, str] = {
    "count_primes": "computes in Python code",
    "wait_for_answer": "waits, and lets go of its event loop",
    "wait": "waits, and lets go of the GIL",
    "wait_in_turn": "waits for a lock of its own process",
    "wait_and_block": "waits, and keeps its event loop from others",
    "remember": "keeps what it found: a repeated call does nothing",
    "give_much": "gives back so much that sending it is the cost",
    "digest": "computes in native code, which lets go of the GIL",
}
"""What is known of each function."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A function of known nature, what was said of it, and whether that is right."""

    known: Known
    right: tuple[ModelName, ...]
    advice: Advice | None
    score: Score

    @property
    def name(self) -> str:
        """The function without its module."""
        return self.known.call.function.partition(":")[2]


def tried(evidence: Evidence) -> tuple[Tried, ...]:
    """Return each function of known nature that was tried. Raises MissingError where none was.

    One that could not be tried, as a line of what is left out says, is undecided.
    """
    measured = evidence.of(NAME)
    looked = {case.block for case in measured.select(model=FIRST_LOOK)}
    found = [one for one in (*EXAMPLES.values(), *FURTHER) if one.call.function in looked]
    if not found:
        raise MissingError(
            "no function of known nature was tried; try them with: conc measure own-function"
        )
    return tuple(_judged(evidence, one) for one in found)


def _judged(evidence: Evidence, known: Known) -> Tried:
    gil = evidence.has_gil(NAME)
    right = right_models(known, cores=evidence.whole_cores, gil=gil)
    try:
        advice = advise(evidence.of(NAME), known.call.function)
    except LookupError:
        return Tried(known, right, None, "undecided")
    findings = {known.finding} - {""}
    judged = score(Said.of(advice), models=right, nature=known.nature, findings=findings)
    return Tried(known, right, advice, judged)


def table(evidence: Evidence) -> Table:
    """List the functions of known nature, what was said of each, and whether that is right."""
    made = Table.of(
        "Functions of known nature, tried with this build",
        (
            columns.name("function", "Function", lambda one: one.name),
            columns.words("known", "Known of it", lambda one: ABOUT[one.name]),
            columns.words("right", "So right is", _right),
            columns.words("nature", "It said", _nature),
            columns.words("advice", "and advised", _advised),
            columns.words("score", "Scored", lambda one: one.score),
        ),
        tried(evidence),
    )
    return made.in_cards().resting_on(evidence.of(NAME).measurement)


def _right(one: Tried) -> str:
    return formats.listed(["the plain loop" if name == LOOP else name for name in one.right], "or")


def _nature(one: Tried) -> str:
    if one.advice is None:
        return "nothing: it could not be tried"
    return ", ".join((_DOES[one.advice.nature], *one.advice.findings))


_DOES: Mapping[Nature, str] = {
    "computes": "computes",
    "waits": "waits",
    "both": "computes and waits",
    "untold": "not known",
}


def _advised(one: Tried) -> str:
    if one.advice is None or one.advice.outcome not in {"take", "keep"}:
        return "undecided"
    return view.model(one.advice.best) if one.advice.best else "the plain loop"


def scored(evidence: Evidence) -> str:
    """Say of how many functions it named what is known."""
    found = tried(evidence)
    counts = Counter(one.score for one in found)
    measured = evidence.of(NAME)

    def count(name: Score) -> str:
        return formats.count(measured.counted(f"functions {name}", counts[name]))

    said = [f"named {count('right')} right"]
    said += [f"left {count('undecided')} undecided"] if counts["undecided"] else []
    said += [f"named {count('wrong')} wrong"] if counts["wrong"] else []
    functions = formats.plural(Given(len(found)), "function")
    return f"Of {functions} of known nature, tried with this build, it {formats.listed(said)}."


VIEWS = Views(
    tables={"own-function/known": table},
    sentences={"own-function/known": scored},
)
