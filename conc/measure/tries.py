"""Trying a reader's own function: a look at what it is, a plan, and rounds until it is decided.

Samples are short, arms that can't win any more are dropped, and no more is called than it takes.
"""

import dataclasses
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path

import msgspec

from conc import __version__, formats
from conc.advise import HALF, SEVERAL, Tried
from conc.errors import ConcError
from conc.experiments import tries
from conc.experiments.experiment import Service, Setting
from conc.experiments.parts.looking import Look
from conc.experiments.tries import FIRST_LOOK, Call, Plan, Terms
from conc.measure import executors as asked_for
from conc.measure import stopping
from conc.measure.launcher import CaseFailedError, ProcessLauncher, Worker
from conc.measure.progress import progress_on
from conc.measure.rounds import Run, by_host, crew
from conc.measure.world import World
from conc.records import Case, Measurement, Profile, Result, Sample, Timing
from conc.results import store
from conc.results.evidence import Measured

FOLDER = "tries"
"""Where tries are kept, below the folder of the results."""

SAMPLE_S = 0.1
"""About how long a sample of the plain loop takes, where calls are short enough."""

CALLS_PER_WORKER = 2
"""As many calls a worker or more, so that the last to end does not decide; long calls have one."""

TOGETHER_S = 0.5
"""So much do calls compute at most that are made together: what waits a little is not all wait."""

LONG_S = 0.5
"""A call that takes as long is long."""

MOST_CALLS = 10_000
"""Handing over as many takes a tenth of a second, and shorter calls than that are not worth it."""

LOOK_SHARE = 0.03
"""The part of its time that a try spends on each pass of its look."""

WAITING = 0.9
"""What a CPU works for in a smaller share of its time may gain from more calls at once."""

ROUNDS = (4, 4, 6, 8, 10, 12)
"""The rounds of each run, later ones as the last: a run costs starts, and few runs say little."""

OVERTIME = 1.1
"""By how many times its time a try has ended, unless one pass of the loop is longer."""

LIKELY_ROUNDS = 8
MANY_PROCESSES = 16
"""In so many, or four a core, what waits is tried where threads gain nothing."""

MEMORY_EACH = 256 * 1024**2
"""So much of the memory is allowed for each process beyond the cores."""

LEAST_LIMIT_S = 2.0
HANGS = 20.0
"""How many times as long as expected a sample may take before it is taken to hang."""

_PROFILE: Profile = "quick"


def try_here(
    call: Call,
    terms: Terms,
    folder: Path,
    modules: Path,
    executors: Sequence[str] = (),
) -> tuple[Path, Result]:
    """Try a function in real processes, with progress on standard error; see :func:`try_in`.

    Its module lies in the folder ``modules``, or on the path of this process. ``executors`` are
    tried too, by name. Raises :class:`ConcError` where one can't be.
    """
    if not _exists(call.module, modules):
        raise ConcError(
            f"{call.function}: no module named {call.module} in this folder or on the path"
        )
    names = asked_for.named(executors)
    with progress_on(sys.stderr) as progress:
        world = World(ProcessLauncher(modules), progress)
        terms = dataclasses.replace(terms, executors=asked_for.checked(names, world))
        for one in filter(lambda one: one.about, terms.executors):
            _announce(one.about)
        return try_in(world, call, terms, folder, _announce)


def _announce(line: str) -> None:
    print(f"conc: {line}", file=sys.stderr, flush=True)  # noqa: T201 - before the bar is drawn


def try_in(
    world: World,
    call: Call,
    terms: Terms,
    folder: Path,
    announce: Callable[[str], None] = lambda _line: None,
) -> tuple[Path, Result]:
    """Measure a function under the models that can run it; return the file and what it holds.

    The machine's own result in ``folder`` is not touched: a try is kept beside it until the next.
    Interrupted (Ctrl-C), it gives what it has, and its measurement is not complete. Raises
    :class:`ConcError` if the function can't be called, or another measurement runs.
    """
    with store.measuring_lock(folder):
        seen = look(call, terms, world)
        announce(announced(call, seen, terms))
        result = Result(
            conc=__version__,
            machine=world.describe_machine(),
            interpreter=world.describe_interpreter(),
        )
        path = store.result_path(folder / FOLDER, result.machine, result.interpreter)
        store.save(result, path)  # a file that can't be written is better found now
        measurement = Trying(world, call, terms, seen).go()
        result = msgspec.structs.replace(result, measurements={tries.NAME: measurement})
        store.save(result, path)
        return path, result


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look gave: its sample, what that tells, and how the function is then to be tried.

    ``began_s`` is when the look began, by the world's clock.
    """

    began_s: float
    case: Case
    timing: Timing
    found: Look
    plan: Plan


def look(call: Call, terms: Terms, world: World) -> Seen:
    """Call the function for its items, twice, in a process of its own.

    Raises :class:`ConcError` if it can't be imported or called, is not done in time, or returns
    something else each time.
    """
    began_s, case = world.clock(), tries.first_look(call, LOOK_SHARE * terms.seconds)
    looking = dataclasses.replace(tries.EXPERIMENT, sample_limit_s=terms.sample_limit_s)
    workers: list[Worker] = []
    try:
        with world.launcher.run_of(looking) as launch, crew(workers):
            workers.append(launch([case], Service()))
            workers[0].ready()
            timing = workers[0].time(case)
    except CaseFailedError as failure:
        raise ConcError(f"{call.function}: {failure}") from None
    found = Look.of(timing.values)
    if found.anew and not terms.any_answer:
        raise ConcError(
            f"{call.function} returns something else each time, so its models can't be checked;"
            " if that is meant, add --any-answer"
        )
    plan = plan_of(found, terms, world.setting(_PROFILE).cores)
    return Seen(began_s, case, timing, found, plan)


def plan_of(seen: Look, terms: Terms, cores: int) -> Plan:
    """Draw samples of about :data:`SAMPLE_S`, each arm's of the same items.

    Raises :class:`ConcError` where it is one call, which no model can share out.
    """
    each, good = max(seen.seconds_each, 1e-9), _good(seen)
    waits = bool(seen.coroutine) or (seen.busy < WAITING and seen.children < HALF)
    at_once = min(terms.at_once, max(cores, round(TOGETHER_S / (each * max(seen.busy, 1e-9)))))
    fits = min(MOST_CALLS, max(1, round(SAMPLE_S / each)))
    one_long = seen.is_bound_by_one
    if one_long or good <= max(fits, cores):
        distinct = good
    else:
        distinct = min(good, -(-fits // cores) * cores)
    calls = distinct * max(1, fits // distinct)
    least = cores * (1 if each >= LONG_S else CALLS_PER_WORKER)
    pooled = calls if one_long else distinct * max(calls // distinct, -(-least // distinct))
    if pooled > calls and pooled * each <= 2 * SAMPLE_S:
        calls = pooled
    if good == 1 and calls == 1 and each > terms.seconds / 8:
        raise ConcError(
            f"a call takes {each:.1f} s, too long to repeat: give two items or more, or --seconds"
        )
    together = pooled if one_long else distinct * max(1, -(-at_once // distinct))
    return Plan(
        kind="coroutine function" if seen.coroutine else "function",
        calls=calls,
        pooled=pooled,
        together=max(together, calls) if waits else pooled,
        distinct=distinct,
        without=tuple(map(int, seen.raising)),
        waits=waits,
        blocks=bool(seen.coroutine) and seen.held >= HALF,
        spreads=seen.busy >= SEVERAL and seen.children < HALF,
        sendable=not seen.unpicklable,
    )


def _good(seen: Look) -> int:
    """Return how many items a sample can be drawn from."""
    return max(1, min(int(seen.items), tries.MOST_LOOKED) - len(seen.raising))


def announced(call: Call, seen: Seen, terms: Terms) -> str:
    """Say how many calls will be made and how long that takes, at most and likely."""
    plan, each_s = seen.plan, seen.found.seconds_each
    pools = 2 + len(terms.executors)
    round_calls = 2 * plan.calls + pools * plan.pooled + plan.together
    round_s = each_s * (2 * plan.calls + pools * plan.pooled)
    most = max(1, int(terms.seconds / max(round_s, 0.05)))
    likely_s = min(terms.seconds, 2.0 + LIKELY_ROUNDS * round_s)
    pass_s = each_s * plan.calls
    longer = (
        f"; one pass of the plain loop takes {formats.seconds(pass_s, 2)}, so it may take longer"
        if pass_s > terms.seconds / 4
        else ""
    )
    return (
        f"trying {call.function}: at most about {formats.count(most * round_calls)} calls and"
        f" {terms.seconds:g} s; likely about {likely_s:.0f} s{longer}"
    )


class Trying:
    """The course of a try: runs of the arms that can still win, until it is decided."""

    def __init__(self, world: World, call: Call, terms: Terms, seen: Seen) -> None:
        """Take what the look told."""
        self._world = world
        self._call = call
        self._terms = terms
        self._seen = seen
        self._plan = seen.plan
        self._start_s = 0.0
        self._wall_s: dict[str, float] = {}
        self._starts_s = {one.name: one.start_s for one in terms.executors}
        self._dropped: set[str] = set()
        self._measurement: Measurement

    def go(self) -> Measurement:
        """Measure until the advice is settled or the time is over; an interruption ends it too."""
        setting = self._world.setting(_PROFILE)
        cases = list(tries.cases_of(self._call, self._plan, self._terms, setting))
        self._measurement = Measurement(
            experiment=tries.NAME,
            key=self._call.function,
            profile=_PROFILE,
            seed=self._world.seed(),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=0.0,
            cases=[self._seen.case, *cases],
            samples=[self._looked()],
        )
        self._world.progress.plan({tries.NAME: self._terms.seconds})
        self._world.progress.started(tries.NAME)
        complete = True
        try:
            self._runs(setting)
        except KeyboardInterrupt:
            complete = False
        self._keep(complete=complete)
        self._world.progress.finished(self._measurement)
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

    def _runs(self, setting: Setting) -> None:
        number = 0
        while number == 0 or self._has_time(self._start_s + self._round_s()):
            self._run(number, setting)
            if self._is_decided(setting, number):
                break
            number += 1

    def _elapsed_s(self) -> float:
        return self._world.clock() - self._seen.began_s

    def _has_time(self, needed_s: float, overtime: float = 1.0) -> bool:
        return self._elapsed_s() + needed_s <= overtime * self._terms.seconds

    def _alive(self, round_: int = 0, run: int = 0) -> list[Case]:
        """Return the cases of a round: a cold pool is opened once a run, while its model is in."""
        given_up = stopping.given_up(self._measurement.failures)
        return [
            case
            for case in self._measurement.cases
            if case.model != FIRST_LOOK
            and case.id not in given_up | self._dropped
            and (case.parameters.get("pool") != "cold" or (round_ == 0 and run < _cold_runs(case)))
        ]

    def _round_s(self) -> float:
        return sum(self._expected_s(case) for case in self._alive(round_=1))

    def _expected_s(self, case: Case) -> float:
        """Return how long a sample will take: as the last one, or else as in a plain loop."""
        if case.id in self._wall_s:
            return self._wall_s[case.id]
        start_s = (
            self._starts_s.get(case.model, 0.0) if case.parameters.get("pool") == "cold" else 0
        )
        each_s = self._seen.found.seconds_each
        return start_s + each_s * case.items / max(1, min(case.workers, 2))

    def _run(self, number: int, setting: Setting) -> None:
        run = Run(number)
        began_s = self._world.clock()
        try:
            with self._workers(run, setting) as workers:
                self._start_s = self._world.clock() - began_s
                self._rounds(run, workers)
        finally:
            self._add(run)

    @contextmanager
    def _workers(self, run: Run, setting: Setting) -> Iterator[dict[str, Worker]]:
        """Yield the worker of each case that could be made ready, and end all of them after."""
        limit_s = max(LEAST_LIMIT_S, HANGS * max(map(self._expected_s, self._alive()), default=0.0))
        experiment = dataclasses.replace(
            tries.EXPERIMENT, sample_limit_s=min(limit_s, self._terms.sample_limit_s)
        )
        groups = list(by_host(self._alive(run=run.number)))
        launched: list[Worker] = []
        with self._world.launcher.run_of(experiment) as launch, crew(launched):
            ready: dict[str, Worker] = {}
            for at, group in enumerate(groups):
                while len(launched) < min(len(groups), at + setting.cores):
                    following = groups[len(launched)]
                    launched.append(launch(following, Service()))
                try:
                    run.gil |= launched[at].ready()
                except CaseFailedError as failure:
                    for case in group:
                        run.fail(case, failure.kind, failure.detail)
                else:
                    ready.update({case.id: launched[at] for case in group})
            yield ready

    def _rounds(self, run: Run, workers: dict[str, Worker]) -> None:
        order = random.Random(f"{self._measurement.seed} {run.number}")  # noqa: S311 - no secret
        for round_ in range(ROUNDS[min(run.number, len(ROUNDS) - 1)]):
            if (run.number or round_) and not self._has_time(self._round_s()):
                break
            cases = [case for case in self._alive(round_, run.number) if case.id in workers]
            for position, case in enumerate(order.sample(cases, len(cases))):
                is_first = not (run.number or round_)
                if not (is_first and self._is_due(case)) and not self._has_time(
                    self._expected_s(case), OVERTIME
                ):
                    return
                if case.id in workers:
                    self._time(run, workers, case, (round_, position))
            self._world.progress.round(self._call.function, run.number, round_)
        if run.number == 0:
            self._memory(workers)

    def _is_due(self, case: Case) -> bool:
        """Tell whether a case is timed once in any case: a plain loop, and what takes a moment."""
        return case.model == "sequential" or self._expected_s(case) <= LONG_S

    def _time(
        self, run: Run, workers: dict[str, Worker], case: Case, place: tuple[int, int]
    ) -> None:
        started_s = self._elapsed_s()
        try:
            timing = workers[case.id].time(case)
        except CaseFailedError as failure:
            run.fail(case, failure.kind, failure.detail)
            worker = workers.pop(case.id)
            for other in [id_ for id_, its in workers.items() if failure.lost and its is worker]:
                del workers[other]
            return
        self._wall_s[case.id] = timing.wall_s
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

    def _memory(self, workers: dict[str, Worker]) -> None:
        """Read the memory of each model once, after the first rounds, where there is time."""
        for case in self._alive(round_=1):
            if case.memory and case.id in workers and self._has_time(self._expected_s(case)):
                try:
                    memory = workers[case.id].memory(case)
                except CaseFailedError:
                    continue  # what fails in a sample is told of there
                self._keep(memory=[*self._measurement.memory, memory])

    def _add(self, run: Run) -> None:
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

    def _keep(self, **changes: object) -> None:
        self._measurement = msgspec.structs.replace(
            self._measurement, seconds=self._elapsed_s(), **changes
        )

    def _is_decided(self, setting: Setting, number: int) -> bool:
        """Look at what came of it: drop what can't win, add what may, say whether that is all."""
        try:
            tried = Tried(Measured(self._measurement), self._call.function)
        except LookupError:
            return bool(stopping.given_up(self._measurement.failures))
        more = list(self._further(tried, setting)) if number == 0 else []
        if not more and tried.is_settled():
            return True
        for case in tried.lost():
            self._drop(case)
        self._keep(cases=[*self._measurement.cases, *more])
        return False

    def _further(self, tried: Tried, setting: Setting) -> Iterator[Case]:
        """Yield the cases that the first run asks for.

        What waits, and gains nothing in threads, is tried in more processes than cores; what
        computes and gains little in processes is put beside processes that are sent nothing.
        """
        processes = [case for case in tried.arms if case.model == "processes"]
        if not processes or self._plan.kind == "coroutine function":
            return
        gains = {case.id: gain.value for case, gain in tried.gains()}
        threads = max((gains.get(c.id, 0.0) for c in tried.arms if c.model == "threads"), default=0)
        if self._plan.waits and threads < SEVERAL:
            count = _processes(setting, self._terms, self._world.describe_machine().memory)
            if count > setting.cores:
                yield tries.pooled(tried.loop, "processes", count, self._plan.together, self._plan)
        gained = max(gains.get(case.id, 0.0) for case in processes)
        if not self._plan.waits and gained < 1 + HALF * (setting.cores - 1) and setting.cores > 1:
            yield tries.apart(tried.loop, setting.cores)

    def _drop(self, case: Case) -> None:
        """Time a case no more, nor the cold pool beside it."""
        self._dropped |= {
            other.id
            for other in self._measurement.cases
            if other.id == case.id
            or (
                other.parameters.get("pool") == "cold"
                and (other.model, other.workers) == (case.model, case.workers)
            )
        }


LOOKS_AT_COLD = 3
"""In so many runs a cold pool is timed, once in each."""


def _cold_runs(case: Case) -> int:
    """Return in how many runs a cold pool is timed: one of another package has been opened before.

    Its start can take a second or more, which rounds can use better.
    """
    return 1 if tries.is_asked_for(case.model) else LOOKS_AT_COLD


def _processes(setting: Setting, terms: Terms, memory: int) -> int:
    """Return in how many processes what waits is tried, bounded by the memory."""
    fitting = setting.cores + memory // 2 // MEMORY_EACH
    return int(min(terms.at_once, max(MANY_PROCESSES, 4 * setting.cores), fitting))


def _exists(module: str, folder: Path) -> bool:
    """Tell whether there is such a module, or the package that it must be in; none is imported."""
    top = module.partition(".")[0]
    return bool(PathFinder.find_spec(top, [str(folder)]) or find_spec(top))
