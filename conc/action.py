"""What the action in ``.github/actions/try`` runs: ``conc try``, and its answer for a workflow.

Inputs come as environment variables, and no script's text holds one. What is tried is a stranger's
code, whose names and messages may say anything: it is not told where a workflow's files are, and
all that is written into one is a single line, or escaped.
"""

import io
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import click
import htpy as h

from conc import figures, formats, models
from conc.advise import Advice, advise
from conc.against import Against, blocks_against, compare
from conc.errors import ConcError
from conc.experiments.tries import NAME
from conc.measure.tries import FOLDER
from conc.records import Estimate, Result
from conc.results import store
from conc.results.evidence import Evidence
from conc.show import captions, tables, tries
from conc.show.markup import slug
from conc.show.views import tries as view

INPUT = "CONC_ACTION_"
"""How the environment variable of an input begins."""

OUTPUTS, SUMMARY = "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"
TELLING = {OUTPUTS, SUMMARY, "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"}
"""The variables that name a file by which a step tells its workflow something."""

CHANGED, SLOWER = "changed", "slower"
"""What can fail a job, where that is asked for."""

FAILED, USAGE = 1, 2
LONGEST, LONGEST_NAME = 500, 60

Environment = Mapping[str, str]


class Done(NamedTuple):
    """How a command ended, what it printed, and the last line that it said beside that."""

    code: int
    printed: bytes
    last: str


Run = Callable[[Sequence[str], Environment], Done]


@dataclass(frozen=True, slots=True)
class Asked:
    """The inputs after they were checked: what to try, and what fails the job."""

    function: str
    items: tuple[str, ...]
    options: tuple[str, ...]
    expect: str
    fail_on: frozenset[str]

    @classmethod
    def of(cls, environment: Environment) -> "Asked":
        """Read the inputs. Raises ConcError, naming the input, for one that can't be meant."""
        given = {
            name.removeprefix(INPUT): value.strip()
            for name, value in environment.items()
            if name.startswith(INPUT) and value.strip()
        }
        asked = cls(
            function=given.get("FUNCTION", ""),
            items=tuple(filter(None, map(str.strip, given.get("ITEMS", "").splitlines()))),
            options=tuple(_options(given)),
            expect=given.get("EXPECT", ""),
            fail_on=frozenset(re.findall(r"[^\s,]+", given.get("FAIL_ON", ""))),
        )
        if not asked.function:
            raise ConcError("function: name one as MODULE:FUNCTION, as in work:resize")
        if asked.expect not in {"", *models.NAMES}:
            known = ", ".join(models.NAMES)
            raise ConcError(f"expect: {asked.expect!r} is no model; there are {known}")
        if unknown := asked.fail_on - {CHANGED, SLOWER}:
            raise ConcError(f"fail-on: {min(unknown)!r} is neither {CHANGED} nor {SLOWER}")
        if CHANGED in asked.fail_on and not asked.expect:
            raise ConcError(f"fail-on: {CHANGED} needs to know what to expect")
        if SLOWER in asked.fail_on and "BASELINE" not in given:
            raise ConcError(f"fail-on: {SLOWER} needs a baseline")
        return asked

    def words(self, folder: Path, page: Path) -> list[str]:
        """Return the words of the command line that tries it, with its result in ``folder``."""
        where = [f"--results={folder}", f"--html={page}", "--json"]
        return ["try", *where, *self.options, "--", self.function, *self.items]


def _options(given: Mapping[str, str]) -> Iterator[str]:
    names = {
        "ITEMS_FROM": "--items",
        "AT_ONCE": "--at-once",
        "SECONDS": "--seconds",
        "BASELINE": "--against",
    }
    for name, option in names.items():
        if name in given:
            yield f"{option}={given[name]}"
    any_answer = given.get("ANY_ANSWER", "false")
    if any_answer not in {"true", "false"}:
        raise ConcError("any-answer: write true or false")
    if any_answer == "true":
        yield "--any-answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a try. Without an ``advice`` the function's plain loop gave no figure.

    ``against`` is what came of comparing it with the baseline, where there is one.
    """

    function: str
    says: str
    advice: Advice | None
    against: Against | None
    about: str
    table: tables.Table

    @classmethod
    def of(cls, result: Result) -> "Answer":
        """Read what a try's result comes to."""
        measured = Evidence(result).of(NAME)
        (function,) = view.blocks(measured)
        advice: Advice | None = None
        try:
            advice = advise(measured, function)
            says = str(figures.read(view.choice(measured, function, advice)))
        except LookupError as error:
            says = f"{error}."
        pair = next(iter(blocks_against(measured, function)), None)
        against = compare(measured, pair) if pair else None
        if against:
            says = f"{says} {view.against_sentence(against)}"
        about = f"{function} · {captions.provenance(result, measured.measurement)}"
        return cls(function, says, advice, against, about, view.table(measured, function))

    @property
    def pays(self) -> tuple[str, ...]:
        """The models that pay, best first, all those not to be told apart; none while undecided."""
        if self.advice is None or self.advice.outcome not in {"take", "keep"}:
            return ()
        return tuple(case.model for case in self.advice.tied) or ("sequential",)

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the step by name."""
        best = self.advice.best if self.advice else None
        return {
            "advice": cut(self.says),
            "decided": "true" if self.pays else "false",
            "model": self.pays[0] if self.pays else "",
            "workers": str(best.workers if best else 1) if self.pays else "",
            **_interval("speed-up", self.advice.gain if self.advice else None),
            "compared": self.against.word if self.against else "",
            **_interval("ratio", self.against.ratio if self.against else None),
            "artifact": f"conc-try-{slug(self.function)[:LONGEST_NAME]}-{secrets.token_hex(4)}",
        }

    @property
    def summary(self) -> str:
        """A sentence and a table for the job's summary, as HTML on one line.

        So no Markdown is read in it, and nothing ends the table before its end.
        """
        columns, rows = self.table.columns, self.table.rows
        return str(
            h.fragment[
                h.p[h.strong[cut(self.says)]],
                h.table[
                    h.caption[cut(self.about)],
                    h.thead[h.tr[(h.th[column.heading] for column in columns)]],
                    h.tbody[(h.tr[(h.td[cut(cell.text)] for cell in row)] for row in rows)],
                ],
            ]
        )

    def complaints(self, asked: Asked) -> Iterator[str]:
        """Yield what fails the job, as far as that was asked for. What is undecided never does."""
        if CHANGED in asked.fail_on and self.pays and asked.expect not in self.pays:
            yield f"{self.function}: {asked.expect} was expected to pay, and does not. {self.says}"
        if SLOWER in asked.fail_on and self.against and self.against.word == "slower":
            yield f"{self.function}: {self.says}"


def _interval(name: str, estimate: Estimate | None) -> dict[str, str]:
    """Return an estimate and its interval as it is shown as outputs, empty where there is none."""
    known: tuple[float, ...] = ()
    if estimate:
        ends = estimate.shown or (estimate.low, estimate.high)
        known = (estimate.value, *(ends if formats.has_interval(estimate) else ()))
    written = [f"{value:.4g}" for value in known] + ["", "", ""]
    return dict(zip((name, f"{name}-low", f"{name}-high"), written, strict=False))


def cut(text: str, longest: int = LONGEST) -> str:
    """Return a text on one line and not too long, without what could steer a terminal."""
    line = tables.printable(" ".join(str(figures.read(text)).split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def run_conc(words: Sequence[str], environment: Environment) -> Done:
    """Run ``conc`` in this folder; the log has what it says as it says it."""
    command, last = [sys.executable, "-P", "-m", "conc", *words], ""
    with tempfile.TemporaryFile() as printed:
        with subprocess.Popen(  # noqa: S603 - a list, and no shell
            command,
            stdout=printed,
            stderr=subprocess.PIPE,
            env=environment,
            encoding="utf-8",
            errors="replace",
        ) as child:
            for line in child.stderr or ():
                last = line.strip() or last
                click.echo(line.rstrip())
        printed.seek(0)
        return Done(child.returncode, printed.read(), last)


def main(environment: Environment = os.environ, run: Run = run_conc) -> int:
    """Try what the inputs name, and write the answer into the workflow's files.

    Returns 0, 1 where what was asked to fail the job came true, and 2 where there is no answer.
    """
    try:
        asked = Asked.of(environment)
        folder = Path(tempfile.mkdtemp(prefix="conc-try-", dir=environment.get("RUNNER_TEMP")))
        data, report = folder / "try.json", folder / "report.html"
        with _no_commands():
            done = run(asked.words(folder, report), _kept(environment))
        data.write_bytes(done.printed)
        result = _result(done, folder)
    except ConcError as error:
        _error(str(error))
        return USAGE
    with _no_commands():
        click.echo(tries.to_text(result))
    answer = Answer.of(result)
    outputs = answer.outputs | {"json": str(data), "report": str(report)}
    _tell(environment.get(OUTPUTS), (f"{name}={value}" for name, value in outputs.items()))
    _tell(environment.get(SUMMARY), [answer.summary])
    complaints = [*answer.complaints(asked)]
    for complaint in complaints:
        _error(complaint)
    return FAILED if complaints else 0


def _result(done: Done, folder: Path) -> Result:
    """Return what a try kept in ``folder``. Raises ConcError where it ended without an answer."""
    path = store.newest(folder / FOLDER)
    if done.code not in {0, FAILED} or path is None:
        raise ConcError(done.last or f"conc try ended with code {done.code}")
    return store.load(path)


def _kept(environment: Environment) -> dict[str, str]:
    """Return the environment without what the code that is tried has no business with."""
    return {
        name: value
        for name, value in environment.items()
        if name not in TELLING and not name.startswith(INPUT)
    }


@contextmanager
def _no_commands() -> Iterator[None]:
    """Let no line that is printed meanwhile be a command to whoever runs the workflow."""
    word = secrets.token_hex(16)
    click.echo(f"::stop-commands::{word}")
    try:
        yield
    finally:
        click.echo(f"::{word}::")


def _error(message: str) -> None:
    """Mark the job with an error."""
    click.echo(f"::error title=conc try::{cut(message).replace('%', '%25')}")


def _tell(path: str | None, lines: Iterable[str]) -> None:
    """Append lines to a workflow's file, where there is one."""
    if path:
        with Path(path).open("a", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # as the log is read
    sys.exit(main())
