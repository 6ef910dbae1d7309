"""What htop, top, ps and psutil make of four small programs, captured and checked.

Every capture is compared with ``/proc`` while the program lives: the rows must be exactly the
threads, or the processes, that the kernel knows. One that was late is tried again with a fresh
program; after a few tries the capture says why it is missing. Nothing is ever made up.
"""

import platform
import re
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conc.measure.listings.isolation import Isolation, find_isolation
from conc.measure.listings.programs import PROGRAMS, Live, NotCaptured, Program, running
from conc.measure.listings.tools import LINUX, WIDTH, Expected, View, views_here
from conc.records import Capture, ListingRow
from conc.results.screen import header_line, header_names, listed, replay

TRIES = 3


def capture_all(
    programs: Sequence[Program] = PROGRAMS, isolation: Isolation | None = None
) -> list[Capture]:
    """Capture every view of every demonstration program, the programs side by side.

    ``isolation`` is what the system allows, unless another is given. Views that this system does
    not have are in the list too, with the reason.
    """
    found = find_isolation() if isolation is None else isolation
    views = views_here(sys.platform)
    with ThreadPoolExecutor(len(programs)) as pool:
        parts = pool.map(lambda program: capture_program(program, views, found), programs)
        captures = [capture for part in parts for capture in part]
    here = {(view.tool, view.name) for view in views}
    elsewhere = [view for view in LINUX if (view.tool, view.name) not in here]
    return captures + [absent(program, view) for program in programs for view in elsewhere]


def is_current(captures: Iterable[Capture]) -> bool:
    """Whether captures were made with the tools that are here now, and lack none that is."""
    of_view = {(one.tool, one.view): one for one in captures}
    return all(
        (view.tool, view.name) in of_view and matches(of_view[view.tool, view.name], view)
        for view in views_here(sys.platform)
    )


def matches(capture: Capture, view: View) -> bool:
    """Whether a capture was made with the tool's present version, or the tool is missing still."""
    try:
        return capture.version == view.version()
    except NotCaptured as reason:
        return capture.missing == str(reason)


def absent(program: Program, view: View) -> Capture:
    """Return the capture of a view that this system does not have."""
    shown = ", ".join(f"{other.tool} {other.name}" for other in views_here(sys.platform))
    reason = f"captured on Linux only; {platform.system()} shows {shown} instead"
    return missing(program, view, reason)


def capture_program(program: Program, views: Sequence[View], isolation: Isolation) -> list[Capture]:
    """Capture some views of one program; what fails is tried again with a fresh one."""
    captures: list[Capture] = []
    pending = []
    for view in views:
        try:
            view.version()
            pending.append(view)
        except NotCaptured as reason:
            captures.append(missing(program, view, str(reason)))
    for attempt in range(1, TRIES + 1):
        if not pending:
            break
        outcomes = one_try(program, pending, isolation, attempt)
        last = attempt == TRIES
        captures += [capture for capture in outcomes if last or not capture.missing]
        pending = [view for view, capture in zip(pending, outcomes, strict=True) if capture.missing]
    order = [(view.tool, view.name) for view in views]
    return sorted(captures, key=lambda capture: order.index((capture.tool, capture.view)))


def one_try(
    program: Program, views: Sequence[View], isolation: Isolation, attempt: int
) -> list[Capture]:
    """Start the program and return a capture of each view, or of why it is missing."""
    try:
        with running(program, isolation) as live:
            return [capture_or_reason(program, view, live, attempt) for view in views]
    except NotCaptured as reason:
        return [missing(program, view, str(reason), attempt, view.version()) for view in views]


def capture_or_reason(program: Program, view: View, live: Live, attempt: int) -> Capture:
    """Return the capture of a view, or one that says why there is none."""
    try:
        return capture_view(program, view, live, attempt)
    except NotCaptured as reason:
        return missing(program, view, str(reason), attempt, view.version())


def missing(
    program: Program, view: View, reason: str, attempt: int = 1, version: str = ""
) -> Capture:
    """Return a capture that says why there is none; paths are taken out of the reason."""
    return Capture(
        program=program.name,
        tool=view.tool,
        view=view.name,
        version=version,
        attempts=attempt,
        missing=re.sub(r"(?:/[^\s:/]+){2,}", "…", reason)[:300],
    )


def capture_view(program: Program, view: View, live: Live, attempt: int) -> Capture:
    """Let a tool show a live program, and compare what it drew with what the kernel knows.

    Raises NotCaptured where they differ, where the program changed meanwhile, or where the text
    names this machine or its user's folder.
    """
    started = time.perf_counter()
    truth = live.kernel_threads()
    expected = Expected.of(truth)
    printed = view.show(live, expected)
    if Expected.of(live.kernel_threads()) != expected:
        raise NotCaptured("threads came or went during the capture")
    lines = list(replay(printed.raw, WIDTH, printed.height).display)
    rows = listed(lines)
    if not expected.agrees(lines, printed.lists):
        wanted = len(expected.threads if printed.lists == "threads" else expected.processes)
        raise NotCaptured(
            f"{view.tool} listed {len(rows)} rows, the kernel {wanted} {printed.lists}"
        )
    reject_names(lines)
    start = header_line(lines)
    return Capture(
        program=program.name,
        tool=view.tool,
        view=view.name,
        command=printed.command,
        version=view.version(),
        width=WIDTH,
        height=printed.height,
        columns=[] if start is None else header_names(lines[start]),
        rows=[ListingRow(line=line, id=number) for line, number in rows],
        truth=truth,
        settings=printed.settings,
        raw=printed.raw,
        seconds=time.perf_counter() - started,
        attempts=attempt,
        isolated=bool(live.isolation),
    )


def reject_names(lines: list[str]) -> None:
    """Raise NotCaptured where a screen shows the user's folder or the machine's name."""
    text = "\n".join(lines)
    if str(Path.home()) in text or re.search(rf"\b{re.escape(platform.node())}\b", text):
        raise NotCaptured("the screen would have shown the name of this machine or of its user")
