"""What the small experiments count themselves, read from their samples for charts and tables."""

from collections.abc import Sequence

from conc.records import Case, Estimate
from conc.results import statistics
from conc.results.evidence import Measured
from conc.results.quantities import counted


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
    """Estimate the median of the number ``name``; ``None`` where no sample has it."""
    return measured.estimate(case, counted(name))


def percentiles(values: Sequence[float], *qs: float) -> tuple[float, ...] | None:
    """Return percentiles of ``values`` (0 to 100), ``None`` where one has no value beyond it."""
    return statistics.percentiles(values, qs)


def middle(measured: Measured, case: Case, name: str) -> float | None:
    """Return the median of the number ``name``, without an interval."""
    found = percentiles(numbers(measured, case, name), 50)
    return found[0] if found else None


def cores_used(measured: Measured, case: Case) -> Estimate | None:
    """Estimate CPU time over wall time; ``None`` where the system gives no CPU time."""
    return measured.cores_in_use(case)
