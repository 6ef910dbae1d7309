"""The course of a try: rounds of the arms that can still win, until the advice is settled."""

import dataclasses
import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import msgspec

from conc.advise import HALF, SEVERAL, Tried
from conc.experiments import tries
from conc.experiments.experiment import Service
from conc.experiments.tries import Call, Terms
from conc.measure import stopping
from conc.measure.launcher import CaseFailedError, Launch, Worker
from conc.measure.planning import PROFILE, Seen
from conc.measure.rounds import Run, by_host, crew
from conc.measure.world import World
from conc.models import ModelName, find
from conc.records import Case, Measurement, Sample
from conc.results.evidence import Measured

FIRST_ROUNDS = 4
"""The rounds of the first run, which tells what more is to be tried."""

LONGEST_RUN_S = 8.0
"""A later run takes about so long: each costs starts, and few runs say little."""

ROUNDS_TO_SEE_A_GAIN = 2
"""After so many rounds, what waits side by side in few workers is given more of them."""

JUDGED_AGAIN = 1.08
"""After so many times as many rounds it is judged again: a few more would not tell another thing,
and to judge takes the longer the more there are."""

LOOKS = {"cold": 4, "none": 8}
"""So often what stands beside the models is timed: a cold pool, and the yardstick."""

OVERTIME = 1.1
"""By how many times its time a try has ended, unless one pass of the loop is longer."""

DUE_S = 0.5
"""What takes no longer is timed once, even where time is short."""

MANY_PROCESSES = 16
"""In so many, or four a core, what waits is tried where threads gain nothing."""

MEMORY_EACH = 256 * 1024**2
"""So much of the memory is allowed for each process beyond the cores."""

LEAST_LIMIT_S, LEAST_READY_S, ASKED_LIMIT_S = 4.0, 5.0, 20.0
"""The least time before a sample is taken to hang, and a start: an executor may be far away."""

ASKED_STARTS = 3
"""An executor that is asked for has the time of so many more of its starts to be ready."""

HANGS = 20.0
"""How many times as long as expected a sample may take before it is taken to hang."""


@dataclass(slots=True)
class Workers:
    """The workers of a run, which grow; ``of`` is the one that keeps a case ready."""

    launch: Launch
    run: Run
    at_a_time: int
    launched: list[Worker] = field(default_factory=list)
    of: dict[str, Worker] = field(default_factory=dict)

    def enlist(self, cases: Sequence[Case], limit_s: float) -> None:
        """Start workers for the cases, and wait until each is ready or has failed."""
        groups = list(by_host(cases))
        started: list[Worker] = []
        for at, group in enumerate(groups):
            while len(started) < min(len(groups), at + self.at_a_time):
                started.append(self.launch(groups[len(started)], Service()))
                self.launched.append(started[-1])
            try:
                self.run.gil |= started[at].ready(limit_s)
            except CaseFailedError as failure:
                for case in group:
                    self.run.fail(case, failure.kind, failure.detail)
            else:
                self.of.update({case.id: started[at] for case in group})

    def lose(self, case: Case, *, worker_too: bool) -> None:
        """Time a case no more in this run, nor any other of its worker where that is gone."""
        worker = self.of.pop(case.id)
        for other in [id_ for id_, its in self.of.items() if worker_too and its is worker]:
            del self.of[other]


class Trying:
    """The course of a try: runs of the arms that can still win, until it is decided."""

    def __init__(self, world: World, call: Call, terms: Terms, seen: Seen) -> None:
        """Take what the look told."""
        self._world = world
        self._call = call
        self._terms = terms
        self._seen = seen
        self._plan = seen.plan
        self._setting = world.setting(PROFILE)
        self._wall_s: dict[str, float] = {}
        self._taken: Counter[str] = Counter()
        self._starts_s = {one.name: one.start_s for one in terms.executors}
        self._start_s = 0.0
        self._done = 0
        self._judged_next = 0.0
        self._dropped: set[str] = set()
        self._measurement: Measurement

    def go(self) -> Measurement:
        """Measure until the advice is settled or the time is over; an interruption ends it too."""
        planned = tries.cases_of(self._call, self._plan, self._terms, self._setting)
        first = [case for case in planned if tries.is_first(case, self._plan, self._setting)]
        self._measurement = Measurement(
            experiment=tries.NAME,
            key=self._call.function,
            profile=PROFILE,
            seed=self._world.seed(),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=0.0,
            cases=[self._seen.case, *first],
            samples=[self._looked()],
        )
        complete = True
        try:
            self._runs()
        except KeyboardInterrupt:
            complete = False
        self._keep(complete=complete)
        return self._measurement

    def _looked(self) -> Sample:
        return Sample(
            case=self._seen.case.id,
            run=0,
            round=0,
            position=0,
            warmup=True,
            started_s=0.0,
            **msgspec.structs.asdict(self._seen.timing),
        )

    def _runs(self) -> None:
        for number in count():
            if number and not self._has_time(self._start_s + self._round_s()):
                return
            run = Run(number)
            try:
                if self._is_settled_by(run):
                    return
            finally:
                self._add(run)

    def _is_settled_by(self, run: Run) -> bool:
        """Time rounds with fresh workers; return whether more of them would change nothing."""
        began_s = self._elapsed_s()
        with self._workers(run) as workers:
            workers.enlist(self._alive(), self._ready_limit_s())
            self._start_s = self._elapsed_s() - began_s
            settled = self._rounds(run, workers)
            self._memory(workers)
            return settled

    @contextmanager
    def _workers(self, run: Run) -> Iterator[Workers]:
        """Yield the workers of a run, none yet, and end all of them after."""
        limit_s = self._terms.sample_limit_s
        experiment = dataclasses.replace(tries.EXPERIMENT, sample_limit_s=limit_s)
        with self._world.launcher.run_of(experiment) as launch:
            workers = Workers(launch, run, self._setting.cores)
            with crew(workers.launched):
                yield workers

    def _rounds(self, run: Run, workers: Workers) -> bool:
        order = random.Random(f"{self._measurement.seed} {run.number}")  # noqa: S311 - no secret
        ends_s = self._elapsed_s() + LONGEST_RUN_S
        for round_ in count():
            is_first = not (run.number or round_)
            if not is_first and not self._has_time(self._round_s()):
                return False
            cases = [case for case in self._alive() if case.id in workers.of]
            for position, case in enumerate(order.sample(cases, len(cases))):
                if not (is_first and self._is_due(case)) and not self._has_time(
                    self._expected_s(case)
                ):
                    if is_first:
                        continue  # plain loops come all the same
                    return False
                if case.id in workers.of:
                    self._time(run, workers, case, (round_, position))
            self._world.progress.round(self._call.function, run.number, round_)
            self._done += 1
            ended = round_ + 1 >= FIRST_ROUNDS and (not run.number or self._elapsed_s() > ends_s)
            if ended or self._done >= self._judged_next:
                more, settled = self._judged(run, round_ + 1)
                if ended or settled:
                    return settled
                workers.enlist(more, self._ready_limit_s())
        raise AssertionError("counting has no end")

    def _is_due(self, case: Case) -> bool:
        """Tell whether a case is timed once in any case: a plain loop, and what takes a moment."""
        return case.model == "sequential" or self._expected_s(case) <= DUE_S

    def _time(self, run: Run, workers: Workers, case: Case, place: tuple[int, int]) -> None:
        started_s = self._elapsed_s()
        limit_s = self._limit_s(case)
        try:
            timing = workers.of[case.id].time(case, limit_s)
        except CaseFailedError as failure:
            # What was cut off by the end of all, and had answered before, has not failed.
            if failure.kind != "timed out" or self._left_s() > 0 or case.id not in self._wall_s:
                run.fail(case, failure.kind, failure.detail)
            workers.lose(case, worker_too=failure.lost)
            if failure.kind == "timed out":  # it has cost enough
                self._dropped.add(case.id)
            return
        self._wall_s[case.id] = timing.wall_s
        self._taken[case.id] += 1
        run.samples.append(
            Sample(
                case=case.id,
                run=run.number,
                round=place[0],
                position=place[1],
                warmup=False,
                started_s=started_s,
                **msgspec.structs.asdict(timing),
            )
        )

    def _memory(self, workers: Workers) -> None:
        """Read the memory of each model once, where there is time; of those that lost as well."""
        read = {memory.case for memory in self._measurement.memory}
        for case in self._measurement.cases:
            is_due = case.memory and case.id not in read and case.id in workers.of
            if is_due and self._has_time(self._expected_s(case)):
                try:
                    memory = workers.of[case.id].memory(case, self._limit_s(case))
                except CaseFailedError as failure:  # what fails in a sample is told of there
                    workers.lose(case, worker_too=failure.lost)
                    continue
                self._keep(memory=[*self._measurement.memory, memory])

    def _judged(self, run: Run, rounds: int) -> tuple[list[Case], bool]:
        """Look at what came of it and drop what can't win.

        Returns what is to be tried as well, and whether more of all would change nothing.
        """
        self._judged_next = self._done * JUDGED_AGAIN
        try:
            tried = Tried(Measured(run.added_to(self._measurement)), self._call.function)
        except LookupError:
            return [], bool(stopping.given_up([*self._measurement.failures, *run.failures]))
        more = list(self._further(tried, (run.number, rounds)))
        self._keep(cases=[*self._measurement.cases, *more])
        self._dropped |= {case.id for case in tried.lost()}
        return more, not more and tried.is_settled()

    def _further(self, tried: Tried, done: tuple[int, int]) -> Iterator[Case]:
        """Yield the cases that what was seen asks for, once so many runs and rounds are done."""
        known = {case.id for case in self._measurement.cases}
        found = self._asked_for(tried, ended=done[0] > 0 or done[1] >= FIRST_ROUNDS)
        if done[0] or done[1] >= ROUNDS_TO_SEE_A_GAIN:
            yield from (case for case in found if case.id not in known)

    def _asked_for(self, tried: Tried, *, ended: bool) -> Iterator[Case]:
        """Yield what waits side by side in more workers, and the yardstick of what computes.

        Processes get more workers only where threads gain nothing; the pool of the fastest is
        opened within its time, which tells what that costs.
        """
        gains = {case.id: gain.value for case, gain in tried.gains()}

        def gained(model: str) -> float:
            return max((gains.get(c.id, 0.0) for c in tried.arms if c.model == model), default=0.0)

        if self._plan.waits and gained("threads") >= SEVERAL:
            yield from self._more(tried.loop, "threads", self._terms.at_once)
        elif self._plan.waits and ended and gained("processes") >= SEVERAL:
            yield from self._more(tried.loop, "processes", self._most_processes())
        cores = self._setting.cores
        computes = not self._plan.waits and self._plan.kind == "function" and cores > 1
        if computes and ended and 0 < gained("processes") < 1 + HALF * (cores - 1):
            yield tries.apart(tried.loop, cores)
        fastest = max(gains, key=gains.__getitem__, default="")
        for case in tried.arms:
            is_told = case.id == fastest or tries.is_asked_for(case.model)
            if ended and is_told and find(case.model).kind != "threads" and case.model != "asyncio":
                yield tries.cold(case)

    def _more(self, loop: Case, model: ModelName, most: int) -> Iterator[Case]:
        """Yield arms of more and more workers of a model."""
        few = tries.few(self._plan, self._setting)
        for workers in tries.worker_counts(few, min(most, self._plan.together)):
            yield tries.pooled(loop, model, workers, self._plan)

    def _most_processes(self) -> int:
        """Return in how many processes what waits is tried, bounded by the memory."""
        memory, cores = self._world.describe_machine().memory, self._setting.cores
        fitting = cores + memory // 2 // MEMORY_EACH
        return int(min(self._terms.at_once, max(MANY_PROCESSES, 4 * cores), fitting))

    def _add(self, run: Run) -> None:
        found = run.added_to(self._measurement)
        given_up = stopping.given_up(self._measurement.failures)
        for case, detail in stopping.wrong_answers(found.cases, found.samples):
            if case.id not in given_up:
                run.fail(case, "wrong answer", detail)
        gil = run.gil or bool(self._measurement.gil)
        failures = run.added_to(self._measurement).failures
        self._keep(samples=found.samples, failures=failures, gil=gil)

    def _keep(self, **changes: object) -> None:
        self._measurement = msgspec.structs.replace(
            self._measurement, seconds=self._elapsed_s(), **changes
        )

    def _alive(self) -> list[Case]:
        """Return the cases that are still to be timed."""
        left_out = stopping.given_up(self._measurement.failures) | self._dropped
        return [
            case
            for case in self._measurement.cases
            if case.model not in tries.ASIDE
            and case.id not in left_out
            and self._taken[case.id] < _looks(case)
        ]

    def _elapsed_s(self) -> float:
        return self._world.clock() - self._seen.began_s

    def _left_s(self) -> float:
        return OVERTIME * self._terms.seconds - self._elapsed_s()

    def _has_time(self, needed_s: float) -> bool:
        return self._elapsed_s() + needed_s <= self._terms.seconds

    def _round_s(self) -> float:
        return sum(self._expected_s(case) for case in self._alive())

    def _expected_s(self, case: Case) -> float:
        """Return how long a sample will take: as the last one, or else as in a plain loop."""
        if case.id in self._wall_s:
            return self._wall_s[case.id]
        is_cold = case.parameters.get("pool") == "cold"
        start_s = self._starts_s.get(case.model, 0.0) if is_cold else 0.0
        each_s = self._seen.found.seconds_each
        return start_s + each_s * case.items / max(1, min(case.workers, 2))

    def _limit_s(self, case: Case) -> float:
        """Return how long a sample may take before it is given up."""
        if case.model == "sequential":
            return self._terms.sample_limit_s
        least_s = ASKED_LIMIT_S if tries.is_asked_for(case.model) else LEAST_LIMIT_S
        hangs_s = max(least_s, HANGS * self._expected_s(case))
        left_s = max(self._left_s(), DUE_S if case.id in self._wall_s else LEAST_LIMIT_S)
        return min(self._terms.sample_limit_s, hangs_s, left_s)

    def _ready_limit_s(self) -> float:
        """Return how long workers may take to be ready: as the look, many times over."""
        started_s = max((self._seen.ready_s, *self._starts_s.values()))
        least_s = LEAST_READY_S + ASKED_STARTS * max(self._starts_s.values(), default=0.0)
        return max(least_s, min(HANGS * started_s, self._left_s()))


def _looks(case: Case) -> float:
    """Return how often a case is timed at most.

    The pool of another package has been opened before, and its start can take a second or more.
    """
    pool = str(case.parameters.get("pool"))
    return 1 if pool == "cold" and tries.is_asked_for(case.model) else LOOKS.get(pool, math.inf)
