"""A function that takes no argument, called as if it took one.

It stands alone: worker processes and interpreters import it, and nothing more of conc for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WithoutItem:
    """Calls a function without the item that it is given."""

    function: Callable[[], Any]

    def __call__(self, _item: object) -> Any:  # noqa: ANN401 - whatever the function returns
        """Call the function."""
        return self.function()
