"""What a module of views offers by name, and all of that together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from conc.results.evidence import Evidence
from conc.show.charts import Chart
from conc.show.tables import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Views:
    """Functions that make a chart, a table or a sentence of a result, by the names pages use."""

    charts: Mapping[str, Callable[[Evidence], Chart]] = field(default_factory=dict)
    tables: Mapping[str, Callable[[Evidence], Table]] = field(default_factory=dict)
    sentences: Mapping[str, Callable[[Evidence], str]] = field(default_factory=dict)


def merged(*every: Views) -> Views:
    """Return all views as one. Raises ValueError for a name that two of a kind have."""
    return Views(
        charts=_together(views.charts for views in every),
        tables=_together(views.tables for views in every),
        sentences=_together(views.sentences for views in every),
    )


def _together(parts: Iterable[Mapping[str, T]]) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for part in parts:
        if twice := found.keys() & part:
            raise ValueError(f"two views have the name {min(twice)}")
        found |= part
    return found
