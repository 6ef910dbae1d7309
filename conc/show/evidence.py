"""What a view asks of a result: cases by what they are, and estimates that are computed once."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from conc import formats
from conc.records import BlockEnd, Case, Estimate, Failure, Measurement, Memory, Result, Sample
from conc.results import samples, statistics
from conc.show.current import MissingError

Difference = Literal["faster", "slower", "no difference", "undecided"]

LEAST = 0.02
"""A smaller difference is none that matters, however certain it is."""

TIE = 0.10
"""Within ±10 % of equal two models are called no different, where the interval is that narrow."""

READING = (
    "“Faster” and “slower” are said where the interval leaves out 1 and the ratio is at least "
    f"{LEAST:.0%} from it; else “no difference” where the interval stays within ±{TIE:.0%} of 1; "
    "else “undecided”."
).replace("%", " %")
"""What the words for a ratio mean, for a note below a table."""

_DECODER = msgspec.msgpack.Decoder(dict[str, Estimate | None])

PERCENTILES = (50.0, 95.0, 99.0)


class Measured:
    """One experiment's measurement, indexed; its estimates are kept."""

    def __init__(self, measurement: Measurement, cache: Path | None = None) -> None:
        """Index ``measurement``; ``cache`` is a folder where estimates outlive the process."""
        self.measurement = measurement
        self.cases = tuple(measurement.cases)
        self._failures = {failure.case: failure for failure in reversed(measurement.failures)}
        self._memory = {memory.case: memory for memory in measurement.memory}
        self._file = cache / f"{_digest(measurement)}.estimates" if cache else None
        self._estimates = _read(self._file)
        self._written = len(self._estimates)

    @property
    def workload(self) -> str:
        """The workload that the experiment is about; others, as the yardstick, stand beside it."""
        return self.cases[0].workload if self.cases else ""

    def select(self, **wanted: object) -> list[Case]:
        """Return the cases whose fields or parameters are all as wanted, in their order."""
        return [
            case
            for case in self.cases
            if all(property_of(case, name) == value for name, value in wanted.items())
        ]

    def values(self, name: str) -> list[float]:
        """Return the different numbers that a field or parameter takes, in order of size."""
        found = {property_of(case, name) for case in self.cases}
        return sorted(value for value in found if isinstance(value, int | float))

    def speedup(self, case: Case) -> Estimate | None:
        """Return the speed-up over the case's baseline, ``None`` where there is none."""
        return self._kept("speedup", case, samples.speedup)

    def ratio(self, case: Case, against: Case) -> Estimate | None:
        """Return how many times as fast a case is as another of its block, paired by round."""
        return self._kept(
            f"ratio to {against.id}",
            case,
            lambda m, i: samples.ratio(m, i, against=against.id),
        )

    def throughput(self, case: Case) -> Estimate | None:
        """Return the items per second."""
        return self._kept("throughput", case, samples.throughput)

    def wall_s(self, case: Case) -> Estimate | None:
        """Return the wall time of one execution."""
        return self._estimate("wall", case, samples.wall_s)

    def cost_s(self, case: Case) -> Estimate | None:
        """Return the wall time of one item."""
        return self._estimate("cost", case, samples.cost_per_item_s)

    def cpu_s(self, case: Case) -> Estimate | None:
        """Return the CPU time of one execution, children included."""
        return self._estimate("cpu", case, samples.cpu_s)

    def cpu_per_item_s(self, case: Case) -> Estimate | None:
        """Return the CPU time of one item, children included."""
        return self._estimate("cpu per item", case, samples.cpu_per_item_s)

    def switches_per_item(self, case: Case) -> Estimate | None:
        """Return the context switches of one item."""
        return self._estimate("switches", case, samples.switches_per_item)

    def latencies_s(self, case: Case) -> list[float]:
        """Return the latency of every item of every timed sample."""
        return [
            value
            for sample in self.timed(case)
            if isinstance(found := sample.values.get("latency_s"), list)
            for value in found
        ]

    def percentiles_s(self, case: Case) -> tuple[float, ...] | None:
        """Return p50, p95 and p99 of the latency, ``None`` where too few were recorded."""
        values = self.latencies_s(case)
        if samples.is_wrong(self.measurement, case.id):
            return None
        return statistics.percentiles(values, PERCENTILES)

    def timed(self, case: Case) -> list[Sample]:
        """Return the timed samples of a case."""
        return samples.timed(self.measurement, case.id)

    def memory(self, case: Case) -> Memory | None:
        """Return the memory that was read for a case."""
        return self._memory.get(case.id)

    def failure(self, case: Case) -> Failure | None:
        """Return why a case gave no figure, where it failed."""
        return self._failures.get(case.id)

    def ends(self) -> Iterator[BlockEnd]:
        """Yield how each block of rounds ended."""
        yield from self.measurement.ends

    def keep(self) -> None:
        """Write estimates that were computed since the last time."""
        if self._file is None or len(self._estimates) == self._written:
            return
        self._written = len(self._estimates)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_bytes(msgspec.msgpack.encode(self._estimates))
        except OSError:
            pass  # a folder that can't be written costs time, not the page

    def _estimate(self, name: str, case: Case, quantity: samples.Quantity) -> Estimate | None:
        return self._kept(name, case, lambda m, i: samples.estimate(m, i, quantity))

    def _kept(
        self, name: str, case: Case, compute: Callable[[Measurement, str], Estimate | None]
    ) -> Estimate | None:
        key = f"{name} of {case.id}"
        if key not in self._estimates:
            self._estimates[key] = compute(self.measurement, case.id)
        return self._estimates[key]


class Evidence:
    """A result as views read it."""

    def __init__(self, result: Result, cache: Path | None = None) -> None:
        """Read ``result``; nothing is computed before it is asked for.

        ``cache`` is a folder where estimates may be kept from one build to the next.
        """
        self.result = result
        self._cache = cache
        self._measured: dict[str, Measured] = {}

    @property
    def cores(self) -> float:
        """How many cores the measured process could use."""
        return self.result.machine.usable_cores

    @property
    def whole_cores(self) -> int:
        """The usable cores as a worker count: a quota of half a core still runs one worker."""
        return max(1, int(self.cores))

    def of(self, experiment: str) -> Measured:
        """Return an experiment's measurement. Raises MissingError where there is none."""
        measurement = self.result.measurements.get(experiment)
        if measurement is None:
            raise MissingError(
                f"{experiment} has not been measured; measure it with: conc measure {experiment}"
            )
        if experiment not in self._measured:
            self._measured[experiment] = Measured(measurement, self._cache)
        return self._measured[experiment]

    def keep(self) -> None:
        """Write new estimates to the folder, for the next build."""
        for measured in self._measured.values():
            measured.keep()


def difference(estimate: Estimate) -> Difference:
    """Say what a ratio over a baseline shows, by its size and its whole interval.

    See :data:`READING` for what each word asks.
    """
    if not formats.has_interval(estimate):
        return "undecided"
    if estimate.low > 1 and estimate.value >= 1 + LEAST:
        return "faster"
    if estimate.high < 1 and estimate.value <= 1 / (1 + LEAST):
        return "slower"
    narrow = estimate.low >= 1 / (1 + TIE) and estimate.high <= 1 + TIE
    return "no difference" if narrow else "undecided"


def failed(failure: Failure | None) -> str:
    """Say in a table's cell that there is no figure, and why."""
    if failure is None:
        return "no figure"
    return f"failed: {failure.kind}" + (f" ({failure.detail})" if failure.detail else "")


def property_of(case: Case, name: str) -> object:
    """Return a field or a parameter of a case; ``None`` for a parameter that it lacks."""
    if name in {"workload", "model", "workers", "block"}:
        return getattr(case, name)
    return case.parameters.get(name)


def _digest(measurement: Measurement) -> str:
    """Hash all that an estimate depends on: the raw samples, and the code that computes it."""
    digest = hashlib.sha256(msgspec.msgpack.encode(measurement))
    for code in (samples, statistics):
        digest.update(Path(str(code.__file__)).read_bytes())
    return digest.hexdigest()[:32]


def _read(file: Path | None) -> dict[str, Estimate | None]:
    try:
        return _DECODER.decode(file.read_bytes()) if file else {}
    except (OSError, msgspec.DecodeError):
        return {}  # not there yet, or cut off: computed again
