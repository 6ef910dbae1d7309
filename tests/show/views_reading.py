"""Reading a view in a test: cells by the text of their row and the key of their column."""

from collections.abc import Callable, Mapping

import msgspec

from conc.experiments.registry import get
from conc.records import Case, Failure, Result, Value
from conc.show.tables import Cell, Table
from tests.invented.results import SecondsOf, invented_result, plausible_seconds

Count = Callable[[Case], Mapping[str, Value]]


def measured(  # noqa: PLR0913 - a test names only what it is about
    name: str,
    count: Count | None = None,
    *,
    seconds_of: SecondsOf | None = None,
    cores: int = 2,
    noise: float = 0.01,
    interpreters: bool = False,
    gil: bool = True,
) -> Result:
    """Return a result of one experiment whose samples count what ``count`` says."""
    return invented_result(
        [get(name)],
        values_of=lambda case, *_: dict(count(case)) if count else {},
        seconds_of=seconds_of or (lambda case: plausible_seconds(case, cores)),
        cores=cores,
        noise=noise,
        interpreters=interpreters,
        gil=gil,
    )


def without_samples(result: Result, experiment: str, gone: Callable[[Case], bool]) -> Result:
    """Return a result in which some cases of an experiment crashed."""
    before = result.measurements[experiment]
    crashed = {case.id for case in before.cases if gone(case)}
    after = msgspec.structs.replace(
        before,
        samples=[sample for sample in before.samples if sample.case not in crashed],
        failures=[Failure(case=one, run=0, kind="crashed", detail="") for one in sorted(crashed)],
    )
    return msgspec.structs.replace(result, measurements={experiment: after})


def rows_of(table: Table) -> list[dict[str, Cell]]:
    """Return the rows as cells by the key of their column."""
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def row(table: Table, **wanted: str) -> dict[str, Cell]:
    """Return the only row whose cells have these texts."""
    (found,) = [
        row for row in rows_of(table) if all(row[key].text == text for key, text in wanted.items())
    ]
    return found
