"""What the small experiments count themselves, read from their samples for charts and tables."""

from collections.abc import Sequence

from conc import formats
from conc.records import Case, Estimate, Sample
from conc.results import samples, statistics
from conc.show.evidence import Measured, failed
from conc.show.tables import Cell
from conc.show.views.cells import NONE


def numbers(measured: Measured, case: Case, name: str) -> list[float]:
    """Return the number ``name`` of each timed sample of a case, in the order of the samples."""
    return [
        float(value)
        for sample in measured.timed(case)
        if isinstance(value := sample.values.get(name), int | float)
    ]


def pooled(measured: Measured, case: Case, name: str) -> list[float]:
    """Return the values of the list ``name`` of all timed samples of a case together."""
    return [
        value
        for sample in measured.timed(case)
        if isinstance(found := sample.values.get(name), list)
        for value in found
    ]


def estimate(measured: Measured, case: Case, name: str) -> Estimate | None:
    """Estimate the median of the number ``name``; ``None`` where no sample has it."""

    def read(sample: Sample, _: Case) -> float | None:
        value = sample.values.get(name)
        return float(value) if isinstance(value, int | float) else None

    return samples.estimate(measured.measurement, case.id, read)


def percentiles(values: Sequence[float], *qs: float) -> tuple[float, ...] | None:
    """Return percentiles of ``values`` (0 to 100), ``None`` where one has no value beyond it."""
    return statistics.percentiles(values, qs)


def cores_used(measured: Measured, case: Case) -> Estimate | None:
    """Estimate CPU time over wall time; ``None`` where the system gives no CPU time."""
    return samples.estimate(measured.measurement, case.id, samples.cores_in_use)


def no_figure(measured: Measured, case: Case) -> Cell:
    """Say that a case gave no figure, and why."""
    return Cell(failed(measured.failure(case)))


def missing(measured: Measured, case: Case, width: int) -> tuple[Cell, ...]:
    """Fill the ``width`` cells of a case that gave no figure."""
    return (no_figure(measured, case), *(NONE,) * (width - 1))


def samples_taken(measured: Measured, case: Case) -> Cell:
    """Say on how many samples a row rests."""
    taken = len(measured.timed(case))
    return Cell(formats.count(taken), taken)
