"""A notebook's page without JupyterLab: the same cells, in the site's own style."""

import os
import re
import subprocess
import sys
from pathlib import Path

from conc.errors import ConcError

DATA_VARIABLE = "CONC_DATA"
"""The environment variable that names the folder of the raw data to the notebook's process."""

_EXTRAS = re.compile(
    r"<(?P<tag>style|script|clipboard-copy)\b.*?</(?P=tag)>"
    r"|<div class=\"clipboard-copy-txt\".*?</div>"
    r"|<a class=\"anchor-link\".*?</a>"
    r"|<!--.*?-->"
    r"| tabindex=\"0\"",
    re.DOTALL,
)
_SOURCE = re.compile(
    r"<div class=\"highlight[^\"]*\"><pre><span></span>(?P<code>.*?)\s*</pre></div>", re.DOTALL
)


def slim(html: str) -> str:
    """Return a converted notebook without the 570 KB of styles and scripts that Lab would need.

    Its code cells become code blocks like any other of the site.
    """
    bare = _EXTRAS.sub("", html)
    return _SOURCE.sub(
        r'<div class="highlight"><pre><span></span><code>\g<code></code></pre></div>', bare
    )


def open_to(data: Path) -> None:
    """Let notebooks that run from now on find the raw data."""
    os.environ[DATA_VARIABLE] = str(data.resolve())
    # The folder's settings encrypt the way to the kernel, which otherwise warns that it is open.
    os.environ["JUPYTER_CONFIG_PATH"] = str(Path(__file__).with_name("jupyter"))


def to_markdown(notebook: Path, data: Path) -> str:
    """Run a notebook on raw data, and return it as Markdown for a generator that knows none.

    Raises ConcError where a cell of it fails.
    """
    open_to(data)
    command = [sys.executable, "-m", "nbconvert", "--to", "markdown", "--execute", "--stdout"]
    done = subprocess.run([*command, notebook], capture_output=True, text=True, check=False)  # noqa: S603 — ours
    if done.returncode:
        *_, reason = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise ConcError(f"{notebook}: it could not be run: {reason}")
    return done.stdout
