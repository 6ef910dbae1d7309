"""A call that may hang, made in a thread that is then left behind."""

import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class LateError(Exception):
    """A call was not done in time; what it raises itself is never one."""


def in_time(limit_s: float, call: Callable[[], Result]) -> Result:
    """Make a call in a thread of its own, which has no event loop, and return what it returns.

    Raises what it raises, and :class:`LateError` where it is not done in time: the thread stays.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def called() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - raised by who waits
            errors.append(error)

    thread = threading.Thread(target=called, daemon=True)
    thread.start()
    thread.join(limit_s)
    for error in errors:
        raise error
    if not results:
        raise LateError(f"no answer within {limit_s:g} s")
    return results[0]
