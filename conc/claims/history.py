"""What many rounds say together: which claims held everywhere, and which key ratios changed.

All of it is pure, so that invented rounds and simulated series tell how right it is.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

from conc.claims.rounds import Column, Round, is_decided
from conc.records import Estimate, Outcome

YEAR = 12
"""So many months back the question goes which claims held all year."""

EARLIER = 6
"""So many earlier changes tell how much a series changes by itself; of fewer nothing is said."""

LASTS = 3
"""So many rounds in a row have to lie apart before a change is said: an odd one is none."""

APART = 3.0
"""How many quartile ranges above the third quartile of its earlier changes a change has to be."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a claim stood in all columns of some rounds."""

    claim: str
    counts: Counter[Outcome]

    @property
    def total(self) -> int:
        """In how many columns it was judged."""
        return self.counts.total()

    @property
    def decided(self) -> int:
        """In how many it was decided."""
        return sum(count for outcome, count in self.counts.items() if is_decided(outcome))

    @property
    def held_everywhere(self) -> bool:
        """Whether it held in every column of every round."""
        return 0 < self.total == self.counts["holds"]

    @property
    def held_where_decided(self) -> bool:
        """Whether no column that decided it said otherwise, but not all decided it."""
        return 0 < self.decided == self.counts["holds"] < self.total

    @property
    def one_outcome(self) -> Outcome | None:
        """What every column that decided it said; ``None`` where they differ or none did."""
        decided = [outcome for outcome in self.counts if is_decided(outcome)]
        return decided[0] if len(decided) == 1 else None


@dataclass(frozen=True, slots=True)
class Moment:
    """A key ratio in one round, and whose it is."""

    month: str
    rules: int
    column: Column
    estimate: Estimate


def last_year(rounds: Sequence[Round]) -> tuple[Round, ...]:
    """Return the rounds of the last twelve months, up to the newest; the oldest first."""
    if not rounds:
        return ()
    ordered = sorted(rounds, key=lambda one: one.month)
    newest = number(ordered[-1].month)
    return tuple(one for one in ordered if number(one.month) > newest - YEAR)


def standings(rounds: Sequence[Round], claims: Sequence[str]) -> list[Standing]:
    """Return how each claim stood in all columns of some rounds."""
    columns = [column for one in rounds for column in one.measured]
    return [
        Standing(claim, Counter(one.verdicts[claim] for one in columns if claim in one.verdicts))
        for claim in claims
    ]


def places(rounds: Sequence[Round]) -> list[tuple[str, str]]:
    """Return each place that any round measured: an image, and which Python."""
    found = {column.place for one in rounds for column in one.measured}
    return sorted(found)


def moments(rounds: Sequence[Round], place: tuple[str, str], key: str) -> list[Moment]:
    """Return a key ratio of a place over the rounds, the oldest first; gaps are left out."""
    return [
        Moment(one.month, one.rules, column, column.figures[key])
        for one in sorted(rounds, key=lambda one: one.month)
        for column in one.measured
        if column.place == place and key in column.figures
    ]


def by_machine(series: Sequence[Moment]) -> list[list[Moment]]:
    """Return a series apart by machine: behind one image name may be another CPU."""
    apart: dict[str, list[Moment]] = {}
    for moment in series:
        apart.setdefault(moment.column.machine_id, []).append(moment)
    return [*apart.values()]


def changes(series: Sequence[Moment]) -> list[Moment]:
    """Return the moments from which on a ratio is another, on one machine."""
    found = []
    for of_machine in by_machine(series):
        ratios = [math.log(one.estimate.value) for one in of_machine if one.estimate.value > 0]
        if len(ratios) == len(of_machine):
            found += [of_machine[place] for place in changed(ratios)]
    return sorted(found, key=lambda one: one.month)


def changed(values: Sequence[float]) -> list[int]:
    """Return the places from which on values stand apart from all before them, beyond their spread.

    What values change by from one to the next tells their spread: its third quartile and three
    times its quartile range. A change stands apart from all values since the change before, by
    more than that, and does so :data:`LASTS` times in a row.
    """
    found: list[int] = []
    start = 0
    for place in range(len(values) - LASTS + 1):
        earlier = values[start:place]
        limit = spread(earlier)
        if limit is None:
            continue
        late = values[place : place + LASTS]
        if min(late) > max(earlier) + limit or max(late) < min(earlier) - limit:
            found.append(place)
            start = place
    return found


def spread(values: Sequence[float]) -> float | None:
    """Return how far a value has to be from its neighbours for more than their own spread.

    ``None`` of fewer than :data:`EARLIER` changes from one to the next.
    """
    steps = [abs(after - before) for before, after in pairwise(values)]
    if len(steps) < EARLIER:
        return None
    first, _, third = quantiles(steps, n=4, method="inclusive")
    return third + APART * (third - first)


def marks(series: Sequence[Moment]) -> Iterator[tuple[Moment, list[str]]]:
    """Yield each moment at which Python, the image or the rules were others than before."""
    for before, now in pairwise(series):
        said = []
        if before.column.version != now.column.version:
            said.append(f"Python {before.column.version}, then {now.column.version}")
        if before.column.machine_id != now.column.machine_id:
            said.append(f"CPU {before.column.cpu}, then {now.column.cpu}")
        elif _kernel(before) != _kernel(now):
            said.append(f"kernel {_kernel(before)}, then {_kernel(now)}")
        if before.rules != now.rules:
            said.append(f"rules {before.rules}, then {now.rules}")
        if said:
            yield now, said


def number(month: str) -> int:
    """Return a month as a number that counts on."""
    year, of_year = month.split("-")
    return int(year) * YEAR + int(of_year)


def _kernel(moment: Moment) -> str:
    """Return the kernel's version without its patches, of which there are some every month."""
    kernel = moment.column.machine.kernel if moment.column.machine else ""
    return ".".join(kernel.split(".")[:2])
