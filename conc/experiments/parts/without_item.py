"""What a pool's workers import of ours to call a reader's function.

It stands alone: worker processes and interpreters import it, and nothing more of conc for it.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WithoutItem:
    """Calls a function without the item that it is given."""

    function: Callable[[], Any]

    def __call__(self, _item: object) -> Any:  # noqa: ANN401 - whatever the function returns
        """Call the function."""
        return self.function()


@dataclass(frozen=True, slots=True)
class Everything:
    """Calls a function for many items and keeps the answers to itself."""

    function: Callable[[Any], Any]

    def __call__(self, items: Sequence[object]) -> int:
        """Return how many calls were made."""
        for item in items:
            self.function(item)
        return len(items)


def take_path(path: list[str]) -> None:
    """Look for modules where another interpreter of this process does."""
    sys.path[:] = path
