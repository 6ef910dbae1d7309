"""A fake launcher with invented times, a clock that only it moves, and other invented things."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from msgspec.structs import replace

from conc.experiments.experiment import Effort, Experiment, Service, Setting
from conc.measure.launcher import CaseFailedError
from conc.models import stand_in
from conc.records import Case, Measurement, Memory, Profile, Timing
from tests.measure import tiny

Answering = Callable[[Case, int], "Timing | CaseFailedError | BaseException"]
"""What the n-th execution of a case gives, counted from 0 over all its workers."""


class FakeClock:
    """Seconds that pass when somebody says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@dataclass
class FakeLauncher:
    """Workers whose every answer is invented; it notes all that is asked of it."""

    clock: FakeClock
    answering: Answering
    start_s: float = 0.0
    gil: bool = True
    starts: dict[str, CaseFailedError] = field(default_factory=dict)
    launched: list[tuple[str, ...]] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    timed: list[str] = field(default_factory=list)
    alive: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def run_of(
        self, experiment: Experiment, *, fresh: bool = False
    ) -> Iterator[Callable[[Sequence[Case], Service], "FakeWorker"]]:
        self.runs.append("fresh" if fresh or experiment.fresh else "shared")
        yield self.launch
        assert self.alive == 0, "a run ends after its workers"

    def launch(self, cases: Sequence[Case], service: Service) -> "FakeWorker":
        del service
        self.launched.append(tuple(case.model for case in cases))
        self.events.append("launch")
        self.alive += 1
        return FakeWorker(self, tuple(cases))


@dataclass
class FakeWorker:
    """A worker without a process."""

    launcher: FakeLauncher
    cases: tuple[Case, ...]
    lost: CaseFailedError | None = None
    ended: bool = False

    def ready(self, limit_s: float | None = None) -> bool:
        del limit_s
        self.launcher.events.append("ready")
        self.launcher.clock.sleep(self.launcher.start_s)
        for case in self.cases:
            if case.model in self.launcher.starts:
                raise self.launcher.starts[case.model]
        return self.launcher.gil

    def time(self, case: Case, limit_s: float | None = None) -> Timing:
        del limit_s
        assert case in self.cases
        assert not self.ended
        assert self.lost is None, "a lost worker is asked no more"
        count = self.launcher.counts.get(case.id, 0)
        self.launcher.counts[case.id] = count + 1
        self.launcher.timed.append(case.model)
        given = self.launcher.answering(case, count)
        if isinstance(given, CaseFailedError) and given.lost:
            self.lost = given
        if isinstance(given, BaseException):
            raise given
        self.launcher.clock.sleep(given.wall_s)
        return given

    def memory(self, case: Case, limit_s: float | None = None) -> Memory:
        del limit_s
        assert case in self.cases
        return Memory(case=case.id, rss=3, uss=1, pss=2)

    def dismiss(self) -> None:
        self.launcher.events.append("dismiss")

    def end(self) -> None:
        assert not self.ended
        self.launcher.alive -= 1
        self.ended = True


@dataclass
class RecordingProgress:
    """Keeps all that it is told."""

    told: list[tuple[object, ...]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Keep nothing."""

    def plan(self, seconds: Mapping[str, float]) -> None:
        self.told.append(("plan", dict(seconds)))

    def started(self, experiment: str) -> None:
        self.told.append(("started", experiment))

    def waiting(self, limit_s: float) -> None:
        self.told.append(("waiting", limit_s))

    def round(self, block: str, run: int, round_: int) -> None:
        self.told.append(("round", block, run, round_))

    def interval(self, block: str, half_width: float | None) -> None:
        self.told.append(("interval", block, half_width))

    def finished(self, measurement: Measurement) -> None:
        self.told.append(("finished", measurement.experiment))


def timing(wall_s: float = 1.0, answer: str = "same") -> Timing:
    """Invent an execution."""
    return Timing(wall_s=wall_s, answer=answer)


def failed(kind: str = "raised", *, lost: bool = False) -> CaseFailedError:
    """Invent a failure."""
    return CaseFailedError(kind, f"invented: {kind}", lost=lost)  # type: ignore[arg-type]


def invented_experiment(
    *cases: Case, effort: Effort, name: str = "invented", needs_service: bool = False
) -> Experiment:
    """Make an experiment of given cases that no process ever opens."""
    return Experiment(
        name=name,
        title="Invented",
        question="What if?",
        snippets=(),
        cases=lambda _setting: cases,
        open=tiny.open_case,
        effort=dict.fromkeys(("smoke", "quick", "full"), effort),
        needs_service=needs_service,
    )


def pair(block: str = "b", *models: str) -> tuple[Case, ...]:
    """Make a baseline and the models compared with it."""
    baseline = Case(workload=block, model="sequential", block=block, answers="group")
    return (
        baseline,
        *(
            replace(baseline, model=stand_in(model), against=baseline.id)
            for model in models or ("threads",)
        ),
    )


def setting_of(profile: Profile) -> Setting:
    """Invent a machine of two cores."""
    return Setting(profile=profile, cores=2, optional=(), start_methods=("spawn",))
