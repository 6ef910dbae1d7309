"""Commands of the pages, run as they stand, in the folder that the page says.

All others are understood, with every option: ``test_commands_on_pages.py``. They need minutes,
other interpreters or a network, or differ from one of these in the name of an experiment alone.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from conc.experiments.registry import EXPERIMENTS
from conc.measure import machine
from conc.results import store
from tests.invented.results import invented_result
from tests.test_commands_on_pages import COMMANDS
from tests.tracked import ROOT

OF_THE_READER = """
import asyncio

urls = [f"https://example.org/{number}" for number in range(12)]


async def fetch(url):
    await asyncio.sleep(0.002)
    return len(url)
"""
"""What the pages take a reader's module ``work`` to have."""

PRINTED: Mapping[str, str] = {
    "check": "",
    "compare A.json B.json": "No verdict differs",
    "contribute": "docs/machines/",
    "doctor": "cores",
    "export --format pyperf -o here.json": "",
    "list": "gil-probe",
    "report": "Speed-up",
    "trace io --model threads -o t.json": "",
    "try work:fetch --items urls --at-once 100": "asyncio",
    "verdicts": "C33",
    "verdicts C7 C26 --json": '"claim": "C26"',
    "measure gil-probe --refresh": "gil-probe: measured",
}
"""Commands that are run, and what they print."""

WRITTEN = {"export --format pyperf -o here.json", "trace io --model threads -o t.json"}


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a clone in which this machine was measured, with a reader's module."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("docs", "snippets", "conc"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    here = machine.describe_machine(), machine.describe_interpreter()
    result = invented_result(EXPERIMENTS[:1])
    store.save(result, store.result_path(folder / ".conc" / "results", *here))
    for name in ("A.json", "B.json"):
        store.save(result, folder / name)
    (folder / "work.py").write_text(OF_THE_READER, encoding="utf-8")
    return folder


@pytest.mark.parametrize("command", PRINTED)
def test_a_command_of_a_page_does_what_it_says(command: str, clone: Path) -> None:
    assert command in COMMANDS
    words = command.split()
    done = subprocess.run(
        [sys.executable, "-m", "conc", *words],
        cwd=clone,
        env=os.environ | {"CONC_PROFILE": "smoke"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert PRINTED[command] in done.stdout + done.stderr
    if command in WRITTEN:
        assert json.loads((clone / words[-1]).read_text(encoding="utf-8"))
