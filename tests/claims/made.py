"""Results made to measure: what a rule reads is stated, the rest is invented."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import msgspec
import numpy as np

from conc.claims import ledger, simulate
from conc.claims.judge import judge
from conc.claims.simulate import Noise, Plan, Truth
from conc.models import stand_in
from conc.records import (
    Capture,
    Case,
    Failure,
    KernelThread,
    ListingRow,
    Measurement,
    Result,
    Sample,
    Scalar,
    Value,
    Verdict,
)
from conc.results.evidence import Evidence
from tests.invented import invented_interpreter, invented_machine

PARTS = 20
"""So many tasks a worker: the last of them hardly decides, and true values stay on their line."""

Draw = Callable[[float], Value]
"""A value that the noise of a sample, a factor about 1, is to be put into."""


@dataclass(frozen=True)
class Shape:
    """How much is measured, and how noisily.

    ``noise`` is the deviation of the logarithm of a sample's times, ``drift`` that of what all
    samples of a case have in common within a run. With a ``machine`` the noise is that of one.
    """

    runs: int = 3
    rounds: int = 5
    noise: float = 0.002
    drift: float = 0.0
    seed: int = 1
    machine: Noise | None = None


SHAPE: ContextVar[Shape] = ContextVar("SHAPE", default=Shape())  # noqa: B039 - Shape is frozen
"""The shape of what is measured where none is given."""


@contextmanager
def shaped(shape: Shape) -> Iterator[None]:
    """Let all that is measured within have this shape."""
    token = SHAPE.set(shape)
    yield
    SHAPE.reset(token)


def around(value: float) -> Draw:
    """Draw a value with the noise of its sample."""
    return lambda noise: value * noise


def all_around(*values: float) -> Draw:
    """Draw a list of values with the noise of their sample."""
    return lambda noise: [value * noise for value in values]


@dataclass(frozen=True)
class Made:
    """A case, and what each of its samples is but for the noise: times in seconds."""

    case: Case
    wall_s: float = 0.1
    cores: float | None = 0.5
    values: Mapping[str, Value | Draw] = field(default_factory=dict)
    delayed: float = 0.0
    stalled: float = 0.0


def made(  # noqa: PLR0913 - each is a field of the case or its samples
    model: str,
    wall_s: float = 0.1,
    *,
    workload: str = "work",
    workers: int = 1,
    items: int = 1,
    cores: float | None = 0.5,
    against: Made | None = None,
    values: Mapping[str, Value | Draw] | None = None,
    delayed: float = 0.0,
    stalled: float = 0.0,
    **parameters: Scalar,
) -> Made:
    """State a case; ``cores`` is its CPU time over its wall time."""
    case = Case(
        workload=workload,
        model=stand_in(model),
        workers=workers,
        items=items,
        parameters=parameters,
        against=against.case.id if against else "",
    )
    return Made(case, wall_s, cores, values or {}, delayed, stalled)


def measured(
    experiment: str,
    *arms: Made,
    shape: Shape | None = None,
    gil: bool | None = None,
    failures: tuple[Failure, ...] = (),
) -> Measurement:
    """Measure the cases."""
    shape = shape or SHAPE.get()
    if shape.machine is not None:
        return simulated(experiment, arms, shape, shape.machine, gil=gil, failures=failures)
    random = np.random.default_rng(shape.seed)
    samples = [
        _sample(arm, (run, round_), np.exp(own + random.normal(0, shape.noise, 3)).tolist())
        for arm in arms
        for run in range(shape.runs)
        for own in [random.normal(0, shape.drift)]
        for round_ in range(shape.rounds)
    ]
    return Measurement(
        experiment=experiment,
        key="key",
        profile="quick",
        seed=shape.seed,
        started="2026-01-02T03:04:05Z",
        seconds=1.0,
        complete=True,
        gil=gil,
        cases=[arm.case for arm in arms],
        samples=samples,
        failures=list(failures),
    )


def simulated(  # noqa: PLR0913 - all that a measurement is made from
    experiment: str,
    arms: Sequence[Made],
    shape: Shape,
    noise: Noise,
    *,
    gil: bool | None,
    failures: tuple[Failure, ...],
) -> Measurement:
    """Measure the cases on a simulated machine, whose workers share their work evenly."""
    truths = [
        Truth(
            case=arm.case,
            wall_s=arm.wall_s,
            cores=arm.cores or 0.0,
            parts=PARTS,
            values=arm.values,
            delayed=arm.delayed,
            stalled=arm.stalled,
        )
        for arm in arms
    ]
    plan = Plan(shape.runs, shape.rounds, noise)
    found = simulate.measure(experiment, truths, plan, seed=shape.seed)
    return msgspec.structs.replace(found, gil=gil, failures=list(failures))


def _sample(arm: Made, place: tuple[int, int], noise: list[float]) -> Sample:
    wall_s = arm.wall_s * noise[0]
    return Sample(
        case=arm.case.id,
        run=place[0],
        round=place[1],
        position=0,
        warmup=False,
        started_s=0.0,
        wall_s=wall_s,
        cpu_s=None if arm.cores is None else arm.cores * wall_s * noise[1],
        run_delay_s=arm.delayed * wall_s,
        stalled=arm.stalled,
        values={
            name: value(noise[2]) if callable(value) else value
            for name, value in arm.values.items()
        },
    )


def result(
    *measurements: Measurement,
    cores: float = 2,
    gil: bool = True,
    threads_per_core: int | None = 1,
    virtualisation: str | None = None,
    limits: tuple[str, ...] = (),
) -> Result:
    """Put measurements together into a result of an invented machine and interpreter."""
    return Result(
        conc="0.1.0",
        machine=msgspec.structs.replace(
            invented_machine(cores=max(1, math.ceil(cores))),
            usable_cores=float(cores),
            threads_per_core=threads_per_core,
            virtualisation=virtualisation,
            limits=list(limits),
        ),
        interpreter=msgspec.structs.replace(
            invented_interpreter(), gil=gil, build="GIL-enabled" if gil else "free-threaded"
        ),
        measurements={one.experiment: one for one in measurements},
    )


def verdict(claim_id: str, of: Result) -> Verdict:
    """Judge one claim of the ledger by a result."""
    return judge(ledger.get(claim_id), Evidence(of))


def cpu_bound(  # noqa: PLR0913 - a test names only what it is about
    *more: Made,
    given: float = 1.9,
    processes: float = 1.85,
    threads: float = 0.95,
    asyncio: float = 1.0,
    delayed: float = 0.0,
    cores: int = 2,
) -> Measurement:
    """Measure CPU-bound work: the speed-ups on ``cores`` workers, and what the yardstick got."""
    alone = made("processes", 0.1, workload="yardstick")
    sequential = made("sequential", 0.2, delayed=delayed, cores=1.0)
    return measured(
        "cpu-bound",
        alone,
        made(
            "processes",
            0.1 * cores / given,
            workload="yardstick",
            workers=cores,
            items=cores,
            against=alone,
            cores=given,
        ),
        sequential,
        made("asyncio", 0.2 / asyncio, against=sequential),
        *(
            made(
                model,
                0.2 / speedup,
                workers=cores,
                against=sequential,
                cores=max(speedup, 1.0),
                pool="warm",
            )
            for model, speedup in (("processes", processes), ("threads", threads))
        ),
        *more,
    )


def thread_listing(tool: str, view: str, rows: list[int], *, missing: str = "") -> Capture:
    """Capture a program with the process 1 and the further threads 2 to 5."""
    if missing:
        return Capture(program="threads", tool=tool, view=view, missing=missing)
    return Capture(
        program="threads",
        tool=tool,
        view=view,
        version="3.2.2",
        rows=[ListingRow(line=line, id=shown) for line, shown in enumerate(rows)],
        truth=[KernelThread(id=number, tgid=1, ppid=0, name="python") for number in range(1, 6)],
    )
