"""A result as it is contributed: small, the same bytes each time, and read with suspicion.

A contributed file is a result file whose samples stand in columns, gzipped. It keeps every reading
of every sample. What a sample lists, such as latencies, becomes a count and percentiles; a trace
is kept where it is drawn. Reading one gives a :class:`Result` that rules judge as they do the
whole file.
"""

import gzip
import hashlib
import lzma
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Capture, Case, Measurement, Result, Sample, Value
from conc.results import chrome_trace, statistics, store
from conc.results.quantities import kept_as

FOLDER = Path("docs", "machines")
"""Where contributed files lie in the repository."""

SUFFIX = ".json.gz"

GATHERED = ".json.xz"
"""The suffix of a file that ``conc gather`` wrote: lean, and packed tighter."""

_XZ = b"\xfd7zXZ"
_XZ_MEMORY = 2**25
"""The most bytes of memory that unpacking one may take."""

MOST_PACKED = 300_000
"""The largest file, in bytes."""

MOST_UNPACKED = 2_000_000
"""The most bytes that a file may unpack to; no more are ever unpacked."""

MOST_SAMPLES = 40_000
"""Of a file; the longest measurement stays far below it."""

MOST_SAMPLES_OF_A_CASE = 2_000
"""Of a case, its runs times the rounds of the longest: what an interval's memory grows with."""

LONGEST_NAME = 200
"""Of a case or an answer, which stand once in a file and again in each sample."""

PERCENTILES = (0, 50, 95, 99, 100)
"""What is kept of a list, beside how long it was."""

DIGITS = 6
"""The significant digits that are kept: intervals are thousands of times as wide."""

Screen = tuple[str, str, str]
"""A system, a tool and its version: one contributed file of each keeps the screens."""


class _Columns(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Samples, one below another: of each field of a sample the values of all of them.

    ``case`` and ``answer`` are places in the cases and in ``answers``. A field or value that no
    sample has is left out, one that some lack is ``None`` there. ``spans`` are those of the samples
    at the places ``traced``.
    """

    case: list[int]
    fields: dict[str, list[float | int | bool | None]]
    answer: list[int] = []
    answers: list[str] = []
    values: dict[str, list[float | int | str | list[float] | None]] = {}
    traced: list[int] = []
    spans: list[list[msgspec.Raw]] = []


class _Packed(msgspec.Struct, forbid_unknown_fields=True):
    """The file: a result whose measurements have no samples, and those of each in columns."""

    result: msgspec.Raw
    samples: dict[str, _Columns]


_Number = float | int | bool | None


def pack(result: Result, kept: Collection[Screen] = ()) -> bytes:
    """Return the bytes of a contributed file, the same for the same result.

    ``kept`` are the screens that other files of the folder have already. Raises
    :class:`ConcError` where the file would be larger than one may be.
    """
    content = _content(result, kept)
    return _checked(gzip.compress(content, 9, mtime=0), content)


def pack_gathered(result: Result) -> bytes:
    """Return the bytes of a gathered file of a lean result, whose lists are kept as they are.

    Raises as :func:`pack`.
    """
    content = _content(result, (), reduce=dict)
    return _checked(lzma.compress(content, preset=6 | lzma.PRESET_EXTREME), content)


def _checked(packed: bytes, content: bytes) -> bytes:
    for size, most, what in (
        (len(packed), MOST_PACKED, "packed"),
        (len(content), MOST_UNPACKED, "unpacked"),
    ):
        if size > most:
            raise ConcError(
                f"this result can't be contributed: {size:,} bytes {what}, and the most is"
                f" {most:,}; measure with a shorter profile"
            )
    return packed


def is_packed(path: Path) -> bool:
    """Tell by its name whether a file is a contributed or a gathered one."""
    return path.name.endswith((SUFFIX, GATHERED))


def load(path: Path) -> Result:
    """Read and check a contributed file, whoever wrote it; other result files as the store does.

    Raises as :func:`conc.results.store.load`, and :class:`~conc.results.store.UnsoundError` for a
    file that is too large, packed or unpacked, or whose columns do not fit.
    """
    if not is_packed(path):
        return store.load(path)
    try:
        with path.open("rb") as file:
            packed = file.read(MOST_PACKED + 1)
    except FileNotFoundError:
        raise ConcError(f"{path}: there is no such file") from None
    except OSError as error:
        raise ConcError(f"{path}: can't be read: {error.strerror or error}") from error
    if len(packed) > MOST_PACKED:
        raise store.UnsoundError(f"{path}: larger than the {MOST_PACKED:,} bytes that one may have")
    return store.decode(_rows(_unpacked(packed, path), path), path)


def files(folder: Path) -> list[Path]:
    """Return the contributed files of a folder by name; none where there is no such folder."""
    found = (path for suffix in (SUFFIX, GATHERED) for path in folder.glob(f"*{suffix}"))
    return sorted(path for path in found if path.is_file())


def file_name(result: Result, packed: bytes) -> str:
    """Return a file's name: what was measured, readable, and 8 digits of its content."""
    machine, python = result.machine, result.interpreter
    cores = (
        f"{machine.usable_cores:g} of {machine.cores} cores"
        if machine.limits
        else (f"{machine.cores} cores")
    )
    build = python.build if python.gil == (python.build == "GIL-enabled") else "gil-switched-on"
    words = f"{machine.cpu} {cores} {machine.system} {python.implementation} {python.version}"
    slug = re.sub(r"[^a-z0-9.]+", "-", f"{words} {build}".lower()).strip("-.")[:100]
    gathered = packed.startswith(_XZ)
    content = lzma.decompress(packed) if gathered else gzip.decompress(packed)
    digest = hashlib.sha256(content).hexdigest()[:8]
    return f"{slug}-{digest}{GATHERED if gathered else SUFFIX}"


def kept_screens(result: Result, folder: Path) -> set[Screen]:
    """Return the screens that the files of a folder have, but for those of this machine itself.

    So the same result is packed the same way twice. Raises as :func:`load`.
    """
    ours = result.machine, result.interpreter
    others = (load(path) for path in files(folder))
    return {
        screen
        for other in others
        if (other.machine, other.interpreter) != ours
        for screen in screens(other)
    }


def screens(result: Result) -> set[Screen]:
    """Return the tools, in their versions, of which a result has the very screens."""
    return {
        _screen(result, capture)
        for measurement in result.measurements.values()
        for capture in measurement.captures
        if capture.raw
    }


def _screen(result: Result, capture: Capture) -> Screen:
    return result.machine.system, capture.tool, capture.version


_Row = dict[str, Value]


def reduced(values: Mapping[str, Value]) -> _Row:
    """Return what a sample counted, of a list how long it is and its percentiles."""
    reduced: _Row = {}
    for name, value in values.items():
        if not isinstance(value, list):
            reduced[name] = value
            continue
        reduced[f"{name}.count"] = len(value)
        for q in PERCENTILES if value else ():
            if (found := statistics.percentile(value, q)) is not None:
                reduced[kept_as(name, q)] = found
    return reduced


def _content(
    result: Result,
    kept: Collection[Screen],
    reduce: Callable[[Mapping[str, Value]], _Row] = reduced,
) -> bytes:
    known = {experiment.name for experiment in EXPERIMENTS}
    chosen = {name: m for name, m in result.measurements.items() if name in known}
    bare = {
        name: msgspec.structs.replace(
            measurement, samples=[], captures=_captures(result, measurement.captures, kept)
        )
        for name, measurement in chosen.items()
    }
    packed = _Packed(
        msgspec.Raw(store.encode(msgspec.structs.replace(result, measurements=bare)).strip()),
        {name: _columns(measurement, reduce) for name, measurement in chosen.items()},
    )
    return msgspec.json.encode(packed, order="deterministic") + b"\n"


def _captures(
    result: Result, captures: Iterable[Capture], kept: Collection[Screen]
) -> list[Capture]:
    """Leave out the screens that others show already; what was on them is told by their rows."""
    return [
        msgspec.structs.replace(capture, raw=b"") if _screen(result, capture) in kept else capture
        for capture in captures
    ]


def _columns(measurement: Measurement, reduce: Callable[[Mapping[str, Value]], _Row]) -> _Columns:
    samples = measurement.samples
    places = {case.id: place for place, case in enumerate(measurement.cases)}
    answers = {answer: place for place, answer in enumerate(sorted({s.answer for s in samples}))}
    values = [reduce(sample.values) for sample in samples]
    names = sorted({name for value in values for name in value})
    traced = _traced(measurement)
    return _Columns(
        case=[places[sample.case] for sample in samples],
        fields={
            name: [_rounded(getattr(sample, name)) for sample in samples]
            for name, usual in _FIELDS.items()
            if any(getattr(sample, name) != usual for sample in samples)
        },
        answer=[answers[sample.answer] for sample in samples] if any(answers) else [],
        answers=list(answers) if any(answers) else [],
        values={name: [_rounded(value.get(name)) for value in values] for name in names},
        traced=traced,
        spans=[
            [msgspec.Raw(msgspec.json.encode(span)) for span in samples[n].spans] for n in traced
        ],
    )


_APART = {"case", "answer", "values", "spans"}
_FIELDS = {
    field.name: field.default
    for field in msgspec.structs.fields(Sample)
    if field.name not in _APART
}
"""The fields that have a column, with the value that they have where they are left out."""


def _traced(measurement: Measurement) -> list[int]:
    """Return the place of the one sample of each case whose trace is drawn."""
    drawn = (chrome_trace.typical(measurement, case) for case in measurement.cases)
    chosen = {id(sample) for sample in drawn if sample is not None}
    return [place for place, one in enumerate(measurement.samples) if id(one) in chosen]


def _rounded(value: Any) -> Any:  # noqa: ANN401 - of whatever kind a field is
    if not isinstance(value, float):
        return value
    rounded = float(f"{value:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded


def _unpacked(packed: bytes, path: Path) -> bytes:
    """Unpack at most what a file may hold, whatever it says of itself."""
    try:
        unpacking = _unpacking(packed)
        content = unpacking.decompress(packed, MOST_UNPACKED + 1)
    except (zlib.error, lzma.LZMAError, EOFError) as error:
        raise store.UnsoundError(f"{path}: no contributed result: not packed: {error}") from error
    if len(content) > MOST_UNPACKED:
        raise store.UnsoundError(f"{path}: unpacks to more than {MOST_UNPACKED:,} bytes")
    if not unpacking.eof or unpacking.unused_data:
        raise store.UnsoundError(f"{path}: no contributed result: cut off, or more than one file")
    return content


def _unpacking(packed: bytes) -> "zlib._Decompress | lzma.LZMADecompressor":
    if packed.startswith(_XZ):
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _rows(content: bytes, path: Path) -> bytes:
    """Return the content of a result file with the samples in rows again."""
    try:
        packed = msgspec.json.decode(content, type=_Packed)
        result = msgspec.json.decode(packed.result, type=dict[str, msgspec.Raw])
        bare = msgspec.json.decode(
            result.get("measurements", msgspec.Raw(b"{}")), type=dict[str, dict[str, msgspec.Raw]]
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise store.refusal(path, "no contributed result", str(error)) from error
    if sum(len(columns.case) for columns in packed.samples.values()) > MOST_SAMPLES:
        raise store.refusal(path, "no contributed result", f"more than {MOST_SAMPLES:,} samples")
    if unknown := packed.samples.keys() - bare.keys():
        raise store.refusal(path, "no contributed result", f"samples of `{min(unknown)}` alone")
    for name, columns in packed.samples.items():
        try:
            bare[name]["samples"] = msgspec.Raw(msgspec.json.encode(_samples(bare[name], columns)))
        except (ValueError, msgspec.DecodeError) as error:
            where = f"{error} - at `$.samples.{name}`"
            raise store.refusal(path, "no contributed result", where) from error
    result["measurements"] = msgspec.Raw(msgspec.json.encode(bare))
    return msgspec.json.encode(result)


def _samples(bare: Mapping[str, msgspec.Raw], columns: _Columns) -> list[dict[str, Any]]:
    """Return samples as a result file has them. Raises ValueError where columns do not fit."""
    listed = msgspec.json.decode(bare.get("cases", msgspec.Raw(b"[]")), type=list[Case])
    ids = [case.id for case in listed]
    count = len(columns.case)
    _check(columns, ids, count)
    rows: list[dict[str, Any]] = [{"case": ids[place]} for place in columns.case]
    for name, column in columns.fields.items():
        for row, value in zip(rows, column, strict=True):
            if value is not None:
                row[name] = value
    for row, place in zip(rows, columns.answer, strict=False):
        row["answer"] = columns.answers[place]
    for name, counted in columns.values.items():
        for row, one in zip(rows, counted, strict=True):
            if one is not None:
                row.setdefault("values", {})[name] = one
    for place, spans in zip(columns.traced, columns.spans, strict=True):
        rows[place]["spans"] = spans
    return rows


def _check(columns: _Columns, ids: Collection[str], count: int) -> None:
    """Raise ValueError where columns do not fit, or hold more than a result may."""
    lengths = {*map(len, columns.fields.values()), *map(len, columns.values.values())}
    if lengths - {count} or len(columns.answer) not in {0, count}:
        raise ValueError("the columns are of different lengths")
    for places, most in (
        (columns.case, len(ids)),
        (columns.answer, len(columns.answers)),
        (columns.traced, count),
    ):
        if places and not 0 <= min(places) <= max(places) < most:
            raise ValueError("a place is out of range")
    if any(len(text) > LONGEST_NAME for text in (*ids, *columns.answers)):
        raise ValueError(f"a name is longer than {LONGEST_NAME}")
    if _APART & columns.fields.keys():
        raise ValueError("a column that stands elsewhere")
    _check_runs(columns)


def _check_runs(columns: _Columns) -> None:
    rounds: dict[int, dict[_Number, int]] = {}
    for case, run in zip(columns.case, columns.fields.get("run", []), strict=False):
        of_case = rounds.setdefault(case, {})
        of_case[run] = of_case.get(run, 0) + 1
    most = max((len(runs) * max(runs.values()) for runs in rounds.values()), default=0)
    if most > MOST_SAMPLES_OF_A_CASE:
        raise ValueError(f"a case has more than {MOST_SAMPLES_OF_A_CASE:,} samples")
