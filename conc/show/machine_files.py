"""The result files of other machines and interpreters, each read and judged once.

What a file says is kept under the digests of the file and of the rules. Files that are new, or all
of them where a rule has changed, are judged in worker processes.
"""

import functools
import hashlib
import multiprocessing
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import msgspec

from conc.claims import findings, rounds
from conc.claims.findings import Finding
from conc.errors import ConcError
from conc.results import contribution, store
from conc.show import machine_page, markup, tables, verdicts
from conc.show.collected import Collected
from conc.show.shown import Shown
from conc.show.views import method

FOLDER = "machines"
"""The folder of contributed files, among the pages."""

FEW = 3
"""So many files are judged here sooner than a worker process has started."""

MOST_WORKERS = 4


class _Kept(msgspec.Struct, frozen=True):
    """What is kept of a file: what it says and the body of its page, or why there is none."""

    finding: Finding | None = None
    body: str = ""
    error: str = ""


def newest(kept: Path = Path(".conc")) -> Shown:
    """Show the newest result of the folder, beside what the files of other machines say.

    Raises ConcError where the newest result can't be read.
    """
    shown = Shown.newest(cache=kept / "charts")
    paths = others(contribution.FOLDER, store.results_folder(), shown.path)
    found = rounds.load_all(rounds.FOLDER)
    return replace(shown, others=collect(paths, kept / FOLDER), rounds=found)


def others(contributed: Path, results: Path, shown: Path | None) -> list[Path]:
    """Return the files beside the one that is shown: those contributed, and others of our own."""
    local = [path for path in store.result_files(results) if path != shown]
    return [*contribution.files(contributed), *local]


def measured_last(contributed: Path) -> Path | None:
    """Return the contributed file that was measured last, of an interpreter with a GIL if any is.

    That is what a site shows that measures nothing itself and has no round yet. A file that can't
    be read is passed over: the page of machines names it.
    """
    found: dict[tuple[bool, str], Path] = {}
    for path in contribution.files(contributed):
        with suppress(ConcError):
            result = contribution.load(path)
            last = max((one.started for one in result.measurements.values()), default="")
            found[result.interpreter.gil, last] = path
    return found[max(found)] if found else None


def raw(shown: Shown) -> dict[str, bytes]:
    """Return the files themselves by name below the site: the address of each is a lasting one."""
    paths = others(contribution.FOLDER, store.results_folder(), shown.path)
    sound = {*shown.others.files}
    return {f"{FOLDER}/{path.name}": path.read_bytes() for path in paths if path.name in sound}


def signature(paths: Iterable[Path]) -> str:
    """Return what changes when one of the files does, without reading them."""
    stats = ((str(path), path.stat()) for path in paths)
    told = [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def collect(paths: Sequence[Path], cache: Path) -> Collected:
    """Return what files say, from ``cache`` where it is kept there."""
    version = f"{findings.version_of_rules()}-{_version_of_pages()}"
    kept = {path: cache / f"{_digest(path)}-{version}.finding" for path in paths}
    new = [path for path in paths if not kept[path].is_file()]
    for path, said in zip(new, _judged(new), strict=True):
        store.write(said, kept[path])
    read = {path: _DECODER.decode(kept[path].read_bytes()) for path in paths}
    sound = {path: (one.finding, one.body) for path, one in read.items() if one.finding}
    return Collected(
        findings=tuple(finding for finding, _ in sound.values()),
        bodies=tuple(body for _, body in sound.values()),
        files=tuple(path.name for path in sound),
        left_out=tuple(f"{path.name}: {one.error}" for path, one in read.items() if one.error),
    )


def _judged(paths: Sequence[Path]) -> list[bytes]:
    if len(paths) <= FEW:
        return [_judge(path) for path in paths]
    workers = min(MOST_WORKERS, os.cpu_count() or 1, len(paths))
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_judge, paths, chunksize=4))


def _judge(path: Path) -> bytes:
    """Return what a file says, or why it could not be read, as it is kept."""
    try:
        finding = findings.of_file(path)
    except ConcError as error:
        return msgspec.msgpack.encode(_Kept(error=str(error).removeprefix(f"{path}: ")))
    kept = (
        _Kept(error="measured with the profile smoke, whose figures mean nothing")
        if "smoke" in finding.profiles
        else _Kept(finding, machine_page.body(finding, path.name))
    )
    return msgspec.msgpack.encode(kept)


def _digest(path: Path) -> str:
    named = path.name.encode() + b"\0" + path.read_bytes()
    return hashlib.sha256(named).hexdigest()[:32]


@functools.cache
def _version_of_pages() -> str:
    """Return a digest of the code that makes the body of a page."""
    code = (machine_page, tables, markup, verdicts, method)
    content = b"".join(Path(str(module.__file__)).read_bytes() for module in code)
    return hashlib.sha256(content).hexdigest()[:8]


_DECODER = msgspec.msgpack.Decoder(_Kept)
