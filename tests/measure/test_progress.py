"""Progress: a bar that vanishes on a terminal, plain lines elsewhere."""

import io

import pytest
from rich.console import Console

from conc.measure.progress import ALL, Pace, Part, QuietProgress, RichProgress, progress_on
from conc.records import BlockEnd, Failure, Measurement
from tests.measure.fakes import FakeClock


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def measurement(
    *, complete: bool = True, failures: int = 0, half_width: float = 0.082
) -> Measurement:
    return Measurement(
        experiment="one",
        key="",
        profile="quick",
        seed=7,
        started="",
        seconds=23.6,
        complete=complete,
        ends=[
            BlockEnd(block="a", rounds=9, reason="narrow", half_width=0.031),
            BlockEnd(block="b", rounds=9, reason="time", half_width=half_width),
            BlockEnd(block="c", rounds=9, reason="failed"),
        ],
        failures=[Failure(case="x", run=0, kind="crashed", detail="")] * failures,
    )


@pytest.fixture
def pace(clock: FakeClock) -> Pace:
    pace = Pace(clock)
    pace.plan({"one": 20.0, "two": 30.0})
    return pace


def test_the_rest_is_first_what_was_planned(pace: Pace) -> None:
    assert (pace.remaining_s(), pace.share_done()) == (50.0, 0.0)


def test_the_rest_shrinks_with_the_clock(pace: Pace, clock: FakeClock) -> None:
    pace.start("one")
    clock.sleep(5.0)
    assert (pace.remaining_s(), pace.share_done()) == (45.0, 0.1)


def test_an_experiment_over_its_time_has_nothing_left(pace: Pace, clock: FakeClock) -> None:
    pace.start("one")
    clock.sleep(25.0)
    assert pace.remaining_s() == 30.0


def test_the_rest_follows_the_pace_of_what_is_done(pace: Pace, clock: FakeClock) -> None:
    pace.start("one")
    clock.sleep(10.0)
    pace.finish()
    assert pace.remaining_s() == 15.0
    pace.start("two")
    clock.sleep(30.0)
    pace.finish()
    assert (pace.remaining_s(), pace.share_done()) == (0.0, 1.0)


def test_nothing_to_measure_is_done_at_once(clock: FakeClock) -> None:
    assert Pace(clock).share_done() == 1.0


def shown(environment: dict[str, str], clock: FakeClock) -> str:
    stream = Terminal()
    console = Console(file=stream, width=120, _environ={"TERM": "xterm-256color", **environment})
    with RichProgress(console, clock) as progress:
        progress.plan({"one": 20.0, "two": 100.0})
        progress.started("one")
        progress.waiting(5.0)
        clock.sleep(7.0)
        progress.round("[b]", 1, 4)
        progress.interval("[b]", 0.123)
        progress.interval("[b]", None)
        progress.interval("[b]", 180.0)
        progress.finished(measurement())
    return stream.getvalue()


def test_the_bar_says_where_it_is_how_narrow_and_how_long(clock: FakeClock) -> None:
    text = shown({}, clock)
    assert "one · waiting for a quiet machine, at most 5 s" in text
    assert "one · [b] run 2, round 5 · [b] ±12 %" in text
    assert text.count("±?") > 1
    assert "18000" not in text
    assert "1:53 left" in text


def test_the_bar_vanishes(clock: FakeClock) -> None:
    assert shown({}, clock).endswith("\x1b[2K")


def test_no_color_is_respected(clock: FakeClock) -> None:
    assert "\x1b[38" in shown({}, clock)
    assert "\x1b[38" not in shown({"NO_COLOR": "1"}, clock)


def test_a_pipe_gets_a_line_at_the_start_and_for_each_experiment() -> None:
    stream = io.StringIO()
    with QuietProgress(stream) as progress:
        progress.plan({"one": 20.0, "two": 30.4})
        progress.started("one")
        progress.round("b", 0, 0)
        progress.finished(measurement(failures=2))
        progress.finished(measurement(complete=False))
        progress.finished(measurement(half_width=180.0))
    assert stream.getvalue().splitlines() == [
        "conc: measuring one, two: about 50 s",
        "conc: one: measured, 24 s, widest interval ±8 %, failures: 2",
        "conc: one: not complete, 24 s, widest interval ±8 %",
        "conc: one: measured, 24 s, widest interval wider than the figure",
    ]


def test_nothing_to_measure_is_not_worth_a_line() -> None:
    stream = io.StringIO()
    QuietProgress(stream).plan({})
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("term", "stream", "kind"),
    [
        ("xterm", Terminal(), RichProgress),
        ("dumb", Terminal(), QuietProgress),
        ("xterm", io.StringIO(), QuietProgress),
    ],
)
def test_a_bar_is_drawn_only_where_it_can_be(
    term: str, stream: io.StringIO, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", term)
    assert isinstance(progress_on(stream), kind)


def test_a_part_of_several_measurements_is_read_as_it_is_written() -> None:
    assert Part.read("2/3/3.13.1") == Part(2, 3, "3.13.1")
    for odd in ("", "x", "3/2/a", "0/2/a", "1/", "1/x/a"):
        assert Part.read(odd) == ALL


def test_one_progress_goes_over_all_parts() -> None:
    part = Part(2, 4, "3.13.1")
    assert part.label == "3.13.1 (2 of 4)"
    assert part.share(0.0) == 0.25
    assert part.share(1.0) == 0.5
    assert part.remaining_s(10.0, 60.0) == 130.0
    assert ALL.share(0.5) == 0.5
    assert not ALL.label


def test_lines_of_a_part_say_which_it_is() -> None:
    stream = io.StringIO()
    QuietProgress(stream, Part(1, 2, "3.12.1")).plan({"one": 20.0})
    assert stream.getvalue() == "conc: 3.12.1 (1 of 2): measuring one: about 20 s\n"
