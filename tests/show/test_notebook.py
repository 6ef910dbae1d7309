"""A notebook's page without JupyterLab."""

import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from conc.experiments.cpu_bound import EXPERIMENT as CPU_BOUND
from conc.results.evidence import Evidence
from conc.show.notebook import slim
from tests.invented.results import invented_result

DOCS = Path(__file__).parents[2] / "docs"


def test_styles_scripts_and_copies_of_the_code_are_gone() -> None:
    html = (
        "<script src='a'></script><style type=\"text/css\">\n.jp {}\n</style><!-- MathJax -->"
        '<div class="clipboard-copy-txt" id="cell-1">x = 1</div><p tabindex="0">kept</p>'
    )
    assert slim(html) == "<p>kept</p>"


def test_a_code_cell_becomes_a_code_block_of_the_site() -> None:
    html = '<div class="highlight-ipynb hl-python"><pre><span></span><b>x</b> = 1\n</pre></div>'
    expected = '<div class="highlight"><pre><span></span><code><b>x</b> = 1</code></pre></div>'
    assert slim(html) == expected


def test_output_stays_as_it_is() -> None:
    html = '<div class="jp-RenderedText"><pre>1.5 &lt; 2\n</pre></div>'
    assert slim(html) == html


def test_the_notebook_computes_the_figures_that_pages_show() -> None:
    cells = json.loads((DOCS / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    defined: dict[str, Any] = {"np": np}
    for cell in code:
        if cell.startswith(("def name", "def t_95")):
            exec(cell.partition("\n\n\nmeasurement =")[0], defined)
    result = invented_result([CPU_BOUND], runs=5, rounds=3, noise=0.05)
    measured = Evidence(result).of(CPU_BOUND.name)
    plain = msgspec.to_builtins(measured.measurement)
    compared = 0
    for case in plain["cases"]:
        if runs := defined["log_ratios"](plain, case):
            ours = next(one for one in measured.cases if one.id == defined["name"](case))
            found = measured.speedup(ours)
            assert found is not None
            shown = (found.value, found.low, found.high)
            assert tuple(defined["speed_up"](runs)) == pytest.approx(shown, rel=0.003)
            compared += 1
    assert compared > 4
