"""What a verdict may rest on, and how a rule says that the evidence does not suffice.

A rule asks for what it needs. Where that is missing, :class:`NotTested` names what is missing;
where it is there but too uncertain, :class:`Undecided` says why. A rule never guesses.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from conc import formats
from conc.errors import MissingError
from conc.experiments.parts.yardstick import WORKLOAD as YARDSTICK
from conc.figures import Counted, Given
from conc.records import Case, Estimate, Machine, Scalar
from conc.results import causes, statistics
from conc.results.causes import Cause
from conc.results.differences import LEAST_COUNTS, VERDICT_LEVEL
from conc.results.evidence import Evidence, Measured
from conc.results.quantities import CORES_IN_USE, COST_S, Quantity

LEAST_PARALLELISM = 1.25
"""With fewer cores' worth than this, nothing parallel could have shown."""

DISTURBED = 0.25
"""From so many cores, or this share of the time, on what others take may change a verdict."""

THIN_ROUNDS, THIN_WIDENED = 6, 2.0
"""With so many rounds in two runs, which do not suffice, an interval so many times as wide does."""

NEARLY_ALL = ((7, 0), (11, 1))
"""Of so many rounds all, or all but so many, lie on one side of a line by chance in under 1 %."""

SKEWED = 2
"""Cores in use can be lost and not won, so their intervals hold as if so many were compared."""

OWN_TIMES_SINCE = 2
"""From this format of the file on each process of the yardstick says how long it took itself."""

OLDER = "not recorded in this older file"
"""What is said of a reading that results had not when a file was written."""

ENOUGH = (
    f"{formats.plural(Given(statistics.LEAST_RUNS), 'run')}, or"
    f" {formats.plural(Given(statistics.LEAST_ROUNDS), 'round')} in"
    f" {formats.plural(Given(statistics.FEWEST_RUNS), 'run')}"
)
"""What an estimate must rest on for a verdict, in words: see :func:`statistics.suffices`."""

Lacks = Literal["certainty", "rounds", "other"]

Numbers = dict[str, Estimate | float]
"""What a verdict rests on, by name; with an interval where there is one."""


class NotTested(Exception):  # noqa: N818 - an answer, not an error
    """The result lacks what the claim's rule needs; the message names it."""


class Undecided(Exception):  # noqa: N818 - an answer, not an error
    """The result has what the rule needs, but it does not decide; the message says why.

    ``lacks`` is what would have decided: ``certainty``, which disturbances took and more rounds
    give; ``rounds`` alone; or ``other`` evidence than more of the same.
    """

    def __init__(
        self,
        reason: str,
        numbers: Mapping[str, Estimate | float] | None = None,
        *,
        lacks: Lacks = "certainty",
    ) -> None:
        """Keep the reason, the numbers that did not decide, and what would."""
        super().__init__(reason)
        self.numbers = dict(numbers or {})
        self.lacks = lacks


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
    def usable_cores(self) -> Counted:
        """The usable cores as sentences write them."""
        return Counted(self.machine.usable_cores, "machine: usable cores")

    @property
    def logical_cpus(self) -> Counted:
        """The logical CPUs as sentences write them."""
        return Counted(self.machine.cores, "machine: logical CPUs")

    @property
    def whole_cores(self) -> int:
        """Whole usable cores; at least one."""
        return self._evidence.whole_cores

    def need_cores(self, least: int = 2) -> int:
        """Return the usable cores; raise :class:`NotTested` where there are fewer than needed."""
        if self.machine.usable_cores < least:
            limit = f" ({'; '.join(self.machine.limits)})" if self.machine.limits else ""
            raise NotTested(
                f"this needs {formats.count(Given(least))} usable cores, and this machine has"
                f" {formats.tick(self.usable_cores)}{limit}"
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

    def together(
        self, experiment: str, pairs: Iterable[tuple[Case, Case]], *, comparisons: int = 1
    ) -> Estimate:
        """Return how many times as fast cases are as others in the mean, pair by pair."""
        found = self.of(experiment).together(pairs, level=_level(comparisons))
        if found is None:
            raise NotTested(f"the experiment {experiment} has no run with a figure of each case")
        return found

    def cost(self, experiment: str, case: Case) -> Estimate:
        """Return the wall time an item of ``case``, in seconds."""
        return self.typical(experiment, case, COST_S)

    def counted(self, experiment: str, what: str, value: float) -> Counted:
        """Return what was counted in an experiment, as sentences write it."""
        return self.of(experiment).counted(what, value)

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
            rounds = self.counted(experiment, f"rounds of {case.id}", len(values))
            raise Undecided(
                f"the count of {case.id} rests on {formats.plural(rounds, 'round')}, and a"
                f" verdict needs {formats.count(Given(LEAST_COUNTS))}",
                lacks="rounds",
            )
        return values

    def uses_more(self, experiment: str, case: Case, than: float, what: str) -> bool | None:
        """Return whether a case used more cores for certain, fewer for certain, or neither.

        It did where the interval says so, or nearly all of its rounds: 7 of 7, 11 of 12.
        """
        found = need_rounds(self.cores_in_use(experiment, case, comparisons=SKEWED), what)
        if not found.low <= than <= found.high:
            return found.low > than
        values = self.of(experiment).each(case, CORES_IN_USE)
        for side in (True, False):
            here = sum((value > than) is side for value in values)
            if any(len(values) >= least and here >= len(values) - but for least, but in NEARLY_ALL):
                return side
        return None

    def relative(self, experiment: str, case: Case, than: Case, quantity: Quantity) -> Estimate:
        """Return a quantity of ``case`` as a multiple of that of ``than``, paired by round."""
        found = self.of(experiment).relative(case, than, quantity, level=VERDICT_LEVEL)
        return self._paired(found, experiment, case, than.id)

    def cause(self, experiment: str) -> Cause:
        """Return what disturbed an experiment, by its own samples."""
        return causes.cause_of(self.of(experiment).measurement, self.machine.limits)

    def need_undisturbed(
        self, experiment: str, seen: str, numbers: Mapping[str, Estimate | float] | None = None
    ) -> None:
        """Raise :class:`Undecided` where other work may have caused what was seen."""
        cause = self.cause(experiment)
        if cause.kind in {"other programs", "host"} and (cause.figure or 0.0) >= DISTURBED:
            raise Undecided(
                f"{seen.rstrip('.')}; other programs, or the host, may have caused it", numbers
            )

    def yardstick(self) -> Case:
        """Return the case of independent processes, as many as usable cores."""
        return self.case("cpu-bound", workload=YARDSTICK, workers=self.need_cores())

    def parallelism(self) -> Estimate:
        """Return how many cores' worth independent processes got, from the yardstick."""
        if self._evidence.result.format < OWN_TIMES_SINCE:
            raise Undecided(f"how long each independent process took is {OLDER}", lacks="rounds")
        return self.speedup("cpu-bound", self.yardstick())

    def need_parallelism(
        self, experiment: str, seen: str, numbers: Mapping[str, Estimate | float]
    ) -> None:
        """Raise :class:`Undecided` where a lack of cores may have caused what was seen.

        It has not where independent processes got 1.25 cores for certain, and nothing else had the
        cores while the ``experiment`` ran.
        """
        given = self.parallelism()
        what = "how many cores’ worth independent processes got"
        need_rounds(given, what)
        if given.low < LEAST_PARALLELISM:
            raise Undecided(
                f"{seen.rstrip('.')}; a lack of cores could have caused it, for"
                f" {formats.count(Given(self.whole_cores))} independent processes got"
                f" {formats.plain_interval(given)} cores’ worth of time,"
                f" and it takes {formats.number(Given(LEAST_PARALLELISM))} for certain",
                {**numbers, what: given},
            )
        self.need_undisturbed(experiment, seen, numbers)

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
    found = need_rounds(estimate, what)
    if found.low > threshold:
        return True
    if found.high < threshold:
        return False
    raise Undecided(
        f"{what} is {formats.plain_interval(estimate)}, and its interval does not leave out"
        f" {formats.number(Given(threshold))}, where the verdict turns",
        {what: estimate},
    )


def need_rounds(estimate: Estimate, what: str) -> Estimate:
    """Return an estimate as a rule may use it; :class:`Undecided` where it rests on too little.

    One of too few runs and rounds, but not of very few, counts with an interval twice as wide.
    """
    if statistics.suffices(estimate):
        return estimate
    if estimate.runs >= statistics.FEWEST_RUNS and estimate.rounds >= THIN_ROUNDS:
        return statistics.widened(estimate, THIN_WIDENED)
    rounds = Counted(estimate.rounds, f"rounds of {estimate.quantity}")
    runs = Counted(estimate.runs, f"runs of {estimate.quantity}")
    raise Undecided(
        f"{what} rests on {formats.plural(rounds, 'round')} in {formats.plural(runs, 'run')}, and a"
        f" verdict needs {ENOUGH}",
        {what: estimate},
        lacks="rounds",
    )


def _level(comparisons: int) -> float:
    return statistics.simultaneous_level(comparisons, VERDICT_LEVEL)


def _named(wanted: Mapping[str, Scalar]) -> str:
    """Name what was asked for: ``cpu_bound threads ×2 pool=warm``."""
    fields = {"workload": "{}", "model": "{}", "workers": "×{}"}
    parts = [form.format(wanted[name]) for name, form in fields.items() if name in wanted]
    parts += [f"{name}={value}" for name, value in wanted.items() if name not in fields]
    return " ".join(parts) or "any case"
