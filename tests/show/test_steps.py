"""The steps of a build as commands, for generators of sites that have no plugin of ours."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.results import store
from conc.show import build, marks
from conc.show.__main__ import steps
from tests.invented.results import invented_result


@pytest.fixture(autouse=True)
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a result, where nothing is measured again."""
    monkeypatch.chdir(tmp_path)
    for name in ("CONC_RESULTS", "CONC_DATA", "JUPYTER_CONFIG_PATH"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("CONC_MEASURE", "never")
    store.save(invented_result(EXPERIMENTS[:1]), Path(".conc/results/here.json"))


def run(*arguments: str) -> None:
    CliRunner().invoke(steps, arguments, catch_exceptions=False, standalone_mode=False)


def notebook(source: str) -> Path:
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    path = Path("docs/notes.ipynb")
    content = {"cells": [cell | {"execution_count": None}], "metadata": {}, "nbformat": 4}
    build.write({path.name: json.dumps(content | {"nbformat_minor": 4}).encode()}, path.parent)
    return path


def test_preparing_runs_a_notebook_on_the_raw_data() -> None:
    found = "[n for n in os.listdir(os.environ['CONC_DATA']) if n.startswith('py')][0]"
    source = f"import os\nprint({found})"
    run("prepare", str(notebook(source)))
    assert Path(".conc/data/result.json").is_file()
    assert "\n    pyperf.json\n" in Path("docs/notes.md").read_text(encoding="utf-8")


def test_a_notebook_that_fails_is_named_with_its_error() -> None:
    with pytest.raises(ConcError, match=r"notes\.ipynb: .*ZeroDivisionError"):
        run("prepare", str(notebook("1 / 0")))


def test_preparing_measures_what_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.delenv("CONC_MEASURE")
    monkeypatch.setenv("CONC_PROFILE", "full")
    monkeypatch.setattr(build, "measure", lambda *of: asked.append(of))
    run("prepare")
    assert asked == [(Path(".conc/results"), "full")]


def test_finishing_puts_in_what_pages_ask_for() -> None:
    build.write({"a/index.html": marks.mark("table", "method/machine").encode()}, Path("site"))
    run("finish", "site")
    assert "Invented CPU" in Path("site/a/index.html").read_text(encoding="utf-8")
    assert Path("site/data/result.json").is_file()
