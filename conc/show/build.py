"""The steps of building a site that any generator can call, before and after its own.

:func:`prepare` measures what is stale and makes the raw data; the generator then converts pages
with :mod:`conc.show.markdown`; :func:`finish` puts charts, tables and verdicts into them.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import structs

from conc import models
from conc.claims import ledger
from conc.errors import ConcError
from conc.results import chrome_trace, export, store
from conc.results.schema import result_schema
from conc.show import badges, changes, machine_pages, marks, plain_pages, tries, verdicts
from conc.show.page import DATA, SCHEMA, TRY_SCHEMA
from conc.show.plain_pages import PlainPage
from conc.show.shown import Shown

KEPT_S = 30 * 86_400.0

RESULT = "result.json"
VERDICTS = "verdicts.json"
LLMS = "llms.txt"
MODELS_CSS = "assets/models.css"


def measure(results: Path, profile: str) -> Path:
    """Measure what is stale in a child process, and return the result file that it names.

    Raises ConcError where nothing could be measured. A case that failed is told by its page.
    """
    command = [sys.executable, "-m", "conc", "measure", "--profile", profile]
    code, printed = _run([*command, "--results", str(results)])
    named = printed.split("\n")[0]
    if not named:
        raise ConcError(
            f"measuring failed (exit code {code}), the reason stands above; "
            "CONC_MEASURE=never builds the pages without it"
        )
    return Path(named)


def data(shown: Shown) -> dict[str, bytes]:
    """Return the files of raw data by name."""
    schema = {
        SCHEMA: msgspec.json.encode(result_schema()),
        TRY_SCHEMA: msgspec.json.encode(tries.data_schema()),
    }
    if shown.result is None:
        return schema
    result, judged = shown.result, verdicts.to_data(shown, ledger.CLAIMS)
    return schema | {
        RESULT: store.encode(result),
        VERDICTS: msgspec.json.format(msgspec.json.encode(judged)),
        "samples.csv": export.to_csv(result).encode(),
        **({"pyperf.json": shown.pyperf.encode()} if shown.pyperf else {}),
        **{
            f"experiments/{name}.json": store.encode(
                structs.replace(result, measurements={name: m})
            )
            for name, m in result.measurements.items()
        },
        **_pictures(shown),
        **{f"traces/{name}": text.encode() for name, text in chrome_trace.traces(result).items()},
    }


def _pictures(shown: Shown) -> dict[str, bytes]:
    """Return the badge and the card of each verdict by name."""
    makers = {"badges": badges.badge, "cards": badges.card}
    return {
        f"{folder}/{claim.id}.svg": make(claim, shown.verdicts[claim.id]).encode()
        for folder, make in makers.items()
        for claim in ledger.CLAIMS
    }


def refuse_broken(shown: Shown) -> None:
    """Raise ConcError for a result with figures that can't be: they are not to be published."""
    if shown.result and shown.broken:
        said = " ".join(broken.sentence for broken in shown.broken)
        raise ConcError(f"impossible figures: {said}")


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files by their names below a folder; those that are the same already are left alone."""
    for name, content in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def forget_old(drawings: Path) -> None:
    """Remove drawings and estimates of more than a month: one that is in use is made anew."""
    oldest_s = time.time() - KEPT_S
    for path in drawings.glob("*"):
        if path.stat().st_mtime < oldest_s:
            path.unlink(missing_ok=True)


def plain(pages: Iterable[PlainPage], title: str, description: str, site: str) -> dict[str, bytes]:
    """Return the files of all pages as Markdown, and ``llms.txt``, by name below the site."""
    known = sorted((page for page in pages if page.file), key=lambda page: page.address)
    files = {page.file: page.markdown.encode() for page in known}
    return files | {LLMS: plain_pages.llms_txt(title, description, known, site).encode()}


def finish_page(html: str, shown: Shown, page: str) -> str:
    """Return a built page, whose address is ``page``, with its charts, tables and verdicts.

    Raises ConcError, naming the page, for a name that nobody knows.
    """
    shown.page = page
    try:
        return marks.put_in(html, shown)
    except ConcError as error:
        raise ConcError(f"page {page or '/'}: {error}") from error


def finish(site: Path, shown: Shown) -> None:
    """Put charts, tables and verdicts into a site that was built, and the raw data beside them.

    The pages of machines are made of the one that was built of their frame. Raises ConcError as
    :func:`finish_page`.
    """
    pages = []
    frame = machine_pages.frame(shown)
    if frame and machine_pages.TITLE in (built := _text(site / frame.page)):
        write(dict(machine_pages.pages(built, shown)), site)
    of_machines = {site / page for page in machine_pages.files(shown)}
    for path in sorted({*site.rglob("*.html")} - of_machines):
        page = path.relative_to(site).as_posix().removesuffix("index.html")
        finished = finish_page(path.read_text(encoding="utf-8"), shown, page)
        path.write_text(finished, encoding="utf-8")
        pages.append(plain_pages.plain_page(finished, page))
    home = next((page for page in pages if not page.address), None)
    if home:
        write(plain(pages, home.title, home.description, ""), site)
    changes.keep(shown)
    write(data(shown), site / DATA)
    write({MODELS_CSS: models.css().encode()}, site)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


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
