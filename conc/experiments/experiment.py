"""What an experiment is: its cases, and how a worker process makes one case ready to be timed."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from conc.models import ModelName
from conc.records import Case, Profile, Span, Value


@dataclass(frozen=True, slots=True)
class Setting:
    """What decides which cases make sense here: profile, cores, and what the interpreter has.

    ``optional`` names the models that are possible here and not everywhere, ``gil`` tells whether
    threads take turns.
    """

    profile: Profile
    cores: int
    optional: tuple[ModelName, ...]
    start_methods: tuple[str, ...]
    gil: bool = True


@dataclass(frozen=True, slots=True)
class Output:
    """What one execution gave: an answer to compare, numbers it counted itself, and its trace."""

    answer: object = None
    values: Mapping[str, Value] = field(default_factory=dict)
    spans: Sequence[Span] = ()


def nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A case made ready. The meter reads around ``act``; ``read`` is called after it, untimed.

    ``before`` is called before each execution, untimed too.

    Whatever must not be timed (a warm pool, a list of names) is prepared before, by the context
    manager that yields the trial.
    """

    act: Callable[[], object]
    read: Callable[[object], Output] = Output
    before: Callable[[], object] = nothing


@dataclass(frozen=True, slots=True)
class Service:
    """What a worker process is told of its surroundings: where the ratings service is.

    ``pid`` is its process, 0 without one: what it computes is not the work of other programs.
    """

    url: str = ""
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a profile tries.

    A run is a set of fresh worker processes, one for each host, that live for ``rounds_per_run``
    rounds, after ``warmups`` rounds of the cases that need a warm-up. Runs are added until every
    compared ratio of the block's decisive cases has an interval no wider than ± ``half_width``
    (after ``min_runs``), or ``max_runs`` or the experiment's share of ``seconds`` is reached, the
    starts of workers included. Where time is short a run has fewer rounds, ``least_rounds`` at
    least. Cases that are not decisive take part in the first ``runs_of_all`` runs, or in every run.
    """

    min_runs: int
    max_runs: int
    rounds_per_run: int
    seconds: float
    warmups: int = 0
    least_rounds: int = 1
    half_width: float = 0.05
    runs_of_all: int | None = None

    def takes(self, cases: Sequence[Case], run: int) -> list[Case]:
        """Return the cases of a block that take part in a run: all, or those that decide."""
        of_all = self.runs_of_all is None or run < self.runs_of_all
        return [case for case in cases if of_all or case.decisive]

    def most_runs(self, cases: Sequence[Case]) -> int:
        """Return after how many runs a block ends: without a decisive case none follows."""
        if self.runs_of_all is None or any(case.decisive for case in cases):
            return self.max_runs
        return self.runs_of_all


def shuffled(cases: Sequence[Case], order: random.Random) -> list[Case]:
    """Return the cases of a round in their order: what is compared lies close together in time.

    How fast a core is changes within a fraction of a second. So the cases of one baseline are
    neighbours, and those that are decisive stand side by side between the others.
    """
    families: dict[str, list[Case]] = {}
    for case in order.sample(cases, len(cases)):
        families.setdefault(case.against or case.id, []).append(case)
    return [case for family in families.values() for case in _decisive_between(family)]


def _decisive_between(family: Sequence[Case]) -> list[Case]:
    others = [case for case in family if not case.decisive]
    half = len(others) // 2
    return [*others[:half], *(case for case in family if case.decisive), *others[half:]]


Open = Callable[[Case, Service], AbstractContextManager[Trial]]


@dataclass(frozen=True, slots=True)
class Experiment:
    """A named question, the cases that answer it, and the snippets whose code they time.

    ``snippets`` are module names such as ``conc.snippets.cpu_bound``: their bytes are part of the
    staleness key, and pages show them. ``times`` names our own modules that run in a sample or
    make it ready, beside the one that holds ``open``: they are part of the key as well.
    ``left_out`` says in a line each what can't be measured here for want of a tool.
    ``sample_limit_s`` ends a worker that hangs. Where ``captured`` is true there is nothing to
    time: the evidence is what other programs show. Where ``fresh`` is true each worker is started
    afresh: what a start costs, or what memory a process has, must not be shared with another. Where
    ``tried`` is true its blocks are functions, each tried as a reader's own; its cases are what is
    tried at first.
    """

    name: str
    title: str
    question: str
    snippets: tuple[str, ...]
    cases: Callable[[Setting], tuple[Case, ...]]
    open: Open
    effort: Mapping[Profile, Effort]
    times: tuple[str, ...] = ()
    left_out: Callable[[], list[str]] = list
    needs_service: bool = False
    sample_limit_s: float = 30.0
    captured: bool = False
    fresh: bool = False
    tried: bool = False

    def blocks(self, setting: Setting) -> Iterator[tuple[str, tuple[Case, ...]]]:
        """Yield each block's name and cases, in the order in which the cases name them."""
        grouped: dict[str, list[Case]] = {}
        for case in self.cases(setting):
            grouped.setdefault(case.block, []).append(case)
        for name, cases in grouped.items():
            yield name, tuple(cases)
