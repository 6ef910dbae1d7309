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
from conc.claims import rounds
from conc.errors import ConcError
from conc.records import PROFILES
from conc.results import contribution, store
from conc.show import (
    build,
    changes,
    machine_files,
    machine_pages,
    markdown,
    notebook,
    round_pages,
    sharing,
)
from conc.show.page import DATA
from conc.show.plain_pages import PlainPage, plain_page
from conc.show.shown import Shown
from conc.show.verdicts import MACHINES

COMMITTED = "committed"
"""``CONC_MEASURE`` says so where nothing is measured and the newest round is shown."""


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
        self._frame = ""
        self._of_machines: dict[str, bytes] = {}

    def on_startup(self, *, command: str, dirty: bool) -> None:
        """Note what is run. Because of this MkDocs keeps the instance, and what it knows."""
        del dirty
        self._serves = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Measure on the first call, and show the newest state of the result on each."""
        root = Path(config.config_file_path).parent
        self._folder = root / os.environ.get("CONC_RESULTS", self.config.results)
        try:
            if not self._measured and os.environ.get("CONC_MEASURE") not in {"never", COMMITTED}:
                profile = os.environ.get("CONC_PROFILE", self.config.profile)
                self._path = build.measure(self._folder, profile)
            self._measured = True
            contributed = Path(config.docs_dir, machine_files.FOLDER)
            self._read(root / ".conc", contributed, config)
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
        page = machine_pages.frame(self._shown)
        if page and files.get_file_from_path(page.file) is None:  # else another generator has it
            files.append(File.generated(config, page.file, content=page.markdown))
        for file, markdown_ in round_pages.pages(self._shown):
            files.append(File.generated(config, file, content=markdown_))
        for file, content in round_pages.files(self._shown, config.site_name):
            files.append(File.generated(config, file, content=content))
        for name in self._shown.others.files:
            if files.get_file_from_path(f"{MACHINES}{name}") is None:  # of our own results
                path = str(self._folder / name)
                files.append(File.generated(config, f"{MACHINES}{name}", abs_src_path=path))
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
        frame = machine_pages.frame(self._shown)
        is_frame = frame is not None and page.file.src_uri == frame.file
        if is_frame and output != self._frame:
            self._frame, self._of_machines = output, {}
        try:
            finished = build.finish_page(output, self._shown, page.url)
        except ConcError as error:
            raise PluginError(str(error)) from error
        if not (self._serves or is_frame):  # whoever writes waits for the page alone
            self._plain.append(plain_page(finished, page.url))
            if config.site_url:
                name, title = sharing.file(page.url), page.title if page.url else config.site_name
                picture = sharing.picture(self._shown, str(title), config.site_name)
                self._pictures[name] = picture
        return finished

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write what stands beside the pages that MkDocs has built.

        The pages of machines share the frame of one of those, and are kept for the next reload.
        Where nobody edits meanwhile, each page is there as Markdown too, with the list of them.
        """
        site, folder = config.site_url or "", Path(config.site_dir)
        if not self._of_machines:
            self._of_machines = dict(machine_pages.pages(self._frame, self._shown))
        build.write(self._of_machines, folder)
        written, self._plain = self._plain, []
        if written:
            about = str(config.site_description or "")
            build.write(build.plain(written, config.site_name, about, site), folder)
            build.write(self._pictures, folder)

    def _read(self, kept: Path, contributed: Path, config: MkDocsConfig) -> None:
        """Read the result again if its file has changed: charts and estimates hang on it.

        A strict build does not publish figures that can't be.
        """
        found = rounds.load_all(contributed.parent / rounds.FOLDER.name)
        committed = os.environ.get("CONC_MEASURE") == COMMITTED
        if committed:
            column = rounds.shown(found)
            path = contributed / column.file if column else machine_files.measured_last(contributed)
            others = [other for other in contribution.files(contributed) if other != path]
        else:
            path = self._path or store.newest(self._folder)
            others = machine_files.others(contributed, self._folder, path)
        digest = hashlib.sha256(path.read_bytes() if path else b"").hexdigest()
        digest += machine_files.signature(others) + repr(rounds.digests(found))
        if digest == self._digest:
            return
        drawings, cache = kept / "charts", kept / "machines"
        shown = Shown(
            contribution.load(path) if path else None,
            path,
            drawings,
            others=machine_files.collect(others, cache),
            rounds=found,
            committed=committed,
            site=config.site_url or "",
        )
        if config.strict:
            build.refuse_broken(shown)
        data = build.data(shown)
        build.forget_old(drawings)
        build.forget_old(cache)
        changes.keep(shown)
        # All of it at once, and last: after an error the next reload reads the result again.
        self._shown, self._data, self._digest = shown, data, digest
        self._of_machines = {}


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
