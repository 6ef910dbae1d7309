"""Where results live: read with suspicion, written whole or not at all.

A result file may be contributed by anybody, so reading one trusts nothing: its size, its format,
every field, and that the records name each other correctly.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TypeVar

import filelock
import msgspec

from conc.errors import ConcError
from conc.records import FORMAT, Interpreter, Machine, Measurement, Result

MOST_BYTES = 64 * 1024**2
"""The largest result file that is read; ``full`` with every experiment stays far below it."""

OLDEST_FORMAT = 1
"""Files from this format on are read as they are; what they lack is absent from their records."""

Read = TypeVar("Read")

_LOCK = ".measuring.lock"
_UNFINISHED = ".tmp"
_GIB = 1024**3


class UnsoundError(ConcError):
    """A file is no result, or none that can be."""


class _Head(msgspec.Struct):
    """What a result file of any format says of itself."""

    format: int


def results_folder() -> Path:
    """Return the folder of this machine's results: ``$CONC_RESULTS``, else ``.conc/results``."""
    return Path(os.environ.get("CONC_RESULTS") or Path(".conc", "results"))


def result_path(folder: Path, machine: Machine, interpreter: Interpreter) -> Path:
    """Return the file for a machine and interpreter: readable, and distinct through a hash.

    A new kernel is the same machine: it makes measurements stale, and they replace the old ones.
    """
    identity = (
        (machine.cpu, machine.architecture, machine.cores, machine.physical_cores),
        (machine.usable_cores, round(machine.memory / _GIB), machine.system),
        (machine.virtualisation, interpreter.implementation, interpreter.version),
        (interpreter.build, interpreter.gil, interpreter.jit),
    )
    digest = hashlib.sha256(msgspec.json.encode(identity)).hexdigest()[:8]
    threading = "" if interpreter.build == "GIL-enabled" else "-free-threaded"
    words = f"{machine.cpu}-{interpreter.implementation}-{interpreter.version}{threading}"
    slug = re.sub(r"[^a-z0-9.]+", "-", words.lower()).strip("-.")[:80]
    return folder / f"{slug}-{digest}.json"


def result_files(folder: Path) -> list[Path]:
    """Return the result files of a folder by name; none where there is no such folder."""
    return sorted(path for path in folder.glob("*.json") if path.is_file())


def newest(folder: Path) -> Path | None:
    """Return the result file that was written last, or ``None``."""
    return max(result_files(folder), key=lambda path: path.stat().st_mtime_ns, default=None)


def load(path: Path) -> Result:
    """Read and check a result file, whoever wrote it.

    Raises :class:`ConcError`, naming the file and the place in it, when it is missing, unreadable
    or made by a newer conc; :class:`UnsoundError` when it is too large, cut off, not JSON, of no
    known format, or breaks the schema or what the records promise of each other.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise ConcError(f"{path}: there is no such file") from None
    except OSError as error:
        raise ConcError(f"{path}: can't be read: {error.strerror or error}") from error
    if len(content) > MOST_BYTES:
        raise UnsoundError(f"{path}: no result of conc: larger than {MOST_BYTES // 1024**2} MiB")
    return decode(content, path)


def load_ours(path: Path) -> Result:
    """Read the result file that is written here, at :func:`result_path`.

    Raises as :func:`load`; of a damaged file it also says how to go on, for we may throw it away.
    """
    try:
        return load(path)
    except UnsoundError as error:
        raise ConcError(f"{error}; delete it and measure again") from error


def encode(result: Result) -> bytes:
    """Return the bytes of a result file; the same result gives the same bytes."""
    return msgspec.json.encode(result, order="deterministic") + b"\n"


def save(result: Result, path: Path) -> bool:
    """Write a result in one step, so that a reader sees the old file or the new one, never half.

    A file that holds the same bytes already is left alone. Returns whether the file was written.
    Raises :class:`ConcError`, with the old file as it was, when the folder can't be written, the
    disk is full, or :func:`load` would refuse the result.
    """
    content = encode(result)
    if len(content) > MOST_BYTES:
        raise ConcError(f"{path}: not written: larger than {MOST_BYTES // 1024**2} MiB")
    decode(content, path)
    return write(content, path)


def write(content: bytes, path: Path) -> bool:
    """Write a file in one step; return whether its content was another. Raises ConcError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() == content:
            return False
        _replace(path, content)
    except OSError as error:
        raise ConcError(f"{path}: can't be written: {error.strerror}") from error
    return True


@contextlib.contextmanager
def measuring_lock(folder: Path) -> Iterator[None]:
    """Hold the folder for one measurement; what an interrupted one left half written is removed.

    Raises :class:`ConcError` at once when another process measures into the folder, or when the
    folder can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(folder / _LOCK, blocking=False).acquire()
    except filelock.Timeout:
        raise ConcError(
            f"{folder}: another measurement is running; wait for it, or give another --results"
        ) from None
    except OSError as error:
        raise ConcError(f"{folder}: can't be written: {error.strerror}") from error
    with lock:
        for unfinished in folder.glob(f".*{_UNFINISHED}"):
            unfinished.unlink(missing_ok=True)
        yield


def set_aside(path: Path) -> Path:
    """Give the result file at :func:`result_path` another name, told by its content; return it.

    Raises ConcError where the folder can't be written.
    """
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        return path.rename(path.with_name(f"{path.stem}-before-{digest}{path.suffix}"))
    except OSError as error:
        raise ConcError(f"{path}: can't be renamed: {error.strerror}") from error


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{_UNFINISHED}")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def decode(content: bytes, path: Path) -> Result:
    """Check the content of a result file, as :func:`load` does; ``path`` is named in errors."""
    head = _read(_Head, content, path, "no result of conc")
    if head.format > FORMAT:
        raise ConcError(f"{path}: made by a newer conc (format {head.format}); upgrade conc")
    if head.format < OLDEST_FORMAT:
        raise UnsoundError(f"{path}: format {head.format} is none that conc ever wrote")
    result = _read(Result, content, path, "no valid result")
    for place, complaint in _complaints(result):
        raise refusal(path, "no valid result", f"{complaint} - at `{place}`")
    return result


def _read(kind: type[Read], content: bytes, path: Path, otherwise: str) -> Read:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        raise refusal(path, otherwise, str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise refusal(path, "no result of conc, or cut off: not JSON", str(error)) from error


def refusal(path: Path, what: str, reason: str) -> UnsoundError:
    """Return the error for a file that says what can't be; it may quote a stranger's text."""
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in reason)
    return UnsoundError(f"{path}: {what}: {line}")


def _complaints(result: Result) -> Iterator[tuple[str, str]]:
    """Yield place and complaint wherever records that are sound by themselves do not agree."""
    for name, measurement in result.measurements.items():
        place = f"$.measurements.{name}"
        if measurement.experiment != name:
            yield f"{place}.experiment", f"names the experiment `{measurement.experiment}`"
        if len({case.id for case in measurement.cases}) < len(measurement.cases):
            yield f"{place}.cases", "two cases have the same id"
        for where, named, known in _references(measurement):
            if named not in known:
                yield f"{place}.{where}", f"`{named}` is unknown"


def _references(measurement: Measurement) -> Iterator[tuple[str, str, Container[str]]]:
    """Yield each place that names a case or block, the name, and the names that it may be."""
    cases_of: dict[str, set[str]] = {}
    for case in measurement.cases:
        cases_of.setdefault(case.block, {""}).add(case.id)
    for i, case in enumerate(measurement.cases):
        yield f"cases[{i}].against", case.against, cases_of[case.block]
    known = {case.id for case in measurement.cases}
    for i, sample in enumerate(measurement.samples):
        yield f"samples[{i}].case", sample.case, known
    for i, memory in enumerate(measurement.memory):
        yield f"memory[{i}].case", memory.case, known
    for i, failure in enumerate(measurement.failures):
        yield f"failures[{i}].case", failure.case, known
    for i, end in enumerate(measurement.ends):
        yield f"ends[{i}].block", end.block, cases_of.keys()
