"""The course of one experiment: memory pass, runs of its blocks in turn, until each has ended."""

import contextlib
from collections.abc import Callable, Sequence

import msgspec

from conc.errors import ConcError
from conc.experiments.experiment import Experiment, Service, Setting
from conc.measure import stopping
from conc.measure.launcher import CaseFailedError, Worker
from conc.measure.rounds import Rounds, Run, crew
from conc.measure.world import RunningService, World
from conc.records import Case, Measurement, Memory

Block = tuple[Case, ...]

SERVICE_STARTS = 2
"""How often the service of an experiment is started before the experiment is left incomplete."""


class ServiceFailedError(Exception):
    """The service that the cases talk to did not start or stopped answering."""

    def __init__(self, cases: Sequence[Case], run: int, detail: str) -> None:
        """Keep the cases and the run that could not be measured for it, and why."""
        super().__init__(detail)
        self.cases = cases
        self.run = run
        self.detail = detail


def waited_for_quiet(measurement: Measurement, limit_s: float, world: World) -> Measurement:
    """Give the machine so long to fall quiet, and return the measurement with what that took."""
    if limit_s <= 0:
        return measurement
    world.progress.waiting(limit_s)
    waited_s = measurement.waited_s + world.wait_for_quiet(limit_s)
    return msgspec.structs.replace(measurement, waited_s=waited_s)


class Course:
    """Measures one experiment, or the rest of it, and hands over what it has after every run."""

    def __init__(
        self,
        experiment: Experiment,
        setting: Setting,
        measurement: Measurement,
        world: World,
        save: Callable[[Measurement], None],
    ) -> None:
        """Go on from a measurement, which is empty or was interrupted."""
        self._experiment = experiment
        self._effort = experiment.effort[setting.profile]
        self._cores = setting.cores
        self._blocks = [cases for _, cases in experiment.blocks(setting)]
        self._world = world
        self._save = save
        self._measurement = measurement
        self._began_s = world.clock() - measurement.seconds
        self._run_s: dict[str, float] = {}

    def go(self, quiet_limit_s: float) -> Measurement:
        """Measure until every block has ended, or the service has failed too often."""
        self._measurement = waited_for_quiet(self._measurement, quiet_limit_s, self._world)
        for _ in range(SERVICE_STARTS):
            try:
                self._with_service()
            except ServiceFailedError as failed:
                self._note_service_failure(failed)
            else:
                self._keep(complete=True)
                break
        return self._measurement

    def _elapsed_s(self) -> float:
        """Return the seconds since the experiment began, without those between interruptions."""
        return self._world.clock() - self._began_s

    def _used_s(self) -> float:
        """Return how much of its time the experiment has used; waiting for quiet is not its own."""
        return self._elapsed_s() - self._measurement.waited_s

    def _keep(self, **changes: object) -> None:
        """Take over what was measured, and save it."""
        self._measurement = msgspec.structs.replace(
            self._measurement, seconds=self._elapsed_s(), **changes
        )
        self._save(self._measurement)

    def _with_service(self) -> None:
        """Measure, with the service running if the experiment needs it."""
        if not self._experiment.needs_service:
            self._measure(None)
            return
        with contextlib.ExitStack() as running:
            try:
                service = running.enter_context(self._world.service())
            except ConcError as error:
                raise ServiceFailedError(self._measurement.cases, 0, str(error)) from error
            self._measure(service)

    def _measure(self, service: RunningService | None) -> None:
        self._take_memory(service)
        rounds = Rounds(
            experiment=self._experiment,
            effort=self._effort,
            seed=self._measurement.seed,
            launcher=self._world.launcher,
            service=service.address if service else Service(),
            cores=self._cores,
            clock=self._elapsed_s,
            progress=self._world.progress,
        )
        ended = {end.block for end in self._measurement.ends}
        going_on = [cases for cases in self._blocks if cases[0].block not in ended]
        while going_on:
            # In turn, so that time runs short for all blocks alike.
            cases = min(going_on, key=self._runs)
            if self._has_ended(cases):
                going_on.remove(cases)
            else:
                self._run(rounds, cases, self._allowance_s(going_on), service)

    def _take_memory(self, service: RunningService | None) -> None:
        """Read the memory of the cases that ask for it, each in a fresh worker, untimed.

        It comes first: its time is then known when the rounds share out what is left.
        """
        known = {memory.case for memory in self._measurement.memory}
        for case in self._remaining(self._measurement.cases):
            if case.memory and case.id not in known:
                run = Run(0)
                memory = self._memory_of(case, service, run)
                self._raise_if_dead(service, [case], run)
                self._keep(
                    memory=[*self._measurement.memory, *memory],
                    failures=[*self._measurement.failures, *run.failures],
                )

    def _memory_of(self, case: Case, service: RunningService | None, run: Run) -> list[Memory]:
        address = service.address if service else Service()
        workers: list[Worker] = []
        launching = self._world.launcher.run_of(self._experiment, fresh=True)
        with launching as launch, crew(workers):
            workers.append(launch([case], address))
            try:
                workers[0].ready()
                return [workers[0].memory(case)]
            except CaseFailedError as failure:
                run.fail(case, failure.kind, failure.detail)
                return []

    def _run(
        self, rounds: Rounds, cases: Block, allowance_s: float, service: RunningService | None
    ) -> None:
        """Add a run to a block."""
        began_s, number, block = self._elapsed_s(), self._runs(cases), cases[0].block
        run = rounds.run(block, self._remaining(cases), number, began_s + allowance_s)
        self._raise_if_dead(service, cases, run)
        self._run_s[block] = self._elapsed_s() - began_s
        samples = [*self._measurement.samples, *run.samples]
        given_up = stopping.given_up(self._measurement.failures)
        for case, detail in stopping.wrong_answers(self._measurement.cases, samples):
            if case.id not in given_up:
                run.fail(case, "wrong answer", detail)
        self._keep(
            samples=samples,
            failures=[*self._measurement.failures, *run.failures],
            gil=run.gil or bool(self._measurement.gil),
        )

    def _has_ended(self, cases: Block) -> bool:
        """Say how narrow a block's intervals are, and note its end if it has come."""
        block = cases[0].block
        judged = self._judged(cases)
        width = stopping.widest(judged, self._measurement)
        self._world.progress.interval(block, width)
        end = stopping.end_of(
            judged,
            self._measurement,
            self._effort,
            width=width,
            next_run_ends_s=self._used_s() + self._next_run_s(cases),
        )
        if end is not None:
            self._keep(ends=[*self._measurement.ends, end])
        return end is not None

    def _next_run_s(self, cases: Block) -> float:
        """Return how long the next run of a block may take: as long as the last, as far as known.

        What it leaves out of the last takes no time again.
        """
        number = self._runs(cases)
        left_out = {case.id for case in cases}
        left_out -= {case.id for case in self._effort.takes(cases, number)}
        left_out_s = sum(
            sample.wall_s
            for sample in self._measurement.samples
            if sample.run == number - 1 and sample.case in left_out
        )
        return max(0.0, self._run_s.get(cases[0].block, 0.0) - left_out_s)

    def _judged(self, cases: Sequence[Case]) -> Sequence[Case]:
        """Return the cases that decide when a block ends: those left that are decisive."""
        remaining = self._remaining(cases)
        return [case for case in remaining if case.decisive] or remaining or cases

    def _remaining(self, cases: Sequence[Case]) -> list[Case]:
        given_up = stopping.given_up(self._measurement.failures)
        return [case for case in cases if case.id not in given_up]

    def _runs(self, cases: Block) -> int:
        return stopping.runs_done(cases, self._measurement.samples)

    def _allowance_s(self, going_on: Sequence[Block]) -> float:
        """Return how long the next run may time rounds, so that every block gets its least runs."""
        due = sum(max(0, self._effort.min_runs - self._runs(cases)) for cases in going_on)
        return max(0.0, self._effort.seconds - self._used_s()) / max(1, due)

    def _raise_if_dead(
        self, service: RunningService | None, cases: Sequence[Case], run: Run
    ) -> None:
        if run.failures and service is not None and not service.alive():
            raise ServiceFailedError(cases, run.number, "the service has ended by itself")

    def _note_service_failure(self, failed: ServiceFailedError) -> None:
        run = Run(failed.run)
        for case in self._remaining(failed.cases):
            run.fail(case, "service", failed.detail)
        self._keep(failures=[*self._measurement.failures, *run.failures])
