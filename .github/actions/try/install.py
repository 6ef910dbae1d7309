"""Install conc, as of this very action, and what the function needs: before anything else runs.

What to install is in ``CONC_ACTION_INSTALL``, words as a shell splits them and no shell sees them.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
LEAST = (3, 11)


def main() -> str | int:
    """Install it all at once, so that versions suit each other; return as ``sys.exit`` takes it."""
    here = "{}.{}".format(*sys.version_info)
    if sys.version_info < LEAST:
        return f"::error::conc needs Python 3.11 or newer and this is {here}: set python-version"
    try:
        asked = shlex.split(os.environ.get("CONC_ACTION_INSTALL", ""))
    except ValueError as error:
        return f"::error::install: {error}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    return subprocess.run([*pip, str(REPOSITORY), *asked], check=False).returncode  # noqa: S603 - a list, no shell


if __name__ == "__main__":
    sys.exit(main())
