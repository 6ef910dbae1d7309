"""Captured screens of htop, top and ps as HTML that follows the theme, and as text.

Beside each screen stands what the kernel knew: which row is a process, and which a thread. All
that a capture holds may come from a stranger; it is drawn by a terminal, never run, and escaped.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import htpy as h
from pyte.screens import Char

from conc import figures
from conc.errors import ConcError, MissingError
from conc.figures import Counted
from conc.formats import plural
from conc.records import Capture, KernelThread
from conc.results.screen import replay
from conc.show.markup import slug, warning
from conc.show.shown import Shown

EXPERIMENT = "listings"

PROGRAMS = {
    "threads": "four threads",
    "processes": "four processes",
    "asyncio": "four asyncio tasks",
    "idle pool": "an idle pool of four threads",
}
"""Each demonstration program in words."""

COLOURS = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
"""The terminal's colours as pyte names them; docs/assets/screens.css gives each its two shades."""


def screen(shown: Shown, program: str, view: str) -> h.Renderable:
    """Return a captured screen, with a table of what each row is.

    ``view`` is the tool and how it was asked, such as ``htop as installed`` or ``top -b``.
    Raises ConcError where there is no such program or view.
    """
    try:
        return figure(find(captures(shown), program, view))
    except MissingError as error:
        return warning("Not captured here", str(error))


def more_screens(shown: Shown, program: str, *but: str) -> h.Renderable:
    """Return the other screens of a program, apart from those named, folded up."""
    try:
        found = [one for one in captures(shown) if one.program == program]
    except MissingError:
        found = []
    return h.fragment[
        (
            h.details(".conc-more")[h.summary[label(one), in_short(one)], figure(one)]
            for one in found
            if label(one) not in but
        )
    ]


def captures(shown: Shown) -> list[Capture]:
    """Return the captures of a result. Raises MissingError without any."""
    found = shown.evidence.of(EXPERIMENT).measurement.captures
    if not found:
        raise MissingError("nothing was captured; capture with: conc listings")
    return found


def label(capture: Capture) -> str:
    """Return the name of a view: the tool and how it was asked."""
    return f"{capture.tool} {capture.view}"


def find(found: Iterable[Capture], program: str, view: str) -> Capture:
    """Return the capture of a program and a view. Raises ConcError, naming those there are."""
    known = {(one.program, label(one)): one for one in found}
    if (program, view) not in known:
        names = ", ".join(f"{name}: {of}" for name, of in known)
        raise ConcError(f"no screen {view!r} of the program {program!r}; there are: {names}")
    return known[program, view]


def figure(capture: Capture) -> h.Renderable:
    """Return a capture as HTML: the screen, and the table of its rows."""
    if capture.missing:
        return warning("Not captured here", f"{label(capture)}: {capture.missing}{remedy(capture)}")
    try:
        lines = screen_lines(capture)
    except ConcError as error:
        return warning("Not captured here", f"{label(capture)}: {error}")
    name = f"screen-{slug(capture.program)}-{slug(label(capture))}"
    words = f"{label(capture)}, {PROGRAMS.get(capture.program, capture.program)}"
    return h.figure(".conc-screen", id=name, data_search_exclude=True)[
        h.figcaption[
            h.strong[label(capture)],
            f"{in_short(capture)} · {capture.tool} {capture.version}, ",
            h.code[capture.command],
        ],
        h.div(".conc-both")[
            h.pre(".conc-terminal", tabindex="0", role="region", aria_label=f"Screen: {words}")[
                html_lines(lines, capture, name)
            ],
            rows_table(capture, name),
        ],
    ]


def screen_lines(capture: Capture) -> list[list[Char]]:
    """Draw a capture and return its lines as characters, without blank lines at the end."""
    drawn = replay(capture.raw, capture.width, capture.height)
    lines = [[drawn.buffer[y][x] for x in range(drawn.columns)] for y in range(drawn.lines)]
    while lines and not "".join(char.data for char in lines[-1]).strip():
        lines.pop()
    return lines


def html_lines(lines: list[list[Char]], capture: Capture, name: str) -> Iterator[h.Node]:
    """Yield each line as HTML; a row carries its place and what it is."""
    places = {row.line: place for place, row in enumerate(capture.rows)}
    for number, line in enumerate(lines):
        mark = {}
        if (place := places.get(number)) is not None:
            kind = kind_of(capture, capture.rows[place].id)
            mark = {"id": f"{name}-{place}", "data-row": str(place), "data-kind": kind}
        yield h.span(".conc-line", mark)[html_line(line)]
        yield "\n"


def html_line(line: list[Char]) -> Iterator[h.Node]:
    """Yield a line as HTML: a span for each stretch of the same look, no blanks at its end."""
    seen = list(line)
    while seen and not classes(seen[-1]) and printable(seen[-1].data) in {"", " "}:
        seen.pop()
    for look, stretch in groupby(seen, key=classes):
        text = "".join(printable(char.data) for char in stretch)
        yield h.span(class_=look)[text] if look else text


def printable(text: str) -> str:
    """Return a character, or a blank for one that would not be seen or would turn the line."""
    return text if text.isprintable() else " "


def classes(char: Char) -> str:
    """Return the CSS classes of a character's look.

    On a coloured ground all text has the page's own ground as its colour: each of the colours is
    then to be told from it as well as it is as text.
    """
    front, ground = (char.bg, char.fg) if char.reverse else (char.fg, char.bg)
    names = []
    if ground in COLOURS:
        names.append(f"on-{ground}")
    elif char.reverse:
        names.append("on-text")
    elif front in COLOURS:
        # The bright black of a terminal of eight colours: grey.
        names.append("grey" if front == "black" and char.bold else front)
    names += [name for name in ("bold", "italics", "underscore") if getattr(char, name)]
    return " ".join(names)


def kind_of(capture: Capture, thread_id: int) -> str:
    """Say in a word what the row of an id is."""
    thread = known(capture).get(thread_id)
    return "process" if thread is not None and thread.is_process else "thread"


def known(capture: Capture) -> dict[int, KernelThread]:
    """Return what the kernel knew, by id."""
    return {thread.id: thread for thread in capture.truth}


def rows_table(capture: Capture, name: str) -> h.Element:
    """Return the table of a screen's rows: the id, whose it is, and what it is."""
    truth = known(capture)
    return h.table(".conc-rows")[
        h.caption["What each row is, from the kernel"],
        h.thead[
            h.tr[
                h.th(scope="col")["id shown"],
                h.th(scope="col")[
                    h.abbr(title="thread group id: the process that a thread belongs to")["TGID"]
                ],
                h.th(scope="col")["is"],
            ]
        ],
        h.tbody[
            (
                h.tr(data_row=str(place))[
                    h.td[h.a(href=f"#{name}-{place}")[row.id]],
                    h.td[truth[row.id].tgid if row.id in truth else "–"],
                    h.td[meaning(capture, row.id)],
                ]
                for place, row in enumerate(capture.rows)
            )
        ],
    ]


def meaning(capture: Capture, thread_id: int) -> str:
    """Say what a row is: a process, or a thread of which process, with the thread's own name."""
    thread = known(capture).get(thread_id)
    if thread is None:
        return "not known to the kernel"
    if not thread.is_process:
        leader = known(capture).get(thread.tgid)
        own = "" if leader is None or leader.name == thread.name else f", named {thread.name}"
        return f"thread of {thread.tgid}{own}"
    listed = {row.id for row in capture.rows}
    others = [one for one in capture.truth if one.tgid == thread.id and not one.is_process]
    unseen = sum(one.id not in listed for one in others)
    return f"process; {plural(unseen, 'more thread')} not listed" if unseen else "process"


def in_short(capture: Capture) -> str:
    """Say how many rows a capture has and of what: ``: 5 rows, 1 process and 4 threads``."""
    if capture.missing:
        return ": not captured here"
    parts = [plural(counted(capture, "rows of processes", capture.process_rows), "process")]
    if capture.thread_rows:
        parts.append(plural(counted(capture, "rows of threads", capture.thread_rows), "thread"))
    return f": {plural(rows_of(capture), 'row')}, {' and '.join(parts)}"


def rows_of(capture: Capture) -> Counted:
    """Return how many rows a capture has, as sentences write it."""
    return counted(capture, "rows", len(capture.rows))


def counted(capture: Capture, what: str, count: int) -> Counted:
    """Return what was counted in a capture, under the name that it has everywhere."""
    quantity = f"{EXPERIMENT}: {what} of {label(capture)} of the program {capture.program}"
    return Counted(count, quantity)


def remedy(capture: Capture) -> str:
    """Say what helps where a tool is missing."""
    if "not installed" in capture.missing:
        return f"; install it (on Debian: apt install {package(capture.tool)}), then: conc listings"
    return ""


def package(tool: str) -> str:
    """Return the Debian package of a tool."""
    return "htop" if tool == "htop" else "procps"


def plain(found: Sequence[Capture]) -> str:
    """Return all screens as text for a terminal, each with what its rows are."""
    return "\n\n".join(plain_screen(one) for one in found)


def plain_screen(capture: Capture) -> str:
    """Return a screen as text; nothing in it can drive the reader's terminal."""
    head = f"{capture.program}: {label(capture)}{figures.read(in_short(capture))}"
    if capture.missing:
        return f"{head}: {capture.missing}{remedy(capture)}"
    whats = {row.line: f"  <- {meaning(capture, row.id)}" for row in capture.rows}
    lines = [
        "".join(printable(char.data) for char in line).rstrip() + whats.get(number, "")
        for number, line in enumerate(screen_lines(capture))
    ]
    return "\n".join([head, f"$ {capture.command}", *(f"  {line}" for line in lines)])
