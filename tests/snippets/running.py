"""Run a snippet as a reader does: as a script, in a process of its own."""

import subprocess
import sys
from pathlib import Path

SNIPPETS = Path(__file__).parents[2] / "snippets"


def printed(name: str, *arguments: str) -> list[str]:
    script = [sys.executable, str(SNIPPETS / name), *arguments]
    run = subprocess.run(script, capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout.splitlines()
