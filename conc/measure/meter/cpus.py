"""Which CPUs this process may use: what happens on the others takes nothing from it."""

import os
import sys
from collections.abc import Collection

if sys.platform == "win32":
    import psutil


def allowed() -> Collection[int]:
    """Return the numbers of the CPUs: all, where the system sets no such bound."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    all_ = range(os.cpu_count() or 1)
    if sys.platform == "win32":
        return psutil.Process().cpu_affinity() or all_
    return all_
