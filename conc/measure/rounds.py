"""The paired rounds of a block: one run of fresh workers at a time.

In a round every case of the block is timed once, in an order shuffled from the recorded seed, so
that whatever the machine does meanwhile befalls all of them alike (as nanobench's ``compare``);
what is compared lies close together.
"""

import contextlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from conc.experiments.experiment import Effort, Experiment, Service, shuffled
from conc.measure.launcher import CaseFailedError, Launcher, Worker
from conc.measure.progress import Progress
from conc.records import Case, Failure, FailureKind, Measurement, Sample


@dataclass(slots=True)
class Run:
    """What one run of a block gave. ``gil`` is whether any of its workers runs with the GIL on."""

    number: int
    samples: list[Sample] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    gil: bool = False

    def fail(self, case: Case, kind: FailureKind, detail: str) -> None:
        """Note that a case gives no figure, or no further one, in this run."""
        self.failures.append(Failure(case=case.id, run=self.number, kind=kind, detail=detail))

    def added_to(self, measurement: Measurement) -> Measurement:
        """Return a measurement with what this run gave so far."""
        return msgspec.structs.replace(
            measurement,
            samples=[*measurement.samples, *self.samples],
            failures=[*measurement.failures, *self.failures],
        )


@dataclass(frozen=True, slots=True)
class Rounds:
    """Executes runs of an experiment's blocks. ``clock`` counts from the experiment's start.

    ``cores`` bounds how many workers start at a time.
    """

    experiment: Experiment
    effort: Effort
    seed: int
    launcher: Launcher
    service: Service
    cores: int
    clock: Callable[[], float]
    progress: Progress

    def run(self, block: str, cases: Sequence[Case], number: int, until_s: float) -> Run:
        """Time the cases in rounds, with fresh workers that are ready before the first round.

        Cases that are not decisive are timed in the first round after the warm-ups alone, and in
        no run after the first few where the effort says so.
        At ``until_s`` of the clock no further round begins, once the least are timed. A case
        that fails has no further sample in the run; a worker that is lost ends all its cases.
        """
        run = Run(number)
        cases = self.effort.takes(cases, number)
        order = random.Random(f"{self.seed} {block} {number}")  # noqa: S311 - no secret
        with self._workers(cases, run) as workers:
            least = self.effort.warmups + self.effort.least_rounds
            for round_ in range(self.effort.warmups + self.effort.rounds_per_run):
                if (round_ >= least and self.clock() >= until_s) or not workers:
                    break
                self._round(run, cases, workers, order, round_)
                self.progress.round(block, number, round_)
        return run

    def _round(
        self,
        run: Run,
        cases: Sequence[Case],
        workers: dict[str, Worker],
        order: random.Random,
        round_: int,
    ) -> None:
        warmup, first = round_ < self.effort.warmups, round_ == self.effort.warmups
        due = [
            case
            for case in shuffled(cases, order)
            if first or (case.warmed if warmup else case.decisive)
        ]
        for position, case in enumerate(due):
            worker = workers.get(case.id)
            if worker is None:
                continue
            started_s = self.clock()
            try:
                timing = worker.time(case)
            except CaseFailedError as failure:
                run.fail(case, failure.kind, failure.detail)
                _dismiss(workers, case, lost=failure.lost)
                continue
            run.samples.append(
                Sample(
                    case=case.id,
                    run=run.number,
                    round=round_,
                    position=position,
                    warmup=warmup,
                    started_s=started_s,
                    **msgspec.structs.asdict(timing),
                )
            )

    @contextlib.contextmanager
    def _workers(self, cases: Sequence[Case], run: Run) -> Iterator[dict[str, Worker]]:
        """Yield the worker of each case that could be made ready, and end all of them after."""
        groups = list(by_host(cases))
        launched: list[Worker] = []
        with self.launcher.run_of(self.experiment) as launch, crew(launched):
            ready: dict[str, Worker] = {}
            for i, group in enumerate(groups):
                # As many start at a time as there are cores: the next when the first is ready.
                while len(launched) < min(len(groups), i + self.cores):
                    following = groups[len(launched)]
                    launched.append(launch(following, self.service))
                try:
                    run.gil |= launched[i].ready()
                except CaseFailedError as failure:
                    for case in group:
                        run.fail(case, failure.kind, failure.detail)
                else:
                    ready.update({case.id: launched[i] for case in group})
            yield ready


@contextlib.contextmanager
def crew(workers: list[Worker]) -> Iterator[None]:
    """End the workers of a growing list, whatever happens: all are asked first, then awaited."""
    try:
        yield
    finally:
        for worker in workers:
            worker.dismiss()
        for worker in workers:
            worker.end()


def by_host(cases: Sequence[Case]) -> Iterator[tuple[Case, ...]]:
    """Yield the cases that share a worker: those of one ``host``, each other one alone."""
    hosts: dict[str, list[Case]] = {}
    for case in cases:
        hosts.setdefault(f"host {case.host}" if case.host else f"case {case.id}", []).append(case)
    yield from map(tuple, hosts.values())


def _dismiss(workers: dict[str, Worker], case: Case, *, lost: bool) -> None:
    """Take a case out of the rounds, and all others of its worker where that is lost."""
    worker = workers.pop(case.id)
    if lost:
        for other in [id_ for id_, its in workers.items() if its is worker]:
            del workers[other]
