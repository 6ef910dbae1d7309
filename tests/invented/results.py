"""Invented results, for tests of all that comes after measuring: complete, plausible, seeded."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from conc.experiments.experiment import Experiment, Setting
from conc.experiments.registry import EXPERIMENTS
from conc.models import MODELS
from conc.records import (
    BlockEnd,
    Capture,
    Case,
    Interpreter,
    Machine,
    Measurement,
    Memory,
    Result,
    Sample,
    Value,
)
from conc.results.staleness import experiment_key, snippet_digests
from tests.invented.spans import invented_spans

MIB = 1024**2

SecondsOf = Callable[[Case], float]
ValuesOf = Callable[[Case, float, np.random.Generator], Mapping[str, Value]]


def invented_machine(*, cores: int = 2) -> Machine:
    """Return a machine that nobody has."""
    return Machine(
        cpu="Invented CPU @ 3.00GHz",
        architecture="x86_64",
        cores=cores,
        physical_cores=cores,
        usable_cores=float(cores),
        threads_per_core=1,
        memory=8 * 1024 * MIB,
        system="Linux",
        kernel="6.1.0",
        virtualisation="kvm",
    )


def invented_interpreter(*, interpreters: bool = False, gil: bool = True) -> Interpreter:
    """Return an interpreter: 3.14 with all that models need where it is to have interpreters.

    One without a GIL is of a free-threaded build.
    """
    needed = [model.distribution for model in MODELS if model.distribution and interpreters]
    return Interpreter(
        implementation="CPython",
        version="3.14.0" if interpreters else "3.13.1",
        build="GIL-enabled" if gil else "free-threaded",
        gil=gil,
        compiler="GCC 12.2.0",
        start_method="spawn",
        start_methods=["spawn", "fork", "forkserver"],
        interpreters=interpreters,
        switch_interval_s=0.005,
        packages={"aiohttp": "3.14.5", "numpy": "2.4.6", **dict.fromkeys(needed, "1.0")},
    )


def invented_setting(*, cores: int = 2, interpreters: bool = False, gil: bool = True) -> Setting:
    """Return what decides the cases on the invented machine, in profile quick."""
    return Setting(
        profile="quick",
        cores=cores,
        optional=tuple(model.name for model in MODELS if model.needs and interpreters),
        start_methods=("spawn", "fork", "forkserver"),
        gil=gil,
    )


def plausible_seconds(case: Case, cores: int = 2) -> float:
    """Return the time a case could take: waiting overlaps at any level, computing on cores only.

    A case with a ``latency_ms`` waits, any other computes 1 ms an item.
    """
    latency_ms = case.parameters.get("latency_ms")
    level = 1 if case.model == "sequential" else case.workers
    if isinstance(latency_ms, int | float):
        return case.items * (float(latency_ms) / 1000 / level + 0.0003)
    at_once = min(level, cores) if case.model in {"processes", "interpreters"} else 1
    return 0.002 + case.items * 0.001 / at_once


def plausible_values(case: Case, seconds: float, random: np.random.Generator) -> dict[str, Value]:
    """Return what a case counts itself: the latency of each item, where it waits."""
    if "latency_ms" not in case.parameters:
        return {}
    level = 1 if case.model == "sequential" else case.workers
    mean = seconds * level / case.items
    return {"latency_s": (mean * random.uniform(0.9, 1.3, case.items)).tolist()}


@cache
def kept_captures() -> list[Capture]:
    """Return real screens of htop, top and ps that conc captured once."""
    path = Path(__file__).parents[1] / "fixtures" / "listings" / "htop-3.2.json"
    return msgspec.json.decode(path.read_bytes(), type=list[Capture])


def invented_result(  # noqa: PLR0913 - a test names only what it is about
    experiments: Sequence[Experiment] = EXPERIMENTS,
    *,
    cores: int = 2,
    seed: int = 1,
    seconds_of: SecondsOf | None = None,
    values_of: ValuesOf = plausible_values,
    runs: int = 3,
    rounds: int = 5,
    noise: float = 0.03,
    interpreters: bool = False,
    gil: bool = True,
) -> Result:
    """Return a complete result of ``experiments`` (all of them unless given) in profile quick.

    ``seconds_of`` gives the wall time that a case takes but for ``noise``, the standard deviation
    of its logarithm; half of it again is what all cases of a run have in common.
    """
    machine = invented_machine(cores=cores)
    interpreter = invented_interpreter(interpreters=interpreters, gil=gil)
    setting = invented_setting(cores=cores, interpreters=interpreters, gil=gil)
    seconds = seconds_of or (lambda case: plausible_seconds(case, cores))
    random = np.random.default_rng(seed)
    return Result(
        conc="0.1.0",
        machine=machine,
        interpreter=interpreter,
        measurements={
            experiment.name: Measurement(
                experiment=experiment.name,
                key=experiment_key(experiment, setting, machine, interpreter),
                profile="quick",
                seed=seed,
                started="2026-01-02T03:04:05Z",
                seconds=12.5,
                waited_s=0.5,
                complete=True,
                snippets=snippet_digests(experiment),
                left_out=experiment.left_out(),
                cases=list(cases := experiment.cases(setting)),
                samples=invented_samples(cases, seconds, values_of, random, (runs, rounds), noise),
                memory=[invented_memory(case) for case in cases if case.memory],
                captures=kept_captures() if experiment.captured else [],
                ends=[
                    BlockEnd(block=name, rounds=runs * rounds, reason="narrow", half_width=noise)
                    for name, _ in experiment.blocks(setting)
                ],
            )
            for experiment in experiments
        },
    )


def invented_samples(  # noqa: PLR0913, PLR0917 - internal, called once
    cases: Sequence[Case],
    seconds_of: SecondsOf,
    values_of: ValuesOf,
    random: np.random.Generator,
    shape: tuple[int, int],
    noise: float,
) -> list[Sample]:
    """Return a warm-up round and then the rounds of each run, the cases in shuffled order."""
    samples: list[Sample] = []
    clock = 0.0
    runs, rounds = shape
    for run in range(runs):
        drift = random.normal(0, noise / 2)
        for round_ in range(-1, rounds):
            for position, place in enumerate(random.permutation(len(cases))):
                case = cases[place]
                wall = seconds_of(case) * math.exp(drift + random.normal(0, noise))
                samples.append(
                    invented_sample(
                        case,
                        wall,
                        values_of(case, wall, random),
                        (run, max(0, round_), position),
                        warmup=round_ < 0,
                        started_s=clock,
                    )
                )
                clock += wall
    return samples


def invented_sample(  # noqa: PLR0913 - each is one field of a sample
    case: Case,
    wall_s: float,
    values: Mapping[str, Value],
    place: tuple[int, int, int],
    *,
    warmup: bool,
    started_s: float,
) -> Sample:
    """Return a sample of the given wall time, with the CPU time and switches that suit it."""
    waits = "latency_ms" in case.parameters
    run, round_, position = place
    cpu = 0.0003 * case.items if waits else 0.001 * case.items
    return Sample(
        case=case.id,
        run=run,
        round=round_,
        position=position,
        warmup=warmup,
        started_s=started_s,
        wall_s=wall_s,
        cpu_s=cpu,
        user_s=0.8 * cpu,
        system_s=0.2 * cpu,
        voluntary=2 * case.items if waits else 5,
        involuntary=3,
        run_delay_s=0.01 * wall_s,
        stalled=0.01,
        threads=case.workers + 1 if case.model == "threads" else 1,
        processes=case.workers + 1 if case.model == "processes" else 1,
        answer="" if not case.answers else "0123456789abcdef",
        values=dict(values),
        spans=invented_spans(case) if round_ == 0 and not warmup else [],
    )


def invented_memory(case: Case) -> Memory:
    """Return the memory of a case: 12 MiB a process, of which a part is shared."""
    processes = case.workers + 1 if case.model == "processes" else 1
    return Memory(
        case=case.id, rss=processes * 12 * MIB, uss=processes * 4 * MIB, pss=processes * 8 * MIB
    )
