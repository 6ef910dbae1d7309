"""What the experiment ``cpu-bound`` found: speed-up along the worker count, and where time goes."""

from conc import formats
from conc.errors import MissingError
from conc.models import ModelName, ordered
from conc.models import find as look
from conc.records import Case, Estimate, Memory
from conc.results.differences import MEANING
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.specs import CEILING, IDEAL, Axis, Panel, Point, Reference, Row, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import ABSENT, drawn_high, drawn_low, number, present

NAME = "cpu-bound"
WORKLOAD = "cpu_bound"
YARDSTICK = "yardstick"

_IDEAL_DASHES = (2, 3)
_CEILING_DASHES = (9, 3)


def speed_up_chart(evidence: Evidence) -> Chart:
    """Draw the speed-up of each model against the worker count, with its two limits."""
    measured = evidence.of(NAME)
    series = [drawn for drawn in _all_series(measured) if drawn.points]
    if not series:
        raise MissingError("cpu-bound has no speed-up here: no case gave a figure")
    most = int(max(point.x for drawn in series for point in drawn.points))
    references = _references(evidence, measured, most)
    highs = [point.y for drawn in series for point in drawn.points]
    highs += [y for reference in references for _, y in reference.points]
    y = specs.zero_axis("speed-up over sequential (×)", 1.05 * max(highs))
    edge = 0.05 * most
    x = Axis("workers", specs.count_ticks(most), 1 - edge, most + edge)
    panel = Panel("", tuple(series), (*references, *_flat(measured, most)))
    return Chart(
        title="Speed-up of CPU-bound work against the worker count",
        description=_describe(evidence),
        caption=(
            "Higher is better; 1× is as fast as sequential.",
            "A mark is the median of the ratios within rounds, its bar the 95 % interval.",
            captions.sample_size(_estimates(measured)) + ".",
            "Dotted: the ideal, a speed-up of one per worker up to the usable cores.",
            _ceiling_caption(measured),
            "asyncio has one thread at any number of tasks: its line is one measurement.",
            _noise_caption(measured),
        ),
        source=measured.measurement,
        drawings={layout.name: specs.lines([panel], x, y, layout) for layout in specs.LAYOUTS},
        legend=(
            *(Key.of(drawn.label, drawn.look, hollow=drawn.hollow) for drawn in series),
            *(Key(line.label, line.colour, dashes=line.dashes) for line in references),
        ),
        table=speed_up_table(evidence),
    )


def speed_up_table(evidence: Evidence) -> Table:
    """List every case with its time, its speed-up and what that says."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "CPU-bound: every case",
        (
            columns.name("model", "Model", _name),
            columns.name("pool", "Pool", lambda case: str(case.parameters.get("pool", "–"))),
            columns.workers(),
            Column(
                "wall_s",
                "Wall time",
                lambda case: number(_value(measured.wall_s(case)), formats.seconds),
                "median",
                "lower",
            ),
            columns.speed_up(measured, "sequential, 95 % interval"),
            Column(
                "efficiency",
                "Efficiency",
                lambda case: number(_efficiency(measured, case), formats.share),
                "speed-up a worker",
            ),
            columns.against_sequential(measured),
            columns.rounds(measured.wall_s),
        ),
        measured.select(workload=WORKLOAD),
        notes=("A cold pool is started within the timed region, a warm one before it.", MEANING),
    )


def times_chart(evidence: Evidence) -> Chart:
    """Draw wall and CPU time of each model with as many workers as usable cores."""
    measured = evidence.of(NAME)
    shown = [case for case in _at_cores(evidence, measured) if measured.wall_s(case)]
    if not shown:
        raise MissingError("cpu-bound has no times here: no case gave a figure")
    rows = tuple(_times_row(measured, case) for case in shown)
    top = max(point.x for row in rows for point in row.points)
    scale, unit = (1e-3, "ms") if top < 1 else (1.0, "s")
    axis = specs.zero_axis(f"time of one execution ({unit})", top, scale)
    neutral = look("")
    return Chart(
        title="Wall time and CPU time of the same CPU-bound work",
        description="; ".join(
            f"{_label(case)}: {_times_in_words(measured, case)}" for case in shown
        )
        + ".",
        caption=(
            "Lower is better.",
            (
                "A filled mark is the median wall time, a hollow one the median CPU time "
                "(user + system, all processes); bars are 95 % intervals."
            ),
            captions.sample_size(present(measured.wall_s(case) for case in shown)) + ".",
            f"With {formats.plural(evidence.whole_cores, 'worker')}, as many as usable cores.",
        ),
        source=measured.measurement,
        drawings={layout.name: specs.dots(rows, axis, layout) for layout in specs.LAYOUTS},
        legend=(
            Key("wall time", IDEAL, neutral.outline),
            Key("CPU time", IDEAL, neutral.outline, hollow=True),
        ),
        table=times_table(evidence),
    )


def times_table(evidence: Evidence) -> Table:
    """List wall time, CPU time, utilisation, switches and memory with as many workers as cores."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "CPU-bound: wall time, CPU time and memory",
        (
            columns.name("model", "Model", _label),
            _time("wall_s", "Wall time", measured.wall_s, "95 % interval"),
            _time("cpu_s", "CPU time", measured.cpu_s, "user + system, children included"),
            Column(
                "utilisation",
                "CPU utilisation",
                lambda case: number(_utilisation(evidence, measured, case), formats.share),
                "of all usable cores",
                otherwise=ABSENT,
            ),
            Column(
                "switches",
                "Context switches",
                lambda case: number(_switches(measured, case), formats.count),
                "in one execution",
                otherwise=ABSENT,
            ),
            Column(
                "memory",
                "Memory",
                lambda case: _pss(measured.memory(case)),
                "peak PSS of all processes",
                "lower",
                otherwise=ABSENT,
            ),
            columns.rounds(measured.wall_s),
        ),
        _at_cores(evidence, measured),
    )


def compared(measured: Measured) -> list[ModelName]:
    """Return the models beside sequential: first those whose workers share a GIL."""
    cases = measured.select(workload=WORKLOAD)
    names = ordered(case.model for case in cases if case.model != "sequential")
    return sorted(names, key=lambda name: look(name).is_apart)


def workers_at_cores(evidence: Evidence, measured: Measured) -> int:
    """Return the greatest measured worker count that is no more than the usable cores."""
    counts = {case.workers for case in measured.select(workload=WORKLOAD)}
    fitting = [count for count in counts if count <= max(1, evidence.whole_cores)]
    return max(fitting, default=1)


def best_case(evidence: Evidence, model: str, pool: str | None = None) -> Case:
    """Return the model's case with as many workers as usable cores; warm before cold.

    Raises MissingError where the experiment lacks the model.
    """
    measured = evidence.of(NAME)
    workers = 1 if model in {"sequential", "asyncio"} else workers_at_cores(evidence, measured)
    cases = [c for c in measured.select(workload=WORKLOAD, model=model) if c.against]
    for wanted in (pool,) if pool else ("warm", None, "cold"):
        for case in cases:
            if case.parameters.get("pool") == wanted and (
                case.workers == workers or model == "asyncio"
            ):
                return case
    raise MissingError(f"{model} was not measured in cpu-bound on this machine")


def _all_series(measured: Measured) -> list[Series]:
    series = []
    for model in compared(measured):
        for pool in (None, "warm", "cold"):
            cases = [
                case
                for case in measured.select(workload=WORKLOAD, model=model, pool=pool)
                if case.against
            ]
            points = tuple(
                Point(
                    x=case.workers,
                    y=estimate.value,
                    low=drawn_low(estimate),
                    high=drawn_high(estimate),
                    tip=f"{_label(case)}, {formats.plural(case.workers, 'worker')}: "
                    f"{formats.ratio_interval(estimate)}",
                )
                for case in sorted(cases, key=lambda case: case.workers)
                if (estimate := measured.speedup(case))
            )
            label = model + (f", {pool} pool" if pool else "")
            series.append(Series(label, look(model), points, hollow=pool == "cold"))
    return series


def _references(evidence: Evidence, measured: Measured, most: int) -> list[Reference]:
    cores = evidence.cores
    ideal: tuple[tuple[float, float], ...] = ((1, min(1.0, cores)), (most, min(most, cores)))
    if 1 < cores < most:
        ideal = ((1, 1.0), (cores, cores), (most, cores))
    lines = [Reference("ideal", IDEAL, ideal, _IDEAL_DASHES)]
    given = measured.parallelism()
    if given:
        counts = sorted(count for count in given if count <= most)
        points = [(1.0, 1.0), *((float(k), given[k].value) for k in counts if k > 1)]
        if points[-1][0] < most:
            points.append((float(most), points[-1][1]))
        lines.append(Reference("this machine’s ceiling", CEILING, tuple(points), _CEILING_DASHES))
    return lines


def _flat(measured: Measured, most: int) -> list[Reference]:
    """Carry asyncio's one figure across: its one thread has no worker count."""
    return [
        Reference("", look("asyncio").colour, ((1.0, found.value), (most, found.value)), (1, 0))
        for case in measured.select(workload=WORKLOAD, model="asyncio")
        if (found := measured.speedup(case))
    ]


def _describe(evidence: Evidence) -> str:
    """Say in words what the speed-up chart shows, for readers who don't see it."""
    measured = evidence.of(NAME)
    found = []
    for model in compared(measured):
        for case in measured.select(workload=WORKLOAD, model=model):
            estimate = measured.speedup(case)
            if estimate is not None and case.workers in {1, workers_at_cores(evidence, measured)}:
                workers = formats.plural(case.workers, "worker")
                found.append(f"{_label(case)} with {workers}: {formats.ratio_interval(estimate)}")
    return "Line chart of speed-up over sequential. " + "; ".join(found) + "."


def _ceiling_caption(measured: Measured) -> str:
    given = measured.parallelism()
    if not given:
        return "This machine’s own ceiling was not measured."
    most = max(given)
    return (
        "Dashed: this machine’s own ceiling, what "
        f"{formats.plural(most, 'independent process')} got done at once: "
        f"{formats.ratio_interval(given[most])}."
    )


def _noise_caption(measured: Measured) -> str:
    floor = measured.noise_floor()
    if floor is None:
        return "The noise floor was not measured."
    return (
        f"Noise floor: sequential against itself reads {formats.ratio_interval(floor)}; "
        "ratios within it are noise."
    )


def _name(case: Case) -> str:
    return case.model + (" again" if case.model == "sequential" and case.against else "")


def _value(estimate: Estimate | None) -> float | None:
    return estimate.value if estimate else None


def _efficiency(measured: Measured, case: Case) -> float | None:
    speedup = measured.speedup(case)
    return speedup.value / case.workers if speedup else None


def _times_row(measured: Measured, case: Case) -> Row:
    points = []
    for kind, estimate in (("wall", measured.wall_s(case)), ("CPU", measured.cpu_s(case))):
        if estimate is not None:
            points.append(
                Point(
                    estimate.value,
                    0,
                    drawn_low(estimate),
                    drawn_high(estimate),
                    f"{_label(case)}: {formats.seconds_interval(estimate)} of {kind} time",
                    hollow=kind == "CPU",
                )
            )
    return Row(_label(case), look(case.model), tuple(points))


def _times_in_words(measured: Measured, case: Case) -> str:
    wall, cpu = measured.wall_s(case), measured.cpu_s(case)
    words = [f"{formats.seconds(wall.value)} wall time" if wall else "no wall time"]
    words.append(f"{formats.seconds(cpu.value)} CPU time" if cpu else "CPU time not available")
    return ", ".join(words)


def _time(key: str, heading: str, read: columns.EstimateOf, meaning: str) -> Column[Case]:
    def cell(case: Case) -> Cell | None:
        found = read(case)
        return Cell(formats.seconds_interval(found), found.value) if found else None

    return Column(key, heading, cell, meaning, "lower", otherwise=ABSENT)


def _utilisation(evidence: Evidence, measured: Measured, case: Case) -> float | None:
    wall, cpu = measured.wall_s(case), measured.cpu_s(case)
    return cpu.value / (wall.value * evidence.cores) if wall and cpu else None


def _switches(measured: Measured, case: Case) -> float | None:
    an_item = measured.switches_per_item(case)
    return an_item.value * case.items if an_item else None


def _pss(read: Memory | None) -> Cell | None:
    return number(read.pss, formats.size) if read else Cell("not read")


def _at_cores(evidence: Evidence, measured: Measured) -> list[Case]:
    baseline = [c for c in measured.select(workload=WORKLOAD, model="sequential") if not c.against]
    workers = workers_at_cores(evidence, measured)
    others = [
        case
        for model in compared(measured)
        for case in measured.select(workload=WORKLOAD, model=model)
        if case.workers == workers or model == "asyncio"
    ]
    return baseline + others


def _estimates(measured: Measured) -> list[Estimate]:
    return present(
        measured.speedup(case) for case in measured.select(workload=WORKLOAD) if case.against
    )


def _label(case: Case) -> str:
    pool = case.parameters.get("pool")
    return f"{case.model}, {pool} pool" if pool else case.model
