"""What was measured as strings: charts, tables and sentences for pages and terminals.

A page's block asks by name, about the result that is being shown::

    from conc import show
    print(show.chart("cpu-bound/speed-up"))
"""

from conc.show.blocks import (
    agreement,
    answer,
    chart,
    clone,
    downloads,
    flowchart,
    in_short,
    last_measured,
    machines_count,
    machines_differing,
    machines_matrix,
    machines_ratios,
    more_screens,
    rule_changes,
    screen,
    sections_table,
    sentence,
    simulated,
    surprises,
    table,
    timeline,
    turned_verdicts,
    verdict,
    verdict_bar,
    verdict_counts,
    verdicts_table,
    without_clone,
)

__all__ = [
    "agreement",
    "answer",
    "chart",
    "clone",
    "downloads",
    "flowchart",
    "in_short",
    "last_measured",
    "machines_count",
    "machines_differing",
    "machines_matrix",
    "machines_ratios",
    "more_screens",
    "rule_changes",
    "screen",
    "sections_table",
    "sentence",
    "simulated",
    "surprises",
    "table",
    "timeline",
    "turned_verdicts",
    "verdict",
    "verdict_bar",
    "verdict_counts",
    "verdicts_table",
    "without_clone",
]
