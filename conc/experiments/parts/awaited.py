"""A coroutine function as a plain one, for pools; apart, for importing asyncio takes a while."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Awaited:
    """Awaits a coroutine function in an event loop of its own."""

    function: Callable[[Any], Coroutine[Any, Any, Any]]

    def __call__(self, item: object) -> Any:  # noqa: ANN401 - whatever the function returns
        """Call the function and wait for its answer."""
        return asyncio.run(self.function(item))
