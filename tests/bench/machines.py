"""What two hundred contributed files cost a build: cold, warm and on a reload, and their page.

``python -m tests.bench.machines [FILES]``
"""

import gzip
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psutil

from conc.results import contribution
from tests.bench.figures import Figure, at_most, show
from tests.bench.rebuild import build, copy, edit, environment, serve
from tests.invented.machines import contribute

FILES = 200
ROUNDS = 3
COLD_LIMIT_S = 0.3
WARM_LIMIT = 1.5
PAGE_LIMIT_KIB = 150
MEMORY_LIMIT_MB = 500
LOOK_EVERY_S = 0.05


def figures(files: int) -> Iterator[Figure]:
    """Build a site with one file and with many, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        project = copy(Path(folder) / "site")
        machines = project / "docs" / contribution.FOLDER.name
        contribute(files, machines)
        many = Path(folder) / "many"
        with put_aside(machines, many):
            build(project)  # charts and notebook, which are kept
            alone_s = build(project)
        cold_s, peak = watched(project)
        yield at_most("machines: cold, a file more", (cold_s - alone_s) / files, "s", COLD_LIMIT_S)
        yield at_most("machines: memory of the build", peak / 1e6, "MB", MEMORY_LIMIT_MB)
        page = (project / "site" / "machines" / "index.html").read_bytes()
        size = len(gzip.compress(page)) / 1024
        yield at_most("machines: their page, gzipped", size, "KiB", PAGE_LIMIT_KIB)
        warm: dict[bool, list[float]] = {True: [], False: []}
        edits: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(ROUNDS):
            warm[True].append(build(project))
            with put_aside(machines, many):
                warm[False].append(build(project))
        ratio = median(warm[True]) / median(warm[False])
        yield at_most("machines: warm, against one file", ratio, "×", WARM_LIMIT)
        edits[True] = reloads(project)
        with put_aside(machines, many):
            edits[False] = reloads(project)
        ratio = median(edits[True]) / median(edits[False])
        yield Figure("machines: a reload, against one file", ratio, "×")


def reloads(project: Path) -> list[float]:
    """Return how long edits of a sentence take to be served."""
    with serve(project) as url:
        edit(project, url)
        return [edit(project, url) for _ in range(ROUNDS)]


@contextmanager
def put_aside(machines: Path, aside: Path) -> Iterator[None]:
    """Leave one file, the others aside."""
    aside.mkdir(exist_ok=True)
    moved = contribution.files(machines)[1:]
    for path in moved:
        path.rename(aside / path.name)
    try:
        yield
    finally:
        for path in moved:
            (aside / path.name).rename(path)


def watched(project: Path) -> tuple[float, int]:
    """Build once; return the seconds, and the most memory that its processes had together."""
    began_s, peak = time.monotonic(), 0
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    child = subprocess.Popen(command, cwd=project, env=environment())
    process = psutil.Process(child.pid)
    while child.poll() is None:
        peak = max(peak, memory(process))
        time.sleep(LOOK_EVERY_S)
    assert child.returncode == 0
    return time.monotonic() - began_s, peak


def memory(process: psutil.Process) -> int:
    """Return the resident memory of a process and its children, in bytes."""
    try:
        together = [process, *process.children(recursive=True)]
        return sum(one.memory_info().rss for one in together)
    except psutil.NoSuchProcess:
        return 0


if __name__ == "__main__":
    sys.exit(not show(figures(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)))
