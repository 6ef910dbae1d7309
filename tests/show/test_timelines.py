"""Timelines draw what the spans say, and nothing that a stranger wrote."""

import re
from xml.etree import ElementTree as ET

import msgspec
import pytest

from conc import figures
from conc.errors import ConcError
from conc.experiments.kitchens.dishes import EXPERIMENT, PICTURES
from conc.models import ModelName
from conc.records import Case, Failure, Measurement, Result, Sample, Span
from conc.results.evidence import Evidence
from conc.show import blocks, timelines
from conc.show.shown import Shown
from conc.show.specs import NARROW, WIDE, Layout
from tests.invented.results import invented_result
from tests.invented.spans import span

NAMES = [f"{work} {model}" for work, models in PICTURES.items() for model in models]


def shown(result: Result) -> None:
    blocks.use(Shown(result, page="drawings/"))


@pytest.fixture(autouse=True)
def result() -> Result:
    made = invented_result([EXPERIMENT], interpreters=True)
    shown(made)
    return made


def picture(*spans: Span, model: ModelName = "threads") -> timelines.Picture:
    case = Case(workload="kitchens", model=model, parameters={"work": "mixed", "traced": True})
    sample = Sample(
        case=case.id, run=0, round=0, position=0, warmup=False, started_s=0.0, wall_s=1.0,
        spans=list(spans),
    )  # fmt: skip
    return timelines.Picture(case, sample, tuple(timelines.lanes_of(spans, model)))


def drawn(*pictures: timelines.Picture, end_s: float = 0.1) -> ET.Element:
    return ET.fromstring(timelines.drawing(pictures, end_s, WIDE))


def bars(drawing: ET.Element) -> list[tuple[float, float]]:
    """Return left and width of every bar, in order of the paths."""
    text = ET.tostring(drawing, encoding="unicode")
    return [(float(x), float(w)) for x, w in re.findall(r"M([\d.]+) [\d.]+h([\d.]+)v", text)]


@pytest.mark.parametrize("name", NAMES)
def test_every_traced_picture_is_drawn(name: str) -> None:
    html = blocks.timeline(name)
    assert html.count("<svg") >= 2
    assert f"../data/traces/kitchens-{name.replace(' ', '-')}.json" in html
    assert "n: traced executions" in html


def test_a_name_that_no_machine_could_have_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConcError, match=r"'io processes'.*cpu sequential"):
        blocks.timeline("io processes")


def test_what_this_interpreter_lacks_is_said() -> None:
    shown(invented_result([EXPERIMENT]))
    assert "needs Python 3.14" in blocks.timeline("cpu interpreters")


def test_what_was_not_measured_is_said() -> None:
    shown(invented_result([]))
    assert "conc measure kitchens" in blocks.timeline("io threads")


def test_a_bar_lies_where_its_time_is() -> None:
    one = drawn(picture(span("run", 0.0, 0.05), span("run", 0.05, 0.1)))
    (left, width), (next_left, next_width) = bars(one)
    assert next_left == pytest.approx(left + width, abs=0.2)
    assert width == pytest.approx(next_width, abs=0.2)


def test_pictures_of_one_figure_share_their_scale() -> None:
    short, long = picture(span("run", 0, 0.05)), picture(span("run", 0, 0.1))
    (_, half), (_, whole) = bars(drawn(short, long))
    assert whole == pytest.approx(2 * half, abs=0.2)


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=lambda layout: layout.name)
def test_nothing_is_drawn_outside_the_picture(layout: Layout) -> None:
    spans = [span("run", 0, 0.1, tid=5000 + lane) for lane in range(10)]
    root = ET.fromstring(timelines.drawing([picture(*spans)], 0.1, layout))
    assert max(left + width for left, width in bars(root)) <= layout.width
    assert all(float(text.get("x", "0")) <= layout.width for text in root.iter() if text.get("x"))


def test_threads_have_lanes_of_their_own_and_tasks_too() -> None:
    spans = [span("run", 0, 1, tid=1), span("run", 1, 2, tid=1, task=2), span("run", 1, 2, tid=2)]
    threads = timelines.lanes_of(spans, "threads")
    tasks = timelines.lanes_of(spans, "asyncio")
    assert [(lane.label, len(lane.spans)) for lane in threads] == [("thread 1", 2), ("thread 2", 1)]
    assert [lane.label for lane in tasks] == ["task 1", "task 2"]


def test_each_phase_differs_from_every_other_without_its_colour() -> None:
    looks = [(style.pattern, style.height) for style in timelines.STYLES.values()]
    assert len(set(looks)) == len(looks)


def test_ids_are_unique_within_a_page() -> None:
    page = blocks.timeline("io threads") + blocks.timeline("io asyncio")
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_a_screen_reader_is_told_what_is_seen() -> None:
    root = drawn(picture(span("run", 0, 0.03), span("wait", 0.03, 0.1)))
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Timeline: threads, dishes of both kinds"
    description = root.findtext("{*}desc") or root.findtext("desc") or ""
    assert "on a CPU 30.0 ms" in description
    assert "waits for the oven 70.0 ms" in description


def test_no_text_is_smaller_than_eleven_pixels() -> None:
    assert timelines.FONT_PX >= 11
    sizes = re.findall(r'font-size="([\d.]+)', blocks.timeline("io threads"))
    assert all(float(size) >= 11 for size in sizes)


def test_the_table_behind_a_picture_has_the_time_of_each_dish() -> None:
    table = timelines.dishes_table(picture(span("run", 0, 0.003), span("wait", 0.003, 0.015)))
    assert [cell.text for cell in table.rows[0]] == ["1", "3.0", "12.0", "15.0"]


def measurement(result: Result) -> Measurement:
    return result.measurements["kitchens"]


def test_the_cost_of_tracing_is_a_ratio_to_the_untraced_twin(result: Result) -> None:
    def dearer(sample: Sample) -> Sample:
        factor = 1.5 if "traced=True" in sample.case else 1.0
        return msgspec.structs.replace(sample, wall_s=factor)

    measured = measurement(result)
    samples = [dearer(sample) for sample in measured.samples]
    changed = msgspec.structs.replace(measured, samples=samples)
    shown(msgspec.structs.replace(result, measurements={"kitchens": changed}))
    html = blocks.timeline("mixed threads")
    assert "+50.0 % (+50.0 to +50.0)" in html
    assert "Tracing may have cost more than" in html


def test_the_facts_are_typical_of_the_traced_executions(result: Result) -> None:
    def counted(sample: Sample) -> Sample:
        values = {"makespan_s": 0.03 + 0.001 * sample.round, "predicted_s": 0.02}
        return msgspec.structs.replace(sample, values=values | {"most_waits_at_once": 10})

    samples = [counted(sample) for sample in measurement(result).samples]
    changed = msgspec.structs.replace(measurement(result), samples=samples)
    shown(msgspec.structs.replace(result, measurements={"kitchens": changed}))
    html = blocks.timeline("io threads")
    assert "32.0 ms" in html
    assert "1.60×" in html
    assert re.search("at once, at most</th><td[^>]*><data[^>]*>10<", html)


def test_what_a_stranger_wrote_is_escaped(result: Result) -> None:
    evil = "<script>alert(1)</script>"
    of = measurement(result)
    failures = [Failure(case=case.id, run=0, kind="raised", detail=evil) for case in of.cases]
    changed = msgspec.structs.replace(of, samples=[], failures=failures)
    shown(msgspec.structs.replace(result, measurements={"kitchens": changed}))
    html = blocks.timeline("io threads")
    assert "threads failed: raised" in html
    assert "<script>" not in html


def test_a_figure_is_small() -> None:
    assert len(blocks.timeline("io threads")) < 30_000


def said(drawn: timelines.Picture) -> str:
    """Return what a picture is said to show."""
    return str(
        figures.read(timelines.seen(Evidence(invented_result([EXPERIMENT])).of("kitchens"), drawn))
    )


def test_a_picture_says_that_all_dishes_were_prepared_before_the_first_was_in_the_oven() -> None:
    first = [span("run", 0.00, 0.01, task=1), span("run", 0.01, 0.02, task=2)]
    ovens = [span("wait", 0.02, 0.05, task=1), span("wait", 0.02, 0.05, task=2)]
    found = said(picture(*first, *ovens, model="asyncio"))
    assert found == (
        "asyncio, as drawn: at most 1 prepared at once and 2 in the oven at once; "
        "no dish was in the oven before all 2 were prepared."
    )


def test_what_overlaps_by_less_than_its_ends_may_be_off_is_not_at_once() -> None:
    spans = [span("run", 0.0, 0.0101, task=1), span("run", 0.01, 0.02, task=2, tid=2)]
    assert "at most 1 prepared" in said(picture(*spans))


def test_a_picture_does_not_say_so_where_one_was_in_the_oven_before() -> None:
    spans = [
        span("run", 0.00, 0.01, task=1),
        span("wait", 0.01, 0.05, task=1),
        span("run", 0.01, 0.02, task=2),
        span("wait", 0.02, 0.05, task=2),
    ]
    assert "before all" not in said(picture(*spans, model="asyncio"))


def test_a_picture_says_that_a_pool_reused_its_idle_threads() -> None:
    spans = [span("run", 0.0, 0.1, task=1), span("run", 0.1, 0.2, task=2)]
    assert "1 thread cooked all 2 dishes" in said(picture(*spans))
    apart = [span("run", 0.0, 0.1, task=1, tid=1), span("run", 0.1, 0.2, task=2, tid=2)]
    assert "cooked all" not in said(picture(*apart))


def test_the_legend_has_the_colour_of_each_model_that_is_drawn() -> None:
    legend = re.findall(r"<ul class=\"conc-legend\">.*?</ul>", blocks.timeline("io threads"))[0]
    assert "--conc-threads" in legend
    both = blocks.timeline("io threads", "io asyncio")
    assert {"var(--conc-threads)", "var(--conc-asyncio)"} <= set(
        re.findall(r"var\(--conc-[a-z]+\)", re.findall(r"conc-legend\">.*?</ul>", both)[0])
    )
