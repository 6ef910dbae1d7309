"""The nouns of conc: what is measured, on what, and what came of it.

Every record is immutable and typed, and is JSON as it stands: the result file is a
:class:`Result`, its schema is made from these classes, and reading one back checks it against
them. Times are seconds and sizes are bytes; formatting happens where something is shown.
"""

from typing import TYPE_CHECKING, Annotated, Literal, get_args

import msgspec

if TYPE_CHECKING:
    from conc.models import Model, ModelName

FORMAT = 2
"""The version of the result file. It changes when an older ``conc`` could misread a newer file.

A file of format 1 is read: its samples lack ``others_cores`` and ``stolen``.
"""

Profile = Literal["smoke", "quick", "full"]
PROFILES: tuple[Profile, ...] = get_args(Profile)

# A result file may come from a stranger: every text and number in it has a bound.
LONGEST_TEXT = 2_000
Text = Annotated[str, msgspec.Meta(max_length=LONGEST_TEXT)]
LongText = Annotated[str, msgspec.Meta(max_length=1_000_000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
Duration = Annotated[float, msgspec.Meta(ge=1e-9, le=1e9)]
Bytes = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Cores = Annotated[float, msgspec.Meta(ge=-1e6, le=1e6)]

Scalar = Text | int | float | bool
Value = float | LongText | list[float]

if not TYPE_CHECKING:  # what our own code names is checked; a file may name any model
    ModelName = Text


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
    Verdicts rest on cases that are ``decisive``: they are timed in every round, others once a run
    or in the first few runs alone. Only those that are ``warmed`` take part in warm-ups.
    """

    workload: Text
    model: "ModelName"
    workers: Positive = 1
    items: Positive = 1
    parameters: dict[Text, Scalar] = {}
    block: Text = ""
    against: Text = ""
    host: Text = ""
    answers: Text = ""
    memory: bool = False
    decisive: bool = True
    warmed: bool = True

    @property
    def id(self) -> str:
        """A readable name, unique within an experiment: ``cpu_bound threads ×2 pool=warm``."""
        parts = [self.workload, self.model, f"×{self.workers}"]
        parts += [f"{name}={value}" for name, value in sorted(self.parameters.items())]
        return " ".join(parts)


Phase = Literal["start", "queue", "run", "wait", "gil-wait", "cpu-wait", "pickle"]
PHASES: tuple[Phase, ...] = get_args(Phase)


class Span(Record, frozen=True, kw_only=True, omit_defaults=True):
    """What a task of a traced sample did for a while, in seconds from the sample's start.

    ``start``: submitted, and the worker that takes it is being started, imports included;
    ``queue``: it could go on and its worker or event loop has not turned to it; ``run``: on a CPU;
    ``wait``: for an answer; ``gil-wait`` and ``cpu-wait``: ready, but without the GIL or a CPU;
    ``pickle``: its result is on the way to the parent process. ``came`` and ``went`` are when the
    service says that the request of a ``wait`` came and its answer went. ``pid`` and ``tid`` are
    the system's ids.
    """

    pid: Count
    tid: Count
    task: Count
    phase: Phase
    t0: Seconds
    t1: Seconds
    came: float | None = None
    went: float | None = None


class Timing(Record, frozen=True, kw_only=True):
    """What one execution took and gave. A quantity that the system can't give is ``None``.

    CPU time, context switches and ``run_delay_s`` (time runnable but waiting for a CPU) include
    children. ``stalled`` is the share of the time in which some task of the machine waited for a
    CPU (Linux PSI). ``others_cores`` is how many cores programs beside ours kept busy, ``stolen``
    the share of the CPU time wanted that the host of a virtual machine kept; both are counted in
    ticks, so of one sample they are coarse, and the first may be below zero. ``threads`` and
    ``processes`` are the most seen at once. ``answer`` is a digest of what the case returned;
    ``values`` is what the case counted itself. ``spans`` is its trace, kept of one sample a run of
    the cases that are traced.
    """

    wall_s: Duration
    cpu_s: Seconds | None = None
    user_s: Seconds | None = None
    system_s: Seconds | None = None
    voluntary: Count | None = None
    involuntary: Count | None = None
    run_delay_s: Seconds | None = None
    stalled: Share | None = None
    others_cores: Cores | None = None
    stolen: Share | None = None
    threads: Count | None = None
    processes: Count | None = None
    answer: Text = ""
    values: dict[Text, Value] = {}
    spans: Annotated[list[Span], msgspec.Meta(max_length=10_000)] = []


class Sample(Timing, frozen=True, kw_only=True):
    """One timed execution of a case, and when it was.

    ``started_s`` counts from the start of the experiment, ``position`` is the place within the
    shuffled round.
    """

    case: Text
    run: Count
    round: Count
    position: Count
    warmup: bool
    started_s: Seconds


class Memory(Record, frozen=True, kw_only=True):
    """The peak memory of a case's process tree, read in a pass that was not timed.

    ``pss`` shares each shared page out among the processes that map it; ``None`` off Linux.
    """

    case: Text
    rss: Bytes
    uss: Bytes | None = None
    pss: Bytes | None = None


FailureKind = Literal[
    "crashed", "timed out", "garbled", "wrong answer", "raised", "service", "impossible"
]
"""Why a case has no figure; ``impossible`` is found when a file is read, and is never in one."""


class Failure(Record, frozen=True, kw_only=True):
    """A case that gave no figure in a run, and why, in one line."""

    case: Text
    run: Count
    kind: FailureKind
    detail: Text


class BlockEnd(Record, frozen=True, kw_only=True):
    """Why a block's rounds ended, and the relative half-width of its widest 95 % interval."""

    block: Text
    rounds: Count
    reason: Literal["narrow", "rounds", "time", "failed"]
    half_width: float | None = None


class KernelThread(Record, frozen=True, kw_only=True):
    """A thread as the kernel knows it (Linux: ``/proc/PID/task``), read while it lived.

    The thread whose ``id`` is its ``tgid`` stands for the process. ``name`` is the kernel's own
    name of the thread. ``ppid`` is 0 where the parent is not part of the program.
    """

    id: Positive
    tgid: Positive
    ppid: Count
    name: Annotated[str, msgspec.Meta(max_length=64)]

    @property
    def is_process(self) -> bool:
        """Whether this is the thread that stands for its process."""
        return self.id == self.tgid


class ListingRow(Record, frozen=True, kw_only=True):
    """A row of a listing: on which line of the screen it is, and the id in its PID column."""

    line: Count
    id: Positive


class Capture(Record, frozen=True, kw_only=True):
    """What a tool printed about a demonstration program, checked against the kernel's view.

    ``raw`` holds the bytes that the tool wrote; a terminal of ``width`` × ``height`` characters
    shows them. ``columns`` are the names in the header, ``settings`` what the tool's own
    configuration said when it ended. ``isolated`` says that the program had process ids of its
    own, counted from 1. ``missing`` is why there is no capture; nothing but the names, ``seconds``
    and ``attempts`` is filled in then.
    """

    program: Annotated[str, msgspec.Meta(max_length=40)]
    tool: Annotated[str, msgspec.Meta(max_length=20)]
    view: Annotated[str, msgspec.Meta(max_length=40)]
    command: Annotated[str, msgspec.Meta(max_length=200)] = ""
    version: Annotated[str, msgspec.Meta(max_length=40)] = ""
    width: Annotated[int, msgspec.Meta(ge=1, le=300)] = 100
    height: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    columns: Annotated[
        list[Annotated[str, msgspec.Meta(max_length=20)]], msgspec.Meta(max_length=40)
    ] = []
    rows: Annotated[list[ListingRow], msgspec.Meta(max_length=100)] = []
    truth: Annotated[list[KernelThread], msgspec.Meta(max_length=100)] = []
    settings: Annotated[
        dict[str, Annotated[str, msgspec.Meta(max_length=200)]], msgspec.Meta(max_length=20)
    ] = {}
    raw: Annotated[bytes, msgspec.Meta(max_length=65536)] = b""
    seconds: Seconds = 0.0
    attempts: Positive = 1
    isolated: bool = False
    missing: Annotated[str, msgspec.Meta(max_length=300)] = ""

    @property
    def process_rows(self) -> int:
        """How many rows stand for a process."""
        return len(self.rows) - self.thread_rows

    @property
    def thread_rows(self) -> int:
        """How many rows stand for a further thread of a process."""
        processes = {thread.id for thread in self.truth if thread.is_process}
        return sum(row.id not in processes for row in self.rows)


class Measurement(Record, frozen=True, kw_only=True):
    """Everything that one experiment produced on one machine and interpreter, raw.

    ``key`` identifies what was measured: snippet bytes, parameters, measuring version,
    interpreter and machine. ``snippets`` gives each snippet's digest, so that a page can tell
    that its code is newer than its figures. ``started`` is UTC in ISO 8601. ``seconds`` is how
    long it took, ``waited_s`` the part spent waiting for the machine to fall quiet. ``gil`` says
    whether a worker process ran with the GIL on, after its imports. ``left_out`` says in a line
    each what was not measured for want of a tool. While ``complete`` is false, a later measurement
    with the same key goes on where this one stopped.
    """

    experiment: Text
    key: Text
    profile: Profile
    seed: int
    started: Text
    seconds: Seconds
    waited_s: Seconds = 0.0
    complete: bool = False
    gil: bool | None = None
    snippets: dict[Text, Text] = {}
    left_out: list[Text] = []
    cases: list[Case] = []
    samples: list[Sample] = []
    memory: list[Memory] = []
    failures: list[Failure] = []
    ends: list[BlockEnd] = []
    captures: list[Capture] = []


class Machine(Record, frozen=True, kw_only=True):
    """What the machine is, not whose: no host name, no user, no address.

    ``cores`` counts the logical CPUs, ``usable_cores`` what affinity and the cgroup quota leave;
    ``limits`` says in words which of the two took something away.
    """

    cpu: Text
    architecture: Text
    cores: Positive
    physical_cores: Positive | None
    usable_cores: Annotated[float, msgspec.Meta(gt=0)]
    limits: list[Text] = []
    threads_per_core: Positive | None = None
    memory: Bytes
    system: Text
    kernel: Text
    virtualisation: Text | None = None
    frequency_scaling: Text | None = None


class Interpreter(Record, frozen=True, kw_only=True):
    """The Python that was measured. ``gil`` is its state after the imports, not the build's.

    ``gil_by`` names the package whose import switched the GIL of a free-threaded build back on.
    """

    implementation: Text
    version: Text
    build: Literal["GIL-enabled", "free-threaded"]
    gil: bool
    compiler: Text
    start_method: Text
    start_methods: list[Text]
    interpreters: bool
    switch_interval_s: Seconds
    jit: bool | None = None
    packages: dict[Text, Text] = {}
    gil_by: Text = ""

    def offers(self, model: "Model") -> bool:
        """Tell whether a model was possible with this interpreter and what was installed."""
        if model.distribution:
            return model.distribution in self.packages
        return self.interpreters or not model.needs


class Origin(Record, frozen=True, kw_only=True):
    """The run of a workflow that measured: its number, the commit, and the runner's image.

    It names no repository and nobody: whoever builds the site knows where that is.
    """

    commit: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{40}$")]
    run: Positive
    image: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9.-]{0,39}$")]


class Result(Record, frozen=True, kw_only=True):
    """One result file: a machine, an interpreter, and a measurement for each experiment.

    ``origin`` is written by ``conc gather`` alone.
    """

    conc: Text
    machine: Machine
    interpreter: Interpreter
    format: int = FORMAT
    measurements: dict[Text, Measurement] = {}
    origin: Origin | None = None


class Estimate(Record, frozen=True, kw_only=True):
    """A statistic with its interval at ``level``, and the runs and rounds behind it.

    ``quantity`` says what it is: experiment, statistic and cases, whatever the estimator or level.
    Where the level is not the one at which intervals are shown, ``shown`` has that one's ends.
    """

    value: float
    low: float
    high: float
    runs: Positive
    rounds: Positive
    level: float = 0.95
    quantity: str = ""
    shown: tuple[float, float] | None = None


class Figure(Record, frozen=True, kw_only=True):
    """A measured figure within a text: where it begins and ends, of what it is, and its value."""

    at: Count
    end: Count
    quantity: str
    value: float


Outcome = Literal["holds", "holds only if", "does not hold", "undecided", "not tested here"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class Verdict(Record, frozen=True, kw_only=True):
    """What a result says of a claim, and the numbers that it rests on.

    ``sentence`` holds those numbers in words a reader understands; for ``holds only if`` it
    names the boundary, for ``undecided`` and ``not tested here`` the reason. ``numbers`` are the
    same, by name, for programs: an interval where there is one. ``figures`` are those of the
    sentence. ``experiments`` names where the raw data stands, ``rules`` the version of the rules
    that judged. Where more of the same would decide, ``command`` measures it, in ``command_s``.
    """

    claim: str
    outcome: Outcome
    sentence: str
    figures: list[Figure] = []
    numbers: dict[str, Estimate | float] = {}
    experiments: list[str] = []
    rules: int = 0
    command: str = ""
    command_s: float = 0.0
