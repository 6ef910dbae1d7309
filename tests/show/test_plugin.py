"""The MkDocs plugin: what it measures and when, and what it does to pages."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from mkdocs.commands.build import build
from mkdocs.config import config_options, load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, PluginError

from conc.claims import ledger
from conc.errors import ConcError
from conc.experiments.registry import EXPERIMENTS
from conc.records import Result
from conc.results import store
from conc.show import current, figures, plugin
from tests.invented import invented_result

FIRST = EXPERIMENTS[0]
SNIPPET = f"{FIRST.snippets[0].rpartition('.')[2]}.py"


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
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
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
        "markdown_extensions: [tables, admonition]\n",
        encoding="utf-8",
    )

    def run(command: list[str]) -> tuple[int, str]:
        made.commands.append(command)
        return 0, f"{tmp_path / '.conc' / 'results' / 'here.json'}\n"

    monkeypatch.setattr(plugin, "_run", run)
    yield made
    current.use(None)


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


def test_an_unchanged_result_is_not_read_again_on_a_reload(measured: Project) -> None:
    measured.build()
    before = current.result()
    measured.build()
    assert current.result() is before


def test_a_changed_result_is_read_again_on_a_reload(measured: Project, result: Result) -> None:
    measured.build()
    measured.save(msgspec.structs.replace(result, conc="0.2.0"))
    measured.build()
    assert current.result().conc == "0.2.0"


def test_measuring_can_be_switched_off(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONC_MEASURE", "never")
    project.build()
    assert project.commands == []


def test_without_a_result_a_page_names_the_command(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONC_MEASURE", "never")
    html = project.build("# Page\n\nA {{ machine cpu }}.")
    assert "Nothing measured yet" in html
    assert "<code>conc measure</code>" in html
    assert ">not measured</span>" in html


def test_the_note_stands_below_the_heading(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONC_MEASURE", "never")
    html = project.build("# Page\n\nText.")
    assert html.index("<h1") < html.index("Nothing measured yet") < html.index("Text.")


def test_a_failed_measurement_stops_the_build_in_one_line(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin, "_run", lambda _: (2, ""))
    said = project.refuse()
    assert "exit code 2" in said
    assert "\n" not in said


def test_a_failed_case_does_not_stop_the_build(
    measured: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = measured.folder / ".conc" / "results" / "here.json"
    monkeypatch.setattr(plugin, "_run", lambda _: (1, f"{path}\n"))
    assert "<h1" in measured.build()


def test_a_broken_result_file_stops_the_build_and_is_named(project: Project) -> None:
    path = project.folder / ".conc" / "results" / "here.json"
    path.parent.mkdir(parents=True)
    path.write_text("{", encoding="utf-8")
    assert "here.json" in project.refuse()


@pytest.fixture
def echo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each placeholder become its own words in angle brackets."""
    monkeypatch.setattr(figures, "render", lambda expression: f"«{expression}»")


@pytest.mark.usefixtures("echo")
def test_a_number_in_the_prose_is_filled_in(measured: Project) -> None:
    assert "It was «cpu-bound speed-up threads»." in measured.build(
        "# Page\n\nIt was {{ cpu-bound speed-up threads }}."
    )


@pytest.mark.usefixtures("echo")
@pytest.mark.parametrize(
    "code",
    [
        "`{{ a }}`",
        "``x ` {{ a }}``",
        "```\n{{ a }}\n```",
        "````\n```\n{{ a }}\n```\n````",
        "~~~\n{{ a }}\n~~~",
    ],
)
def test_code_is_left_as_it_is(measured: Project, code: str) -> None:
    html = measured.build(f"# Page\n\n{code}\n\n{{{{ b }}}}")
    assert "{{ a }}" in html
    assert "«b»" in html


def test_an_unknown_number_stops_the_build_and_names_page_and_placeholder(
    measured: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(expression: str) -> str:
        raise ConcError(f"in {{{{ {expression} }}}}: unknown")

    monkeypatch.setattr(figures, "render", refuse)
    said = measured.refuse("# Page\n\n{{ nonsense }}")
    assert said == "index.md: in {{ nonsense }}: unknown"


def test_a_page_whose_snippet_changed_names_the_command_that_renews_it(
    project: Project, result: Result
) -> None:
    old = msgspec.structs.replace(
        result.measurements[FIRST.name], snippets=dict.fromkeys(FIRST.snippets, "0" * 64)
    )
    project.save(msgspec.structs.replace(result, measurements={FIRST.name: old}))
    page = f'# Page\n\n```\n--8<-- "{SNIPPET}:threads"\n```'
    assert f"<code>conc measure {FIRST.name}</code>" in project.build(page)


def test_a_page_says_nothing_while_its_snippet_is_the_one_that_was_timed(
    measured: Project,
) -> None:
    page = f'# Page\n\n```\n--8<-- "{SNIPPET}:threads"\n```'
    assert "older than the code" not in measured.build(page)


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


def test_drawings_of_long_ago_are_forgotten(measured: Project) -> None:
    drawings = measured.folder / ".conc" / "charts"
    drawings.mkdir(parents=True)
    for name, days in (("old.svg", 31), ("new.svg", 29)):
        (drawings / name).touch()
        written_s = time.time() - days * 86_400
        os.utime(drawings / name, (written_s, written_s))
    measured.build()
    assert [path.name for path in drawings.glob("*.svg")] == ["new.svg"]


@pytest.mark.parametrize("profile", ["quick", "smoke"])
def test_templates_know_whether_the_figures_mean_nothing(
    project: Project, result: Result, profile: str
) -> None:
    one = msgspec.structs.replace(result.measurements[FIRST.name], profile=profile)
    project.save(msgspec.structs.replace(result, measurements={FIRST.name: one}))
    (project.folder / "over").mkdir()
    (project.folder / "over" / "main.html").write_text("{{ conc_smoke }}", encoding="utf-8")
    config = project.folder / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("mkdocs}", "mkdocs, custom_dir: over}"), encoding="utf-8")
    assert project.build() == str(profile == "smoke")


def test_a_table_can_scroll_and_be_reached_by_keyboard(measured: Project) -> None:
    html = measured.build("# Page\n\n| a |\n|---|\n| 1 |")
    assert '<div class="conc-scroll" tabindex="0"><table class="conc-grid">' in html


def test_a_table_that_can_scroll_is_not_wrapped_again(measured: Project) -> None:
    html = measured.build('<div class="conc-scroll"><table><tr><td>1</td></tr></table></div>')
    assert html.count("conc-scroll") == 1


def test_nothing_is_written_beside_the_pages(measured: Project) -> None:
    measured.build()
    assert {path.name for path in (measured.folder / "docs").rglob("*")} == {"index.md"}


def test_the_exit_code_and_the_output_of_a_child_come_back() -> None:
    code = "import sys; print('a/result.json'); sys.exit(3)"
    assert plugin._run([sys.executable, "-c", code]) == (3, "a/result.json\n")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal to pass on")
def test_who_ends_the_build_ends_the_measurement(tmp_path: Path) -> None:
    child = (
        "import signal, sys, time, pathlib\n"
        f"def end(*_): pathlib.Path({str(tmp_path / 'ended')!r}).touch(); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        f"pathlib.Path({str(tmp_path / 'started')!r}).touch()\n"
        "time.sleep(60)"
    )
    parent = (
        f"import sys; from conc.show import plugin; plugin._run([sys.executable, '-c', {child!r}])"
    )
    with subprocess.Popen([sys.executable, "-c", parent]) as building:
        while not (tmp_path / "started").exists():
            assert building.poll() is None
        building.send_signal(signal.SIGTERM)
        assert building.wait(20) == 128 + signal.SIGTERM
    assert (tmp_path / "ended").exists()
