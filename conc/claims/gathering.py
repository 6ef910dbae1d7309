"""From what the jobs of a scheduled run uploaded to a round, and the raw files that it rests on.

Nothing that was uploaded is run or believed: a result is checked as a contributed one is. What is
not fit to be shown leaves its column empty. The same uploads give the same bytes.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from conc import __version__, formats
from conc.claims import contributed, findings, ledger, rounds
from conc.claims.changes import RULES_VERSION
from conc.claims.findings import Finding
from conc.claims.rounds import Again, Column, Found, Round, Turn
from conc.errors import ConcError
from conc.job import Job
from conc.records import Estimate, Origin, Result
from conc.results import contribution, jobs, store
from conc.results.jobs import Upload
from conc.results.lean import lean
from conc.results.statistics import LEVEL

MACHINES = "machines"
ROUNDS = "rounds"

DIGITS = 4
"""The significant digits of a figure in a round."""

REFUSED = "its result was not fit to be shown"
NOTHING = "it ended while {}"
SILENT = "it was done and uploaded no result"
ABSENT = "nothing of it was uploaded: its runner may never have started"


@dataclass(frozen=True, slots=True)
class Gathered:
    """A round, the raw files to write by name, and the names of those that they replace.

    ``refused`` is a line for each upload that is not fit to be shown.
    """

    round: Round
    files: Mapping[str, bytes]
    replaced: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A result of a job that is fit to be shown: its raw file, and what that says.

    ``samples`` is a digest of its samples, ``code`` one of the snippets that were timed.
    """

    content: bytes
    name: str
    finding: Finding
    samples: bytes
    code: str


@dataclass(slots=True)
class _Told:
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def gather(folder: Path, docs: Path, month: str = "") -> Gathered:
    """Read what jobs uploaded, and return what is to be written below ``docs``.

    Without ``month`` it is that of the newest result. Raises ConcError where the folder is none of
    jobs, where the month can't be told, or a round that is there can't be read.
    """
    uploads, refused = jobs.uploads(folder)
    told = _Told(refused)
    read = [(upload, _newest(upload, told)) for upload in uploads]
    chosen = _one_a_place(read, told)
    month = month or _month_of(chosen, told)
    if not rounds.MONTH.fullmatch(month):
        raise ConcError(f"a round is named like 2026-11, and not {month!r}")
    there = rounds.load_all(docs / ROUNDS)
    known = [one for one in there if one.month != month]
    columns = _columns(chosen, told)
    made = Round(
        month=month,
        rules=RULES_VERSION,
        conc=__version__,
        columns=(*columns, *_absent(known, month, columns)),
        turned=tuple(_turned(known, month, columns, chosen, docs)),
        notes=(*told.notes, *_moved(known, month, columns)),
    )
    files = {found.name: found.content for _, found in chosen if found}
    unnamed = _raw(there) - _raw([*known, made])  # by this month's round, which is made anew
    replaced = (_replaced(there, made) | unnamed) - files.keys()
    return Gathered(
        round=made,
        files=files,
        replaced=tuple(sorted(name for name in replaced if (docs / MACHINES / name).is_file())),
        refused=tuple(told.refused),
    )


def put(gathered: Gathered, docs: Path) -> Path:
    """Write what was gathered, and return the file of the round.

    Raw files come first and old ones go last, so that whatever ends us leaves a site that builds;
    what was new is then taken back. Raises ConcError where a folder can't be written.
    """
    path = docs / ROUNDS / f"{gathered.round.month}.json"
    content = rounds.encode(gathered.round)
    written: list[Path] = []
    try:
        for name, raw in gathered.files.items():
            file = docs / MACHINES / name
            if not file.exists():
                written.append(file)
            store.write(raw, file)
        store.write(content, path)
    except BaseException:
        for file in written:
            file.unlink(missing_ok=True)
        raise
    for name in gathered.replaced:
        (docs / MACHINES / name).unlink(missing_ok=True)
    return path


def _newest(upload: Upload, told: _Told) -> _Found | None:
    """Return the newest result of a job that is fit to be shown; tell of the others."""
    fit = []
    for path in upload.files:
        try:
            fit.append(_read(path, upload.job))
        except ConcError as error:
            said = " ".join(str(error).removeprefix(f"{path}: ").split())
            name = path.name if path.name.isprintable() else "its result"
            told.refused.append(f"{upload.name}: {name}: {said}")
    if len(fit) > 1:
        told.refused.append(f"{upload.name}: {len(fit)} results of one job; the newest is taken")
    return max(fit, key=_age, default=None)


def _age(found: _Found) -> tuple[str, str]:
    return found.finding.measured, found.name


def _read(path: Path, job: Job) -> _Found:
    """Read a result as a contributed one. Raises ConcError where it is not fit to be shown."""
    result = contributed.without_names(contribution.load(path))
    if says := next(_unfit(result, job), ""):
        raise ConcError(says)
    origin = Origin(commit=job.commit, run=job.run, image=job.image)
    drawn = job.image == rounds.SHOWN and not job.python.endswith("t")
    small = msgspec.structs.replace(lean(result, drawn=drawn), origin=origin)
    content = contribution.pack_gathered(small)
    with TemporaryDirectory() as place:  # what is judged is what is written
        written = Path(place, contribution.file_name(small, content))
        written.write_bytes(content)
        kept = contribution.load(written)
        finding = findings.of_result(kept, findings.name_of(written))
    samples = hashlib.sha256(contributed.samples(result)).digest()
    return _Found(content, written.name, finding, samples, _code(kept))


def _unfit(result: Result, job: Job) -> Iterator[str]:
    yield from contributed.unfit(result)
    python = result.interpreter
    minor = ".".join(python.version.split(".")[:2])
    asked = job.python.removesuffix("t")
    if minor != asked or (python.build == "free-threaded") != job.python.endswith("t"):
        yield f"it is of Python {minor}, {python.build}, and the job was to measure {job.python}"


def _code(result: Result) -> str:
    """Return a digest of the snippets that were timed."""
    timed = {name: one.snippets for name, one in sorted(result.measurements.items())}
    return hashlib.sha256(msgspec.json.encode(timed, order="deterministic")).hexdigest()[:16]


def _one_a_place(
    read: Sequence[tuple[Upload, _Found | None]], told: _Told
) -> list[tuple[Upload, _Found | None]]:
    """Return one upload of each image and Python: the newest result, if there is one.

    The same samples under another job's name are no measurement of it.
    """
    chosen: list[tuple[Upload, _Found | None]] = []
    seen: dict[bytes, str] = {}
    for (image, python), group in groupby(read, key=_asked):
        ours = [*group]
        with_result = [(upload, found) for upload, found in ours if found]
        if len(with_result) > 1:
            told.refused.append(
                f"{image}, Python {python}: results of {len(with_result)} jobs; the newest is taken"
            )
        upload, found = max(with_result, key=lambda one: _age(one[1]), default=(ours[0][0], None))
        if found and found.samples in seen:
            told.refused.append(f"{upload.name}: the samples of {seen[found.samples]} again")
            found = None
        if found:
            seen[found.samples] = upload.name
        chosen.append((upload, found))
    return chosen


def _asked(one: tuple[Upload, _Found | None]) -> tuple[str, str]:
    return one[0].job.image, one[0].job.python


def _month_of(chosen: Sequence[tuple[Upload, _Found | None]], told: _Told) -> str:
    newest = max((found.finding.measured for _, found in chosen if found), default="")
    if not newest:
        count, first = len(told.refused), next(iter(told.refused), "")
        refused = f"; the first of {count} refused: {first}" if first else ""
        raise ConcError(f"no result tells the month of the round, name it with --round{refused}")
    return newest[:7]


def _columns(chosen: Sequence[tuple[Upload, _Found | None]], told: _Told) -> list[Column]:
    role = rounds.roles(upload.job.python for upload, _ in chosen)
    commits = {upload.job.commit for upload, _ in chosen}
    if len(commits) > 1:
        told.notes.append(f"The jobs measured with {formats.plural(len(commits), 'commit')}.")
    return [_column(upload, found, role[upload.job.python]) for upload, found in chosen]


def _column(upload: Upload, found: _Found | None, role: str) -> Column:
    job = upload.job
    empty = Column(image=job.image, python=job.python, role=role, commit=job.commit, run=job.run)
    if found is None:
        why = REFUSED if upload.files else SILENT if job.at == "done" else NOTHING.format(job.at)
        return msgspec.structs.replace(empty, failed=why)
    one = found.finding
    return msgspec.structs.replace(
        empty,
        file=found.name,
        digest=hashlib.sha256(found.content).hexdigest(),
        machine=one.machine,
        interpreter=msgspec.structs.replace(one.interpreter, packages={}),
        machine_id=one.machine_id,
        measured=one.measured,
        profiles=one.profiles,
        code=found.code,
        outdated=tuple(one.outdated),
        verdicts={claim: verdict.outcome for claim, verdict in one.verdicts.items()},
        figures={
            name: _small(estimate) for name, estimate in one.figures.items() if _bounded(estimate)
        },
    )


def _absent(known: Sequence[Round], month: str, columns: Sequence[Column]) -> Iterator[Column]:
    """Yield an empty column for what the round before measured and of which nothing came now.

    A job whose runner never starts leaves no note.
    """
    earlier = [one for one in known if one.month < month]
    if not earlier or not columns:
        return
    pythons = {column.role: column.python for column in columns}
    here = {column.place for column in columns}
    for column in max(earlier, key=lambda one: one.month).columns:
        if column.failed != ABSENT and column.place not in here and column.role in pythons:
            yield Column(
                image=column.image,
                python=pythons[column.role],
                role=column.role,
                commit=columns[0].commit,
                run=columns[0].run,
                failed=ABSENT,
            )


def _bounded(estimate: Estimate) -> bool:
    """Tell whether an estimate has an interval; JSON has no infinity."""
    return all(map(math.isfinite, (estimate.value, estimate.low, estimate.high)))


def _small(estimate: Estimate) -> Estimate:
    low, high = estimate.shown or (estimate.low, estimate.high)
    value, low, high = (float(f"{end:.{DIGITS}g}") for end in (estimate.value, low, high))
    level = estimate.level if estimate.shown is None else LEVEL
    return Estimate(
        value=value, low=low, high=high, runs=estimate.runs, rounds=estimate.rounds, level=level
    )


def _turned(
    known: Sequence[Round],
    month: str,
    columns: Sequence[Column],
    chosen: Sequence[tuple[Upload, _Found | None]],
    docs: Path,
) -> Iterator[Turn]:
    """Yield each verdict that was decided otherwise than in the round before."""
    for column, (_, found) in zip(columns, chosen, strict=True):
        then = rounds.before(known, month, column.place)
        if found is None or then is None:
            continue
        turned = [claim.id for claim in ledger.CLAIMS if _is_turned(then[1], column, claim.id)]
        earlier = _judged_again(docs / MACHINES / then[1].file) if turned else None
        for claim in turned:
            again = earlier.verdicts.get(claim) if earlier else None
            outcome: Again = again.outcome if again else ""
            yield Turn(
                image=column.image,
                role=column.role,
                claim=claim,
                since=then[0].month,
                before=then[1].verdicts[claim],
                after=column.verdicts[claim],
                says=str(found.finding.verdicts[claim].sentence),
                said=str(again.sentence) if again else "",
                again=outcome,
                reasons=rounds.reasons(claim, then, column, RULES_VERSION, outcome),
            )


def _is_turned(before: Column, now: Column, claim: str) -> bool:
    said = before.verdicts.get(claim, "undecided"), now.verdicts.get(claim, "undecided")
    return said[0] != said[1] and all(map(rounds.is_decided, said))


def _judged_again(path: Path) -> Finding | None:
    """Return what the raw file of the round before says by the present rules, if it is there."""
    try:
        return findings.of_file(path)
    except ConcError:
        return None


def _moved(known: Sequence[Round], month: str, columns: Sequence[Column]) -> Iterator[str]:
    """Say which image has another machine behind it than in the round before."""
    for column in columns:
        then: Found | None = rounds.before(known, month, column.place)
        if then and not column.failed and then[1].machine_id != column.machine_id:
            yield (
                f"{column.image}, Python {column.python}: another machine than in {then[0].month}:"
                f" {_machine(then[1])}, then {_machine(column)}."
            )


def _machine(column: Column) -> str:
    cores = column.machine.usable_cores if column.machine else 0
    return f"{column.cpu} with {cores:g} core{'' if cores == 1 else 's'}"


def _replaced(known: Sequence[Round], made: Round) -> set[str]:
    """Return the raw files of machines and interpreters of which there are newer ones now."""
    ours = {_identity(column): column for column in made.measured}
    return {
        column.file
        for one in known
        for column in one.measured
        if (newer := ours.get(_identity(column))) and newer.measured >= column.measured
    }


def _raw(found: Sequence[Round]) -> set[str]:
    """Return the raw files that rounds name."""
    return {column.file for one in found for column in one.measured}


def _identity(column: Column) -> tuple[str, str, str]:
    """Return what a raw file is the newest of: a machine, and a Python but for its patches."""
    return column.image, column.machine_id, column.python
