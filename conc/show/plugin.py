"""The MkDocs plugin: measures what is stale before the first build, then hands pages the result.

The only module that knows MkDocs. Measuring happens in a child process, once, at start-up; a
reload of ``mkdocs serve`` shows what there is and says where figures are older than their code.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from html import escape
from pathlib import Path

import msgspec
from jinja2 import Environment
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from msgspec import structs

from conc.claims import ledger
from conc.errors import ConcError, MissingError
from conc.experiments.registry import EXPERIMENTS
from conc.records import PROFILES, Result
from conc.results import chrome_trace, export, store
from conc.results.schema import result_schema
from conc.show import current, figures, notebook, verdicts

KEPT_S = 30 * 86_400.0

RESULT = "result.json"
VERDICTS = "verdicts.json"

DATA_VARIABLE = "CONC_DATA"
"""The environment variable that names the folder of the raw data to the notebook's process."""

# Fenced and inline code come first, so that a placeholder within them stays as it is.
_PLACEHOLDER = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,}).*?^[ \t]*(?P=fence)[`~]*[ \t]*$"
    r"|(?P<ticks>`+)[^`].*?(?P=ticks)(?!`)"
    r"|\{\{(?P<expression>[^{}]+)\}\}",
    re.MULTILINE | re.DOTALL,
)
_SNIPPET = re.compile(r"^[ \t]*-+8<-+[ \t]+[\"'](?P<module>\w+)\.py", re.MULTILINE)
_HEADING = re.compile(r"\A(?:\s*^# .*$)?", re.MULTILINE)
_CODE = re.compile(r"<pre><span></span><code|<pre(?=>(?!<span></span><code))")
_TABLE = re.compile(r"(?P<scroll><div class=\"conc-scroll\"[^>]*>)?<table>.*?</table>", re.DOTALL)


class ConcConfig(Config):  # type: ignore[no-untyped-call]  # MkDocs leaves that untyped
    """What ``mkdocs.yml`` says. ``CONC_PROFILE`` and ``CONC_RESULTS`` go before it."""

    profile = config_options.Choice(PROFILES, default="quick")
    results = config_options.Type(str, default=".conc/results")


class ConcPlugin(BasePlugin[ConcConfig]):  # type: ignore[no-untyped-call]  # as above
    """Measures, reads the result, and fills pages with it."""

    def __init__(self) -> None:
        """Start with nothing measured."""
        self._folder = Path()
        self._path: Path | None = None
        self._measured = False
        self._digest = ""
        self._data: dict[str, bytes] = {}

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Do nothing: because of it MkDocs keeps this instance, and what it knows, on a reload."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Measure on the first call, and show the newest state of the result on each."""
        root = Path(config.config_file_path).parent
        self._folder = root / os.environ.get("CONC_RESULTS", self.config.results)
        if not self._measured and os.environ.get("CONC_MEASURE") != "never":
            self._path = self._measure()
        self._measured = True
        self._read(root / ".conc", strict=config.strict)
        _prepare_notebook(config, root / ".conc" / "notebook", self._data)
        return config

    def on_serve(
        self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object
    ) -> LiveReloadServer:
        """Reload when a result file changes: somebody measured in another terminal."""
        del config, builder
        self._folder.mkdir(parents=True, exist_ok=True)
        server.watch(str(self._folder))
        return server

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the raw data to the site."""
        for name, content in self._data.items():
            files.append(File.generated(config, f"{current.DATA}/{name}", content=content))
        return files

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Tell templates whether the figures come from the profile that means nothing."""
        del config, files
        shown = current.view().result
        measurements = shown.measurements.values() if shown else ()
        env.globals["conc_smoke"] = any(m.profile == "smoke" for m in measurements)
        return env

    def on_page_markdown(
        self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files
    ) -> str:
        """Fill in the numbers of the prose, and say at the top what is missing or too old."""
        del config, files
        if _is_notebook(page):
            return markdown
        current.turn_to(page.url)
        try:
            notice = _notice(markdown)
            filled = _PLACEHOLDER.sub(_figure, markdown)
        except ConcError as error:
            raise PluginError(f"{page.file.src_uri}: {error}") from error
        return _HEADING.sub(lambda heading: heading[0] + notice, filled, count=1)

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Let the keyboard reach all that may scroll, and slim the notebook."""
        del config, files
        if _is_notebook(page):
            html = notebook.slim(html)
        return _reachable(html)

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Put in the charts, tables and verdicts, which nothing before had to parse."""
        del page, config
        return current.put_in(output, _reachable)

    def _measure(self) -> Path:
        """Measure what is stale in a child process, and return the result file that it names."""
        profile = os.environ.get("CONC_PROFILE", self.config.profile)
        command = [sys.executable, "-m", "conc", "measure", "--profile", profile]
        code, printed = _run([*command, "--results", str(self._folder)])
        named = printed.split("\n")[0]
        # With a file named, a failure is that of some case: its page says so.
        if not named:
            raise PluginError(
                f"measuring failed (exit code {code}), the reason stands above; "
                "CONC_MEASURE=never builds the pages without it"
            )
        return Path(named)

    def _read(self, kept: Path, *, strict: bool) -> None:
        """Read the result again if its file has changed: charts and estimates hang on it.

        A strict build does not publish figures that can't be.
        """
        path = self._path or store.newest(self._folder)
        try:
            digest = hashlib.sha256(path.read_bytes() if path else b"").hexdigest()[:16]
            if digest == self._digest:
                return
            result = store.load(path) if path else None
        except OSError as error:
            raise PluginError(f"{path}: can't be read: {error.strerror}") from error
        except ConcError as error:
            raise PluginError(str(error)) from error
        current.use(
            current.View(result=result, path=path, page="", cache=kept / "charts", later={})
        )
        if strict and result and (broken := current.broken()):
            raise PluginError("impossible figures: " + " ".join(one.sentence for one in broken))
        self._digest = digest
        self._data = _data(result)
        _forget_old(kept / "charts")


def _forget_old(drawings: Path) -> None:
    """Remove drawings and estimates of more than a month: one that is in use is made anew."""
    oldest_s = time.time() - KEPT_S
    for path in drawings.glob("*"):
        if path.stat().st_mtime < oldest_s:
            path.unlink(missing_ok=True)


def _run(command: list[str]) -> tuple[int, str]:
    """Run a command to its end and return its exit code and what it printed; errors pass through.

    Whatever ends us first ends it too, and not before it has saved what it measured.
    """
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 — ours
        before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        try:
            printed, _ = child.communicate()
        except KeyboardInterrupt:
            child.wait()  # the terminal has told it as well
            raise
        except SystemExit:
            child.terminate()
            child.wait()
            raise
        finally:
            signal.signal(signal.SIGTERM, before)
    return child.returncode, printed


def _prepare_notebook(config: MkDocsConfig, kept: Path, data: Mapping[str, bytes]) -> None:
    """Let the notebook find the raw data, and run it again when they have changed.

    mkdocs-jupyter's own cache looks at the notebook's bytes alone, so other data have another
    folder.
    """
    notebooks = config.plugins.get("mkdocs-jupyter")
    if notebooks is None:
        return
    opened = {name: data[name] for name in (RESULT, VERDICTS) if name in data}
    folder = kept / hashlib.sha256(b"".join(opened.values())).hexdigest()[:16]
    for outdated in set(kept.glob("*")) - {folder}:
        shutil.rmtree(outdated)
    (folder / current.DATA).mkdir(parents=True, exist_ok=True)
    for name, content in opened.items():
        (folder / current.DATA / name).write_bytes(content)
    notebooks.config["cache_dir"] = str(folder)
    os.environ[DATA_VARIABLE] = str((folder / current.DATA).resolve())
    # The folder's settings encrypt the way to the kernel, which otherwise warns that it is open.
    os.environ["JUPYTER_CONFIG_PATH"] = str(Path(__file__).with_name("jupyter"))


def _is_notebook(page: Page) -> bool:
    return page.file.src_uri.endswith(".ipynb")


def _data(result: Result | None) -> dict[str, bytes]:
    """Return the files of raw data by name."""
    schema = {"result.schema.json": msgspec.json.encode(result_schema())}
    if result is None:
        return schema
    judged = verdicts.to_data(verdicts.judged(), ledger.CLAIMS)
    return schema | {
        RESULT: store.encode(result),
        VERDICTS: msgspec.json.format(msgspec.json.encode(judged)),
        "samples.csv": export.to_csv(result).encode(),
        "pyperf.json": export.to_pyperf(result).encode(),
        **{
            f"experiments/{name}.json": store.encode(
                structs.replace(result, measurements={name: m})
            )
            for name, m in result.measurements.items()
        },
        **{f"traces/{name}": text.encode() for name, text in chrome_trace.traces(result).items()},
    }


def _figure(match: re.Match[str]) -> str:
    if match["expression"] is None:
        return match[0]
    try:
        return figures.render(match["expression"].strip())
    except MissingError as error:
        return f'<span title="{escape(str(error))}">not measured</span>'


def _reachable(html: str) -> str:
    """Let the keyboard reach all that may scroll."""
    html = _CODE.sub(r'\g<0> tabindex="0"', html)
    return _TABLE.sub(_scrollable, html)


def _scrollable(match: re.Match[str]) -> str:
    """Give a table a place to scroll in, and a class: Material's script rewraps one without."""
    table = match[0].replace("<table>", '<table class="conc-grid">', 1)
    return table if match["scroll"] else f'<div class="conc-scroll" tabindex="0">{table}</div>'


def _notice(markdown: str) -> str:
    """Return a note on what is missing, or on figures that are older than the page's code."""
    if current.view().result is None:
        return _admonition("Nothing measured yet", "Measure this machine with `conc measure`.")
    shown = {f"conc.snippets.{match['module']}" for match in _SNIPPET.finditer(markdown)}
    names = [experiment.name for experiment in EXPERIMENTS if shown & set(experiment.snippets)]
    measured = current.result().measurements
    stale = [name for name in names if name in measured and current.is_stale(name)]
    if not stale:
        return ""
    return _admonition(
        "These figures are older than the code",
        f"The code on this page has changed since it was measured. `conc measure {' '.join(stale)}`"
        " renews its figures; the page then reloads.",
    )


def _admonition(title: str, text: str) -> str:
    return f'\n\n!!! warning "{title}"\n\n    {text}\n\n'
