"""All sentences that code makes, in every outcome, as one page for reading aloud.

    python -m tests.show.reading > reading.md

Whoever changes a rule or a view reads its part of that page. What a test can hold of it stands in
``test_reading.py``.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from conc import figures
from conc.errors import MissingError
from conc.records import Case, Result
from conc.results.evidence import Evidence
from conc.show import shorts
from conc.show.advice.pages import SHORTS, USE
from conc.show.views import VIEWS
from tests.claims.test_rules import OUTCOMES
from tests.invented.claims import verdict
from tests.invented.ledger import counted
from tests.invented.results import invented_result, plausible_seconds


@dataclass(frozen=True)
class Said:
    """A sentence, or a few of them, and what says it when."""

    by: str
    when: str
    text: str


def said() -> Iterator[Said]:
    """Yield the sentences of each rule, each view and each page in short, in all outcomes."""
    yield from _by_rules()
    yield from _by_views()
    yield from _in_short()


def _by_rules() -> Iterator[Said]:
    for claim, outcome, _, result in OUTCOMES:
        yield Said(claim, outcome, verdict(claim, result).sentence)


def _in_short() -> Iterator[Said]:
    """Yield the lines of pages in short, each with the numbers of a verdict of that outcome."""
    answers = {(claim, outcome): verdict(claim, result) for claim, outcome, _, result in OUTCOMES}
    pages = {f"in short, {name}": (*one.says, one.do) for name, one in SHORTS.items()}
    for name, lines in {**pages, "what to use": tuple(USE.values())}.items():
        for line in lines:
            yield Said(name, f"{line.claim}, known", line.known)
            for outcome in line.by_outcome:
                text = str(figures.read(shorts.said(line, answers[line.claim, outcome])))
                yield Said(name, f"{line.claim} {outcome}", text)


def _by_views() -> Iterator[Said]:
    """Yield each sentence of each view once, however many results make it say so."""
    results = dict(_results())
    for name, say in VIEWS.sentences.items():
        seen: set[str] = set()
        for when, result in results.items():
            try:
                text = str(figures.read(say(Evidence(result))))
            except MissingError as error:
                text = f"Not measured here: {error}."
            if text not in seen:
                seen.add(text)
                yield Said(name, when, text)


def _results() -> Iterator[tuple[str, Result]]:
    def scaled(**speed: float) -> Callable[[Case], float]:
        return lambda case: plausible_seconds(case) / speed.get(case.model, 1.0)

    def invented(
        noise: float = 0.005, cores: int = 2, *, gil: bool = True, **speed: float
    ) -> Result:
        return invented_result(
            cores=cores,
            seconds_of=None if cores == 1 else scaled(**speed),
            values_of=counted,
            interpreters=True,
            gil=gil,
            noise=noise,
        )

    quiet = invented()
    yield "quiet", quiet
    yield "asyncio and threads fast", invented(asyncio=1.5, threads=1.4)
    yield "asyncio and threads slow", invented(asyncio=0.6, threads=0.5)
    yield "processes slow", invented(processes=0.4, interpreters=0.4)
    yield "noisy", invented(noise=0.6)
    yield "one core", invented(cores=1)
    yield "no GIL", invented(gil=False, threads=1.9)
    yield "nothing measured", msgspec.structs.replace(quiet, measurements={})


def page() -> str:
    """Return the page as Markdown."""
    lines: list[str] = ["# Every sentence that code makes"]
    heading = ""
    for one in said():
        if one.by != heading:
            heading = one.by
            lines += ["", f"## {heading}", ""]
        lines.append(f"- *{one.when}*: {one.text}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(f"{page()}\n")
