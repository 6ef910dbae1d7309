"""The steps before and after a generator of sites other than MkDocs: ``python -m conc.show``."""

import os
from pathlib import Path

import click

from conc.errors import ConcError
from conc.results import contribution, store
from conc.show import build, machine_files, machine_pages, notebook, origins
from conc.show.page import DATA

KEPT = Path(".conc")


@click.group()
def steps() -> None:
    """Prepare pages for a generator of sites, or finish what it has built."""


@steps.command()
@click.argument("notebooks", nargs=-1, type=click.Path(path_type=Path, exists=True))
def prepare(notebooks: tuple[Path, ...]) -> None:
    """Measure what is stale, run NOTEBOOKS on the raw data, and write each as Markdown beside it.

    The frame of the pages of machines is written into their folder, docs/machines.

    The environment says what else: CONC_MEASURE=never, CONC_PROFILE, CONC_RESULTS.
    """
    if os.environ.get("CONC_MEASURE") != "never":
        build.measure(store.results_folder(), os.environ.get("CONC_PROFILE", "quick"))
    shown = machine_files.newest(KEPT)
    build.write(build.data(shown), KEPT / DATA)
    machine_pages.write_frame(shown, contribution.FOLDER.parent)
    for path in notebooks:
        written = notebook.to_markdown(path, KEPT / DATA).encode()
        build.write({f"{path.stem}.md": written}, path.parent)


@steps.command()
@click.argument("site", type=click.Path(path_type=Path, exists=True, file_okay=False))
def finish(site: Path) -> None:
    """Put charts, tables, verdicts, the pages of machines and the raw data into SITE."""
    shown = machine_files.newest(KEPT)
    build.finish(site, shown)
    build.write(machine_files.raw(shown), site)


@steps.command()
@click.argument("site", type=click.Path(path_type=Path, exists=True, file_okay=False))
def checksums(site: Path) -> None:
    """Print the SHA-256 of what SITE holds of this project's own runs, as sha256sum does.

    An attestation of them says from which commit and run they were published.
    """
    for line in origins.checksums(site):
        click.echo(line)


if __name__ == "__main__":
    try:
        steps(prog_name="python -m conc.show")
    except ConcError as error:
        raise SystemExit(f"conc: {error}") from None
