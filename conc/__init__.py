"""Measure Python's concurrency models on this machine, judge what is claimed of them, show it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conc.trying import try_function

__all__ = ["try_function"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import what ``conc`` offers to Python when it is asked for: workers import conc as well."""
    if name == "try_function":
        return getattr(import_module("conc.trying"), name)
    raise AttributeError(f"module 'conc' has no attribute {name!r}")
