"""Result files of machines that nobody has, as many as are asked for, contributed into a folder."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

from conc.records import Case, Result
from conc.results import contribution
from tests.invented.ledger import counted
from tests.invented.results import invented_result, plausible_seconds

CPUS = ("Invented One", "Invented Two 9000", "Armless Three", "Silicon Four", "Budget Five")
PYTHONS = ("3.11.9", "3.12.7", "3.13.1", "3.14.0", "3.15.0")
SYSTEMS = ("Linux", "macOS", "Windows")


def free_threaded_seconds(case: Case, cores: int) -> float:
    """Return what a case takes where threads share the cores as processes do."""
    if case.model == "threads" and "latency_ms" not in case.parameters:
        return 0.002 + case.items * 0.001 / min(case.workers, cores)
    return plausible_seconds(case, cores)


@cache
def base(cores: int, *, gil: bool) -> Result:
    """Return the result that machines of so many cores share but for their names."""
    seconds = plausible_seconds if gil else free_threaded_seconds
    return invented_result(
        cores=cores,
        seconds_of=lambda case: seconds(case, cores),
        values_of=counted,
        interpreters=not gil,
        gil=gil,
        runs=3,
        rounds=4,
        noise=0.01,
    )


def invented_machines(count: int) -> Iterator[Result]:
    """Yield results of different machines and interpreters; every fifth is free-threaded."""
    for number in range(count):
        cores = (1, 2, 4, 8)[number % 4]
        gil = number % 5 != 3
        made = base(cores, gil=gil)
        system = SYSTEMS[number % 3]
        machine = msgspec.structs.replace(
            made.machine,
            cpu=f"{CPUS[number % len(CPUS)]} @ {1 + number // 5 / 10:.1f} GHz",
            system=system,
            limits=["affinity leaves 1 of 2 CPUs"] if cores == 1 else [],
            cores=max(2, cores),
        )
        python = msgspec.structs.replace(
            made.interpreter,
            version=PYTHONS[number % len(PYTHONS)] if gil else "3.14.0",
            build="GIL-enabled" if gil else "free-threaded",
            gil=gil,
            start_method="fork" if system == "Linux" and number % 5 < 3 else "spawn",
        )
        # each has samples of its own, as every measurement has
        measurements = {
            name: msgspec.structs.replace(
                one,
                samples=[
                    msgspec.structs.replace(s, wall_s=s.wall_s * (1 + number / 1e5))
                    for s in one.samples
                ],
            )
            for name, one in made.measurements.items()
        }
        yield msgspec.structs.replace(
            made, machine=machine, interpreter=python, measurements=measurements
        )


def contribute(count: int, folder: Path) -> list[Path]:
    """Write so many contributed files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for result in invented_machines(count):
        packed = contribution.pack(result)
        path = folder / contribution.file_name(result, packed)
        path.write_bytes(packed)
        paths.append(path)
    return paths
