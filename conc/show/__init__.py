"""What was measured as strings: charts, tables and sentences for pages and terminals.

A page's block asks by name, about the result that is being shown::

    from conc import show
    print(show.chart("cpu-bound/speed-up"))
"""

from conc.show.blocks import (
    chart,
    downloads,
    machines_count,
    machines_differing,
    machines_matrix,
    machines_ratios,
    more_screens,
    screen,
    sections_table,
    sentence,
    surprises,
    table,
    timeline,
    verdict,
    verdict_counts,
    verdicts_table,
    versions_changes,
    versions_summary,
    versions_table,
)

__all__ = [
    "chart",
    "downloads",
    "machines_count",
    "machines_differing",
    "machines_matrix",
    "machines_ratios",
    "more_screens",
    "screen",
    "sections_table",
    "sentence",
    "surprises",
    "table",
    "timeline",
    "verdict",
    "verdict_counts",
    "verdicts_table",
    "versions_changes",
    "versions_summary",
    "versions_table",
]
