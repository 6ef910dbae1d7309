"""What the jobs of scheduled runs uploaded, invented: images, Pythons, months, faults."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from conc import job
from conc.job import Job
from conc.records import Case, Result, Sample
from conc.results import store
from tests.invented.ledger import counted
from tests.invented.machines import free_threaded_seconds
from tests.invented.results import invented_result, plausible_seconds

IMAGES: Mapping[str, tuple[str, str, int]] = {
    "macos-15-intel": ("Invented Intel i7", "macOS", 4),
    "macos-26": ("Invented M1 (Virtual)", "macOS", 3),
    "ubuntu-24.04": ("Invented EPYC 7763", "Linux", 4),
    "ubuntu-24.04-arm": ("Invented Neoverse-N2", "Linux", 4),
    "windows-11-arm": ("Invented Cobalt 100", "Windows", 4),
    "windows-2025": ("Invented EPYC 7763", "Windows", 4),
}
"""Of each image the CPU, the system and the cores."""

PYTHONS = ("3.11", "3.14", "3.14t")
LONGEST_S = 3_600.0
"""What all samples of an experiment may take; where items are many, each takes less."""

RUN = 7
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass(frozen=True)
class World:
    """What is so in a month: the patch of Python, the CPU of an image, its cores.

    Processes are so many times as fast as usual, and a call handed to one takes as many times as
    long.
    """

    patch: int = 0
    cpus: Mapping[str, str] = field(default_factory=dict)
    cores: int | None = None
    processes: float = 1.0
    hand_over: float = 1.5
    runs: int = 4
    rounds: int = 2


def result(image: str, python: str, month: str, world: World | None = None) -> Result:
    """Return what a job measured on an image in a month, of all experiments."""
    world = world or World()
    cpu, system, usual = IMAGES[image]
    cores = world.cores or usual
    free = python.endswith("t")
    seconds = free_threaded_seconds if free else plausible_seconds
    version = f"{python.removesuffix('t')}.{world.patch}"

    def takes(case: Case) -> float:
        faster = world.processes if case.model == "processes" and case.workers > 1 else 1.0
        handed = case.workload == "hand_over" and case.model == "processes"
        longer = world.hand_over if handed else 1.0
        return seconds(case, cores) / faster * longer

    made = invented_result(
        cores=cores,
        seed=random.Random(f"{image} {python} {month}").randrange(2**31),
        seconds_of=takes,
        values_of=counted,
        interpreters=not python.startswith("3.11"),
        runs=world.runs,
        rounds=world.rounds,
        noise=0.01,
    )
    machine = msgspec.structs.replace(
        made.machine,
        cpu=world.cpus.get(image, cpu),
        system=system,
        architecture="arm64" if "arm" in image or image == "macos-26" else "x86_64",
    )
    interpreter = msgspec.structs.replace(
        made.interpreter,
        version=version,
        build="free-threaded" if free else "GIL-enabled",
        gil=not free,
        start_method="fork" if system == "Linux" and python == "3.11" else "spawn",
    )
    measurements = {
        name: msgspec.structs.replace(
            one,
            started=f"{month}-01T04:05:06Z",
            profile="full",
            seconds=LONGEST_S,
            samples=_within(one.samples, LONGEST_S),
        )
        for name, one in made.measurements.items()
    }
    return msgspec.structs.replace(
        made, machine=machine, interpreter=interpreter, measurements=measurements
    )


def _within(samples: Sequence[Sample], longest_s: float) -> list[Sample]:
    """Return samples that take so long together at most, each its part of what it took."""
    scale = min(1.0, longest_s / max(1e-9, sum(one.wall_s for one in samples)))
    return [
        msgspec.structs.replace(
            one,
            wall_s=one.wall_s * scale,
            cpu_s=(one.cpu_s or 0.0) * scale,
            run_delay_s=(one.run_delay_s or 0.0) * scale,
        )
        for one in samples
    ]


def upload(
    folder: Path, image: str, python: str, measured: Result | None, at: str = "done"
) -> Path:
    """Write what a job uploads; without a result it ended ``at`` a step."""
    place = folder / f"{image}-{python}"
    job.write(Job(image=image, python=python, commit=COMMIT, run=RUN, at=at), place)
    if measured is not None:
        store.save(measured, place / "result.json")
    return place


def scheduled(folder: Path, month: str, world: World | None = None) -> Iterator[Path]:
    """Write what all eighteen jobs of a month upload."""
    for image in IMAGES:
        for python in PYTHONS:
            yield upload(folder, image, python, result(image, python, month, world))
