"""The MkDocs plugin: what it measures and when, and what it does to pages."""

import re
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest
from mkdocs.commands.build import build
from mkdocs.config import config_options, load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError
from mkdocs.livereload import LiveReloadServer

from conc.claims import gathering, ledger, rounds
from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Result
from conc.results import contribution, store
from conc.show import build as build_steps
from conc.show import machine_pages, marks
from tests.invented import uploads
from tests.invented.machines import contribute
from tests.invented.results import invented_result
from tests.invented.uploads import World

FIRST = EXPERIMENTS[0]


@pytest.fixture(scope="module")
def result() -> Result:
    return invented_result(EXPERIMENTS[:1])


@dataclass
class Project:
    """A small project, and the child processes that building it would have started."""

    folder: Path
    commands: list[list[str]] = field(default_factory=list)

    def config(self) -> MkDocsConfig:
        return load_config(str(self.folder / "mkdocs.yml"), site_dir=str(self.folder / "site"))

    def refuse(self, page: str = "# Page") -> str:
        """Fail to build, and return what MkDocs then prints."""
        with pytest.raises(Abort) as refusal:
            self.build(page)
        assert isinstance(refusal.value.__context__, PluginError)
        return str(refusal.value.__context__)

    def build(self, page: str = "# Page") -> str:
        """Build a site of one page, and return its HTML."""
        (self.folder / "docs" / "index.md").write_text(page, encoding="utf-8")
        build(self.config())
        return (self.folder / "site" / "index.html").read_text(encoding="utf-8")

    def save(self, result: Result) -> Path:
        path = self.folder / ".conc" / "results" / "here.json"
        store.save(result, path)
        return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with an empty page whose measuring is a record of its command."""
    for name in ("CONC_MEASURE", "CONC_PROFILE", "CONC_RESULTS"):
        monkeypatch.delenv(name, raising=False)
    # MkDocs keeps plugins from one loading of a configuration to the next, as a reload needs.
    plugins = dict(MkDocsConfig._schema)["plugins"]
    assert isinstance(plugins, config_options.Plugins)
    plugins.plugin_cache.clear()
    made = Project(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Page", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: test\nstrict: true\ntheme: {name: mkdocs}\nplugins: [conc]\n"
        "markdown_extensions: [conc]\n",
        encoding="utf-8",
    )

    def run(command: list[str]) -> tuple[int, str]:
        made.commands.append(command)
        return 0, f"{tmp_path / '.conc' / 'results' / 'here.json'}\n"

    monkeypatch.setattr(build_steps, "_run", run)
    return made


@pytest.fixture
def measured(project: Project, result: Result) -> Project:
    """Return the project with a result."""
    project.save(result)
    return project


def test_measuring_is_asked_for_the_profile_and_the_folder(measured: Project) -> None:
    measured.build()
    folder = str(measured.folder / ".conc" / "results")
    asked = [sys.executable, "-m", "conc", "measure", "--profile", "quick", "--results", folder]
    assert measured.commands == [asked]


def test_the_environment_goes_before_the_configuration(
    measured: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONC_PROFILE", "full")
    monkeypatch.setenv("CONC_RESULTS", "elsewhere")
    measured.build()
    assert measured.commands[0][5:] == ["full", "--results", str(measured.folder / "elsewhere")]


def test_a_reload_measures_nothing(measured: Project) -> None:
    measured.build()
    measured.build()
    assert len(measured.commands) == 1


def test_pages_of_machines_are_made_once_and_written_on_each_reload(
    measured: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = contribute(1, measured.folder / "docs" / "machines")
    name = path.name.removesuffix(".json.gz")
    page = measured.folder / "site" / "machines" / name / "index.html"
    measured.build()
    before = page.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(machine_pages, "pages", None)
        measured.build()
    assert page.read_bytes() == before
    path.unlink()
    measured.build()
    assert not page.exists()


def test_an_unchanged_result_is_not_read_again_on_a_reload(
    measured: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured.build()
    monkeypatch.setattr(store, "load", None)
    assert "<h1" in measured.build()


def test_a_changed_result_is_read_again_on_a_reload(measured: Project, result: Result) -> None:
    page = f"# Page\n\n{marks.mark('table', 'method/machine')}"
    assert "Invented CPU" in measured.build(page)
    machine = msgspec.structs.replace(result.machine, cpu="Another CPU")
    measured.save(msgspec.structs.replace(result, machine=machine))
    assert "Another CPU" in measured.build(page)


def test_what_a_page_asks_for_is_put_in_with_links_from_where_it_stands(measured: Project) -> None:
    (measured.folder / "docs" / "a").mkdir()
    mark = marks.mark("table", "method/machine")
    (measured.folder / "docs" / "a" / "b.md").write_text(f"# B\n\n{mark}", encoding="utf-8")
    assert 'href="data/result.json"' in measured.build(f"# Page\n\n{mark}")
    inner = (measured.folder / "site" / "a" / "b" / "index.html").read_text(encoding="utf-8")
    assert 'href="../../data/result.json"' in inner


def test_a_result_without_samples_makes_a_page(project: Project, result: Result) -> None:
    bare = msgspec.structs.replace(result.measurements[FIRST.name], samples=[], memory=[])
    project.save(msgspec.structs.replace(result, measurements={FIRST.name: bare}))
    html = project.build(f"# Page\n\n{marks.mark('downloads')}")
    data = project.folder / "site" / "data"
    linked = re.findall(r'href="data/([^"]+)"', html)
    assert sorted(linked) == sorted(path.name for path in data.iterdir() if path.is_file())
    assert "pyperf.json" not in linked


def test_a_result_without_measurements_makes_a_page(project: Project, result: Result) -> None:
    project.save(msgspec.structs.replace(result, measurements={}))
    assert "conc measure cpu-bound" in project.build(
        f"# P\n\n{marks.mark('chart', 'cpu-bound/times')}"
    )


def test_data_that_could_not_be_made_are_made_again_on_the_next_reload(
    measured: Project, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"# Page\n\n{marks.mark('table', 'method/machine')}"
    measured.build(page)
    machine = msgspec.structs.replace(result.machine, cpu="Another CPU")
    measured.save(msgspec.structs.replace(result, machine=machine))

    def fail(_: object) -> dict[str, bytes]:
        raise ConcError("it can't be made")

    with monkeypatch.context() as broken:
        broken.setattr(build_steps, "data", fail)
        assert measured.refuse(page) == "it can't be made"
    assert "Another CPU" in measured.build(page)


def test_serving_rebuilds_when_a_result_is_written(
    project: Project, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONC_MEASURE", "never")
    rebuilt = threading.Event()
    config = project.config()
    config.plugins.on_startup(command="serve", dirty=False)
    config = config.plugins.on_config(config)
    root, every_s = str(project.folder / "site"), 0.02
    server = LiveReloadServer(rebuilt.set, "127.0.0.1", 0, root, polling_interval=every_s)
    config.plugins.on_serve(server, config=config, builder=rebuilt.set)
    serving = threading.Thread(target=server.serve)
    serving.start()

    def saved(number: int) -> bool:
        project.save(msgspec.structs.replace(result, conc=f"0.2.{number}"))
        return rebuilt.wait(1)

    try:
        assert any(map(saved, range(20))), "the first may be there before the server looks"
    finally:
        server.shutdown(wait=True)
        serving.join()


def test_a_name_that_nobody_knows_stops_the_build_and_names_the_page(measured: Project) -> None:
    said = measured.refuse(f"# Page\n\n{marks.mark('chart', 'speed')}")
    assert re.match(r"page /: no chart is named 'speed'; there are: ", said)


def test_the_extension_is_told_what_is_shown(project: Project, result: Result) -> None:
    one = msgspec.structs.replace(result.measurements[FIRST.name], profile="smoke")
    project.save(msgspec.structs.replace(result, measurements={FIRST.name: one}))
    assert "mean nothing" in project.build()


def test_measuring_can_be_switched_off(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONC_MEASURE", "never")
    project.build()
    assert project.commands == []


def test_without_a_result_a_page_names_the_command(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONC_MEASURE", "never")
    html = project.build(f"# Page\n\n{marks.mark('table', 'cpu-bound/times')}")
    assert html.count("<code>conc measure</code>") == 1
    assert "Not measured here" in html


def test_a_failed_measurement_stops_the_build_in_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_steps, "_run", lambda _: (2, ""))
    said = project.refuse()
    assert "exit code 2" in said
    assert "\n" not in said


def test_a_failed_case_does_not_stop_the_build(
    measured: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = measured.folder / ".conc" / "results" / "here.json"
    monkeypatch.setattr(build_steps, "_run", lambda _: (1, f"{path}\n"))
    assert "<h1" in measured.build()


def test_a_result_file_that_is_gone_stops_the_build_in_one_line(project: Project) -> None:
    assert re.fullmatch(r"\S+here\.json: No such file or directory", project.refuse())


def test_a_broken_result_file_stops_the_build_and_is_named(project: Project) -> None:
    path = project.folder / ".conc" / "results" / "here.json"
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    assert "here.json" in project.refuse()


def test_the_raw_data_is_part_of_the_site(measured: Project, result: Result) -> None:
    measured.build()
    data = measured.folder / "site" / "data"
    assert store.load(data / "result.json") == result
    for name, measurement in result.measurements.items():
        alone = store.load(data / "experiments" / f"{name}.json")
        assert alone.measurements == {name: measurement}
    verdicts = msgspec.json.decode((data / "verdicts.json").read_bytes())
    assert [verdict["claim"] for verdict in verdicts] == [claim.id for claim in ledger.CLAIMS]
    assert (data / "samples.csv").read_text(encoding="utf-8").count("\n") > 10
    schema = msgspec.json.decode((data / "result.schema.json").read_bytes())
    assert "$defs" in schema


def test_nothing_is_written_beside_the_pages(measured: Project) -> None:
    measured.build()
    assert {path.name for path in (measured.folder / "docs").rglob("*")} == {"index.md"}


def test_from_committed_files_nothing_is_measured_and_the_newest_round_is_shown(
    project: Project, result: Result, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONC_MEASURE", "committed")
    project.save(result)  # of this machine, which is not what a hosted site is about
    for month, python in (("2026-08", "3.13"), ("2026-09", "3.11"), ("2026-09", "3.14")):
        gathered = tmp_path / f"uploaded-{month}"
        uploads.upload(
            gathered, "ubuntu-24.04", python, uploads.result("ubuntu-24.04", python, month)
        )
    for month in ("2026-08", "2026-09"):
        uploaded = tmp_path / f"uploaded-{month}"
        gathering.put(gathering.gather(uploaded, project.folder / "docs"), project.folder / "docs")
    page = f"# Page\n\n{marks.mark('last_measured')}\n\n{marks.mark('machines_matrix')}"
    html = project.build(page)
    assert project.commands == []
    assert "Invented EPYC 7763, 4 usable cores · CPython 3.14.0" in html
    assert "Measured by a workflow of this project" in html
    assert "on all pages" in html
    assert "Invented CPU" not in html
    assert (project.folder / "site" / "rounds" / "2026-09" / "index.html").is_file()
    assert (project.folder / "site" / "rounds" / "2026-09.json").is_file()
    assert not (project.folder / "site" / "rounds" / "feed.xml").exists()


def test_without_a_round_nothing_committed_is_taken_for_one(
    project: Project, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONC_MEASURE", "committed")
    project.save(result)
    assert "Neither a round nor a machine is committed yet" in project.build()
    assert project.commands == []


def test_before_the_first_round_the_machine_that_was_committed_last_is_shown(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONC_MEASURE", "committed")
    machines = project.folder / "docs" / "machines"
    for python, month in (("3.13", "2026-08"), ("3.12", "2026-09")):
        packed = contribution.pack(found := uploads.result("ubuntu-24.04", python, month))
        store.write(packed, machines / contribution.file_name(found, packed))
    html = project.build(f"# Page\n\n{marks.mark('last_measured')}")
    assert "CPython 3.12.0" in html
    assert "CPython 3.13.0" not in html
    assert project.commands == []


def test_a_round_that_can_not_be_read_stops_the_build_and_is_named(measured: Project) -> None:
    folder = measured.folder / "docs" / "rounds"
    folder.mkdir()
    (folder / "2026-09.json").write_text("{", encoding="utf-8")
    assert "2026-09.json: no round" in measured.refuse()


def test_eighteen_files_of_all_kinds_make_a_site_that_is_right_to_the_figure(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONC_MEASURE", "committed")
    config = project.folder / "mkdocs.yml"
    config.write_text(
        f"{config.read_text(encoding='utf-8')}site_url: https://example.org/conc/\n",
        encoding="utf-8",
    )
    docs = project.folder / "docs"
    for month, world in (("2026-08", World()), ("2026-09", World(patch=1, hand_over=5.0))):
        uploaded = tmp_path / month
        for place in uploads.scheduled(uploaded, month, world):
            of_all_kinds(place)
        gathering.put(gathering.gather(uploaded, docs), docs)
    found = rounds.load_all(docs / "rounds")
    columns = [column for one in found for column in one.measured]
    assert [len(one.measured) for one in found] == [15, 15]
    assert {column.failed for one in found for column in one.columns} == {
        "",
        gathering.REFUSED,
        "it ended while installing",
    }
    held = [
        claim.id
        for claim in ledger.CLAIMS
        if all(column.verdicts[claim.id] == "holds" for column in columns)
    ]
    history = project.build(f"# Page\n\n{marks.mark('history_year')}")
    assert f"{len(held)} claims of {len(ledger.CLAIMS)} held everywhere" in history
    assert "30 results in all" in history
    site = project.folder / "site" / "rounds"
    page = (site / "2026-09" / "index.html").read_text(encoding="utf-8")
    turned = [turn for turn in found[1].turned if turn.claim == "C15"]
    assert len(turned) == 15
    assert page.count('<li id="') == len(found[1].turned)
    assert "Invented" in page
    assert "<script>alert" not in page
    entries = ET.parse(site / "feed.xml").findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == len(found[1].turned)


def of_all_kinds(place: Path) -> None:
    """Make of some of eighteen uploads what a job can leave besides a good result."""
    path = place / "result.json"
    content = msgspec.json.decode(path.read_bytes())
    match place.name:
        case "macos-26-3.14t":
            path.unlink()
            note = msgspec.json.decode((place / "job.json").read_bytes())
            (place / "job.json").write_bytes(msgspec.json.encode({**note, "at": "installing"}))
            return
        case "windows-2025-3.11":
            content["machine"]["cpu"] = "<script>alert(1)</script>"
        case "windows-11-arm-3.11":
            content["format"] = 0
        case "macos-15-intel-3.11":
            content["format"] = 1
        case "ubuntu-24.04-arm-3.14":
            content["measurements"]["cpu-bound"]["snippets"] = {"conc.snippets.cpu_bound": "0"}
    path.write_bytes(msgspec.json.encode(content))
