"""Compile the C program beside this file and run it with so many threads."""

import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")


def compiling(program: Path) -> list[str]:
    return ["cc", "-O2", "-pthread", str(SOURCE), "-o", str(program)]


def compiled(folder: str) -> Path:
    program = Path(folder, "c_threads")
    subprocess.run(compiling(program), check=True)
    return program


def run_threads(program: Path, workers: int, times: int) -> list[int]:
    command = [str(program), str(workers), str(times)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return [int(line) for line in run.stdout.splitlines()]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(run_threads(compiled(folder), workers=2, times=100_000_000))
