"""From the bytes that a tool wrote in a terminal to the screen that they drew."""

import pyte

from conc.errors import ConcError

PID_COLUMNS = ("LWP", "PID")
"""The columns that can name a row's thread, the more exact one first."""


def blank(width: int, height: int) -> tuple[pyte.Screen, pyte.ByteStream]:
    """Return an empty screen, on which a line feed ends a line, and the stream that draws on it."""
    screen = pyte.Screen(width, height)
    screen.set_mode(pyte.modes.LNM)
    return screen, pyte.ByteStream(screen)


def replay(raw: bytes, width: int, height: int) -> pyte.Screen:
    """Draw the bytes of a capture and return the screen.

    Raises ConcError where they are no terminal output, as in a damaged or hostile file.
    """
    screen, stream = blank(width, height)
    try:
        stream.feed(raw)
        _ = screen.display  # half a wide character can't be read back
    except Exception as error:  # pyte raises whatever a sequence that it does not know leads to
        raise ConcError(
            f"a capture's bytes are no terminal output ({type(error).__name__})"
        ) from error
    return screen


def header_line(lines: list[str]) -> int | None:
    """Return the number of the line that names the columns, or None before it is drawn."""
    return next((number for number, line in enumerate(lines) if "PID" in header_names(line)), None)


def header_names(line: str) -> list[str]:
    """Return the names of the columns. htop marks the sorted one, ▽ or △, without a blank."""
    for mark in "▽△":
        line = line.replace(mark, " ")
    return line.split()


def listed(lines: list[str]) -> list[tuple[int, int]]:
    """Return (line, id) of every row below the header: of its thread where the row says it.

    Every column up to the id is one word in each row, so that its place is counted in words.
    """
    start = header_line(lines)
    if start is None:
        return []
    names = header_names(lines[start])
    place = next(names.index(name) for name in PID_COLUMNS if name in names)
    rows = []
    for number, line in enumerate(lines[start + 1 :], start + 1):
        words = line.split()
        if len(words) > place and words[place].isdigit():
            rows.append((number, int(words[place])))
    return rows
