"""What a verdict may rest on, and how a rule says that the evidence does not suffice.

A rule asks for what it needs. Where that is missing, :class:`NotTested` names what is missing;
where it is there but too uncertain, :class:`Undecided` says why. A rule never guesses.
"""

import math
from collections.abc import Iterable, Mapping
from statistics import median, quantiles

from conc import formats
from conc.errors import MissingError
from conc.experiments.parts.yardstick import WORKLOAD as YARDSTICK
from conc.records import Case, Estimate, Machine, Scalar
from conc.results import samples, statistics
from conc.results.differences import LEAST_COUNTS, VERDICT_LEVEL
from conc.results.evidence import Evidence, Measured
from conc.results.quantities import CORES_IN_USE, COST_S, Quantity

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


class Grounds:
    """The evidence of a result as rules ask for it: with the interval of verdicts, or not at all.

    ``comparisons`` widens an interval so that so many of them hold together.
    """

    def __init__(self, evidence: Evidence) -> None:
        """Rest on ``evidence``; nothing is computed before a rule asks."""
        self._evidence = evidence

    @property
    def machine(self) -> Machine:
        """The machine that was measured."""
        return self._evidence.result.machine

    @property
    def start_method(self) -> str:
        """The start method that processes have by default here."""
        return self._evidence.result.interpreter.start_method

    @property
    def whole_cores(self) -> int:
        """Whole usable cores; at least one."""
        return self._evidence.whole_cores

    def need_cores(self, least: int = 2) -> int:
        """Return the usable cores; raise :class:`NotTested` where there are fewer than needed."""
        if self.machine.usable_cores < least:
            limit = f" ({'; '.join(self.machine.limits)})" if self.machine.limits else ""
            raise NotTested(
                f"this needs {least} usable cores, and this machine has"
                f" {self.machine.usable_cores:g}{limit}"
            )
        return self.whole_cores

    def of(self, experiment: str) -> Measured:
        """Return what ``experiment`` measured; raise :class:`NotTested` where it did not run."""
        try:
            return self._evidence.of(experiment)
        except MissingError as error:
            raise NotTested(f"the experiment {experiment} has no result here") from error

    def has_gil(self, experiment: str) -> bool:
        """Return whether the GIL was on while ``experiment`` ran."""
        self.of(experiment)
        return self._evidence.has_gil(experiment)

    def cases(self, experiment: str, **wanted: Scalar) -> list[Case]:
        """Return the cases that fit and gave samples; :class:`NotTested` where none did.

        ``wanted`` are fields or parameters of the case; what is not named may have any value.
        """
        if found := self.cases_if_any(experiment, **wanted):
            return found
        failures = self.of(experiment).measurement.failures
        failed = f" ({failures[0].case} failed: {failures[0].kind})" if failures else ""
        raise NotTested(f"the experiment {experiment} has no sample of {_named(wanted)}{failed}")

    def cases_if_any(self, experiment: str, **wanted: Scalar) -> list[Case]:
        """Return the cases that fit and gave samples, as :meth:`cases`, or none at all."""
        measured = self.of(experiment)
        return [case for case in measured.select(**wanted) if measured.is_usable(case)]

    def case(self, experiment: str, **wanted: Scalar) -> Case:
        """Return the first case that fits; raise :class:`NotTested` naming it where none did."""
        return self.cases(experiment, **wanted)[0]

    def speedup(self, experiment: str, case: Case, *, comparisons: int = 1) -> Estimate:
        """Return the paired speed-up of ``case`` over the case it names in ``against``."""
        found = self.of(experiment).speedup(case, level=_level(comparisons))
        return self._paired(found, experiment, case, case.against)

    def ratio(self, experiment: str, case: Case, than: Case, *, comparisons: int = 1) -> Estimate:
        """Return how many times as fast ``case`` is as ``than``, paired by round."""
        found = self.of(experiment).ratio(case, than, level=_level(comparisons))
        return self._paired(found, experiment, case, than.id)

    def together(self, experiment: str, cases: Iterable[Case], *, comparisons: int = 1) -> Estimate:
        """Return the mean speed-up of several cases, each over its baseline."""
        found = self.of(experiment).together(cases, level=_level(comparisons))
        if found is None:
            raise NotTested(f"the experiment {experiment} has no run with a figure of each case")
        return found

    def cost(self, experiment: str, case: Case) -> Estimate:
        """Return the wall time an item of ``case``, in seconds."""
        return self.typical(experiment, case, COST_S)

    def cores_in_use(self, experiment: str, case: Case, *, comparisons: int = 1) -> Estimate:
        """Return the centre of the cores in use: 1 is one core in full use."""
        try:
            return self.typical(experiment, case, CORES_IN_USE, comparisons=comparisons)
        except NotTested as error:
            raise NotTested("this system gives no CPU time") from error

    def typical(
        self, experiment: str, case: Case, quantity: Quantity, *, comparisons: int = 1
    ) -> Estimate:
        """Return the centre of what each sample gives, with its interval."""
        found = self.of(experiment).estimate(case, quantity, level=_level(comparisons))
        if found is None:
            raise NotTested(f"the case {case.id} of {experiment} did not give what this needs")
        return found

    def each(self, experiment: str, case: Case, quantity: Quantity) -> list[float]:
        """Return what each sample gives; raise :class:`Undecided` where they are too few."""
        values = self.of(experiment).each(case, quantity)
        if not values:
            raise NotTested(f"the case {case.id} of {experiment} did not give what this needs")
        if len(values) < LEAST_COUNTS:
            raise Undecided(_too_few(f"the count of {case.id}", len(values), "round", LEAST_COUNTS))
        return values

    def need_quiet(self, experiment: str, cases: Iterable[Case]) -> None:
        """Raise :class:`Undecided` where other work kept the CPUs from these cases.

        Workers of one case delay each other, so only lone ones, event loops among them, are asked
        how long they waited for a CPU; of the others only how often the machine had none free.
        """
        measured = self.of(experiment)
        timed = [(case, sample) for case in cases for sample in measured.timed(case)]
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
        rounds = samples.paired_log_ratios(self.of("cpu-bound").measurement, yardstick.id)
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

    def _paired(
        self, found: Estimate | None, experiment: str, case: Case, against: str
    ) -> Estimate:
        """Return an estimate, or say why the two cases of a ratio have none."""
        if found is not None:
            return found
        block = self.of(experiment).select(block=case.block)
        if against and all(other.id != against for other in block):
            raise NotTested(f"the case {case.id} of {experiment} was not timed beside {against}")
        raise NotTested(
            f"the case {case.id} of {experiment} has no round with {against or 'a baseline'}"
        )


def parameter(case: Case, name: str) -> float:
    """Return a parameter of a case as a number; raise :class:`NotTested` where it is none."""
    value = case.parameters.get(name)
    if not isinstance(value, int | float):
        raise NotTested(f"the case {case.id} has no number {name}")
    return float(value)


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


def _level(comparisons: int) -> float:
    return statistics.simultaneous_level(comparisons, VERDICT_LEVEL)


def _named(wanted: Mapping[str, Scalar]) -> str:
    """Name what was asked for: ``cpu_bound threads ×2 pool=warm``."""
    fields = {"workload": "{}", "model": "{}", "workers": "×{}"}
    parts = [form.format(wanted[name]) for name, form in fields.items() if name in wanted]
    parts += [f"{name}={value}" for name, value in wanted.items() if name not in fields]
    return " ".join(parts) or "any case"


def _too_few(what: str, found: int, noun: str, least: int) -> str:
    return f"{what} rests on {formats.plural(found, noun)}, and a verdict needs {least}"
