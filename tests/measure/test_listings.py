"""Captures of htop, top, ps and psutil: always what the kernel knows, or a reason."""

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import psutil
import pytest

from conc.measure import listings
from conc.measure.listings import isolation, programs, tools
from conc.measure.listings.isolation import NONE, Isolation, find_isolation
from conc.measure.listings.programs import PROGRAMS, Live, NotCaptured, Program, running
from conc.measure.listings.tools import LINUX, PSUTIL, Expected, HtopView, Printed
from conc.records import Capture
from conc.results.screen import listed, replay

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures" / "listings").glob("*.json"))
THREADS, PROCESSES, ASYNCIO, IDLE_POOL = PROGRAMS
HTOP, HTOP_HIDDEN, HTOP_TREE, TOP, TOP_THREADS, PS, PS_THREADS = LINUX[:-1]

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
with_htop = pytest.mark.skipif(shutil.which("htop") is None, reason="needs htop")


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Look for tools and namespaces anew, for a test changes what there is."""
    remembering = (tools.tool_version, tools.factory_settings, find_isolation)
    for cached in remembering:
        cached.cache_clear()
    yield
    for cached in remembering:
        cached.cache_clear()


def fixtures(path: Path) -> list[Capture]:
    return msgspec.json.decode(path.read_bytes(), type=list[Capture])


def capture(program: Program, *views: tools.View, within: Isolation = NONE) -> list[Capture]:
    return listings.capture_program(program, views, within)


def script(folder: Path, text: str, name: str = "program.py") -> Program:
    """Return a program that a test has written."""
    path = folder / name
    path.write_text(text)
    return Program("threads", path)


def tool(folder: Path, name: str, text: str) -> None:
    """Write a program that passes for a tool."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


class Scripted:
    """A view that prints other rows each time it is asked."""

    tool, name = "htop", "scripted"

    def __init__(self, *counts: int) -> None:
        """Leave out so many rows the first time, the second time, and so on."""
        self.counts = list(counts)

    def version(self) -> str:
        return "3.2"

    def show(self, live: Live, expected: Expected) -> Printed:  # noqa: ARG002 - as a view is asked
        shown = expected.threads[self.counts.pop(0) :]
        raw = "\n".join(["PID CMD", *(f"{number} x" for number in shown), ""]).encode()
        return Printed(raw, "scripted", "threads", tools.height_of(raw))


# What must be on the screen


@linux
@with_htop
@pytest.mark.parametrize("within", [NONE, None], ids=["no namespace", "a namespace if allowed"])
def test_every_view_has_exactly_the_rows_that_the_kernel_knows(within: Isolation | None) -> None:
    isolation_here = find_isolation() if within is None else within
    captures = capture(THREADS, *LINUX, within=isolation_here)
    assert [one.missing for one in captures] == [""] * len(LINUX)
    assert [(one.process_rows, one.thread_rows) for one in captures] == [
        (1, 4),
        (1, 0),
        (1, 4),
        (1, 0),
        (1, 4),
        (1, 0),
        (1, 4),
        (1, 0),
    ]
    assert {one.isolated for one in captures} == {bool(isolation_here)}


@linux
@pytest.mark.parametrize(
    ("program", "rows"), [(PROCESSES, 5), (ASYNCIO, 1), (IDLE_POOL, 1)], ids=str
)
def test_ps_lists_the_processes_of_each_program(program: Program, rows: int) -> None:
    (found,) = capture(program, PS)
    assert (found.missing, found.process_rows, found.thread_rows) == ("", rows, 0)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_kept_capture_draws_the_rows_that_it_names(path: Path) -> None:
    for one in fixtures(path):
        lines = list(replay(one.raw, one.width, one.height).display)
        assert listed(lines) == [(row.line, row.id) for row in one.rows]
        assert {row.id for row in one.rows} <= {thread.id for thread in one.truth}
        assert one.isolated
        assert {thread.ppid for thread in one.truth} <= {0, 1}


def test_the_kept_captures_are_complete_and_of_two_versions_of_htop() -> None:
    versions = {
        one.version[:3] for path in FIXTURES for one in fixtures(path) if one.tool == "htop"
    }
    assert versions == {"3.2", "3.5"}
    for path in FIXTURES:
        found = fixtures(path)
        assert len(found) == len(PROGRAMS) * len(LINUX)
        assert not any(one.missing for one in found)


# What must not matter, and what must not be touched


@linux
@with_htop
def test_the_users_htop_configuration_is_neither_read_nor_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / ".config" / "htop" / "htoprc"
    own.parent.mkdir(parents=True)
    own.write_text("hide_userland_threads=1\ncolor_scheme=5\n")
    before = own.read_bytes(), own.stat().st_mtime_ns
    for name, value in {
        "HOME": tmp_path,
        "HTOPRC": own,
        "XDG_CONFIG_HOME": tmp_path / ".config",
    }.items():
        monkeypatch.setenv(name, str(value))
    (found,) = capture(THREADS, HTOP)
    assert (found.missing, found.thread_rows) == ("", 4)
    assert found.settings["hide_userland_threads"] == "0"
    assert (own.read_bytes(), own.stat().st_mtime_ns) == before
    assert list(tmp_path.rglob("*htoprc*")) == [own]


@linux
@with_htop
def test_the_users_terminal_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TERM", raising=False)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("LINES", "3")
    captures = capture(THREADS, HTOP, TOP)
    assert [one.missing for one in captures] == ["", ""]
    screen = replay(captures[0].raw, captures[0].width, captures[0].height).display
    assert "python listing_threads.py" in "\n".join(screen)


@linux
@with_htop
def test_no_path_and_no_name_is_on_any_screen() -> None:
    for one in capture(PROCESSES, *LINUX):
        text = "\n".join(replay(one.raw, one.width, one.height).display) + one.command
        assert not one.missing
        assert not re.search(r"(?:^|\s)/\w", text, re.MULTILINE)
        assert sys.executable not in text


def test_the_column_of_the_users_names_nobody() -> None:
    raw = b"  PID USER      PR CMD\n    1 ada       20 ada\n    2 bartholo+ 20 x\n    3 bo 9\n"
    assert tools.without_user(raw).decode().splitlines() == [
        "  PID USER      PR CMD",
        "    1 user      20 ada",
        "    2 user      20 x",
        "    3 us 9",
    ]


def test_a_screen_that_names_the_users_folder_is_not_kept() -> None:
    with pytest.raises(NotCaptured, match="name of this machine or of its user"):
        listings.reject_names(["1 python", f"2 {Path.home()}/x.py"])


@linux
def test_a_command_line_with_escape_sequences_and_markup_is_captured_as_text(
    tmp_path: Path,
) -> None:
    text = "import sys, time; print('here', flush=True); time.sleep(60)"
    hostile = replace(
        script(tmp_path, text, "<script>.py"), arguments=("\x1b[2J\x1b[31m", "</pre><b>", "\x07")
    )
    for one in capture(hostile, PS, TOP):
        assert (one.missing, one.process_rows) == ("", 1)
        assert "\x1b" not in "".join(replay(one.raw, one.width, one.height).display)


# What can go wrong


def test_a_late_capture_is_tried_again() -> None:
    (found,) = capture(THREADS, Scripted(1, 0))
    assert (found.missing, found.attempts, len(found.rows)) == ("", 2, len(found.truth))


def test_after_a_few_tries_the_capture_says_what_was_wrong() -> None:
    (found,) = capture(ASYNCIO, Scripted(1, 1, 1))
    assert found.missing == "htop listed 0 rows, the kernel 1 threads"
    assert (found.attempts, found.rows, found.raw) == (listings.TRIES, [], b"")


def test_only_what_failed_is_tried_again() -> None:
    once = Scripted(0)
    again = Scripted(1, 0)
    again.name = "again"
    assert [one.attempts for one in capture(ASYNCIO, once, again)] == [1, 2]


def test_a_program_that_dies_during_the_capture_is_said(tmp_path: Path) -> None:
    class Slow(Scripted):
        def show(self, live: Live, expected: Expected) -> Printed:
            time.sleep(0.5)
            return super().show(live, expected)

    dying = script(tmp_path, "import time; print('here', flush=True); time.sleep(0.1)")
    (found,) = capture(dying, Slow(0, 0, 0))
    assert found.missing == "the program ended during the capture"


def test_a_program_that_does_not_start_is_said(tmp_path: Path) -> None:
    (found,) = capture(script(tmp_path, "raise SystemExit(1)"), Scripted(0))
    assert found.missing == "the program ended before it was to be seen"


def test_no_program_is_left_behind() -> None:
    with running(PROCESSES, find_isolation() if sys.platform.startswith("linux") else NONE) as live:
        family = [psutil.Process(live.pid), *psutil.Process(live.pid).children()]
        folder = live.folder
        assert len(family) == 5
    gone, alive = psutil.wait_procs(family, timeout=5)
    assert (len(gone), alive) == (5, [])
    assert not folder.exists()


def test_a_tool_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert [one.missing for one in capture(ASYNCIO, HTOP, TOP)] == [
        "htop is not installed",
        "top is not installed",
    ]


@linux
def test_an_htop_that_is_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path, "htop", "echo 'htop 2.2.0 - (C) 2004-2019 Hisham Muhammad'")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (found,) = capture(ASYNCIO, HTOP)
    assert found.missing == "htop 2.2.0 is too old: 3.2 or newer is needed"


@linux
def test_a_tool_of_another_make_is_not_mistaken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(tmp_path, "top", "echo BusyBox v1.36.1 multi-call binary.")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (found,) = capture(ASYNCIO, TOP)
    assert found.missing == "the top here is another program of that name, with other options"


@linux
def test_an_htop_that_fails_gives_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(
        tmp_path, "htop", 'test "$1" = --version && echo htop 3.9.9 || echo Error opening terminal'
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (found,) = capture(ASYNCIO, HTOP)
    assert found.missing == "the tool ended by itself; its last line: Error opening terminal"


@linux
def test_without_a_pseudo_terminal_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import pty  # noqa: PLC0415 - not on Windows

    def refuse() -> tuple[int, int]:
        raise OSError("out of pty devices")

    monkeypatch.setattr(tools, "tool_version", lambda *_: "3.2.2")
    monkeypatch.setattr(tools, "find_tool", lambda _: "htop")
    monkeypatch.setattr(pty, "openpty", refuse)
    (found,) = capture(ASYNCIO, HTOP)
    assert found.missing == "there is no pseudo-terminal to be had here (out of pty devices)"


@linux
def test_a_reason_names_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(
        tmp_path,
        "top",
        'test "$1" = -V && echo procps-ng 4.0.2 || { echo "$0: broken" >&2; false; }',
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (found,) = capture(ASYNCIO, TOP)
    assert found.missing == "it failed: …: broken"


@linux
def test_captures_are_current_until_a_tool_comes_or_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listings, "views_here", lambda _: (PS, PSUTIL))
    captures = capture(ASYNCIO, PS, PSUTIL)
    assert listings.is_current(captures)
    assert not listings.is_current(captures[:1])
    monkeypatch.setattr(tools, "tool_version", lambda *_: "99.1")
    assert not listings.is_current(captures)


def test_a_tool_that_is_missing_still_leaves_captures_current(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listings, "views_here", lambda _: (TOP,))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    gone = capture(ASYNCIO, TOP)
    assert listings.is_current(gone)
    monkeypatch.setattr(tools, "tool_version", lambda *_: "4.0.2")
    assert not listings.is_current(gone)


def test_forbidden_namespaces_mean_no_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    forbidden = Isolation((sys.executable, "-c", "raise SystemExit(1)"), ("false",))
    monkeypatch.setattr(isolation, "CHOICES", (forbidden,))
    monkeypatch.setattr(shutil, "which", lambda name: name)
    assert find_isolation() == NONE


def test_without_the_command_unshare_there_is_no_isolation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert find_isolation() == NONE


# Other systems


@pytest.mark.parametrize(
    ("system", "views"),
    [
        ("darwin", ["top -l", "ps -M", "psutil num_threads()"]),
        ("win32", ["psutil num_threads()"]),
        ("freebsd14", ["psutil num_threads()"]),
    ],
)
def test_each_system_has_views_of_its_own(system: str, views: list[str]) -> None:
    assert [f"{view.tool} {view.name}" for view in tools.views_here(system)] == views


def test_what_a_system_lacks_is_there_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "views_here", lambda _: (PSUTIL,))
    found = listings.capture_all([ASYNCIO], NONE)
    assert [one.missing for one in found if one.tool == "psutil"] == [""]
    others = [one for one in found if one.tool != "psutil"]
    assert len(others) == len(LINUX) - 1
    assert all("shows psutil num_threads() instead" in one.missing for one in others)


def test_off_linux_the_processes_are_read_with_psutil(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(PROCESSES, NONE) as live:
        monkeypatch.setattr(programs, "ON_LINUX", False)
        found = live.kernel_threads()
    assert len(found) == 5
    assert all(one.is_process for one in found)
    assert [one.ppid for one in found[1:]] == [found[0].id] * 4


def test_the_rows_of_macos_top_and_ps_are_read() -> None:
    top = "Processes: 2 total\n\nPID PPID #TH %CPU COMMAND\n501 1    5/1 0.0  python\n"
    ps = (
        "USER   PID   TT   %CPU STAT PRI     STIME     UTIME COMMAND\n"
        "user   501   ??    0.0 S    31T   0:00.01   0:00.05 python x.py\n"
        "       501         0.0 S    31T   0:00.00   0:00.00\n"
    )
    assert [number for _, number in listed(top.splitlines())] == [501]
    assert [number for _, number in listed(ps.splitlines())] == [501]


# htop's configuration


def test_settings_are_changed_in_place_and_the_column_of_the_user_goes() -> None:
    text = "tree_view=0\nscreen:Main=PID USER Command\n.tree_view=0\nscreen:I/O=PID USER IO\n"
    assert tools.changed(text, {"tree_view": "1", ".tree_view": "1"}) == (
        "tree_view=1\nscreen:Main=PID Command\n.tree_view=1\nscreen:I/O=PID IO\n"
    )


@linux
@with_htop
def test_an_htop_that_hides_threads_by_default_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    factory = tools.factory_settings(tools.find_tool("htop"))
    hiding = tools.changed(factory, {"hide_userland_threads": "1"})
    monkeypatch.setattr(tools, "factory_settings", lambda _: hiding)
    installed, tree = capture(THREADS, HtopView("as installed"), HTOP_TREE)
    assert (installed.missing, installed.process_rows, installed.thread_rows) == ("", 1, 0)
    assert (tree.missing, tree.thread_rows) == ("", 4)
