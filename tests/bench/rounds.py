"""What a year of rounds costs: to gather, to keep in the repository, and to build as a site.

Eighteen files a month, as large as those of the profile full. ``python -m tests.bench.rounds``
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, at_most, show
from tests.bench.rebuild import build, copy
from tests.invented import uploads
from tests.invented.uploads import World

MONTHS = 12
FULL = World(runs=8, rounds=5)
"""About as many samples as the profile full takes on two cores."""

GATHER_LIMIT_S = 60
GROWTH_LIMIT_MB = 10
ROUND_LIMIT_KB = 200


def figures() -> Iterator[Figure]:
    """Gather a year, commit each month, and build the site from what was committed."""
    with tempfile.TemporaryDirectory() as folder:
        project = copy(Path(folder) / "site")
        docs, uploaded = project / "docs", Path(folder) / "uploaded"
        git(project, "init", "--quiet")
        git(project, "add", "docs/rounds", "docs/machines")
        commit(project)
        before = size(project)
        longest_s = 0.0
        for number in range(MONTHS):
            shutil.rmtree(uploaded, ignore_errors=True)
            for _ in uploads.scheduled(uploaded, f"2025-{number + 1:02}", FULL):
                pass
            began_s = time.monotonic()
            gather(uploaded, docs)
            longest_s = max(longest_s, time.monotonic() - began_s)
            git(project, "add", "--all", "docs/rounds", "docs/machines")
            commit(project)
        yield at_most("rounds: to gather 18 files", longest_s, "s", GATHER_LIMIT_S)
        grown = (size(project) - before) / 1e6
        yield at_most("rounds: growth of the repository in a year", grown, "MB", GROWTH_LIMIT_MB)
        largest = max(path.stat().st_size for path in (docs / "rounds").glob("*.json"))
        yield at_most("rounds: largest file of a round", largest / 1000, "kB", ROUND_LIMIT_KB)
        yield Figure("rounds: to build the site the first time", build(project), "s")


def gather(uploaded: Path, docs: Path) -> None:
    """Run the command, in a year that is past."""
    program = (
        "from datetime import UTC, datetime; from conc import cli; from conc.claims import"
        " contributed; contributed.EARLIEST = datetime(2025, 1, 1, tzinfo=UTC); cli.main()"
    )
    command = [sys.executable, "-c", program, "gather", str(uploaded), "--to", str(docs)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def git(project: Path, *arguments: str) -> str:
    """Run git in the project and return what it printed."""
    command = ["git", "-c", "user.name=bench", "-c", "user.email=bench", *arguments]
    done = subprocess.run(command, cwd=project, check=True, capture_output=True, text=True)
    return done.stdout


def commit(project: Path) -> None:
    """Commit what was added, and pack the repository as a host does."""
    git(project, "commit", "--quiet", "--allow-empty", "--message", "A round")
    git(project, "gc", "--quiet")


def size(project: Path) -> int:
    """Return the bytes of the packed repository."""
    return sum(path.stat().st_size for path in (project / ".git" / "objects").rglob("*.pack"))


if __name__ == "__main__":
    sys.exit(not show(figures()))
