"""The site as a reader gets it: built from an invented result, served, and seen in Chromium."""

import gzip
import http.server
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Response, sync_playwright

from conc.results import contribution, store
from tests.check_site import addresses
from tests.invented.machines import contribute
from tests.invented.results import invented_result
from tests.site import axe

ROOT = Path(__file__).parents[2]
ELSEWHERE = "q7w-elsewhere-q7w"
"""A name for a folder, a user and a machine, which no page holds by chance."""

NAMED_ELSEWHERE = f"""
import os, socket
socket.gethostname = lambda: "{ELSEWHERE}"
if hasattr(os, "uname"):
    here = os.uname()
    os.uname = lambda: os.uname_result((here.sysname, "{ELSEWHERE}", *here[2:]))
"""
"""What Python runs at its start, in a build and in the kernel of its notebook."""

PAGES = addresses(ROOT / "docs")
"""The address of every page, relative to the site's."""

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
    "dark on a phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
    "light on a small phone": {"color_scheme": "dark", "viewport": {"width": 320, "height": 640}},
}
"""What a reader's system asks for. Where the reader has chosen nothing, the page follows it."""

CHOSEN = {
    "dark on a phone": ("slate", "dark"),
    "light on a small phone": ("default", "light"),
}
"""Which scheme a reader has chosen, against the system."""

_CHOOSE = """
localStorage.setItem("/.__palette", JSON.stringify({{
  index: {index}, color: {{media: "(prefers-color-scheme: {media})", scheme: "{scheme}",
  primary: "custom", accent: "custom"}}
}}))
"""
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH_SHIFTS = """
window.shift = 0
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shift += entry.value
}).observe({type: "layout-shift", buffered: true})
"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True)
class Visit:
    """What was seen when a page was opened anew; ``gzipped`` is the bytes of every response."""

    complaints: list[str]
    addresses: list[str]
    gzipped: int
    shift: float
    overflow: int
    scheme: str
    violations: list[str]


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, compressed, over connections that are kept, as hosts of static sites do."""

    protocol_version = "HTTP/1.1"
    page_piece = 2**20
    pause_s = 0.04

    def do_GET(self) -> None:
        """Answer with the file, or with the site's page for a wrong address."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        found = path.is_file()
        content = gzip.compress((path if found else Path(self.directory, "404.html")).read_bytes())
        kind = self.guess_type(path) if found else "text/html"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        piece = self.page_piece if kind == "text/html" else len(content)
        for start in range(0, len(content), piece):
            time.sleep(self.pause_s if start else 0)
            self.wfile.write(content[start : start + piece])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — as in the base class
        """Say nothing."""


class _SlowHandler(_Handler):
    """Sends a page in small pieces, as a slow network or a busy machine does."""

    page_piece = 256


def make_project(folder: Path) -> Path:
    """Copy what the site is made of into ``folder``, with an invented result; return the folder.

    Its build takes the machine and the user for ``ELSEWHERE``.
    """
    for name in ("docs", "snippets", "conc"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", folder)
    (folder / "sitecustomize.py").write_text(NAMED_ELSEWHERE, encoding="utf-8")
    (folder / "home").mkdir()
    store.save(invented_result(), folder / ".conc" / "results" / "invented.json")
    for committed in contribution.files(folder / "docs" / "machines"):
        committed.unlink()  # so that no test hangs on which machines were brought home
    contribute(4, folder / "docs" / "machines")
    return folder


def build_site(project: Path, config: str = "mkdocs.yml") -> Path:
    """Build the site of a project that was made. Raises RuntimeError if it fails."""
    built = project / "site"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-f", config, "-d", str(built)],
        cwd=project,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("CONC_")},
            "CONC_MEASURE": "never",
            "NO_MKDOCS_2_WARNING": "1",
            "PYTHONPATH": str(project),
            "HOME": str(project / "home"),
            **dict.fromkeys(("HOSTNAME", "COMPUTERNAME", "LOGNAME", "USER", "USERNAME"), ELSEWHERE),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout)
    return built


@contextmanager
def served(site: Path, *, slowly: bool = False) -> Iterator[str]:
    """Serve a folder on loopback, and give its address."""
    handler = partial(_SlowHandler if slowly else _Handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def chromium() -> str | None:
    """Return the Chromium that ``CONC_CHROMIUM`` names, or the system's."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CONC_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def started(program: str) -> Iterator[Browser]:
    """Start Chromium without a window."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()


def reader(browser: Browser, look: str) -> BrowserContext:
    """Return the context of a reader who was never here, but for the colours that are chosen."""
    context = browser.new_context(**LOOKS[look])
    if look in CHOSEN:
        choose(context, *CHOSEN[look])
    return context


def choose(context: BrowserContext, scheme: str, media: str) -> None:
    """Let a reader have chosen a scheme before a page is opened."""
    index = ["", "light", "dark"].index(media)
    context.add_init_script(_CHOOSE.format(index=index, media=media, scheme=scheme))


def see(context: BrowserContext, base: str, path: str) -> Visit:
    """Open a page in a context that is new, and note all that can be noted."""
    page = context.new_page()
    complaints: list[str] = []
    responses: list[Response] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 — Playwright marks what it calls, and a bound method of a list can't be marked
    page.add_init_script(WATCH_SHIFTS)
    page.goto(base + path, wait_until="networkidle")
    page.wait_for_timeout(300)  # long enough for a late layout to shift
    gzipped = sum(len(gzip.compress(response.body())) for response in responses)
    shift = float(page.evaluate("window.shift"))
    return Visit(
        complaints=complaints,
        addresses=[response.url for response in responses],
        gzipped=gzipped,
        shift=shift,
        overflow=int(page.evaluate(OVERFLOW)),
        scheme=str(page.evaluate("document.body.dataset.mdColorScheme")),
        violations=axe.violations(page),
    )
