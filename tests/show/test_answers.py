"""The picture of the answer, the flowchart and the bar of verdicts: what they say and where to."""

import re
from itertools import combinations
from typing import get_args

import msgspec
import pytest

from conc import show
from conc.experiments.registry import get
from conc.models import MODELS
from conc.records import OUTCOMES, Case, Estimate
from conc.results.differences import Difference
from conc.show import answers
from conc.show.views.home import Gain
from tests.invented.results import invented_result, plausible_seconds
from tests.show.conftest import Shower

FULL = invented_result(interpreters=True, noise=0.005)


def rows_of(html: str) -> dict[str, list[str]]:
    """Return the rows of both kinds of work by the text of their first cell."""
    rows = re.findall(r"<tr[^>]*>.*?</tr>", html)
    found: dict[str, list[str]] = {}
    for row in rows:
        if head := re.search(r'scope="row">([^<]+)', row):
            found.setdefault(head[1], []).append(row)
    return found


def test_the_picture_has_a_row_for_each_model_and_kind_of_work(shown: Shower) -> None:
    shown(FULL)
    rows = rows_of(show.answer())
    assert rows.keys() == {"plain loop", *(model.name for model in MODELS)} - {"sequential"}
    assert {len(of_both) for of_both in rows.values()} == {2}


def test_the_picture_says_each_gain_with_its_interval(shown: Shower) -> None:
    shown(FULL)
    for model, of_both in rows_of(show.answer()).items():
        if model != "plain loop":
            assert all(re.search(r"\d× \([\d.]+–[\d.]+\)", row) for row in of_both), model


def test_the_line_stands_at_the_usable_cores(shown: Shower) -> None:
    shown(invented_result(cores=4, noise=0.005))
    computes, waits = re.findall(r"<table.*?</table>", show.answer())
    assert re.search(r">4</data> usable cores", computes)
    assert "in flight" in waits
    one, limit = re.findall(r"--(?:one|limit):([\d.]+)%", computes)[:2]
    assert float(limit) == pytest.approx(4 * float(one), rel=0.01)


def test_no_bar_leaves_its_track_however_wide_an_interval_is(shown: Shower) -> None:
    shown(invented_result(noise=1.5, runs=2, rounds=3))
    shares = [float(share) for share in re.findall(r"--\w+:([\d.]+)%", show.answer())]
    assert shares
    assert all(0 <= share <= 100 for share in shares)


def test_a_gain_that_may_be_none_is_pale(shown: Shower) -> None:
    shown(invented_result(noise=0.005))
    rows = rows_of(show.answer())
    assert "conc-unsure" in rows["threads"][0]
    assert "conc-unsure" not in rows["processes"][0]


def test_what_is_said_of_a_gain_makes_it_pale_and_not_the_interval_that_is_shown() -> None:
    seen = Estimate(value=1.38, low=1.03, high=1.85, runs=5, rounds=5)
    rows = {
        word: str(answers._row(Gain("processes", seen, word), end=2.0))
        for word in get_args(Difference)
    }
    pale = {word for word, row in rows.items() if "conc-unsure" in row}
    assert pale == {"undecided", "no difference"}


def test_a_kind_of_work_that_was_not_measured_is_left_out_and_both_are_said_to_lack(
    shown: Shower,
) -> None:
    only = {"io-bound": FULL.measurements["io-bound"]}
    shown(msgspec.structs.replace(FULL, measurements=only))
    assert show.answer().count("<table") == 1
    shown(msgspec.structs.replace(FULL, measurements={}))
    assert "Not measured here" in show.answer()


def test_the_flowchart_leads_to_pages_and_shows_what_was_measured(shown: Shower) -> None:
    shown(FULL)
    html = show.flowchart()
    assert html.count("<svg") == 2
    assert {"conc-wide", "conc-narrow"} <= set(re.findall(r'class="([^"]+)"', html))
    links = set(re.findall(r'href="\.\./([^"]+)"', html))
    assert {"cpu-bound/", "io-bound/", "overheads/#memory"} <= links
    assert re.search(r"[\d.]+×</tspan> here", html)


def test_the_flowchart_asks_for_the_length_from_which_a_pool_paid(shown: Shower) -> None:
    def pays_from_ten_ms(case: Case) -> float:
        if "task_ms" not in case.parameters:
            return 20 * plausible_seconds(case)
        ms = float(case.parameters["task_ms"])
        gain = 1.8 if ms >= 10 else 0.5
        return 0.01 * ms / (gain if case.model == "processes" else 1.0)

    experiments = [get("task-size"), get("cpu-bound")]
    shown(invented_result(experiments, seconds_of=pays_from_ten_ms, noise=0.005))
    assert "than 10 ms?" in re.sub("<[^>]*>", "", show.flowchart())


@pytest.mark.parametrize("noise", [0.005, 0.6], ids=["decided", "undecided"])
def test_no_two_boxes_of_the_flowchart_overlap(shown: Shower, noise: float) -> None:
    shown(invented_result(interpreters=True, noise=noise))
    html = show.flowchart()
    assert ("undecided here" in html) is (noise > 0.5)
    for drawing in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        found = re.findall(r'<rect x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)"', drawing)
        boxes = [tuple(map(float, box)) for box in found]
        for (x, y, width, height), (left, top, wide, high) in combinations(boxes, 2):
            beside = x + width <= left or left + wide <= x
            assert beside or y + height <= top or top + high <= y


def test_the_flowchart_stands_without_a_figure(shown: Shower) -> None:
    shown(msgspec.structs.replace(FULL, measurements={}))
    html = show.flowchart()
    assert "than a hand-over?" in html
    assert "× here" not in re.sub("<[^>]*>", "", html)


def test_the_bar_counts_every_claim_once(shown: Shower) -> None:
    shown(FULL)
    counts = re.findall(r">(\d+)</data> ([a-z …]+)</a>", show.verdict_bar())
    assert sum(int(count) for count, _ in counts) == 33
    assert len(counts) <= len(OUTCOMES)
