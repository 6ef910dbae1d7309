"""What the small experiments count themselves, read from their samples for charts and tables."""

from conc import formats
from conc.figures import Known
from conc.records import Case, Estimate
from conc.results.evidence import Measured
from conc.results.quantities import counted, percentile_of
from conc.show.tables import Cell, Column
from conc.show.views.cells import ABSENT, known

QUARTILES = (25, 75)


def parameter(case: Case, name: str) -> float:
    """Return a parameter of a case as a number, 0 where it is none."""
    value = case.parameters.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def numbers(measured: Measured, case: Case, name: str) -> list[float]:
    """Return the number ``name`` of each timed sample of a case, in the order of the samples."""
    return measured.each(case, counted(name))


def pooled(measured: Measured, case: Case, name: str) -> list[float]:
    """Return the values of the list ``name`` of all timed samples of a case together."""
    return measured.pooled(case, name)


def estimate(measured: Measured, case: Case, name: str) -> Estimate | None:
    """Estimate the centre of the number ``name``; ``None`` where no sample has it."""
    return measured.estimate(case, counted(name))


def counted_size(measured: Measured, key: str, heading: str, meaning: str) -> Column[Case]:
    """Return the column of a number of bytes that samples name ``key``."""
    return Column(
        key,
        heading,
        lambda case: known(estimate(measured, case, key), formats.size),
        meaning,
        otherwise=ABSENT,
    )


def yes_or_no(
    measured: Measured, key: str, heading: str, answer: str, meaning: str = ""
) -> Column[Case]:
    """Return the column of what samples name ``answer``: 1 for yes, 0 for no."""
    return Column(
        key,
        heading,
        lambda case: _always(numbers(measured, case, answer)),
        meaning,
        figures=False,
        otherwise=ABSENT,
    )


def _always(seen: list[float]) -> Cell | None:
    if not seen:
        return None
    share = sum(map(bool, seen)) / len(seen)
    text = {0.0: "no", 1.0: "yes"}.get(share, f"in {formats.share(share)} of the samples")
    return Cell(text, share)


def percentile(measured: Measured, case: Case, name: str, q: float) -> Estimate | None:
    """Estimate a percentile (0 to 100) of the values ``name`` of a sample, as verdicts read it."""
    return measured.estimate(case, percentile_of(name, q))


def quarters(measured: Measured, case: Case, name: str) -> list[Known | None]:
    """Return the quartiles of the values ``name`` of a sample, each typical of all samples.

    Where samples have too few values for that, they are those of all values together. All three
    are taken alike, so that they stand in order.
    """
    low, high = QUARTILES
    typical = [percentile(measured, case, name, q) for q in (low, 50, high)]
    if None not in typical:
        return [*typical]
    values = pooled(measured, case, name)
    return [measured.percentile(case, name, values, q) for q in (low, 50, high)]


def cores_used(measured: Measured, case: Case) -> Estimate | None:
    """Estimate CPU time over wall time; ``None`` where the system gives no CPU time."""
    return measured.cores_in_use(case)
