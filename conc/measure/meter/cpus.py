"""Which CPUs this process may use: what happens on the others takes nothing from it."""

import os
import sys
from collections.abc import Callable, Collection

if sys.platform == "win32":
    import psutil


def allowed() -> Collection[int]:
    """Return the numbers of the CPUs: all, where the system sets no such bound."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    if affinity is not None:
        return affinity(0)
    found: Collection[int] = range(os.cpu_count() or 1)
    if sys.platform == "win32":
        found = psutil.Process().cpu_affinity() or found
    return found
