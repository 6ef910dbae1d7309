"""On what was measured, how well, and what failed: the machine, the quality of each experiment."""

from collections.abc import Callable, Iterator
from functools import partial

from conc import formats
from conc.errors import MissingError
from conc.records import BlockEnd, Estimate, Failure, Interpreter, Machine, Measurement
from conc.results.causes import cause_of, known, witnessed
from conc.results.differences import difference
from conc.results.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns, cpu_bound, io_bound
from conc.show.views.cells import interval_data, number
from conc.show.views.registry import Views

_ENDED = {
    "narrow": "the interval was narrow enough",
    "rounds": "the most rounds were reached",
    "time": "its time was up",
    "failed": "a case failed",
}


def machine_table(evidence: Evidence) -> Table:
    """List what the machine and the interpreter are."""
    machine, python = evidence.result.machine, evidence.result.interpreter
    said = {
        "CPU": machine.cpu,
        "Architecture": machine.architecture,
        "Logical CPUs": formats.count(machine.cores),
        "Physical cores": _count(machine.physical_cores),
        "Hardware threads a core": _count(machine.threads_per_core),
        "Usable cores": f"{machine.usable_cores:g}",
        "Limited by": "; ".join(machine.limits) or "nothing",
        "Memory": formats.size(machine.memory),
        "System": f"{machine.system} {machine.kernel}",
        "Virtualisation": machine.virtualisation or "none found",
        "Frequency scaling": machine.frequency_scaling or formats.ABSENT,
        "Interpreter": f"{python.implementation} {python.version}, {python.build}",
        "GIL after imports": _gil(python),
        "JIT": formats.ABSENT if python.jit is None else "on" if python.jit else "off",
        "Compiler": python.compiler,
        "Start method": f"{python.start_method} (of {', '.join(python.start_methods)})",
        "Interpreters in one process": "yes" if python.interpreters else "no: needs Python 3.14",
        "Switch interval": formats.seconds(python.switch_interval_s),
        "Packages": ", ".join(f"{name} {version}" for name, version in python.packages.items()),
    }
    return Table.of(
        "The machine and the interpreter",
        (
            columns.name("what", "What", str),
            columns.words("found", "Found here", lambda what: said[what] or None),
        ),
        said,
    )


def quality_table(evidence: Evidence) -> Table:
    """List for each experiment how long it took, what disturbed it, and what failed."""
    if not evidence.result.measurements:
        raise MissingError("nothing has been measured yet; measure with: conc measure")
    return Table.of(
        "The quality of this measurement",
        (
            *_QUALITY,
            columns.words("cause", "What disturbed it", partial(_cause, evidence.result.machine)),
        ),
        [evidence.of(name) for name in evidence.result.measurements],
    )


def ends_table(evidence: Evidence) -> Table:
    """List why the rounds of each block ended, and how wide its widest interval then was."""
    ends = [
        (name, end)
        for name in evidence.result.measurements
        for end in evidence.of(name).measurement.ends
    ]
    if not ends:
        raise MissingError("no block of rounds has ended yet; measure with: conc measure")
    return Table.of("Why the rounds ended", _ENDS, ends)


def limits_table(evidence: Evidence) -> Table:
    """List what figures are compared with: noise floor, yardstick and the service's limit."""
    limits = dict(_limits(evidence))
    if not limits:
        raise MissingError("the limits were not measured; measure with: conc measure")
    return Table.of(
        "What this session’s figures are compared with",
        (
            columns.name("limit", "What", str),
            Column("found", "Found here", limits.get, "95 % interval"),
        ),
        limits,
    )


def failures_table(evidence: Evidence) -> Table:
    """List every case that gave no figure in a run, and why."""
    failures: list[tuple[str, Failure | None]] = [
        (name, failure)
        for name in evidence.result.measurements
        for failure in evidence.of(name).measurement.failures
    ]
    return Table.of("Failures", _FAILURES, failures or [("none", None)])


def _gil(python: Interpreter) -> str:
    by = f", switched on by {python.gil_by}" if python.gil_by else ""
    return f"on{by}" if python.gil else "off"


def _limits(evidence: Evidence) -> Iterator[tuple[str, Cell]]:
    if "cpu-bound" in evidence.result.measurements:
        measured = evidence.of("cpu-bound")
        if floor := measured.noise_floor():
            yield "Noise floor: sequential against itself", _limit(floor, formats.ratio_interval)
        for count, found in measured.parallelism().items():
            processes = formats.plural(count, "independent process")
            yield f"Yardstick: {processes} at once", _limit(found, formats.ratio_interval)
    if io_bound.NAME in evidence.result.measurements and (
        limit := io_bound.service_limit(evidence.of(io_bound.NAME))
    ):
        write = partial(formats.rate_interval, item="requests")
        yield "Most that the ratings service answers", _limit(limit, write)


def _limit(estimate: Estimate, write: Callable[[Estimate], str]) -> Cell:
    return Cell(write(estimate), interval_data(estimate))


def _plus_minus(width: float) -> str:
    """Write a half-width; one that reaches down to nothing has no size that says anything."""
    return f"±{formats.share(width)}" if width < 1 else formats.TOO_WIDE


def _profile(measured: Measured) -> str:
    measurement = measured.measurement
    return measurement.profile + ("" if measurement.complete else ", interrupted")


def _cause(machine: Machine, measured: Measured) -> str:
    """Say what disturbed an experiment, as verdicts do; of what is not timed nothing is asked."""
    if not measured.measurement.samples:
        return "not timed"
    found = measured.measurement
    cause = cause_of(found, machine.limits, of=found.experiment)
    if cause.kind != "unknown":
        return cause.sentence
    return (
        f"nothing that shows: {known(witnessed(found.cases, found.samples), of=found.experiment)}"
    )


def _moment(measurement: Measurement) -> str:
    """Return the day, the hour and the minute."""
    return measurement.started.replace("T", " ")[:16]


def _count(value: int | None) -> str:
    return formats.ABSENT if value is None else formats.count(value)


_QUALITY: tuple[Column[Measured], ...] = (
    columns.name("experiment", "Experiment", lambda one: one.measurement.experiment),
    columns.words("profile", "Profile", _profile),
    Column("started", "Started (UTC)", lambda one: _moment(one.measurement)),
    Column("seconds", "Took", lambda one: number(one.measurement.seconds, formats.duration)),
    Column(
        "waited_s",
        "Waited for quiet",
        lambda one: number(one.measurement.waited_s, formats.duration),
    ),
    Column(
        "samples",
        "Samples",
        lambda one: number(
            sum(not sample.warmup for sample in one.measurement.samples), formats.count
        ),
        "without warm-ups",
    ),
    Column(
        "failures",
        "Failures",
        lambda one: number(len(one.measurement.failures), formats.count),
    ),
)
_ENDS: tuple[Column[tuple[str, BlockEnd]], ...] = (
    columns.name("experiment", "Experiment", lambda of: of[0]),
    columns.name("block", "Block", lambda of: columns.written(of[1].block) or None),
    Column("rounds", "Rounds", lambda of: number(of[1].rounds, formats.count)),
    columns.words("reason", "Ended because", lambda of: Cell(_ENDED[of[1].reason], of[1].reason)),
    Column(
        "half_width",
        "Widest interval",
        lambda of: number(of[1].half_width or None, _plus_minus),
        "95 %, relative",
        "lower",
    ),
)
_FAILURES: tuple[Column[tuple[str, Failure | None]], ...] = (
    columns.name("experiment", "Experiment", lambda of: of[0]),
    columns.words("case", "Case", lambda of: of[1].case if of[1] else None),
    Column("run", "Run", lambda of: number(of[1].run if of[1] else None, formats.count)),
    columns.words("kind", "Kind", lambda of: of[1].kind if of[1] else None),
    columns.words("detail", "Detail", lambda of: of[1].detail if of[1] else None),
)


def noise_sentence(evidence: Evidence) -> str:
    """Say what the noise floor is, and what it means."""
    floor = evidence.of(cpu_bound.NAME).noise_floor()
    if floor is None:
        raise MissingError("the noise floor was not measured")
    judged = {
        "no difference": "As it should, it stays close to 1×.",
        "undecided": "Its interval is wide: only large differences show here.",
        "faster": "It leaves out 1×: smaller differences than that are no differences here.",
        "slower": "It leaves out 1×: smaller differences than that are no differences here.",
    }[difference(floor)]
    return f"The plain loop against itself came out as {formats.ratio_interval(floor)}. {judged}"


VIEWS = Views(
    tables={
        "method/machine": machine_table,
        "method/quality": quality_table,
        "method/ends": ends_table,
        "method/limits": limits_table,
        "method/failures": failures_table,
    },
    sentences={
        "method/noise": noise_sentence,
    },
)
