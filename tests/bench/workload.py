"""The workload that the tools measure: ``python -m tests.bench.workload sequential|processes``.

The argument ``nothing`` starts Python, prepares the same and ends.

With ``--pyperf FILE`` it is measured by pyperf as pyperf sees fit, and written to the file.
"""

import os
import sys

from conc.snippets import cpu_bound

CHUNK = 250_000
CHUNKS = [range(start, start + CHUNK) for start in range(0, 12 * CHUNK, CHUNK)]
WORKERS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def prepare() -> None:
    """Start and end a pool, so that no tool times what the first one of a process imports."""
    cpu_bound.run_processes([range(1)], 1)


def sequential() -> int:
    """Do the work in a plain loop."""
    return cpu_bound.run_sequential(CHUNKS)


def processes() -> int:
    """Do the work in a pool of processes, started and ended within the time."""
    return cpu_bound.run_processes(CHUNKS, WORKERS)


if __name__ == "__main__":
    prepare()
    if sys.argv[1:] == ["sequential"]:
        sequential()
    elif sys.argv[1:] == ["processes"]:
        processes()
    elif sys.argv[1:] != ["nothing"]:
        import pyperf  # type: ignore[import-untyped] # it has no types

        runner = pyperf.Runner()
        runner.bench_func("sequential", sequential)
        runner.bench_func("processes", processes)
