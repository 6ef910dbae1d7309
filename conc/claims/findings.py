"""What one result file says, small enough to be kept beside two hundred others.

A finding holds the verdicts, the key figures and the quality of a measurement; the samples stay in
the file. It depends on the file and on the code here, so that it can be kept under both digests.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conc.claims import contributed, invariants, ledger
from conc.claims.grounds import Grounds, NotTested
from conc.claims.judge import judge_all
from conc.errors import MissingError
from conc.experiments.initial_state import NUMBERS
from conc.experiments.registry import EXPERIMENTS
from conc.experiments.task_size import LARGE
from conc.records import (
    Case,
    Estimate,
    Interpreter,
    Machine,
    Origin,
    Profile,
    Record,
    Result,
    Verdict,
)
from conc.results import contribution, staleness, statistics
from conc.results.estimates import at_most, inverse, scaled
from conc.results.evidence import Evidence, Measured
from conc.results.quantities import counted, percentile_of, share_of

_GIB = 1024**3

HANDED_DOWN = ("pickled", "module_again", "state_kept", "lambda_starts")
"""What samples of ``initial-state`` answer with 1 or 0."""


class Quality(Record, frozen=True, kw_only=True):
    """How one experiment was measured: times in seconds, samples without warm-ups.

    ``stalled`` is the median share of a lone worker's sample in which some task waited for a CPU.
    """

    experiment: str
    profile: Profile
    started: str
    seconds: float
    samples: int
    failures: int
    stalled: float | None = None


class Finding(Record, frozen=True, kw_only=True):
    """What a result file says. ``name`` is the file's, ``figures`` are those of :data:`KEYS`.

    ``outdated`` names the experiments that timed other code than the present one. ``lost`` is the
    share of updates lost by each way of writing one; ``handed_down`` says by each start method in
    which share of the samples an argument was pickled, a module run again, a global kept, and a
    lambda started. Both are empty where the file has nothing of it.
    """

    name: str
    conc: str
    machine: Machine
    interpreter: Interpreter
    origin: Origin | None = None
    verdicts: dict[str, Verdict]
    figures: dict[str, Estimate]
    qualities: list[Quality]
    outdated: list[str]
    impossible: list[str]
    lost: dict[str, float]
    handed_down: dict[str, dict[str, float]]
    noise: Estimate | None = None

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles that were measured with, each once."""
        return tuple(dict.fromkeys(quality.profile for quality in self.qualities))

    @property
    def measured(self) -> str:
        """When the last experiment began, as the file has it; empty where nothing was measured."""
        return max((quality.started for quality in self.qualities), default="")

    @property
    def machine_id(self) -> str:
        """What tells this machine from others; a new kernel is the same machine.

        So is one whose tools name its hypervisor in other words: whether there is one counts.
        """
        machine = self.machine
        return _digest(
            (machine.cpu, machine.architecture, machine.cores, machine.physical_cores),
            (machine.usable_cores, round(machine.memory / _GIB), machine.system),
            bool(machine.virtualisation),
        )

    @property
    def interpreter_id(self) -> str:
        """What tells this interpreter from others."""
        python = self.interpreter
        return _digest(python.implementation, python.version, python.build, python.gil, python.jit)

    @property
    def decided(self) -> int:
        """How many claims it decides."""
        return sum(is_decided(verdict) for verdict in self.verdicts.values())


@dataclass(frozen=True, slots=True)
class Key:
    """A key figure: what it is called and means, and how it is read from the evidence.

    A ``ratio`` compares within one machine, so it may stand beside another machine's; a time may
    only beside that of another interpreter of the same machine. ``start_method`` is the one that
    it is about, empty where it is about none. ``most`` is what it can't exceed: of a speed-up of
    work that computes, the cores that can be at work. ``read`` raises NotTested or MissingError
    where the result lacks it.
    """

    name: str
    title: str
    meaning: str
    read: Callable[[Grounds], Estimate | None]
    ratio: bool = True
    start_method: str = ""
    most: Callable[[Finding], float] = lambda _finding: math.inf

    def possible(self, finding: Finding) -> Estimate | None:
        """Return the figure of a result without what no core can give, which is noise."""
        found = finding.figures.get(self.name)
        return at_most(found, self.most(finding)) if found else None

    def is_noise(self, finding: Finding) -> bool:
        """Tell whether the whole interval lies above what can be."""
        found = finding.figures.get(self.name)
        return found is not None and found.low > self.most(finding)


def _usable_cores(finding: Finding) -> float:
    return finding.machine.usable_cores


def _cores_of_threads(finding: Finding) -> float:
    return 1.0 if finding.interpreter.gil else finding.machine.usable_cores


def is_decided(verdict: Verdict) -> bool:
    """Tell whether a verdict says something of the claim."""
    return verdict.outcome not in {"undecided", "not tested here"}


def of_result(result: Result, name: str, evidence: Evidence | None = None) -> Finding:
    """Return what a result says; ``evidence`` may have been read already."""
    evidence = evidence or invariants.sound(result)
    return Finding(
        name=name,
        conc=result.conc,
        machine=result.machine,
        interpreter=result.interpreter,
        origin=result.origin,
        verdicts={one.claim: one for one in judge_all(ledger.CLAIMS, evidence)},
        figures={
            key.name: found for key in KEYS if (found := _read(key, Grounds(evidence))) is not None
        },
        qualities=[_quality(evidence.of(one)) for one in result.measurements],
        outdated=contributed.outdated(result),
        impossible=[str(broken.sentence) for broken in invariants.check(Evidence(result))],
        noise=_noise(evidence),
        lost=_lost(evidence),
        handed_down=_handed_down(evidence),
    )


def of_file(path: Path) -> Finding:
    """Return what a result file says, a whole or a contributed one. Raises ConcError as loading."""
    return of_result(contribution.load(path), name_of(path))


def name_of(path: Path) -> str:
    """Return a file's name without its suffixes: the name of its page."""
    return path.name.removesuffix(".gz").removesuffix(".xz").removesuffix(".json")


@cache
def version_of_rules() -> str:
    """Return a digest of all code that a finding depends on, and of the code that is timed."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for part in ("claims", "results", "experiments", "*.py"):
        paths = package.glob(part) if part.endswith(".py") else (package / part).rglob("*.py")
        for path in sorted(paths):
            digest.update(path.read_bytes())
    for experiment in EXPERIMENTS:
        for found in staleness.snippet_digests(experiment).values():
            digest.update(found.encode())
    return digest.hexdigest()[:16]


def _read(key: Key, grounds: Grounds) -> Estimate | None:
    try:
        return key.read(grounds)
    except (NotTested, MissingError):
        return None


def _quality(measured: Measured) -> Quality:
    measurement = measured.measurement
    alone = (measured.stalled(case) for case in measured.cases if case.workers == 1)
    shares = [share for share in alone if share is not None]
    return Quality(
        experiment=measurement.experiment,
        profile=measurement.profile,
        started=measurement.started,
        seconds=measurement.seconds,
        samples=sum(not sample.warmup for sample in measurement.samples),
        failures=len(measurement.failures),
        stalled=statistics.percentile(shares, 50) if shares else None,
    )


def _noise(evidence: Evidence) -> Estimate | None:
    try:
        return evidence.of("cpu-bound").noise_floor()
    except MissingError:
        return None


def _lost(evidence: Evidence) -> dict[str, float]:
    """Return of each way to write an update without a lock which share was lost."""
    try:
        measured = evidence.of("lost-updates")
    except MissingError:
        return {}
    shares = {}
    for case in measured.select(model="threads", fixed=False):
        expected = sum(measured.each(case, counted("expected")))
        if expected:
            lost = sum(measured.each(case, counted("lost")))
            shares[str(case.parameters.get("form", ""))] = lost / expected
    return shares


def _handed_down(evidence: Evidence) -> dict[str, dict[str, float]]:
    """Return by each start method in which share of the samples each answer was yes."""
    try:
        measured = evidence.of("initial-state")
    except MissingError:
        return {}
    return {
        str(case.parameters.get("start_method", "")): {
            name: sum(map(bool, found)) / len(found)
            for name in HANDED_DOWN
            if (found := measured.each(case, counted(name)))
        }
        for case in measured.cases
        if case.against
    }


def _speedup(model: str, workers: int | None = None) -> Callable[[Grounds], Estimate]:
    def read(grounds: Grounds) -> Estimate:
        count = workers or grounds.need_cores()
        case = grounds.case(
            "cpu-bound", workload="cpu_bound", model=model, workers=count, pool="warm"
        )
        return grounds.speedup("cpu-bound", case)

    return read


def _times_a_thread(workload: str, model: str, **wanted: str) -> Callable[[Grounds], Estimate]:
    def read(grounds: Grounds) -> Estimate:
        case = grounds.case("overhead", workload=workload, model=model, **wanted)
        return inverse(grounds.speedup("overhead", case))

    return read


def _start_by_default(grounds: Grounds) -> Estimate:
    return inverse(grounds.speedup("overhead", _default_start(grounds)))


def _default_start(grounds: Grounds) -> Case:
    method = grounds.start_method
    return grounds.case("overhead", workload="start", model="processes", start_method=method)


def _argument(grounds: Grounds) -> Estimate:
    empty, full = (_given(grounds, grounds.start_method, numbers) for numbers in (0, NUMBERS))
    return inverse(grounds.ratio("initial-state", full, than=empty))


def _argument_s(method: str) -> Callable[[Grounds], Estimate]:
    return lambda grounds: grounds.cost("initial-state", _given(grounds, method, NUMBERS))


def _given(grounds: Grounds, method: str, numbers: int) -> Case:
    """Return the start of a process that is given so many numbers."""
    return grounds.case("initial-state", start_method=method, numbers=numbers)


def _lateness(grounds: Grounds) -> Estimate:
    case = grounds.case("heartbeat", model="asyncio", hog="cpu")
    late = share_of(percentile_of("lateness_s", 100), counted("block_s"))
    return grounds.typical("heartbeat", case, late)


def _asyncio_against_threads(grounds: Grounds) -> Estimate:
    cases = {case.id: case for case in grounds.cases("equal-terms")}
    pairs = [(case, cases[case.against]) for case in cases.values() if case.against in cases]
    return grounds.together("equal-terms", pairs)


def _cost(workload: str, model: str, **wanted: str) -> Callable[[Grounds], Estimate]:
    return lambda grounds: grounds.cost(
        "overhead", grounds.case("overhead", workload=workload, model=model, **wanted)
    )


def _step(grounds: Grounds) -> Estimate:
    """Return the wall time of a step of the loop: chunks differ from profile to profile."""
    cases = grounds.cases("cpu-bound", workload="cpu_bound", model="sequential")
    baseline = next(case for case in cases if not case.against)
    each = grounds.cost("cpu-bound", baseline)
    return scaled(each, 1 / float(baseline.parameters["chunk"]), "a step")


def _pickling(grounds: Grounds) -> Estimate:
    with_payload, without = (
        grounds.case("task-size", model="processes", task_ms=1.0, payload_bytes=size)
        for size in (LARGE, 0)
    )
    return inverse(grounds.ratio("task-size", with_payload, than=without))


KEYS: tuple[Key, ...] = (
    Key(
        "processes",
        "Processes",
        "CPU-bound work, a warm pool with a worker a core: how many times as fast as one",
        _speedup("processes"),
        most=_usable_cores,
    ),
    Key(
        "threads",
        "Threads",
        "CPU-bound work in threads, one a core",
        _speedup("threads"),
        most=_cores_of_threads,
    ),
    Key(
        "interpreters",
        "Interpreters",
        "CPU-bound work in interpreters, one a core",
        _speedup("interpreters"),
        most=_usable_cores,
    ),
    Key(
        "one-thread",
        "Pool of one",
        "CPU-bound work in a pool of one thread: what it is below 1×, the pool costs",
        _speedup("threads", 1),
        most=lambda _finding: 1.0,
    ),
    Key(
        "asyncio",
        "asyncio against threads",
        "I/O-bound work on equal terms, all cells together: how many times as fast",
        _asyncio_against_threads,
    ),
    Key(
        "hand-over",
        "Hand-over",
        "a call handed to a process: how many times as long as to a thread",
        _times_a_thread("hand_over", "processes", to="pool"),
    ),
    Key(
        "pickling",
        "Pickling",
        "a task of 1 ms in a process: how many times as long with 100,000 bytes sent along",
        _pickling,
    ),
    Key(
        "start",
        "Start",
        "a process by the default start method: how many times as long as a thread",
        _start_by_default,
    ),
    Key(
        "argument",
        "Argument",
        f"a process given {NUMBERS:,} numbers, by the default start method: how many times as long"
        " to start as without",
        _argument,
    ),
    Key(
        "lateness",
        "Lateness",
        "the latest beat of an asyncio task beside one that computes: as a share of the block",
        _lateness,
    ),
    Key(
        "step-s",
        "Cost of one thread",
        "wall time of a step of a loop in pure Python, in one thread alone",
        _step,
        ratio=False,
    ),
    Key(
        "thread-start-s",
        "Start of a thread",
        "wall time of one",
        _cost("start", "threads"),
        ratio=False,
    ),
    *(
        Key(
            f"{method}-start-s",
            f"Start of a process by {method}",
            "wall time of one",
            _cost("start", "processes", start_method=method),
            ratio=False,
            start_method=method,
        )
        for method in ("fork", "forkserver", "spawn")
    ),
    *(
        Key(
            f"{method}-argument-s",
            f"Pickling under {method}",
            f"wall time of a start that is given {NUMBERS:,} numbers",
            _argument_s(method),
            ratio=False,
            start_method=method,
        )
        for method in ("forkserver", "spawn")
    ),
    Key(
        "interpreter-start-s",
        "Start of an interpreter",
        "wall time of one",
        _cost("start", "interpreters"),
        ratio=False,
    ),
    Key(
        "thread-hand-over-s",
        "A call handed to a thread",
        "wall time of one",
        _cost("hand_over", "threads"),
        ratio=False,
    ),
    Key(
        "process-hand-over-s",
        "A call handed to a process, pickling included",
        "wall time of one",
        _cost("hand_over", "processes", to="pool"),
        ratio=False,
    ),
)

RATIOS = tuple(key for key in KEYS if key.ratio)
TIMES = tuple(key for key in KEYS if not key.ratio)


def _digest(*identity: object) -> str:
    return hashlib.sha256(repr(identity).encode()).hexdigest()[:8]
