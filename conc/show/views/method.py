"""On what was measured, how well, and what failed: the machine, the quality of each experiment."""

from statistics import median

from conc import formats
from conc.records import MODELS, Measurement
from conc.results import samples
from conc.show.current import MissingError
from conc.show.evidence import Evidence, Measured
from conc.show.tables import Cell, Column, Table
from conc.show.views import io_bound
from conc.show.views.cells import NONE

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
        "GIL after imports": "on" if python.gil else "off",
        "JIT": formats.ABSENT if python.jit is None else "on" if python.jit else "off",
        "Compiler": python.compiler,
        "Start method": f"{python.start_method} (of {', '.join(python.start_methods)})",
        "Interpreters in one process": "yes" if python.interpreters else "no: needs Python 3.14",
        "Switch interval": formats.seconds(python.switch_interval_s),
        "Packages": ", ".join(f"{name} {version}" for name, version in python.packages.items()),
    }
    return Table(
        title="The machine and the interpreter",
        columns=(
            Column("what", "What", figures=False),
            Column("found", "Found here", figures=False),
        ),
        rows=tuple((Cell(what), Cell(found or "–")) for what, found in said.items()),
    )


def quality_table(evidence: Evidence) -> Table:
    """List for each experiment how long it took, how busy the machine was, and what failed."""
    measurements = evidence.result.measurements
    if not measurements:
        raise MissingError("nothing has been measured yet; measure with: conc measure")
    return Table(
        title="The quality of this measurement",
        columns=(
            Column("experiment", "Experiment", figures=False),
            Column("profile", "Profile", figures=False),
            Column("started", "Started (UTC)"),
            Column("seconds", "Took"),
            Column("waited_s", "Waited for quiet"),
            Column("samples", "Samples", "without warm-ups"),
            Column("stalled", "Stalled", "median share of a sample, lower is better"),
            Column("failures", "Failures"),
        ),
        rows=tuple(_quality_row(evidence.of(name)) for name in measurements),
        notes=(
            (
                "Stalled is the share of a sample in which some task of the machine waited for a "
                "CPU, over the cases with one worker."
            ),
        ),
    )


def ends_table(evidence: Evidence) -> Table:
    """List why the rounds of each block ended, and how wide its widest interval then was."""
    rows = [
        (
            Cell(name),
            Cell(end.block or "–"),
            Cell(formats.count(end.rounds), end.rounds),
            Cell(_ENDED[end.reason], end.reason),
            Cell(f"±{formats.share(end.half_width)}", end.half_width) if end.half_width else NONE,
        )
        for name in evidence.result.measurements
        for end in evidence.of(name).measurement.ends
    ]
    if not rows:
        raise MissingError("no block of rounds has ended yet; measure with: conc measure")
    return Table(
        title="Why the rounds ended",
        columns=(
            Column("experiment", "Experiment", figures=False),
            Column("block", "Block", figures=False),
            Column("rounds", "Rounds"),
            Column("reason", "Ended because", figures=False),
            Column("half_width", "Widest interval", "95 %, relative, lower is better"),
        ),
        rows=tuple(rows),
    )


def limits_table(evidence: Evidence) -> Table:
    """List the noise floor, the yardstick and the service's ceiling: what nothing can go beyond."""
    rows: list[tuple[Cell, ...]] = []
    if "cpu-bound" in evidence.result.measurements:
        measurement = evidence.of("cpu-bound").measurement
        floor = samples.noise_floor(measurement)
        if floor:
            text = formats.ratio_interval(floor)
            rows.append((Cell("Noise floor: sequential against itself"), Cell(text, floor.value)))
        for count, found in samples.parallelism(measurement).items():
            processes = formats.plural(count, "independent process")
            text = formats.ratio_interval(found)
            rows.append((Cell(f"Yardstick: {processes} at once"), Cell(text, found.value)))
    if io_bound.NAME in evidence.result.measurements:
        limit = io_bound.service_limit(evidence.of(io_bound.NAME))
        if limit:
            text = formats.rate_interval(limit, "requests")
            rows.append((Cell("Ceiling of the ratings service"), Cell(text, limit.value)))
    if not rows:
        raise MissingError("the limits were not measured; measure with: conc measure")
    return Table(
        title="The limits of this session",
        columns=(
            Column("limit", "Limit", figures=False),
            Column("found", "Found here", "95 % interval"),
        ),
        rows=tuple(rows),
    )


def failures_table(evidence: Evidence) -> Table:
    """List every case that gave no figure in a run, and why."""
    rows = [
        (
            Cell(name),
            Cell(failure.case),
            Cell(formats.count(failure.run), failure.run),
            Cell(failure.kind),
            Cell(failure.detail),
        )
        for name in evidence.result.measurements
        for failure in evidence.of(name).measurement.failures
    ]
    return Table(
        title="Failures",
        columns=(
            Column("experiment", "Experiment", figures=False),
            Column("case", "Case", figures=False),
            Column("run", "Run"),
            Column("kind", "Kind", figures=False),
            Column("detail", "Detail", figures=False),
        ),
        rows=tuple(rows) or ((Cell("none"), NONE, NONE, NONE, NONE),),
    )


def _quality_row(measured: Measured) -> tuple[Cell, ...]:
    measurement = measured.measurement
    stalled = _stalled(measured)
    count = sum(not sample.warmup for sample in measurement.samples)
    return (
        Cell(measurement.experiment),
        Cell(measurement.profile + ("" if measurement.complete else ", interrupted")),
        Cell(_moment(measurement)),
        Cell(formats.duration(measurement.seconds), measurement.seconds),
        Cell(formats.duration(measurement.waited_s), measurement.waited_s),
        Cell(formats.count(count), count),
        Cell(formats.ABSENT) if stalled is None else Cell(formats.share(stalled), stalled),
        Cell(formats.count(len(measurement.failures)), len(measurement.failures)),
    )


def _stalled(measured: Measured) -> float | None:
    """Return the median over cases that don't stall themselves: those with one worker."""
    alone = (case for case in measured.cases if case.workers == 1 and case.model in MODELS)
    found = [samples.stalled(measured.measurement, case.id) for case in alone]
    known = [share for share in found if share is not None]
    return median(known) if known else None


def _moment(measurement: Measurement) -> str:
    return measurement.started.replace("T", " ").removesuffix("Z")


def _count(value: int | None) -> str:
    return formats.ABSENT if value is None else formats.count(value)
