"""What pages get by name: everything for complete, partial, failed and hostile results."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import msgspec
import pytest

from conc import show
from conc.claims import invariants
from conc.claims.invariants import Broken
from conc.errors import ConcError
from conc.records import Case, Failure, Machine, Result
from conc.show.views import VIEWS
from tests.invented.results import invented_result, plausible_seconds

Shower = Callable[[Result], None]

HOSTILE = '<script>alert("1")</script>'
SPINE = ("home/", "cpu-bound/", "io-bound/", "overheads/", "method/")
CHARTS = [name for name in VIEWS.charts if name.startswith(SPINE)]
NAMES = [
    (ask, name)
    for ask, registry in (
        (show.chart, VIEWS.charts),
        (show.table, VIEWS.tables),
        (show.sentence, VIEWS.sentences),
    )
    for name in registry
    if name.startswith(SPINE)
]
everything = pytest.mark.parametrize(
    ("ask", "name"), NAMES, ids=[f"{ask.__name__} {name}" for ask, name in NAMES]
)
Ask = Callable[[str], str]

FULL = invented_result(interpreters=True, rounds=3)
ONE_CORE = invented_result(cores=1, rounds=2)


class Balance(HTMLParser):
    """Notes every tag that is opened and not closed, or closed and not opened."""

    void = frozenset({"br", "img", "hr", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.seen.add(tag)
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def text_of(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


def drawings_of(html: str) -> list[ET.Element]:
    found = re.findall(r"<svg xmlns.*?</svg>", html, re.DOTALL)
    return [ET.fromstring(drawing) for drawing in found]


def failing(result: Result) -> Result:
    """Return a result in which every case failed and no sample was taken."""
    measurements = {
        name: msgspec.structs.replace(
            measurement,
            samples=[],
            memory=[],
            failures=[
                Failure(case=case.id, run=0, kind="crashed", detail="exit code -9")
                for case in measurement.cases
            ],
        )
        for name, measurement in result.measurements.items()
    }
    return msgspec.structs.replace(result, measurements=measurements)


def hostile(result: Result) -> Result:
    """Return a result whose every free text is a script tag, as a stranger could send it."""

    def poisoned(case: Case) -> Case:
        return msgspec.structs.replace(case, parameters={**case.parameters, "pool": HOSTILE})

    machine: Machine = msgspec.structs.replace(
        result.machine, cpu=HOSTILE, system=HOSTILE, kernel=HOSTILE, limits=[HOSTILE]
    )
    measurements = {}
    for name, measurement in result.measurements.items():
        ids = {case.id: poisoned(case).id for case in measurement.cases}
        measurements[name] = msgspec.structs.replace(
            measurement,
            started=HOSTILE,
            cases=[
                msgspec.structs.replace(poisoned(c), against=ids.get(c.against, ""))
                for c in measurement.cases
            ],
            samples=[msgspec.structs.replace(s, case=ids[s.case]) for s in measurement.samples],
            memory=[msgspec.structs.replace(m, case=ids[m.case]) for m in measurement.memory],
            failures=[
                Failure(case=case, run=0, kind="raised", detail=HOSTILE)
                for case in list(ids.values())[:1]
            ],
        )
    return msgspec.structs.replace(result, machine=machine, measurements=measurements)


@pytest.mark.parametrize(
    "result",
    [
        FULL,
        ONE_CORE,
        failing(FULL),
        hostile(FULL),
        invented_result(runs=1, rounds=1),
        msgspec.structs.replace(FULL, measurements={}),
    ],
    ids=["full", "one core", "failed", "hostile", "one round", "nothing measured"],
)
def test_whatever_was_measured_everything_has_something_to_say(
    shown: Shower, result: Result
) -> None:
    shown(result)
    for ask, name in NAMES:
        html = ask(name)
        balance = Balance()
        balance.feed(html)
        assert balance.open == [], name
        assert "script" not in balance.seen, name
        assert text_of(html).strip(), name
        assert not re.search(r"\b(nan|inf|None|undefined)\b", html), name


@everything
def test_a_result_without_its_experiment_is_said_to_lack_it(
    shown: Shower, ask: Ask, name: str
) -> None:
    shown(msgspec.structs.replace(FULL, measurements={}))
    measured_whatever = {"method/machine", "method/failures", "home/answers"}
    assert ("easure" in text_of(ask(name))) or name in measured_whatever


@pytest.mark.parametrize("ask", [show.chart, show.table, show.sentence])
def test_an_unknown_name_is_answered_with_those_there_are(shown: Shower, ask: Ask) -> None:
    shown(FULL)
    with pytest.raises(ConcError, match=r"named 'speed'; there are: .*(cpu-bound|home)/"):
        ask("speed")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_on_what_when_how_often_and_which_direction_is_better(
    shown: Shower, name: str
) -> None:
    shown(FULL)
    caption = text_of(re.findall(r"<figcaption.*?</figcaption>", show.chart(name))[0])
    for part in ("Invented CPU @ 3.00GHz", "CPython 3.14.0", "profile quick", "2 January 2026"):
        assert part in caption
    assert re.search("(Higher|Lower) is better", caption)
    assert re.search(r"\bn:\s+\d|no interval", caption)
    assert re.search(r'href="\.\./data/experiments/[a-z-]+\.json"', show.chart(name))


def test_impossible_figures_are_said_where_they_are_drawn_and_listed(
    shown: Shower, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Broken("cpu-bound", "threads ×2", "threads <2> were 9× as fast, but they can't be.")
    monkeypatch.setattr(invariants, "check", lambda _: [broken])
    shown(msgspec.structs.replace(FULL))
    for html in (show.chart("cpu-bound/speed-up"), show.table("cpu-bound/times")):
        assert "Impossible figure" in html
        assert "threads &lt;2&gt; were 9× as fast" in html
    assert "Impossible figure" not in show.chart("io-bound/throughput")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_a_title_a_description_and_a_table_behind_it(shown: Shower, name: str) -> None:
    shown(FULL)
    html = show.chart(name)
    for drawing in drawings_of(html):
        assert drawing.get("role") == "img"
        assert drawing.get("aria-label")
        description = drawing.find("{http://www.w3.org/2000/svg}desc")
        assert description is not None
        assert len(description.text or "") > 40
    assert re.search(r"<details>.*<table .*</details>", html)


@pytest.mark.parametrize("name", CHARTS)
def test_both_drawings_fit_their_width_with_text_that_can_be_read(shown: Shower, name: str) -> None:
    shown(FULL)
    drawings = drawings_of(show.chart(name))
    assert [drawing.get("class") for drawing in drawings] == ["conc-wide", "conc-narrow"]
    for drawing, most in zip(drawings, (700, 358), strict=True):
        assert float(drawing.get("width", "inf")) <= most
        sizes = [element.get("font-size", "") for element in drawing.iter()]
        assert min(float(size.removesuffix("px")) for size in sizes if size) >= 11


@pytest.mark.parametrize("name", CHARTS)
def test_a_drawing_has_no_colour_of_its_own(shown: Shower, name: str) -> None:
    shown(FULL)
    for drawing in drawings_of(show.chart(name)):
        for element in drawing.iter():
            for paint in (element.get("fill"), element.get("stroke")):
                assert paint in {None, "none", "transparent"} or paint.startswith("var(--")


@pytest.mark.parametrize("name", CHARTS)
def test_every_mark_says_what_it_stands_for(shown: Shower, name: str) -> None:
    shown(FULL)
    tips = re.findall(r'data-tip="([^"]+)"', show.chart(name))
    assert len(tips) >= 2
    assert all(re.search(r"\d", tip) for tip in tips)


def test_a_chart_that_was_drawn_once_is_not_drawn_again(
    shown: Shower, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(FULL)
    first = show.chart("cpu-bound/speed-up")
    monkeypatch.setattr("conc.show.svg._draw", None)
    assert show.chart("cpu-bound/speed-up") == first


def test_a_failed_case_shows_its_reason_and_no_time(shown: Shower) -> None:
    shown(failing(FULL))
    rows = re.findall(r"<tr>.*?</tr>", show.table("cpu-bound/speed-up"))[1:]
    assert rows
    for row in rows:
        assert "failed: crashed (exit code -9)" in row
        assert not re.search(r"\d (s|ms|µs)\b", row)


def seconds_with(**speed: float) -> Callable[[Case], float]:
    """Return times by which a model is so many times as fast as it plausibly would be."""
    return lambda case: plausible_seconds(case) / speed.get(case.model, 1.0)


@pytest.mark.parametrize(
    ("speed", "said"),
    [
        (1.0, "Threads made no difference"),
        (1.08, "changed next to nothing"),
        (2.0, "threads gave no speed-up: impossible"),
        (0.5, "made this work slower"),
    ],
)
def test_the_sentence_on_threads_follows_the_evidence(
    shown: Shower, speed: float, said: str
) -> None:
    shown(invented_result(seconds_of=seconds_with(threads=speed), noise=0.005))
    assert said in show.sentence("cpu-bound/threads")


def test_a_noisy_measurement_decides_nothing(shown: Shower) -> None:
    shown(invented_result(noise=0.5, runs=2, rounds=2))
    assert "is undecided here" in show.sentence("cpu-bound/threads")
    assert "which model to take is undecided here" in show.sentence("home/cpu-bound")


@pytest.mark.parametrize(
    ("speed", "said"),
    [
        ({"threads": 0.6}, "waits: asyncio."),
        ({"asyncio": 0.6}, "waits: threads."),
        ({"asyncio": 0.6}, "At equal terms asyncio was slower than threads"),
        ({}, "waits: threads or asyncio."),
        ({}, "was not a tenth faster"),
    ],
)
def test_the_answer_for_io_follows_the_evidence(
    shown: Shower, speed: dict[str, float], said: str
) -> None:
    shown(invented_result(seconds_of=seconds_with(**speed), noise=0.005))
    assert said in show.sentence("home/io-bound")


def test_on_one_core_nothing_is_said_to_make_computing_faster(shown: Shower) -> None:
    shown(invented_result(cores=1, noise=0.005))
    assert "no model was measurably faster" in show.sentence("home/cpu-bound")
    assert "On one usable core" in show.sentence("cpu-bound/follows")
