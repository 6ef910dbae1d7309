"""Whether there is a C compiler that works: one that can't compile is none."""

import functools
import os
import subprocess
import tempfile
from pathlib import Path

from conc.snippets import c_threads

LIMIT_S = 60.0


@functools.cache
def why_none() -> str:
    """Return in a line why the C program that is measured can't be compiled; empty if it can."""
    with tempfile.TemporaryDirectory() as folder:
        command = c_threads.compiling(Path(folder, "program"))
        name = command[0]
        try:
            subprocess.run(  # noqa: S603 - the compiler, with our own words
                command,
                env={**os.environ, "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=LIMIT_S,
                check=True,
            )
        except FileNotFoundError:
            return f"{name} is not installed"
        except subprocess.TimeoutExpired:
            return f"{name} did not end within {LIMIT_S:.0f} s"
        except OSError as error:
            return f"{name} can't be run: {error.strerror}"
        except subprocess.CalledProcessError as error:
            return f"{name} can't compile: {_complaint(error.stderr)}"
    return ""


def _complaint(said: str) -> str:
    """Return the first error that a compiler names, without the place; it may be long."""
    lines = said.splitlines()
    errors = [line for line in lines if "error:" in line] or lines or ["it said nothing"]
    return " ".join(errors[0].rpartition("error:")[2].split())
