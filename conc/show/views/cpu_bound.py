"""What the experiment ``cpu-bound`` found: speed-up along the worker count, and where time goes."""

from collections.abc import Mapping

from conc import formats
from conc.errors import MissingError
from conc.experiments.parts.yardstick import WORKLOAD as YARDSTICK
from conc.figures import Given
from conc.models import ModelName, find, ordered
from conc.records import Case, Estimate, Memory
from conc.results import samples
from conc.results.differences import MEANING, VERDICT_LEVEL, difference
from conc.results.estimates import at_most, scaled
from conc.results.evidence import Evidence, Measured
from conc.show import advice, captions, specs
from conc.show.advice import Decision
from conc.show.charts import Chart, drawn, keys_of_lines, keys_of_two
from conc.show.specs import IDEAL, Dot, DotRow, Panel, Point, Reference, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import ABSENT, interval, known, number, present
from conc.show.views.registry import Views

NAME = "cpu-bound"
WORKLOAD = "cpu_bound"

STEP = 0.04
"""Half the width of a step, as a share of the axis: series are moved apart by less than that."""

_IDEAL_DASHES = (2, 3)


def speed_up_chart(evidence: Evidence) -> Chart:
    """Draw the speed-up of each model against the worker count, below the usable cores."""
    measured = evidence.of(NAME)
    series = drawn(
        [one for one in _all_series(measured) if one.points],
        "cpu-bound has no speed-up here: no case gave a figure",
    )
    most = int(max(point.x for one in series for point in one.points))
    cases = [case for case in measured.select(workload=WORKLOAD) if case.against]
    references = _references(evidence, measured, most)
    series = (*series, *_companions(measured, most))
    most_y = 1.5 * max(1.0, evidence.cores)
    highs = [max(point.y, min(point.high, most_y)) for one in series for point in one.points]
    highs += [y for reference in references for _, y in reference.points]
    lows = [min(point.low, point.y) for one in series for point in one.points]
    panels = [Panel("", series, (*references, *_flat(measured, most)))]
    return Chart(
        title="Speed-up of CPU-bound work against the worker count",
        description=_describe(evidence),
        caption=(
            "Higher is better; 1× is as fast as sequential.",
            captions.marks("the typical ratio within rounds"),
            captions.sample_size(present(map(measured.speedup, cases))),
            "Dotted: a core for each worker, up to the usable cores; nothing can pass it.",
            _companion_caption(measured),
            "asyncio has one thread at any number of tasks: its line is one measurement.",
            _noise_caption(measured),
        ),
        source=measured.measurement,
        drawings=specs.lines(
            panels,
            specs.count_axis("workers", specs.count_ticks(most), most),
            specs.axis_between("speed-up over sequential (×)", min(lows), 1.05 * max(highs)),
        ),
        legend=keys_of_lines(panels),
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
                lambda case: known(measured.wall_s(case), formats.seconds),
                "of one execution",
                "lower",
            ),
            columns.speed_up(measured, "sequential, 95 % interval"),
            Column(
                "efficiency",
                "Efficiency",
                lambda case: known(_efficiency(measured, case), formats.share),
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
    shown = drawn(
        [case for case in _at_cores(evidence, measured) if measured.wall_s(case)],
        "cpu-bound has no times here: no case gave a figure",
    )
    rows = [_times_row(measured, case) for case in shown]
    top = max(specs.reach(rows))
    scale, unit = (1e-3, "ms") if top < 1 else (1.0, "s")
    words = [f"{_label(case)}: {_times_in_words(measured, case)}" for case in shown]
    return Chart(
        title="Wall time and CPU time of the same CPU-bound work",
        description=captions.description("Dot plot", words),
        caption=(
            captions.LOWER,
            (
                "A filled mark is the typical wall time, a hollow one the typical CPU time "
                "(user + system, all processes); bars are 95 % intervals."
            ),
            captions.sample_size(present(measured.wall_s(case) for case in shown)),
            f"With {_workers(evidence)}, as many as usable cores.",
        ),
        source=measured.measurement,
        drawings=specs.dots(rows, specs.zero_axis(f"time of one execution ({unit})", top, scale)),
        legend=keys_of_two("wall time", "CPU time"),
        table=times_table(evidence),
    )


def times_table(evidence: Evidence) -> Table:
    """List wall time, CPU time, utilisation, switches and memory with as many workers as cores."""
    measured = evidence.of(NAME)
    cases = _at_cores(evidence, measured)
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
                lambda case: known(_utilisation(evidence, measured, case), formats.share),
                "of all usable cores",
                otherwise=ABSENT,
            ),
            Column(
                "switches",
                "Context switches",
                lambda case: known(_switches(measured, case), formats.count),
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
        cases,
        notes=tuple(columns.beyond_cores(measured, cases, _label)),
    )


def compared(measured: Measured) -> list[ModelName]:
    """Return the models beside sequential: first those whose workers share a GIL."""
    cases = measured.select(workload=WORKLOAD)
    names = ordered(case.model for case in cases if case.model != "sequential")
    return sorted(names, key=lambda name: find(name).is_apart)


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
    return [
        Series(
            model + (f", {pool} pool" if pool else ""),
            find(model),
            _speed_ups(measured, model, pool),
            variant=pool == "cold",
        )
        for model in compared(measured)
        for pool in (None, "warm", "cold")
    ]


def _speed_ups(measured: Measured, model: ModelName, pool: str | None) -> tuple[Point, ...]:
    cases = measured.select(workload=WORKLOAD, model=model, pool=pool)
    return tuple(
        Point.of(
            case.workers,
            found,
            f"{_label(case)}, {formats.plural(case.workers, 'worker')}: "
            f"{formats.ratio_interval(found)}",
        )
        for case in sorted(cases, key=lambda case: case.workers)
        if case.against and (found := measured.speedup(case))
    )


def _references(evidence: Evidence, measured: Measured, most: int) -> list[Reference]:
    """Draw what nothing can pass as steps, each as wide as the marks that stand beside it."""
    counts = sorted({case.workers for case in measured.select(workload=WORKLOAD) if case.against})
    ideal = {count: min(float(count), evidence.cores) for count in counts}
    return [Reference("the usable cores", IDEAL, _steps(ideal, most), _IDEAL_DASHES)]


def _companions(measured: Measured, most: int) -> list[Series]:
    """Return what independent processes got, which have nothing to do with each other."""
    points = tuple(
        Point.of(
            count,
            found,
            f"{formats.plural(count, 'independent process')}: {formats.ratio_interval(found)}",
        )
        for count, found in sorted(measured.parallelism().items())
        if 1 < count <= most
    )
    return [Series("independent processes", find(""), points, variant=True)] if points else []


def _steps(levels: Mapping[int, float], most: int) -> tuple[tuple[float, float], ...]:
    room = STEP * most
    return tuple((count + side, y) for count, y in levels.items() for side in (-room, room))


def _flat(measured: Measured, most: int) -> list[Reference]:
    """Carry asyncio's one figure across: its one thread has no worker count."""
    return [
        Reference("", find("asyncio").colour, ((1.0, found.value), (most, found.value)), (1, 0))
        for case in measured.select(workload=WORKLOAD, model="asyncio")
        if (found := measured.speedup(case))
    ]


def _describe(evidence: Evidence) -> str:
    measured = evidence.of(NAME)
    counts = {1, workers_at_cores(evidence, measured)}
    return captions.description(
        "Line chart of speed-up over sequential",
        (
            f"{_label(case)} with {formats.plural(case.workers, 'worker')}: "
            f"{formats.ratio_interval(found)}"
            for model in compared(measured)
            for case in measured.select(workload=WORKLOAD, model=model)
            if case.workers in counts and (found := measured.speedup(case))
        ),
    )


def _companion_caption(measured: Measured) -> str:
    given = measured.parallelism()
    if not given:
        return "What independent processes get was not measured."
    most = max(given)
    return (
        f"Grey and hollow: {formats.plural(Given(most), 'independent process')} at once got "
        f"{formats.ratio_interval(given[most])}, a companion to compare with and no limit."
    )


def _noise_caption(measured: Measured) -> str:
    floor = measured.noise_floor()
    if floor is None:
        return "The noise floor was not measured."
    return (
        f"Noise floor: the plain loop against itself came out as {formats.ratio_interval(floor)}; "
        "ratios within it are noise."
    )


def _name(case: Case) -> str:
    return case.model + (" again" if case.model == "sequential" and case.against else "")


def _efficiency(measured: Measured, case: Case) -> Estimate | None:
    """Return the speed-up a worker; the loop beside itself has none, it tells the noise."""
    speedup = None if case.model == "sequential" else measured.speedup(case)
    return at_most(scaled(speedup, 1 / case.workers, "efficiency"), 1.0) if speedup else None


def _times_row(measured: Measured, case: Case) -> DotRow:
    times = (("wall", measured.wall_s(case)), ("CPU", measured.cpu_s(case)))
    return DotRow(
        _label(case),
        find(case.model),
        tuple(
            Dot.of(
                found,
                f"{_label(case)}: {formats.seconds_interval(found)} of {kind} time",
                hollow=kind == "CPU",
            )
            for kind, found in times
            if found
        ),
    )


def _times_in_words(measured: Measured, case: Case) -> str:
    wall, cpu = measured.wall_s(case), measured.cpu_s(case)
    wall_time = f"{formats.seconds(wall)} wall time" if wall else "no wall time"
    return wall_time + (f", {formats.seconds(cpu)} CPU time" if cpu else ", CPU time not available")


def _time(key: str, heading: str, read: columns.EstimateOf, meaning: str) -> Column[Case]:
    def cell(case: Case) -> Cell | None:
        return interval(read(case), formats.seconds_interval)

    return Column(key, heading, cell, meaning, "lower", otherwise=ABSENT)


def _utilisation(evidence: Evidence, measured: Measured, case: Case) -> Estimate | None:
    used = measured.cores_in_use(case)
    return at_most(scaled(used, 1 / evidence.cores, "of the usable cores"), 1.0) if used else None


def _workers(evidence: Evidence) -> str:
    return formats.plural(Given(evidence.whole_cores), "worker")


def _switches(measured: Measured, case: Case) -> Estimate | None:
    an_item = measured.switches_per_item(case)
    return scaled(an_item, case.items, "of one execution") if an_item else None


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


def _label(case: Case) -> str:
    pool = case.parameters.get("pool")
    return f"{case.model}, {pool} pool" if pool else case.model


def threads_sentence(evidence: Evidence) -> str:
    """Say what threads did to CPU-bound work, and whether the GIL was on."""
    gil = evidence.result.interpreter.gil
    reason = (
        "This interpreter has a GIL: one thread at a time runs Python bytecode."
        if gil
        else "In this interpreter the GIL is off: threads run Python bytecode at the same time."
    )
    return f"{_effect_of(evidence, 'threads')} {reason}"


def asyncio_sentence(evidence: Evidence) -> str:
    """Say what asyncio did to CPU-bound work."""
    return f"{_effect_of(evidence, 'asyncio')} Its tasks share one thread, and none of them waits."


def processes_sentence(evidence: Evidence) -> str:
    """Say what processes did to CPU-bound work, and how that compares with independent ones."""
    return f"{_effect_of(evidence, 'processes')} {_beside(evidence, 'processes')}".strip()


def interpreters_sentence(evidence: Evidence) -> str:
    """Say what interpreters did to CPU-bound work."""
    if not evidence.result.interpreter.interpreters:
        return "Interpreters were not tested here: they need Python 3.14 or later."
    return f"{_effect_of(evidence, 'interpreters')} {_beside(evidence, 'interpreters')}".strip()


def pool_start_sentence(evidence: Evidence) -> str:
    """Say what starting the pool of processes took away from its speed-up."""
    measured = evidence.of(NAME)
    cold = best_case(evidence, "processes", "cold")
    warm = best_case(evidence, "processes", "warm")
    ratio = measured.ratio(cold, warm, level=VERDICT_LEVEL)
    loop = measured.wall_s(samples.find_case(measured.measurement, cold.against))
    if ratio is None or loop is None:
        raise MissingError("cold and warm pools of processes share no round here")
    told = {
        "slower": "with the start of the pool included, processes took longer",
        "no difference": "the start of the pool made no difference to work of this length",
    }.get(difference(ratio), "what the start of the pool costs is undecided here")
    return formats.sentence(
        f"{told}: a cold pool was {formats.ratio_interval(ratio)} as fast as a warm one, for work"
        f" that takes a plain loop {formats.seconds(loop)}"
    )


def follows_sentence(evidence: Evidence) -> str:
    """Draw the conclusion for CPU-bound work from all models together."""
    if evidence.whole_cores == 1:
        return advice.ONE_CORE
    return advice.follows(decisions(evidence))


def decisions(evidence: Evidence) -> list[Decision]:
    """Return what was decided of each model, with as many workers as usable cores.

    Raises MissingError where no model gave a figure.
    """
    measured = evidence.of(NAME)
    found = []
    for model in compared(measured):
        try:
            case = best_case(evidence, model)
        except MissingError:
            continue
        if decision := advice.decide(evidence, "CPU-bound", measured, case):
            found.append(decision)
    if not found:
        raise MissingError("cpu-bound has no speed-up here: no case gave a figure")
    return found


def _effect_of(evidence: Evidence, model: str) -> str:
    measured = evidence.of(NAME)
    case = best_case(evidence, model)
    decision = advice.decide(evidence, "CPU-bound", measured, case)
    if decision is None:
        failure = measured.failure(case)
        raise MissingError(f"{model} gave no speed-up" + (f": {failure.kind}" if failure else ""))
    workers = formats.plural(Given(case.workers), "worker")
    return advice.effect(decision, "" if model == "asyncio" else f"with {workers} ")


def _beside(evidence: Evidence, model: str) -> str:
    """Say how a model's speed-up compares with what independent processes got in those rounds."""
    measured = evidence.of(NAME)
    case = best_case(evidence, model)
    yardstick = next(iter(measured.select(workload=YARDSTICK, workers=case.workers)), None)
    given = measured.parallelism().get(case.workers)
    against = measured.relative_speedup(case, yardstick) if yardstick else None
    if given is None:
        return ""
    said = (
        "As many processes that have nothing to do with each other reached "
        f"{formats.ratio_interval(given)}"
    )
    if against is None:
        return f"{said}."
    return f"{said}; round by round this reached {formats.ratio_interval(against)} of that."


VIEWS = Views(
    charts={
        "cpu-bound/speed-up": speed_up_chart,
        "cpu-bound/times": times_chart,
    },
    tables={
        "cpu-bound/speed-up": speed_up_table,
        "cpu-bound/times": times_table,
    },
    sentences={
        "cpu-bound/threads": threads_sentence,
        "cpu-bound/asyncio": asyncio_sentence,
        "cpu-bound/processes": processes_sentence,
        "cpu-bound/interpreters": interpreters_sentence,
        "cpu-bound/pool-start": pool_start_sentence,
        "cpu-bound/follows": follows_sentence,
    },
)
