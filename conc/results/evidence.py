"""The reader of a result: cases by what they are, what samples counted, and estimates.

Rules, pages, advice and the terminal all read through it, so a figure is estimated once: under
the name of its quantity, its case and its level.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

import msgspec

from conc.errors import MissingError
from conc.experiments.parts.yardstick import WORKLOAD as YARDSTICK
from conc.figures import Counted
from conc.records import Case, Estimate, Failure, Measurement, Memory, Result, Sample
from conc.results import quantities, samples, statistics
from conc.results.quantities import Quantity
from conc.results.statistics import LEVEL

PERCENTILES = (50.0, 95.0, 99.0)


class Measured:
    """What one experiment measured, indexed; its estimates are kept.

    An estimate is ``None`` where no timed sample gives it, or where the case gave a wrong answer.
    ``level`` is the confidence of its interval.
    """

    def __init__(self, measurement: Measurement, cores: float = math.inf) -> None:
        """Index ``measurement``, of a machine with so many usable ``cores``, if that is known."""
        self.measurement = measurement
        self._cores = cores
        self.cases = tuple(measurement.cases)
        self._timed: dict[str, list[Sample]] = {}
        for sample in measurement.samples:
            if not sample.warmup:
                self._timed.setdefault(sample.case, []).append(sample)
        self._failures = {failure.case: failure for failure in reversed(measurement.failures)}
        self._memory = {memory.case: memory for memory in measurement.memory}
        self._estimates: dict[str, Estimate | None] = {}

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

    def timed(self, case: Case) -> list[Sample]:
        """Return the samples of a case without its warm-ups, in the order they were taken."""
        return self._timed.get(case.id, [])

    def is_usable(self, case: Case) -> bool:
        """Tell whether a case gave samples, and the same answer as its group."""
        return case.id in self._timed and not samples.is_wrong(self.measurement, case.id)

    def memory(self, case: Case) -> Memory | None:
        """Return the memory that was read for a case."""
        return self._memory.get(case.id)

    def failure(self, case: Case) -> Failure | None:
        """Return why a case gave no figure, where it failed."""
        return self._failures.get(case.id)

    def each(self, case: Case, quantity: Quantity) -> list[float]:
        """Return a quantity of each timed sample that has it, in the order of the samples."""
        found = (quantity.read(sample, case) for sample in self.timed(case))
        return [value for value in found if value is not None]

    def pooled(self, case: Case, name: str) -> list[float]:
        """Return the values of the list ``name`` of all timed samples of a case together."""
        return [
            value
            for sample in self.timed(case)
            if isinstance(found := sample.values.get(name), list)
            for value in found
        ]

    def latencies_s(self, case: Case) -> list[float]:
        """Return the latency of every item of every timed sample."""
        return self.pooled(case, "latency_s")

    def percentiles_s(self, case: Case) -> list[Counted | None]:
        """Return p50, p95 and p99 of the latency, each ``None`` where too few were recorded."""
        latencies_s = [] if samples.is_wrong(self.measurement, case.id) else self.latencies_s(case)
        return [self.percentile(case, "latency_s", latencies_s, q) for q in PERCENTILES]

    def percentile(
        self, case: Case, name: str, values: Sequence[float], q: float
    ) -> Counted | None:
        """Return a percentile of the values ``name`` of all samples, if one can lie beyond it."""
        found = statistics.percentile(values, q)
        what = f"percentile {q:g} of all {name} of {case.id}"
        return None if found is None else self.counted(what, found)

    def speedup(self, case: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return the speed-up over the case's baseline, paired by round.

        It is ``None`` as well where the two were not timed in the same rounds.
        """
        return self._paired(case, case.against, level)

    def ratio(self, case: Case, against: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return how many times as fast a case is as another, as :meth:`speedup`."""
        return self._paired(case, against.id, level)

    def less(self, case: Case, quantity: Quantity, *, level: float = LEVEL) -> Estimate | None:
        """Return a quantity of a case's baseline as a multiple of the case's, paired by round."""
        block = self.select(block=case.block)
        baseline = next((other for other in block if other.id == case.against), None)
        return self.relative(baseline, case, quantity, level=level) if baseline else None

    def together(
        self, pairs: Iterable[tuple[Case, Case]], *, level: float = LEVEL
    ) -> Estimate | None:
        """Return how many times as fast cases are as others in the mean, pair by pair.

        It is ``None`` as well where two of a pair were not timed in the same rounds.
        """
        pairs = list(pairs)
        if any(case.block != than.block for case, than in pairs):
            return None
        if len(pairs) == 1:
            return self.ratio(*pairs[0], level=level)
        ids = [(case.id, than.id) for case, than in pairs]
        said = ", ".join(f"{case} over {than}" for case, than in ids)
        return self._kept(
            f"speed-up together of {said}",
            level,
            lambda at: samples.ratio_together(self.measurement, ids, level=at),
        )

    def relative(
        self, case: Case, than: Case, quantity: Quantity, *, level: float = LEVEL
    ) -> Estimate | None:
        """Return a quantity of a case as a multiple of that of another, paired by round."""
        if case.block != than.block:
            return None
        return self._kept(
            f"{quantity.name} of {case.id} against that of {than.id}",
            level,
            lambda at: samples.ratio(
                self.measurement, than.id, quantity, against=case.id, level=at
            ),
        )

    def relative_speedup(self, case: Case, than: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return the speed-up of a case as a multiple of another's, paired by round."""
        return self._kept(
            f"speed-up of {case.id} against that of {than.id}",
            level,
            lambda at: samples.relative_speedup(self.measurement, case.id, than.id, level=at),
        )

    def counted(self, what: str, value: float) -> Counted:
        """Return a value without an interval under its name."""
        return Counted(value, self.name(what))

    def throughput(self, case: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return the items per second."""
        return self._kept(
            f"throughput of {case.id}",
            level,
            lambda at: samples.throughput(self.measurement, case.id, level=at),
        )

    def estimate(self, case: Case, quantity: Quantity, *, level: float = LEVEL) -> Estimate | None:
        """Return the centre of a quantity; its interval is not taken below zero.

        That of the cores in use is not taken above the usable ones.
        """
        most = self._cores if quantity is quantities.CORES_IN_USE else math.inf
        return self._kept(
            f"{quantity.name} of {case.id}",
            level,
            lambda at: samples.estimate(self.measurement, case.id, quantity, level=at, most=most),
        )

    def wall_s(self, case: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return the wall time of one execution."""
        return self.estimate(case, quantities.WALL_S, level=level)

    def cost_s(self, case: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return the wall time of one item."""
        return self.estimate(case, quantities.COST_S, level=level)

    def cpu_s(self, case: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return the CPU time of one execution, children included."""
        return self.estimate(case, quantities.CPU_S, level=level)

    def cpu_per_item_s(self, case: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return the CPU time of one item, children included."""
        return self.estimate(case, quantities.CPU_PER_ITEM_S, level=level)

    def switches_per_item(self, case: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return the context switches of one item."""
        return self.estimate(case, quantities.SWITCHES_PER_ITEM, level=level)

    def cores_in_use(self, case: Case, *, level: float = LEVEL) -> Estimate | None:
        """Return CPU time over wall time: 1 is one core in full use."""
        return self.estimate(case, quantities.CORES_IN_USE, level=level)

    def parallelism(self) -> dict[int, Estimate]:
        """Return what the yardstick saw: so many processes that spin alone, so many cores' worth.

        An item is a process, so its speed-up over one process is the parallelism that the machine
        really gave; 1 process is left out. Empty where the experiment has no yardstick arm.
        """
        return {
            case.workers: found
            for case in self.select(workload=YARDSTICK)
            if (found := self.speedup(case))
        }

    def noise_floor(self) -> Estimate | None:
        """Return the ratio of a baseline to its own repetition: 1, but for the noise.

        That A/A arm is the first case with the parameter ``twin``. How far its interval reaches
        from 1 is what no comparison of this session can go below. ``None`` without such a case.
        """
        twins = (case for case in self.cases if case.parameters.get(samples.TWIN))
        return next(map(self.speedup, twins), None)

    def stalled(self, case: Case) -> float | None:
        """Return the median share of a case's samples in which some task waited for a CPU.

        ``None`` where the system can't say. A case with more workers than cores stalls itself: ask
        a case with one worker how busy the machine was.
        """
        shares = [sample.stalled for sample in self.timed(case) if sample.stalled is not None]
        return median(shares) if shares else None

    def _paired(self, case: Case, against: str, level: float) -> Estimate | None:
        def compute(at: float) -> Estimate | None:
            if all(other.id != against for other in self.select(block=case.block)):
                return None
            return samples.ratio(self.measurement, case.id, against=against, level=at)

        return self._kept(f"speed-up of {case.id} over {against}", level, compute)

    def _kept(
        self, what: str, level: float, compute: Callable[[float], Estimate | None]
    ) -> Estimate | None:
        """Return an estimate under its name, with the ends of the interval that readers see."""
        key = f"{what}, at {level}"
        if key not in self._estimates:
            found = compute(level)
            if found is not None:
                shown = None if level == LEVEL else self._kept(what, LEVEL, compute)
                found = msgspec.structs.replace(
                    found, quantity=self.name(what), shown=shown and (shown.low, shown.high)
                )
            self._estimates[key] = found
        return self._estimates[key]

    def name(self, what: str) -> str:
        """Return the name of a quantity of this experiment, under which every page shows it."""
        return f"{self.measurement.experiment}: {what}"


class Evidence:
    """A result as everything reads it that judges or shows one."""

    def __init__(
        self, result: Result, withheld: Mapping[str, Sequence[Failure]] | None = None
    ) -> None:
        """Read ``result``; nothing is computed before it is asked for.

        ``withheld`` are cases of each experiment that count as failed, beside those that did.
        """
        self.result = result
        self._withheld = withheld or {}
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
            failures = [*measurement.failures, *self._withheld.get(experiment, ())]
            measurement = msgspec.structs.replace(measurement, failures=failures)
            self._measured[experiment] = Measured(measurement, self.cores)
        return self._measured[experiment]

    def has_gil(self, experiment: str) -> bool:
        """Return whether the GIL was on while ``experiment`` ran: an import can switch it on.

        Raises as :meth:`of`.
        """
        gil = self.of(experiment).measurement.gil
        return self.result.interpreter.gil if gil is None else gil


def property_of(case: Case, name: str) -> object:
    """Return a field or a parameter of a case; ``None`` for a parameter that it lacks."""
    if name in {"workload", "model", "workers", "block"}:
        return getattr(case, name)
    return case.parameters.get(name)
