"""Run the scripts that are named, or all: ``python -m tests.bench [NAME…]``."""

import subprocess
import sys

SCRIPTS: dict[str, tuple[str, ...]] = {
    "quick": (),
    "rebuild": (),
    "meter": (),
    "narrow": (),
    "first_view": (),
    "tracing": (),
    "listings": ("50",),
    "coverage": (),
    "verdicts": ("1000",),
    "load": (),
    "full": (),
}
"""Each is a module here that prints its figures, with the arguments it gets; the longest last."""

if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - set(SCRIPTS)
    if unknown:
        sys.exit(f"bench: unknown: {', '.join(sorted(unknown))}; known: {', '.join(SCRIPTS)}")
    codes = []
    for name in sys.argv[1:] or SCRIPTS:
        print(f"\n{name}", flush=True)
        command = [sys.executable, "-m", f"tests.bench.{name}", *SCRIPTS[name]]
        codes.append(subprocess.run(command, check=False).returncode)
    sys.exit(1 if any(codes) else 0)
