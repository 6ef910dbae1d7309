"""Whether a contributed file is fit to be shown: nobody's name in it, and no figure that can't be.

Reading it has checked its schema. Here is what a schema can't tell.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from conc import formats
from conc.claims import invariants, rounds
from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Measurement, Result
from conc.results import contribution, staleness, store
from conc.results.evidence import Evidence

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""Nothing was measured by conc before."""

MOST_CORES = 4096
LEAST_MEMORY, MOST_MEMORY = 2**26, 2**46
LONGEST_S = 86_400.0
"""What one experiment may have taken."""

SLACK_CPU = 1.5
"""How many times the CPU time that cores can give a sample may say: clocks tick coarsely."""

LEAST_CPU_S = 0.1
"""CPU time below this is not held against the cores: of so little, ticks make too much."""

LEFT_OUT = "left out, because it named a place"
"""What stands for the text of an error that quoted a path or an address."""

_PERSONAL = (
    (re.compile(r"(?:^|[\s'\"(=:])/(?:home|Users|root|tmp|var|opt|mnt|usr)/"), "a path"),
    (re.compile(r"[A-Za-z]:\\"), "a path"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}"), "an address"),
    (re.compile(r"\bhttps?://", re.IGNORECASE), "an address"),
    (re.compile(r"(?<![\d.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}\d{1,3}(?![\d.])"), "an address"),
    (re.compile(r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b", re.IGNORECASE), "an address"),
)
_MARKUP = re.compile(r"<\s*[a-z!/]|javascript:|\{\{|\{%", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a contributed file; a ``note`` is worth knowing and refuses nothing."""

    says: str
    note: bool = False


def complaints(path: Path, folder: Path) -> Iterator[Complaint]:
    """Yield what is wrong with a contributed file that is to lie in a folder among others."""
    try:
        result = contribution.load(path)
    except ConcError as error:
        yield Complaint(str(error).removeprefix(f"{path}: "))
        return
    for says in (*_named(path, result), *unfit(result)):
        yield Complaint(says)
    yield from _unproved(path, result, folder)
    yield from _others(path, result, folder)
    if names := outdated(result):
        says = f"it timed another version of the code of {formats.listed(names)} than this one"
        yield Complaint(says, note=True)


def unfit(result: Result) -> Iterator[str]:
    """Yield why a result is not fit to be shown, whatever stands beside it."""
    yield from _hostile(result)
    yield from _absurd(result)
    for broken in invariants.check(Evidence(result)):
        yield f"impossible figure in {broken.experiment}: {broken.sentence}"
    for name in result.measurements.keys() - {experiment.name for experiment in EXPERIMENTS}:
        yield f"{name}: there is no such experiment"


def without_names(result: Result, names: Sequence[str] = ()) -> Result:
    """Return a result whose failures say nothing of a person or a place.

    An error's own text may quote a path. Raises :class:`ConcError` where another text does.
    """
    cleaned = {
        name: msgspec.structs.replace(
            measurement,
            failures=[
                msgspec.structs.replace(failure, detail=LEFT_OUT)
                if any(personal([failure.detail], names))
                else failure
                for failure in measurement.failures
            ],
        )
        for name, measurement in result.measurements.items()
    }
    cleaned_result = msgspec.structs.replace(result, measurements=cleaned)
    if found := next(personal([*texts(cleaned_result), *_screens(cleaned_result)], names), ""):
        raise ConcError(f"this result can't be contributed: it holds {found}")
    return cleaned_result


def personal(texts: Sequence[str], names: Sequence[str] = ()) -> Iterator[str]:
    """Yield which texts name a person, a place or a machine; ``names`` are those to look for."""
    for text in texts:
        for pattern, what in _PERSONAL:
            if pattern.search(text):
                yield f"{what} in {_quoted(text)}"
        for name in names:
            if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE):
                yield f"a name of this machine in {_quoted(text)}"


def texts(result: Result) -> list[str]:
    """Return every text of a result that its measuring did not choose from a list of ours."""
    machine, python = result.machine, result.interpreter
    return [
        *(result.conc, machine.cpu, machine.architecture, machine.system, machine.kernel),
        *(machine.virtualisation or "", machine.frequency_scaling or "", *machine.limits),
        *(python.implementation, python.version, python.compiler, python.start_method),
        *(*python.start_methods, *python.packages, python.gil_by),
        *(text for one in result.measurements.values() for text in _texts(one)),
    ]


def _texts(measurement: Measurement) -> Iterator[str]:
    yield from (measurement.experiment, measurement.started, *measurement.left_out)
    for case in measurement.cases:
        yield case.id
        yield from (case.block, case.host, case.answers)
    for sample in measurement.samples:
        yield sample.answer
        for name, value in sample.values.items():
            yield name
            if isinstance(value, str):
                yield value
    for failure in measurement.failures:
        yield failure.detail
    for capture in measurement.captures:
        yield from (capture.program, capture.tool, capture.view, capture.command)
        yield from (capture.version, capture.missing, *capture.columns)
        yield from (thread.name for thread in capture.truth)


def _screens(result: Result) -> Iterator[str]:
    """Yield what the screens of a result show, with what steers a terminal still among it."""
    for measurement in result.measurements.values():
        for capture in measurement.captures:
            yield capture.raw.decode(errors="replace")


def _named(path: Path, result: Result) -> Iterator[str]:
    if not contribution.is_packed(path):
        yield "a whole result, which is contributed packed: conc contribute makes that of it"
        return
    wanted = contribution.file_name(result, path.read_bytes())
    if path.name != wanted:
        yield f"its name has to be {wanted}: conc contribute names it so"


def _hostile(result: Result) -> Iterator[str]:
    found = sorted(set(texts(result)))
    yield from personal([*found, *_screens(result)])
    for text in found:
        if not text.isprintable():
            yield f"a character that can't be shown in {_quoted(text)}"
        elif _MARKUP.search(text):
            yield f"markup in {_quoted(text)}"


def _absurd(result: Result) -> Iterator[str]:
    machine = result.machine
    if not 0 < machine.usable_cores <= machine.cores <= MOST_CORES:
        yield f"{machine.usable_cores:g} usable cores of {machine.cores} can't be"
    if not LEAST_MEMORY <= machine.memory <= MOST_MEMORY:
        yield f"{machine.memory:,} bytes of memory can't be"
    if not result.measurements:
        yield "it measured nothing"
    for name, measurement in result.measurements.items():
        for says in _absurd_measurement(measurement, machine.cores):
            yield f"{name}: {says}"


def _absurd_measurement(measurement: Measurement, cores: int) -> Iterator[str]:
    if measurement.profile == "smoke":
        yield "the profile smoke measures nothing; measure with quick or full"
    if not measurement.complete:
        yield "it is not complete; conc measure goes on where it stopped"
    started = _moment(measurement.started)
    if started is None or not EARLIEST <= started <= datetime.now(UTC) + timedelta(days=1):
        yield f"it can't have started at {_quoted(measurement.started)}"
    wall_s = sum(sample.wall_s for sample in measurement.samples)
    if measurement.seconds > LONGEST_S or wall_s > measurement.seconds * 1.5 + 60:
        yield f"its samples took {wall_s:,.0f} s of {measurement.seconds:,.0f} s"
    for sample in measurement.samples:
        most_s = max(LEAST_CPU_S, sample.wall_s * cores * SLACK_CPU)
        if sample.cpu_s is not None and sample.cpu_s > most_s:
            yield f"{sample.case} used {sample.cpu_s:g} s of CPU time in {sample.wall_s:g} s"
            return
        if any(isinstance(value, float) and math.isnan(value) for value in sample.values.values()):
            yield f"{sample.case} counted something that is no number"
            return


def _unproved(path: Path, result: Result, folder: Path) -> Iterator[Complaint]:
    """Say of a file that claims a run of a workflow where no round of the repository names it."""
    if result.origin is None:
        return
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        named = rounds.digests(rounds.load_all(folder.parent / rounds.FOLDER.name))
    except ConcError as error:
        yield Complaint(str(error))
        return
    if digest not in named:
        yield Complaint("it says that a run of a workflow made it, and no round names it")


def _others(path: Path, result: Result, folder: Path) -> Iterator[Complaint]:
    """Compare with the other files of the folder: the same again, or of the same machine."""
    ours = store.result_path(Path(), result.machine, result.interpreter)
    for other in contribution.files(folder):
        if other.name == path.name:
            continue
        if other.read_bytes() == path.read_bytes():
            yield Complaint(f"the same as {other.name}")
            continue
        try:
            theirs = contribution.load(other)
        except ConcError:
            continue
        if store.result_path(Path(), theirs.machine, theirs.interpreter) != ours:
            continue
        if samples(theirs) == samples(result):
            yield Complaint(f"the samples of {other.name} again")
        else:
            says = f"of the machine and interpreter of {other.name}; the newer of the two is shown"
            yield Complaint(says, note=True)


def samples(result: Result) -> bytes:
    """Return what two results share where one is the other again."""
    return msgspec.msgpack.encode([one.samples for one in result.measurements.values()])


def outdated(result: Result) -> list[str]:
    """Return the experiments of a result that timed other code than the present one."""
    return [
        experiment.name
        for experiment in EXPERIMENTS
        if (measured := result.measurements.get(experiment.name))
        and staleness.changed_snippets(measured, experiment)
    ]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _quoted(text: str) -> str:
    """Return the beginning of a stranger's text as a terminal can show it."""
    return repr(text[:60])
