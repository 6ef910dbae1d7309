"""What rules read from a result, and how they say that it does not suffice.

A rule asks for what it needs. Where that is missing, :class:`NotTested` names what is missing;
where it is there but too uncertain, :class:`Undecided` says why. A rule never guesses.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from statistics import median, quantiles

from conc import formats
from conc.experiments.parts.yardstick import WORKLOAD as YARDSTICK
from conc.records import Case, Estimate, Interpreter, Machine, Measurement, Result, Sample, Scalar
from conc.results import samples, statistics

LEVEL = 0.98
"""The confidence level of the intervals that verdicts rest on.

With a handful of runs an interval of 95 % covers the truth a little less often than that; at this
level a rule is wrong in at most 5 % of simulated results without an effect (tests.bench.verdicts).
"""

LEAST_COUNTS = 4
"""Fewer samples than this of something that is counted, not timed, decide nothing."""

MOST_DELAYED = 0.25
"""From this share of its time on that a lone worker waited for a CPU, the machine was busy."""

MOST_STALLED = 0.5
"""From this share of the time on in which some task waited for a CPU, the machine was busy."""

LEAST_OF_BEST_PARALLELISM = 0.9
"""Below this share of the best the yardstick gave in this session, cores were taken away."""

BEST_PERCENTILE = 90
"""The best is this percentile of the rounds: a single round can be off."""

LEAST_PARALLELISM = 1.25
"""With fewer cores' worth than this, nothing parallel could have shown."""

Reading = Callable[[Sample], float | None]
"""What is read from a sample; ``None`` where the sample does not have it."""

Numbers = dict[str, Estimate | float]
"""What a verdict rests on, by name; with an interval where there is one."""


class NotTested(Exception):  # noqa: N818 - an answer, not an error
    """The result lacks what the claim's rule needs; the message names it."""


class Undecided(Exception):  # noqa: N818 - an answer, not an error
    """The result has what the rule needs, but it does not decide; the message says why."""

    def __init__(self, reason: str, numbers: Mapping[str, Estimate | float] | None = None) -> None:
        """Keep the reason, and the numbers that did not decide."""
        super().__init__(reason)
        self.numbers = dict(numbers or {})


def counted(name: str) -> Reading:
    """Read the number ``name`` that a sample counted itself."""

    def read(sample: Sample) -> float | None:
        value = sample.values.get(name)
        return float(value) if isinstance(value, int | float) else None

    return read


def percentile_of(name: str, q: float) -> Reading:
    """Read the q-th percentile of the list ``name`` that a sample kept."""

    def read(sample: Sample) -> float | None:
        values = sample.values.get(name)
        return statistics.percentile(values, q) if isinstance(values, list) and values else None

    return read


def share_of(part: Reading, whole: Reading) -> Reading:
    """Read one number as a share of another of the same sample."""

    def read(sample: Sample) -> float | None:
        over, under = part(sample), whole(sample)
        return None if over is None or not under else over / under

    return read


def parameter(case: Case, name: str) -> float:
    """Return a parameter of a case as a number; raise :class:`NotTested` where it is none."""
    value = case.parameters.get(name)
    if not isinstance(value, int | float):
        raise NotTested(f"the case {case.id} has no number {name}")
    return float(value)


class Evidence:
    """A result, as rules read it."""

    def __init__(self, result: Result) -> None:
        """Read ``result``; nothing is computed before a rule asks."""
        self._result = result

    @property
    def machine(self) -> Machine:
        """The machine that was measured."""
        return self._result.machine

    @property
    def interpreter(self) -> Interpreter:
        """The interpreter that was measured."""
        return self._result.interpreter

    @property
    def cores(self) -> int:
        """Whole usable cores; at least one."""
        return max(1, math.floor(self.machine.usable_cores))

    def need_cores(self, least: int = 2) -> int:
        """Return the usable cores; raise :class:`NotTested` where there are fewer than needed."""
        if self.machine.usable_cores < least:
            limit = f" ({'; '.join(self.machine.limits)})" if self.machine.limits else ""
            raise NotTested(
                f"this needs {least} usable cores, and this machine has"
                f" {self.machine.usable_cores:g}{limit}"
            )
        return self.cores

    def measurement(self, experiment: str) -> Measurement:
        """Return what ``experiment`` measured; raise :class:`NotTested` where it did not run."""
        measurement = self._result.measurements.get(experiment)
        if measurement is None:
            raise NotTested(f"the experiment {experiment} has no result here")
        return measurement

    def has_gil(self, experiment: str) -> bool:
        """Return whether the GIL was on while ``experiment`` ran: an import can switch it on."""
        gil = self.measurement(experiment).gil
        return self.interpreter.gil if gil is None else gil

    def cases(
        self,
        experiment: str,
        *,
        workload: str = "",
        model: str = "",
        workers: int = 0,
        **parameters: Scalar,
    ) -> list[Case]:
        """Return the cases that fit and gave samples; :class:`NotTested` where none did.

        ``parameters`` must be equal to the case's own; what is not named may have any value.
        """
        found = self.cases_if_any(
            experiment, workload=workload, model=model, workers=workers, **parameters
        )
        if found:
            return found
        wanted = [workload, model, f"×{workers}" if workers else ""]
        wanted += [f"{name}={value}" for name, value in parameters.items()]
        of = " ".join(filter(None, wanted)) or "any case"
        failures = self.measurement(experiment).failures
        failed = f" ({failures[0].case} failed: {failures[0].kind})" if failures else ""
        raise NotTested(f"the experiment {experiment} has no sample of {of}{failed}")

    def cases_if_any(
        self,
        experiment: str,
        *,
        workload: str = "",
        model: str = "",
        workers: int = 0,
        **parameters: Scalar,
    ) -> list[Case]:
        """Return the cases that fit and gave samples, as :meth:`cases`, or none at all."""
        measurement = self.measurement(experiment)
        return [
            case
            for case in measurement.cases
            if (not workload or case.workload == workload)
            and (not model or case.model == model)
            and (not workers or case.workers == workers)
            and all(case.parameters.get(name) == value for name, value in parameters.items())
            and samples.timed(measurement, case.id)
            and not samples.is_wrong(measurement, case.id)
        ]

    def case(
        self,
        experiment: str,
        *,
        workload: str = "",
        model: str = "",
        workers: int = 0,
        **parameters: Scalar,
    ) -> Case:
        """Return the first case that fits; raise :class:`NotTested` naming it where none did."""
        return self.cases(
            experiment, workload=workload, model=model, workers=workers, **parameters
        )[0]

    def speedup(self, experiment: str, case: Case, *, comparisons: int = 1) -> Estimate:
        """Return the paired speed-up of ``case`` over the case it names in ``against``.

        ``comparisons`` widens the interval so that so many of them hold together.
        """
        return self._ratio(experiment, case, case.against, comparisons)

    def ratio(self, experiment: str, case: Case, than: Case, *, comparisons: int = 1) -> Estimate:
        """Return how many times as fast ``case`` is as ``than``, paired by round."""
        return self._ratio(experiment, case, than.id, comparisons)

    def together(self, experiment: str, cases: Iterable[Case], *, comparisons: int = 1) -> Estimate:
        """Return the mean speed-up of several cases, each over its baseline."""
        measurement = self.measurement(experiment)
        level = statistics.simultaneous_level(comparisons, LEVEL)
        ids = [case.id for case in cases]
        if (found := samples.speedup_together(measurement, ids, level=level)) is None:
            raise NotTested(f"no run of {experiment} has a figure of each of {', '.join(ids)}")
        return found

    def _ratio(self, experiment: str, case: Case, against: str, comparisons: int) -> Estimate:
        measurement = self.measurement(experiment)
        level = statistics.simultaneous_level(comparisons, LEVEL)
        try:
            estimate = samples.ratio(measurement, case.id, against=against, level=level)
        except (KeyError, ValueError) as error:  # a stranger's result may pair what can't be
            raise NotTested(
                f"the case {case.id} of {experiment} was not timed beside {against}"
            ) from error
        if estimate is None:
            raise NotTested(
                f"the case {case.id} of {experiment} has no round with {against or 'a baseline'}"
            )
        return estimate

    def cost(self, experiment: str, case: Case) -> Estimate:
        """Return the wall time an item of ``case``, in seconds."""
        found = samples.estimate(self.measurement(experiment), case.id, level=LEVEL)
        if found is None:
            raise NotTested(f"the case {case.id} of {experiment} did not give what this needs")
        return found

    def typical(
        self, experiment: str, case: Case, read: Reading, *, comparisons: int = 1
    ) -> Estimate:
        """Return the centre of what each sample gives, with its interval."""
        level = statistics.simultaneous_level(comparisons, LEVEL)
        return statistics.centre(self._by_run(experiment, case, read), level=level)

    def each(self, experiment: str, case: Case, read: Reading) -> list[float]:
        """Return what each sample gives; raise :class:`Undecided` where they are too few."""
        values = [value for run in self._by_run(experiment, case, read) for value in run]
        if len(values) < LEAST_COUNTS:
            raise Undecided(_too_few(f"the count of {case.id}", len(values), "round", LEAST_COUNTS))
        return values

    def _by_run(self, experiment: str, case: Case, read: Reading) -> list[list[float]]:
        runs: dict[int, list[float]] = {}
        for sample in samples.timed(self.measurement(experiment), case.id):
            value = read(sample)
            if value is not None:
                runs.setdefault(sample.run, []).append(value)
        if not runs:
            raise NotTested(f"the case {case.id} of {experiment} did not give what this needs")
        return list(runs.values())

    def cpu_share(self, experiment: str, case: Case, *, comparisons: int = 1) -> Estimate:
        """Return the centre of the cores in use: 1 is one core in full use."""
        try:
            return self.typical(
                experiment,
                case,
                lambda sample: samples.cores_in_use(sample, case),
                comparisons=comparisons,
            )
        except NotTested as error:
            raise NotTested("this system gives no CPU time") from error

    def need_quiet(self, experiment: str, cases: Iterable[Case]) -> None:
        """Raise :class:`Undecided` where other work kept the CPUs from these cases.

        Workers of one case delay each other, so only lone ones, event loops among them, are asked
        how long they waited for a CPU; of the others only how often the machine had none free.
        """
        measurement = self.measurement(experiment)
        timed = [(case, s) for case in cases for s in samples.timed(measurement, case.id)]
        delays = [
            sample.run_delay_s / sample.wall_s
            for case, sample in timed
            if (case.workers == 1 or case.model == "asyncio") and sample.run_delay_s is not None
        ]
        stalls = [sample.stalled for _, sample in timed if sample.stalled is not None]
        for shares, most, what in (
            (delays, MOST_DELAYED, "a lone worker waited for a CPU"),
            (stalls, MOST_STALLED, "some task waited for a CPU"),
        ):
            if shares and (typical := median(shares)) > most:
                raise Undecided(
                    f"the machine was busy with other work: {what} {formats.share(typical)} of"
                    " the time"
                )

    def yardstick(self) -> Case:
        """Return the case of independent processes, as many as usable cores."""
        return self.case("cpu-bound", workload=YARDSTICK, workers=self.need_cores())

    def parallelism(self) -> Estimate:
        """Return how many cores independent processes really got here, from the yardstick.

        Raises :class:`Undecided` where that is well below the best it saw in the same session,
        or hardly more than one core: other work took cores away, and a verdict on parallel work
        would judge that work.
        """
        cores = self.need_cores()
        yardstick = self.yardstick()
        self.need_quiet("cpu-bound", self.cases("cpu-bound", model="sequential"))
        given = self.speedup("cpu-bound", yardstick)
        numbers = {"cores that independent processes got": given}
        need_rounds(given, "the yardstick")
        rounds = samples.paired_log_ratios(self.measurement("cpu-bound"), yardstick.id)
        logarithms = [value for run in rounds for value in run]
        hundredths = quantiles(logarithms, n=100, method="inclusive")
        best = min(cores, math.exp(hundredths[BEST_PERCENTILE - 1]))
        got = (
            f"{cores} independent processes got {formats.number(given.value)} cores’ worth of time"
        )
        if given.value < LEAST_OF_BEST_PARALLELISM * best:
            raise Undecided(
                f"the machine was busy with other work: {got}, and {formats.number(best)} at best",
                numbers,
            )
        if given.high < LEAST_PARALLELISM:
            raise Undecided(f"the machine had little to give: {got}", numbers)
        if given.low < LEAST_PARALLELISM:
            raise Undecided(
                f"how many cores the machine had to give is not clear: {got}"
                f" ({formats.number(given.low)}–{formats.number(given.high)})",
                numbers,
            )
        return given


def above(estimate: Estimate, threshold: float, what: str) -> bool:
    """Return whether the whole interval lies above ``threshold``, or the whole below it.

    Raises :class:`Undecided` where it reaches across, or rests on too few rounds.
    """
    need_rounds(estimate, what)
    if estimate.low > threshold:
        return True
    if estimate.high < threshold:
        return False
    raise Undecided(
        f"{what} is {formats.plain_interval(estimate)}, and the line between the verdicts is"
        f" {formats.number(threshold)}",
        {what: estimate},
    )


def need_rounds(estimate: Estimate, what: str) -> None:
    """Raise :class:`Undecided` where an estimate rests on too few runs and rounds."""
    if not statistics.suffices(estimate):
        raise Undecided(
            f"{what} rests on {formats.plural(estimate.rounds, 'round')} in"
            f" {formats.plural(estimate.runs, 'run')}, and a verdict needs {statistics.ENOUGH}",
            {what: estimate},
        )


def quotient(part: Estimate, whole: Estimate) -> Estimate:
    """Return ``part / whole`` of two estimates that share no rounds.

    The ends of the intervals are set against each other: wider than need be, never too narrow.
    """
    return Estimate(
        value=part.value / whole.value if whole.value else math.inf,
        low=part.low / whole.high if whole.high > 0 else 0.0,
        high=part.high / whole.low if whole.low > 0 else math.inf,
        runs=min(part.runs, whole.runs),
        rounds=min(part.rounds, whole.rounds),
    )


def slope(short: Estimate, long: Estimate, difference: float) -> Estimate:
    """Return by how much a quantity rises for each unit of what rose by ``difference``.

    The two share no rounds: the ends of their intervals are set against each other.
    """
    return Estimate(
        value=(long.value - short.value) / difference,
        low=(long.low - short.high) / difference,
        high=(long.high - short.low) / difference,
        runs=min(long.runs, short.runs),
        rounds=min(long.rounds, short.rounds),
    )


def inverse(ratio: Estimate) -> Estimate:
    """Return the ratio the other way round: what is twice as fast takes half as long."""
    return Estimate(
        value=1 / ratio.value,
        low=1 / ratio.high,
        high=1 / ratio.low if ratio.low > 0 else math.inf,
        runs=ratio.runs,
        rounds=ratio.rounds,
    )


def _too_few(what: str, found: int, noun: str, least: int) -> str:
    return f"{what} rests on {formats.plural(found, noun)}, and a verdict needs {least}"
