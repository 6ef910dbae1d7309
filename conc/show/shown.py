"""A result that is shown: where it came from, who asks, and what is computed from it once."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from conc.claims import findings, invariants, ledger
from conc.claims.comparison import Machines
from conc.claims.invariants import Broken
from conc.claims.judge import judge_all
from conc.claims.rounds import Round
from conc.errors import ConcError, MissingError
from conc.records import Result, Verdict
from conc.results import export, store
from conc.results.evidence import Evidence
from conc.show.collected import NOTHING, Collected


@dataclass
class Shown:
    """A result, its file, the folder where drawings and estimates are kept, and the page that asks.

    ``page`` is the page's address relative to the site's root: links are relative to it. ``made``
    keeps the HTML that pages ask for; see :mod:`conc.show.marks`. A page may show several.
    ``others`` is what the files of other machines and interpreters say, ``rounds`` what runners
    found month by month. ``committed`` says that the result is a file of the repository, measured
    elsewhere; ``site`` is the address of the site, empty where it is not known.
    """

    result: Result | None
    path: Path | None = None
    cache: Path | None = None
    page: str = ""
    made: dict[tuple[str, ...], str] = field(default_factory=dict)
    others: Collected = NOTHING
    rounds: tuple[Round, ...] = ()
    committed: bool = False
    site: str = ""

    @classmethod
    def newest(cls, folder: Path | None = None, cache: Path | None = None) -> "Shown":
        """Show the newest result of a folder; ConcError if its file can't be read."""
        path = store.newest(folder or store.results_folder())
        return cls(store.load(path) if path else None, path, cache)

    @cached_property
    def evidence(self) -> Evidence:
        """The result as views read it. Raises MissingError where nothing was measured."""
        if self.result is None:
            raise MissingError("nothing has been measured yet; measure with: conc measure")
        return invariants.sound(self.result)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the result as the site publishes it, in ``data/result.json``.

        Raises MissingError as ``evidence``.
        """
        return hashlib.sha256(store.encode(self.evidence.result)).hexdigest()

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """The figures of the result that can't be. Raises MissingError as ``evidence``."""
        return tuple(invariants.check(Evidence(self.evidence.result)))

    @cached_property
    def verdicts(self) -> Mapping[str, Verdict]:
        """The verdict on each claim of the ledger. Raises MissingError as ``evidence``."""
        judged = judge_all(ledger.CLAIMS, self.evidence)
        return {verdict.claim: verdict for verdict in judged}

    @cached_property
    def machines(self) -> Machines:
        """The result beside those of other machines and interpreters."""
        here = None
        if self.result is not None and self.result.measurements:
            name = findings.name_of(self.path) if self.path else "here"
            here = findings.of_result(self.result, name, self.evidence)
        return Machines(self.others.findings, here, self.others.left_out)

    @cached_property
    def pyperf(self) -> str | None:
        """The samples as pyperf's suite, ``None`` where it can't be made: no sample, no pyperf."""
        try:
            return export.to_pyperf(self.evidence.result)
        except ConcError:
            return None

    def broken_in(self, experiments: Collection[str]) -> list[Broken]:
        """Return the figures of some experiments that can't be."""
        return [broken for broken in self.broken if broken.experiment in experiments]

    def link(self, target: str) -> str:
        """Return the address of a file of the site, such as ``data/result.json``, for the page."""
        return "../" * self.page.count("/") + target
