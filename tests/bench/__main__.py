"""Run the parts that are named, or all: ``python -m tests.bench [PART…]``."""

import subprocess
import sys
import time
from collections.abc import Sequence

from tests.bench.figures import at_most

PARTS: dict[str, tuple[str, ...]] = {
    "quick": ("quick",),
    "rebuild": ("rebuild",),
    "meter": ("meter",),
    "narrow": ("narrow",),
    "narrow-beside": ("narrow", "5", "1"),
    "spins": ("spins",),
    "first-view": ("first_view",),
    "lighthouse": ("lighthouse",),
    "axe": ("axe",),
    "tracing": ("tracing",),
    "listings": ("listings", "50"),
    "agreement": ("agreement",),
    "coverage": ("coverage",),
    "verdicts": ("verdicts", "1000"),
    "tries": ("tries",),
    "tries-known": ("tries", "known", "3"),
    "tries-beside": ("tries", "beside", "1"),
    "loop": ("loop",),
    "fuzz": ("fuzz", "100000"),
    "loader": ("loader", "100000"),
    "machines": ("machines",),
    "rounds": ("rounds",),
    "load": ("load",),
    "full-1": ("full", "1"),
    "full-2": ("full", "2"),
    "full-3": ("full", "3"),
    "full": ("full",),
}
"""The module here that prints the figures of each, and its arguments; the longest last."""

LONGEST_MIN = 30


def main(names: Sequence[str]) -> str | int:
    """Run parts one after the other; return 1, or what is wrong, where a promise is not kept."""
    if unknown := sorted({*names} - {*PARTS}):
        return f"bench: unknown: {', '.join(unknown)}; known: {', '.join(PARTS)}"
    kept = True
    for name in names or PARTS:
        print(f"\n{name}", flush=True)
        module, *arguments = PARTS[name]
        began_s = time.monotonic()
        command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
        code = subprocess.run(command, check=False).returncode
        took = at_most(f"{name}: took", (time.monotonic() - began_s) / 60, "min", LONGEST_MIN)
        print(took, flush=True)
        kept = kept and code == 0 and took.met is True
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
