"""A real pseudo-terminal with a real screen, to run a full-screen tool in. POSIX only."""

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from conc.measure.listings.programs import NotCaptured
from conc.measure.processes import kill_group
from conc.results.screen import blank

POLL_S = 0.02
END_LIMIT_S = 1.0
CHUNK = 65536


class Terminal:
    """A command in a pseudo-terminal of a fixed size, whatever the user's own terminal is."""

    def __init__(
        self,
        command: list[str],
        environment: Mapping[str, str],
        folder: Path,
        size: tuple[int, int],
    ) -> None:
        """Start ``command``; ``size`` is width and height in characters."""
        self.raw = bytearray()
        self._screen, self._stream = blank(*size)
        self._master, slave = pseudo_terminal(*size)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a tool, with our own words
                command,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        except OSError:
            os.close(self._master)
            raise
        finally:
            os.close(slave)

    def __enter__(self) -> Self:
        """Return the terminal itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill what still runs and give the terminal back."""
        kill_group(self._process)
        os.close(self._master)

    @property
    def lines(self) -> list[str]:
        """The screen as it stands."""
        return list(self._screen.display)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._master, keys)

    def read_until(self, seen: Callable[[list[str]], bool], limit_s: float) -> bool:
        """Draw what comes until the screen's lines satisfy ``seen``; False at the limit."""
        end = time.monotonic() + limit_s
        while not seen(self.lines):
            if time.monotonic() > end:
                return False
            self._draw(POLL_S)
        return True

    def read_for(self, seconds: float) -> None:
        """Draw what comes for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._draw(left)

    def read_until_quiet(self, quiet_s: float, limit_s: float) -> None:
        """Draw until nothing came for ``quiet_s``, so that no frame is half drawn."""
        end = time.monotonic() + limit_s
        while self._draw(quiet_s) and time.monotonic() < end:
            pass

    def quit(self, key: bytes) -> None:
        """Press the key that ends the tool and wait until it has; what it draws is not kept."""
        self.type(key)
        end = time.monotonic() + END_LIMIT_S
        while self._process.poll() is None and time.monotonic() < end:
            with suppress(OSError):
                self._read(POLL_S)

    def _draw(self, timeout_s: float) -> bool:
        """Wait for output and draw it; False where none came in time."""
        try:
            data = self._read(timeout_s)
        except OSError as error:  # Linux says EIO, not end of file, once the tool has gone
            last = next((line.strip() for line in reversed(self.lines) if line.strip()), "nothing")
            raise NotCaptured(f"the tool ended by itself; its last line: {last}") from error
        self.raw += data
        self._stream.feed(data)
        return bool(data)

    def _read(self, timeout_s: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], timeout_s)
        return os.read(self._master, CHUNK) if ready else b""


def pseudo_terminal(width: int, height: int) -> tuple[int, int]:
    """Return the two ends of a new pseudo-terminal. Raises NotCaptured where there is none."""
    if sys.platform != "win32":
        try:
            master, slave = pty.openpty()
        except OSError as error:
            raise NotCaptured(f"there is no pseudo-terminal to be had here ({error})") from error
        termios.tcsetwinsize(slave, (height, width))
        return master, slave
    raise NotCaptured("there is no pseudo-terminal to be had on Windows")
