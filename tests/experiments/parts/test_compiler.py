"""A compiler that can't compile is none, and says why in a line."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conc.experiments.parts import compiler

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for a compiler")


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    """Let no other test know of the compiler of this one."""
    compiler.why_none.cache_clear()
    yield
    compiler.why_none.cache_clear()


def cc(folder: Path, script: str) -> None:
    """Write a compiler."""
    (folder / "cc").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "cc").chmod(0o755)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (
            'echo "/home/me/c_threads.c:2:10: fatal error: pthread.h: No such file" >&2; exit 1',
            "cc can't compile: pthread.h: No such file",
        ),
        (
            "echo 'c_threads.c: In function main:' >&2; echo '1:1: error: no' >&2; exit 1",
            "cc can't compile: no",
        ),
        ("echo 'license   expired' >&2; exit 3", "cc can't compile: license expired"),
        ("exit 1", "cc can't compile: it said nothing"),
        ("exit 0", ""),
    ],
)
def test_the_first_error_of_the_compiler_is_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    cc(tmp_path, script)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
    assert compiler.why_none() == reason


def test_without_a_compiler_the_reason_is_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compiler.why_none() == "cc is not installed"
    (tmp_path / "cc").write_text("no program")
    (tmp_path / "cc").chmod(0o755)
    compiler.why_none.cache_clear()
    assert compiler.why_none() == "cc can't be run: Exec format error"


def test_a_compiler_that_does_not_end_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cc(tmp_path, "exec sleep 60")
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
    monkeypatch.setattr(compiler, "LIMIT_S", 0.2)
    assert compiler.why_none() == "cc did not end within 0 s"
