"""The functions of a snippet that pages show, one for each model."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from conc.models import ModelName


def run_of(snippet: ModuleType, model: ModelName) -> Callable[..., Any] | None:
    """Return ``run_MODEL`` of a snippet; ``None`` where no page shows one for this model."""
    run: Callable[..., Any] | None = getattr(snippet, f"run_{model}", None)
    return run
