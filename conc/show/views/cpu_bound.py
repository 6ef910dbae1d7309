"""What the experiment ``cpu-bound`` found: speed-up along the worker count, and where time goes."""

from conc import formats
from conc.errors import MissingError
from conc.records import Case, Estimate
from conc.results import samples
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.evidence import READING, Evidence, Measured, difference, failed
from conc.show.models import CEILING, IDEAL, look
from conc.show.specs import Axis, Panel, Point, Reference, Row, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import ABSENT, NONE, drawn_high, drawn_low, interval_data, present

NAME = "cpu-bound"
WORKLOAD = "cpu_bound"
YARDSTICK = "yardstick"
MODELS = ("threads", "asyncio", "processes", "interpreters")

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
    return Table(
        title="CPU-bound: every case",
        columns=(
            Column("model", "Model", figures=False),
            Column("pool", "Pool", figures=False),
            Column("workers", "Workers"),
            Column("wall_s", "Wall time", "median, lower is better"),
            Column("speed_up", "Speed-up", "over sequential, 95 % interval, higher is better"),
            Column("efficiency", "Efficiency", "speed-up a worker"),
            Column("reading", "Against sequential", figures=False),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(_row(measured, case) for case in measured.select(workload=WORKLOAD)),
        source=measured.measurement,
        notes=(
            "A cold pool is started within the timed region, a warm one before it.",
            READING,
        ),
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
    return Table(
        title="CPU-bound: wall time, CPU time and memory",
        columns=(
            Column("model", "Model", figures=False),
            Column("wall_s", "Wall time", "95 % interval, lower is better"),
            Column("cpu_s", "CPU time", "user + system, children included, lower is better"),
            Column("utilisation", "CPU utilisation", "of all usable cores"),
            Column("switches", "Context switches", "in one execution"),
            Column("memory", "Memory", "peak PSS of all processes, lower is better"),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(
            _times_table_row(evidence, measured, case) for case in _at_cores(evidence, measured)
        ),
        source=measured.measurement,
    )


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
    for model in MODELS:
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
    given = samples.parallelism(measured.measurement)
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
    for model in MODELS:
        for case in measured.select(workload=WORKLOAD, model=model):
            estimate = measured.speedup(case)
            if estimate is not None and case.workers in {1, workers_at_cores(evidence, measured)}:
                workers = formats.plural(case.workers, "worker")
                found.append(f"{_label(case)} with {workers}: {formats.ratio_interval(estimate)}")
    return "Line chart of speed-up over sequential. " + "; ".join(found) + "."


def _ceiling_caption(measured: Measured) -> str:
    given = samples.parallelism(measured.measurement)
    if not given:
        return "This machine’s own ceiling was not measured."
    most = max(given)
    return (
        "Dashed: this machine’s own ceiling, what "
        f"{formats.plural(most, 'independent process')} got done at once: "
        f"{formats.ratio_interval(given[most])}."
    )


def _noise_caption(measured: Measured) -> str:
    floor = samples.noise_floor(measured.measurement)
    if floor is None:
        return "The noise floor was not measured."
    return (
        f"Noise floor: sequential against itself reads {formats.ratio_interval(floor)}; "
        "ratios within it are noise."
    )


def _row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    name = Cell(case.model + (" again" if case.model == "sequential" and case.against else ""))
    pool = Cell(str(case.parameters.get("pool", "–")))
    workers = Cell(formats.count(case.workers), case.workers)
    wall = measured.wall_s(case)
    failure = measured.failure(case)
    if wall is None:
        return (name, pool, workers, Cell(failed(failure)), NONE, NONE, NONE, NONE)
    estimate = measured.speedup(case)
    n = Cell(formats.sample_size(wall.runs, wall.rounds))
    if estimate is None:
        word = "baseline" if not case.against else "no paired round"
        return (name, pool, workers, _seconds(wall), NONE, NONE, Cell(word), n)
    return (
        name,
        pool,
        workers,
        _seconds(wall),
        Cell(formats.ratio_interval(estimate), interval_data(estimate)),
        Cell(formats.share(estimate.value / case.workers), estimate.value / case.workers),
        Cell(difference(estimate) + (f"; {failed(failure)}" if failure else "")),
        n,
    )


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


def _times_table_row(evidence: Evidence, measured: Measured, case: Case) -> tuple[Cell, ...]:
    name = Cell(_label(case))
    wall, cpu = measured.wall_s(case), measured.cpu_s(case)
    if wall is None:
        return (name, Cell(failed(measured.failure(case))), *(NONE,) * 5)
    switches = measured.switches_per_item(case)
    memory = measured.memory(case)
    used = cpu.value / (wall.value * evidence.cores) if cpu else None
    total = switches.value * case.items if switches else None
    pss = memory.pss if memory else None
    return (
        name,
        Cell(formats.seconds_interval(wall), wall.value),
        Cell(formats.seconds_interval(cpu), cpu.value) if cpu else ABSENT,
        ABSENT if used is None else Cell(formats.share(used), used),
        ABSENT if total is None else Cell(formats.count(total), total),
        Cell("not read")
        if memory is None
        else ABSENT
        if pss is None
        else Cell(formats.size(pss), pss),
        Cell(formats.sample_size(wall.runs, wall.rounds)),
    )


def _at_cores(evidence: Evidence, measured: Measured) -> list[Case]:
    baseline = [c for c in measured.select(workload=WORKLOAD, model="sequential") if not c.against]
    workers = workers_at_cores(evidence, measured)
    others = [
        case
        for model in MODELS
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


def _seconds(estimate: Estimate) -> Cell:
    return Cell(formats.seconds(estimate.value), estimate.value)
