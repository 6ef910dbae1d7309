"""Why something failed, in one line that names no path and so no person."""

import re
import traceback
from pathlib import PurePath

LONGEST = 300
"""How many characters of a failure's detail are kept."""

_QUOTED_FOLDER = re.compile(r"""(["'])(?:[A-Za-z]:)?[\\/](?:[^"'\n]*[\\/])?(?=[^"'\n]*\1)""")
_FOLDER = re.compile(r"""(?<![\w.:/\\])(?:[A-Za-z]:)?[\\/](?:[^\s\\/"']+[\\/])+""")
_FATAL = "Fatal Python error: "
_TOLD_TO_DUMP = "Aborted"
_FRAME = re.compile(r'File "([^"]+)", line (\d+) in (.+)')


def one_line(text: str) -> str:
    """Return text without its line ends and the folders of its absolute paths, cut to a length."""
    line = " ".join(text.split())
    return _FOLDER.sub("", _QUOTED_FOLDER.sub(r"\1", line))[:LONGEST]


def of_exception(error: BaseException) -> str:
    """Say what was raised and where; of a group of exceptions, the first of its leaves."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return one_line(said)
    last = frames[-1]
    return one_line(f"{said} ({PurePath(last.filename).name}:{last.lineno}, {last.name})")


def last_words(errors: str) -> str:
    """Return what a process' standard error says of its end: the innermost frame or last line."""
    _, fatal, dump = errors.rpartition(_FATAL)
    if not fatal:
        lines = errors.strip().splitlines()
        return one_line(lines[-1]) if lines else ""
    reason = dump.partition("\n")[0].removeprefix(_TOLD_TO_DUMP)
    # Python's own dump names the thread at fault first, the innermost frame on top.
    frame = _FRAME.search(dump)
    if frame is None:
        return one_line(reason)
    file, line, function = frame.groups()
    return one_line(f"{reason} at {PurePath(file).name}:{line}, {function}")
