"""The C program does what the page says it does."""

import subprocess
from pathlib import Path

import pytest

from conc.experiments.parts.compiler import why_none
from conc.snippets import c_threads

pytestmark = pytest.mark.skipif(bool(why_none()), reason=f"no C compiler: {why_none()}")
MASK = 2**64 - 1


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return c_threads.compiled(str(tmp_path_factory.mktemp("c")))


def xorshift(times: int) -> int:
    x = 88172645463325252
    for _ in range(times):
        x ^= x << 13 & MASK
        x ^= x >> 7
        x ^= x << 17 & MASK
    return x


@pytest.mark.parametrize("workers", [1, 3])
def test_every_thread_computes_as_many_steps_as_asked(program: Path, workers: int) -> None:
    assert c_threads.run_threads(program, workers, 100) == [xorshift(100)] * workers


def test_a_program_that_fails_is_an_error(program: Path) -> None:
    assert subprocess.run([program], check=False).returncode == 2
