"""Finding the processes that a test has started, by a mark in their environment."""

import os
import time

import psutil

LIMIT_S = 10.0


def marked(mark: str) -> list[psutil.Process]:
    """Return the other living processes that inherited ``CONC_TEST`` with this value."""
    found = []
    for process in psutil.process_iter():
        try:
            if (
                process.pid != os.getpid()
                and process.environ().get("CONC_TEST") == mark
                and process.status() != psutil.STATUS_ZOMBIE
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


def wait_until_none_is_left(mark: str, *, but: int = 0) -> None:
    """Fail if more marked processes live on: those killed just now are given a moment."""
    until_s = time.monotonic() + LIMIT_S
    while len(left := marked(mark)) > but and time.monotonic() < until_s:
        time.sleep(0.02)
    assert len(left) <= but, left
