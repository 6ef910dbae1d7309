"""The steps of a build as commands, for generators of sites that have no plugin of ours."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.results import store
from conc.show import build, machine_files, machine_pages, marks
from conc.show.__main__ import steps
from tests.invented.machines import contribute
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


def test_a_generator_builds_one_page_of_a_machine_and_finishing_makes_all_of_it() -> None:
    paths = contribute(2, Path("docs/machines"))
    build.write({"machines/gone-before.md": machine_pages.TITLE.encode()}, Path("docs"))
    run("prepare")
    (frame,) = Path("docs/machines").glob("*.md")
    written = frame.read_text(encoding="utf-8")
    built = {f"machines/{frame.stem}/index.html": f"<main>{written}</main>".encode()}
    build.write(built | {"index.html": b"<main></main>"}, Path("site"))
    run("finish", "site")
    for path in paths:
        name = path.name.removesuffix(".json.gz")
        page = Path("site/machines", name, "index.html").read_text(encoding="utf-8")
        assert f'href="../{path.name}"' in page
        assert 'id="C33"' in page
        assert machine_pages.TITLE not in page
        assert Path("site/machines", path.name).read_bytes() == path.read_bytes()
    run("finish", "site")
    assert Path("site/machines", name, "index.html").read_text(encoding="utf-8") == page


def test_what_pages_say_of_machines_counts_the_contributed_ones() -> None:
    contribute(1, Path("docs/machines"))
    assert len(machine_files.newest().machines.columns) == 2


def test_finishing_puts_in_what_pages_ask_for() -> None:
    build.write({"a/index.html": marks.mark("table", "method/machine").encode()}, Path("site"))
    run("finish", "site")
    assert "Invented CPU" in Path("site/a/index.html").read_text(encoding="utf-8")
    assert Path("site/data/result.json").is_file()
