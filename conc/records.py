"""The nouns of conc: what is measured, on what, and what came of it.

Every record is immutable and typed, and is JSON as it stands: the result file is a
:class:`Result`, its schema is made from these classes, and reading one back checks it against
them. Times are seconds and sizes are bytes; formatting happens where something is shown.
"""

from typing import Annotated, Literal, get_args

import msgspec

FORMAT = 1
"""The version of the result file. It changes when an older ``conc`` could misread a newer file."""

Model = Literal["sequential", "threads", "processes", "asyncio", "interpreters"]
MODELS: tuple[Model, ...] = get_args(Model)

Profile = Literal["smoke", "quick", "full"]
PROFILES: tuple[Profile, ...] = get_args(Profile)

Scalar = str | int | float | bool
Value = float | str | list[float]

Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]
Bytes = Annotated[int, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all records: immutable, keyword-only, closed to fields it does not name."""


class Case(Record, frozen=True, kw_only=True):
    """A workload under a model with a worker count and parameters: the unit that is timed.

    ``workers`` is the worker count, or, where the workload waits for I/O, the concurrency level.
    ``items`` is how many pieces of work one sample does; cost and throughput are per item.
    Cases of the same ``block`` are timed in the same rounds, so that their ratios are paired.
    ``against`` is the ``id`` of the case that this one is compared with, empty for a baseline.
    Cases that name the same ``host`` share a worker process within a run; otherwise each has one
    of its own. ``answers`` names the group whose members must all return the same answer, empty
    where there is nothing to compare. ``memory`` asks for an untimed pass that reads memory.
    """

    workload: str
    model: str
    workers: Positive = 1
    items: Positive = 1
    parameters: dict[str, Scalar] = {}
    block: str = ""
    against: str = ""
    host: str = ""
    answers: str = ""
    memory: bool = False

    @property
    def id(self) -> str:
        """A readable name, unique within an experiment: ``cpu_bound threads ×2 pool=warm``."""
        parts = [self.workload, self.model, f"×{self.workers}"]
        parts += [f"{name}={value}" for name, value in sorted(self.parameters.items())]
        return " ".join(parts)


class Sample(Record, frozen=True, kw_only=True):
    """One timed execution of a case. A quantity that the system can't give is ``None``.

    ``started_s`` counts from the start of the experiment, ``position`` is the place within the
    shuffled round. CPU time, context switches and ``run_delay_s`` (time runnable but waiting for
    a CPU) include children. ``stalled`` is the share of the sample in which some task of the
    machine waited for a CPU (Linux PSI). ``threads`` and ``processes`` are the most seen at once.
    ``answer`` is a digest of what the case returned; ``values`` is what the case counted itself.
    """

    case: str
    run: Count
    round: Count
    position: Count
    warmup: bool
    started_s: Seconds
    wall_s: Seconds
    cpu_s: Seconds | None = None
    user_s: Seconds | None = None
    system_s: Seconds | None = None
    voluntary: Count | None = None
    involuntary: Count | None = None
    run_delay_s: Seconds | None = None
    stalled: Share | None = None
    threads: Count | None = None
    processes: Count | None = None
    answer: str = ""
    values: dict[str, Value] = {}


class Memory(Record, frozen=True, kw_only=True):
    """The peak memory of a case's process tree, read in a pass that was not timed.

    ``pss`` shares each shared page out among the processes that map it; ``None`` off Linux.
    """

    case: str
    rss: Bytes
    uss: Bytes | None = None
    pss: Bytes | None = None


FailureKind = Literal["crashed", "timed out", "garbled", "wrong answer", "raised", "service"]


class Failure(Record, frozen=True, kw_only=True):
    """A case that gave no figure in a run, and why, in one line."""

    case: str
    run: Count
    kind: FailureKind
    detail: str


class BlockEnd(Record, frozen=True, kw_only=True):
    """Why a block's rounds ended, and the relative half-width of its widest 95 % interval."""

    block: str
    rounds: Count
    reason: Literal["narrow", "rounds", "time", "failed"]
    half_width: float | None = None


class Measurement(Record, frozen=True, kw_only=True):
    """Everything that one experiment produced on one machine and interpreter, raw.

    ``key`` identifies what was measured: snippet bytes, parameters, measuring version,
    interpreter and machine. ``started`` is UTC in ISO 8601. ``seconds`` is how long it took,
    ``waited_s`` the part spent waiting for the machine to fall quiet. While ``complete`` is
    false, a later measurement with the same key goes on where this one stopped.
    """

    experiment: str
    key: str
    profile: Profile
    seed: int
    started: str
    seconds: Seconds
    waited_s: Seconds = 0.0
    complete: bool = False
    cases: list[Case] = []
    samples: list[Sample] = []
    memory: list[Memory] = []
    failures: list[Failure] = []
    ends: list[BlockEnd] = []


class Machine(Record, frozen=True, kw_only=True):
    """What the machine is, not whose: no host name, no user, no address.

    ``cores`` counts the logical CPUs, ``usable_cores`` what affinity and the cgroup quota leave;
    ``limits`` says in words which of the two took something away.
    """

    cpu: str
    architecture: str
    cores: Positive
    physical_cores: Positive | None
    usable_cores: Annotated[float, msgspec.Meta(gt=0)]
    limits: list[str] = []
    threads_per_core: Positive | None = None
    memory: Bytes
    system: str
    kernel: str
    virtualisation: str | None = None
    frequency_scaling: str | None = None


class Interpreter(Record, frozen=True, kw_only=True):
    """The Python that was measured. ``gil`` is its state after the imports, not the build's."""

    implementation: str
    version: str
    build: Literal["GIL-enabled", "free-threaded"]
    gil: bool
    compiler: str
    start_method: str
    start_methods: list[str]
    interpreters: bool
    switch_interval_s: Seconds
    jit: bool | None = None
    packages: dict[str, str] = {}


class Result(Record, frozen=True, kw_only=True):
    """One result file: a machine, an interpreter, and a measurement for each experiment."""

    conc: str
    machine: Machine
    interpreter: Interpreter
    format: int = FORMAT
    measurements: dict[str, Measurement] = {}


class Estimate(Record, frozen=True, kw_only=True):
    """A statistic with its 95 % interval, and the runs and rounds behind it."""

    value: float
    low: float
    high: float
    runs: Positive
    rounds: Positive
