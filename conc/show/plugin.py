"""The MkDocs plugin: calls the steps of a build where MkDocs has a place for them.

The only module that knows MkDocs. Measuring happens in a child process, once, at start-up; a
reload of ``mkdocs serve`` shows what there is and says where figures are older than their code.
"""

import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import htpy as h
from mkdocs.config import config_options
from mkdocs.config.base import Config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from conc import models
from conc.errors import ConcError
from conc.records import PROFILES
from conc.results import store
from conc.show import build, changes, markdown, notebook, sharing
from conc.show.page import DATA
from conc.show.plain_pages import PlainPage, plain_page
from conc.show.shown import Shown


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
        self._serves = False
        self._plain: list[PlainPage] = []
        self._pictures: dict[str, bytes] = {}
        self._shown = Shown(None)
        self._data: dict[str, bytes] = {}

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Note what is run. Because of this MkDocs keeps the instance, and what it knows."""
        del dirty
        self._serves = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Measure on the first call, and show the newest state of the result on each."""
        root = Path(config.config_file_path).parent
        self._folder = root / os.environ.get("CONC_RESULTS", self.config.results)
        try:
            if not self._measured and os.environ.get("CONC_MEASURE") != "never":
                profile = os.environ.get("CONC_PROFILE", self.config.profile)
                self._path = build.measure(self._folder, profile)
            self._measured = True
            self._read(root / ".conc" / "charts", strict=config.strict)
            _prepare_notebook(config, root / ".conc" / "notebook", self._data)
        except ConcError as error:
            raise PluginError(str(error)) from error
        except OSError as error:
            raise PluginError(f"{error.filename}: {error.strerror}") from error
        config.mdx_configs["conc"] = {"shown": self._shown}
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
        """Add the raw data and the colours of the models to the site."""
        files.append(File.generated(config, build.MODELS_CSS, content=models.css()))
        for name, content in self._data.items():
            files.append(File.generated(config, f"{DATA}/{name}", content=content))
        return files

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Give the notebook, which is no Markdown, what the extension gives other pages."""
        del config, files
        if not page.file.src_uri.endswith(".ipynb"):
            return html
        boxes = h.fragment[markdown.warnings(self._shown)]
        return f"{boxes}{markdown.scrolling(notebook.slim(html))}"

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Put in the charts, tables and verdicts, which nothing before had to parse."""
        try:
            finished = build.finish_page(output, self._shown, page.url)
        except ConcError as error:
            raise PluginError(str(error)) from error
        if config.site_url and not self._serves:
            name, title = sharing.file(page.url), str(page.title if page.url else config.site_name)
            self._pictures[name] = sharing.picture(self._shown, title, config.site_name)
        if not self._serves:  # whoever writes waits for the page alone
            self._plain.append(plain_page(finished, page.url))
        return finished

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the pages as Markdown, and the list of them, beside the pages."""
        site, self._plain = self._plain, []
        files = build.plain(
            site, config.site_name, str(config.site_description or ""), config.site_url or ""
        )
        if site:
            build.write(files | self._pictures, Path(config.site_dir))

    def _read(self, drawings: Path, *, strict: bool) -> None:
        """Read the result again if its file has changed: charts and estimates hang on it.

        A strict build does not publish figures that can't be.
        """
        path = self._path or store.newest(self._folder)
        digest = hashlib.sha256(path.read_bytes() if path else b"").hexdigest()
        if digest == self._digest:
            return
        shown = Shown(store.load(path) if path else None, path, drawings)
        if strict:
            build.refuse_broken(shown)
        data = build.data(shown)
        build.forget_old(drawings)
        changes.keep(shown)
        # All of it at once, and last: after an error the next reload reads the result again.
        self._shown, self._data, self._digest = shown, data, digest


def _prepare_notebook(config: MkDocsConfig, kept: Path, data: Mapping[str, bytes]) -> None:
    """Let the notebook find the raw data, and run it again when they have changed.

    mkdocs-jupyter's own cache looks at the notebook's bytes alone, so other data have another
    folder.
    """
    notebooks = config.plugins.get("mkdocs-jupyter")
    if notebooks is None:
        return
    opened = {name: data[name] for name in (build.RESULT, build.VERDICTS) if name in data}
    folder = kept / hashlib.sha256(b"".join(opened.values())).hexdigest()[:16]
    for outdated in set(kept.glob("*")) - {folder}:
        shutil.rmtree(outdated)
    (folder / DATA).mkdir(parents=True, exist_ok=True)
    build.write(opened, folder / DATA)
    notebooks.config["cache_dir"] = str(folder)
    notebook.open_to(folder / DATA)
