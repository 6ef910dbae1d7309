"""What the plugin's figures add to a warm build and to the reload of a prose edit, in pairs.

The same pages are built twice: as they are, and with every block that asks for what was
measured left out. Nothing is measured meanwhile.
"""

import math
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from conc.results import statistics, store
from tests.bench.figures import Figure, at_most, show

ROOT = Path(__file__).parents[2]
ROUNDS = 15
LIMIT = 1.25
PAGE = "cpu-bound"
"""The page whose prose is edited: it has charts and tables."""

REBUILT_WITHIN_S = 60.0
LOOK_EVERY_S = 0.02

Act = Callable[[Path], float]
"""Something to time in a project: it returns its seconds."""

BLOCK = re.compile(r"^( *)(`{3,})python exec=.*?^\1\2$\n?", re.MULTILINE | re.DOTALL)


def figures() -> Iterator[Figure]:
    """Compare builds, then reloads."""
    with tempfile.TemporaryDirectory() as folder:
        projects = {name: copy(Path(folder) / name) for name in ("with", "without")}
        leave_out_figures(projects["without"])
        for project in projects.values():
            build(project)
        yield from compare("warm build", projects, build)
        with ExitStack() as serving:
            urls = {p: serving.enter_context(serve(p)) for p in projects.values()}
            for project, url in urls.items():
                edit(project, url)
            yield from compare("reload", projects, lambda project: edit(project, urls[project]))


def compare(name: str, projects: Mapping[str, Path], act: Act) -> Iterator[Figure]:
    """Time an act on both projects in shuffled rounds, and compare."""
    order = random.Random(0)
    ratios, seconds = [], []
    for _ in range(ROUNDS):
        taken = {which: act(projects[which]) for which in order.sample(sorted(projects), 2)}
        ratios.append(math.log(taken["with"]) - math.log(taken["without"]))
        seconds.append(taken["with"])
    estimate = statistics.centre_ratio([[ratio] for ratio in ratios])
    yield Figure(f"rebuild: {name}", median(seconds), "s")
    yield at_most(f"rebuild: {name}, with figures / without", estimate.value, "×", LIMIT)
    yield Figure("rebuild: its interval ±", 100 * statistics.half_width(estimate), "%")


def copy(target: Path) -> Path:
    """Copy what the site is made of, with the results that there are, or else with hasty ones."""
    for name in ("docs", "snippets", "conc"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", target)
    results = target / ".conc" / "results"
    if store.newest(ROOT / ".conc" / "results"):
        shutil.copytree(ROOT / ".conc" / "results", results)
    else:
        command = [sys.executable, "-m", "conc", "measure", "--profile", "smoke"]
        subprocess.run([*command, "--results", str(results)], cwd=ROOT, check=True)
    return target


def leave_out_figures(project: Path) -> None:
    """Take out all that asks for what was measured."""
    for page in (project / "docs").rglob("*.md"):
        page.write_text(BLOCK.sub("", page.read_text(encoding="utf-8")), encoding="utf-8")


def environment() -> dict[str, str]:
    """Return the environment of a build that measures nothing."""
    return {**os.environ, "CONC_MEASURE": "never", "NO_MKDOCS_2_WARNING": "1"}


def build(project: Path) -> float:
    """Build the site once; return the seconds."""
    began_s = time.monotonic()
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    subprocess.run(command, cwd=project, env=environment(), check=True)
    return time.monotonic() - began_s


@contextmanager
def serve(project: Path) -> Iterator[str]:
    """Serve a project on a free port of the loopback address; yield where."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--quiet", "--dev-addr", address]
    server = subprocess.Popen(command, cwd=project, env=environment())
    try:
        wait_for(f"http://{address}/", "<title>")
        yield f"http://{address}/{PAGE}/"
    finally:
        server.terminate()
        server.wait()


def edit(project: Path, url: str) -> float:
    """Add a sentence to the page; return the seconds until it is served."""
    page = project / "docs" / f"{PAGE}.md"
    word = f"edit{time.monotonic_ns()}"
    text = page.read_text(encoding="utf-8")
    began_s = time.monotonic()
    page.write_text(f"{text}\n\nA sentence with {word} in it.\n", encoding="utf-8")
    wait_for(url, word)
    seconds = time.monotonic() - began_s
    page.write_text(text, encoding="utf-8")
    wait_for(url, word, there=False)
    return seconds


def wait_for(url: str, text: str, *, there: bool = True) -> None:
    """Wait until a page holds a text, or no longer does."""
    end_s = time.monotonic() + REBUILT_WITHIN_S
    while time.monotonic() < end_s:
        try:
            with urllib.request.urlopen(url, timeout=REBUILT_WITHIN_S) as answer:
                if (text in answer.read().decode()) is there:
                    return
        except (urllib.error.URLError, ConnectionError):
            pass  # the server is not there yet
        time.sleep(LOOK_EVERY_S)
    raise TimeoutError(f"{url} did not change within {REBUILT_WITHIN_S:.0f} s")


if __name__ == "__main__":
    sys.exit(not show(figures()))
