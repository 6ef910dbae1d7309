"""Screens as HTML: what was captured, readable in light and dark, and never more than text."""

import gzip
import re
from html import unescape
from itertools import product
from pathlib import Path

import msgspec
import pytest

from conc import figures
from conc.errors import ConcError
from conc.records import Capture, KernelThread, ListingRow, Measurement, Result
from conc.results.evidence import Evidence
from conc.results.screen import replay
from conc.show import blocks, screens
from conc.show.shown import Shown
from conc.show.views import listings
from tests.invented.results import invented_interpreter, invented_machine

ROOT = Path(__file__).parents[2]
FIXTURES = sorted((ROOT / "tests" / "fixtures" / "listings").glob("*.json"))
CSS = (ROOT / "docs" / "assets" / "screens.css").read_text(encoding="utf-8")


def fixtures(name: str) -> list[Capture]:
    path = next(path for path in FIXTURES if path.stem == name)
    return msgspec.json.decode(path.read_bytes(), type=list[Capture])


ALL = [capture for path in FIXTURES for capture in fixtures(path.stem)]


def result_of(captures: list[Capture]) -> Result:
    measurement = Measurement(
        experiment="listings",
        key="key",
        profile="quick",
        seed=1,
        started="2026-11-22T18:00:00+00:00",
        seconds=4.0,
        complete=True,
        captures=captures,
    )
    return Result(
        conc="0.1.0",
        machine=invented_machine(),
        interpreter=invented_interpreter(),
        measurements={"listings": measurement},
    )


@pytest.fixture
def shown(request: pytest.FixtureRequest) -> None:
    """Show the captures that a test is given, as blocks see them."""
    blocks.use(Shown(result_of(request.param)))


def figure(capture: Capture) -> str:
    return str(screens.figure(capture))


def text_of(html: str) -> str:
    """Return what a browser shows of HTML."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def drawn(capture: Capture) -> Capture:
    """Return a capture with the thread program's truth and one row, for bytes of a test."""
    return msgspec.structs.replace(
        capture,
        rows=[ListingRow(line=1, id=1)],
        truth=[KernelThread(id=1, tgid=1, ppid=0, name="python")],
    )


def invented(raw: bytes) -> Capture:
    return drawn(
        Capture(program="threads", tool="ps", view="-f", version="4", command="ps", raw=raw)
    )


# What is shown


@pytest.mark.parametrize(
    "capture", ALL, ids=lambda one: f"{one.program} {one.tool} {one.version} {one.view}"
)
def test_the_html_says_what_the_screen_said(capture: Capture) -> None:
    pre = re.search(r"<pre.*?</pre>", figure(capture), re.DOTALL)
    assert pre is not None
    screen = replay(capture.raw, capture.width, capture.height).display
    assert [line.rstrip() for line in text_of(pre[0]).splitlines()] == [
        line.rstrip() for line in "\n".join(line.rstrip() for line in screen).rstrip().splitlines()
    ]


@pytest.mark.parametrize("version", ["htop-3.2", "htop-3.5"])
def test_each_row_of_the_screen_has_a_row_in_the_table_that_says_what_it_is(version: str) -> None:
    html = figure(screens.find(fixtures(version), "threads", "htop as installed"))
    in_screen = re.findall(r'data-row="(\d+)" data-kind="(\w+)"', html)
    in_table = re.findall(r'<tr data-row="(\d+)">.*?<td>\d+</td><td>(process|thread)', html)
    assert sorted(in_screen) == sorted(in_table)
    assert [kind for _, kind in in_screen].count("thread") == 4
    assert len(re.findall(r"thread of 1\b", html)) == 4


def test_threads_that_a_view_hides_are_counted_at_their_process() -> None:
    html = figure(screens.find(fixtures("htop-3.2"), "threads", "htop threads hidden"))
    assert "process; 4 more threads not listed" in html


def test_a_thread_with_a_name_of_its_own_is_named() -> None:
    html = figure(screens.find(fixtures("htop-3.5"), "threads", "top -H -b"))
    assert "thread of 1, named cook-3" in html


def test_the_text_of_the_terminal_has_the_screen_and_what_its_rows_are() -> None:
    text = screens.plain(fixtures("htop-3.2"))
    assert "threads: htop as installed: 5 rows, 1 process and 4 threads" in text
    assert text.count("<- thread of 1") == 2 * 4 * 4  # in four views each of two programs
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("shown", [fixtures("htop-3.2")], indirect=True)
@pytest.mark.usefixtures("shown")
def test_a_view_that_nobody_knows_is_answered_with_those_there_are() -> None:
    with pytest.raises(ConcError, match=r"no screen 'htop' .* threads: htop as installed"):
        blocks.screen("threads", "htop")


@pytest.mark.parametrize("shown", [fixtures("htop-3.2")], indirect=True)
@pytest.mark.usefixtures("shown")
def test_the_other_screens_leave_out_those_shown_and_repeat_no_id() -> None:
    html = blocks.screen("threads", "htop tree") + blocks.more_screens("threads", "htop tree")
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert html.count("<figure") == 8


@pytest.mark.parametrize("shown", [[]], indirect=True)
@pytest.mark.usefixtures("shown")
def test_without_captures_a_page_says_how_to_get_them() -> None:
    assert "conc listings" in blocks.screen("threads", "htop tree")
    assert blocks.more_screens("threads") == ""


def test_a_missing_capture_says_why_and_what_helps() -> None:
    missing = Capture(program="threads", tool="htop", view="tree", missing="htop is not installed")
    html = figure(missing)
    assert "htop is not installed; install it (on Debian: apt install htop)" in html
    assert "<pre" not in html
    assert "htop is not installed" in screens.plain([missing])


# What the page says follows the captures


@pytest.mark.parametrize(
    ("name", "said"),
    [("htop-3.2", "own row is the sum of all its threads"), ("htop-3.5", "main thread alone")],
)
def test_what_cpu_means_follows_the_version(name: str, said: str) -> None:
    assert said in listings.cpu_sentence(Evidence(result_of(fixtures(name))))


def test_what_htop_does_follows_its_settings_not_its_version() -> None:
    listing = listings.as_installed(Evidence(result_of(fixtures("htop-3.5"))))
    assert "htop 3.5.3 lists threads" in listings.about_default(listing)
    hiding = msgspec.structs.replace(
        listing, settings={"hide_userland_threads": "1"}, rows=listing.rows[:1], version="3.6.0-dev"
    )
    assert "htop 3.6.0-dev hides threads" in listings.about_default(hiding)
    assert "has 1 row." in figures.read(listings.about_default(hiding))


def test_where_htop_is_missing_the_sentences_say_so() -> None:
    gone = Capture(program="threads", tool="htop", view="as installed", missing="htop is too old")
    assert "not captured here: htop is too old" in listings.about_default(gone)
    assert "none was captured" in listings.about_cpu(gone)
    assert listings.about_origin([gone]) == "No tool could be captured here."


def test_how_it_was_captured_follows_the_isolation() -> None:
    alone = fixtures("htop-3.2")
    among_others = [msgspec.structs.replace(one, isolated=False) for one in alone]
    assert "namespaces of their own" in listings.about_origin(alone)
    assert "allows no process namespaces" in listings.about_origin(among_others)


def test_the_table_counts_the_rows_of_every_view_and_program() -> None:
    table = listings.rows_table(Evidence(result_of(fixtures("htop-3.2"))))
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert rows["htop as installed"] == ["5 (4 threads)", "5", "1", "5 (4 threads)"]
    assert rows["htop threads hidden"] == ["1", "5", "1", "1"]
    assert rows["ps -Lf"] == ["5 (4 threads)", "5", "1", "5 (4 threads)"]
    assert rows["the kernel"][1] == "5 processes, 5 threads in all"


# A capture may come from a stranger


def test_escape_sequences_and_markup_end_as_text() -> None:
    raw = (
        b"PID CMD\n  1 <script>alert(1)</script> \x1b]0;title\x07\x1b]8;;http://evil\x07"
        b"\x1b[31m</pre>&amp;\xe2\x80\xae\x9b2J\n"
    )
    html = figure(invented(raw))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert html.count("</pre>") == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", html)


def test_every_name_of_a_capture_is_escaped() -> None:
    bad = "<img src=x onerror=alert(1)>\"'"
    hostile = msgspec.structs.replace(
        invented(b"PID CMD\n  1 x\n"),
        program=bad,
        tool=bad[:20],
        view=bad,
        version=bad,
        command=bad,
        truth=[
            KernelThread(id=1, tgid=2, ppid=0, name=bad),
            KernelThread(id=2, tgid=2, ppid=0, name="x"),
        ],
    )
    for html in (
        figure(hostile),
        figure(msgspec.structs.replace(hostile, missing=bad)),
    ):
        assert "<img" not in html
        assert not re.search(r'="[^"]*<', html)


# Colours and weight


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, as WCAG 2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def palettes() -> dict[str, dict[str, str]]:
    """Return the colours of each theme by name."""
    blocks = re.findall(
        r"^(:root|\[data-md-color-scheme=\"slate\"\]) \{(.*?)\}", CSS, re.DOTALL | re.MULTILINE
    )
    return {name: dict(re.findall(r"--screen-(\w+): (#\w{6});", body)) for name, body in blocks}


@pytest.mark.parametrize("theme", palettes())
def test_every_colour_has_enough_contrast_to_the_ground(theme: str) -> None:
    colours = palettes()[theme]
    ground = luminance(colours.pop("ground"))
    assert len(colours) == 12
    for name, colour in colours.items():
        light, dark = sorted([luminance(colour), ground], reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


def test_every_class_that_a_screen_can_have_is_drawn() -> None:
    for colour in (*screens.COLOURS, "grey"):
        assert f".conc-terminal .{colour} {{ color: var(--screen-{colour}); }}" in CSS
    for colour in (*screens.COLOURS, "text"):
        assert f".conc-terminal .on-{colour} {{ background: var(--screen-{colour}); }}" in CSS


@pytest.mark.parametrize(("front", "ground"), list(product(range(8), range(8))))
def test_text_on_a_coloured_ground_never_has_a_colour_of_its_own(front: int, ground: int) -> None:
    html = figure(invented(f"PID\n1 \x1b[3{front};4{ground}mtext\x1b[0m\n".encode()))
    (found,) = re.findall(r'<span class="([^"]+)">text', html)
    assert found == f"on-{screens.COLOURS[ground]}"


def test_every_row_of_a_capture_can_stand_out() -> None:
    places = {int(number) for number in re.findall(r'\) \[data-row="(\d+)"\]', CSS)}
    assert places >= set(range(max(len(one.rows) for one in ALL)))


def test_all_screens_together_are_light() -> None:
    html = "".join(figure(one) for one in fixtures("htop-3.5")) + CSS
    assert len(gzip.compress(html.encode())) <= 50_000
