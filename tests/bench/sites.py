"""What a bench of a built site's pages is asked for: which site, and which of its pages."""

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.site.browsing import build_site, make_project


class Asked:
    """The arguments of the command line: ``[--site FOLDER] [PAGE…]``."""

    def __init__(self, name: str) -> None:
        """Read them for the bench of that name."""
        self._parser = argparse.ArgumentParser(prog=f"tests.bench.{name}")
        self._parser.add_argument("--site", type=Path, help="a built site; without it one is built")
        self._parser.add_argument(
            "pages", nargs="*", metavar="PAGE", help="as home or article/asyncio"
        )
        self._given = self._parser.parse_args()

    @contextmanager
    def site(self) -> Iterator[Path]:
        """Give the folder of the site: the one that is there, or one that is built for this."""
        if self._given.site is not None:
            yield self._given.site
            return
        with tempfile.TemporaryDirectory() as folder:
            yield build_site(make_project(Path(folder) / "project"))

    def of(self, known: Mapping[str, str]) -> dict[str, str]:
        """Return the pages that were named, or all; one that is not known ends the program."""
        if unknown := sorted({*self._given.pages} - {*known}):
            self._parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
        return {name: known[name] for name in self._given.pages or known}
