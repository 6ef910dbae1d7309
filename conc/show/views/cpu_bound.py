"""What the experiment ``cpu-bound`` found: speed-up along the worker count, and where time goes."""

from collections.abc import Mapping

from conc import formats
from conc.errors import MissingError
from conc.models import ModelName, find, ordered
from conc.records import Case, Estimate, Memory
from conc.results.differences import MEANING, Difference, difference
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, drawn, keys_of_lines, keys_of_two
from conc.show.specs import CEILING, IDEAL, Dot, DotRow, Panel, Point, Reference, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import ABSENT, number, present
from conc.show.views.registry import Views

NAME = "cpu-bound"
WORKLOAD = "cpu_bound"

STEP = 0.04
"""Half the width of a step, as a share of the axis: series are moved apart by less than that."""

_IDEAL_DASHES = (2, 3)
_CEILING_DASHES = (9, 3)

_EFFECT: Mapping[Difference, str] = {
    "faster": "made this work faster",
    "slower": "made this work slower",
    "no difference": "made no difference",
    "undecided": "made no difference that can be told from noise here",
}


def speed_up_chart(evidence: Evidence) -> Chart:
    """Draw the speed-up of each model against the worker count, with its two limits."""
    measured = evidence.of(NAME)
    series = drawn(
        [one for one in _all_series(measured) if one.points],
        "cpu-bound has no speed-up here: no case gave a figure",
    )
    most = int(max(point.x for one in series for point in one.points))
    cases = [case for case in measured.select(workload=WORKLOAD) if case.against]
    references = _references(evidence, measured, most)
    most_y = 1.5 * max(1.0, evidence.cores)
    highs = [max(point.y, min(point.high, most_y)) for one in series for point in one.points]
    highs += [y for reference in references for _, y in reference.points]
    panels = [Panel("", series, (*references, *_flat(measured, most)))]
    return Chart(
        title="Speed-up of CPU-bound work against the worker count",
        description=_describe(evidence),
        caption=(
            "Higher is better; 1× is as fast as sequential.",
            captions.marks("the median of the ratios within rounds"),
            captions.sample_size(present(map(measured.speedup, cases))),
            "Dotted: the ideal, a speed-up of one per worker up to the usable cores.",
            _ceiling_caption(measured),
            "asyncio has one thread at any number of tasks: its line is one measurement.",
            _noise_caption(measured),
        ),
        source=measured.measurement,
        drawings=specs.lines(
            panels,
            specs.count_axis("workers", specs.count_ticks(most), most),
            specs.zero_axis("speed-up over sequential (×)", 1.05 * max(highs)),
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
    shown = drawn(
        [case for case in _at_cores(evidence, measured) if measured.wall_s(case)],
        "cpu-bound has no times here: no case gave a figure",
    )
    rows = [_times_row(measured, case) for case in shown]
    top = max(dot.x for row in rows for dot in row.dots)
    scale, unit = (1e-3, "ms") if top < 1 else (1.0, "s")
    words = [f"{_label(case)}: {_times_in_words(measured, case)}" for case in shown]
    return Chart(
        title="Wall time and CPU time of the same CPU-bound work",
        description=captions.description("Dot plot", words),
        caption=(
            captions.LOWER,
            (
                "A filled mark is the median wall time, a hollow one the median CPU time "
                "(user + system, all processes); bars are 95 % intervals."
            ),
            captions.sample_size(present(measured.wall_s(case) for case in shown)),
            f"With {formats.plural(evidence.whole_cores, 'worker')}, as many as usable cores.",
        ),
        source=measured.measurement,
        drawings=specs.dots(rows, specs.zero_axis(f"time of one execution ({unit})", top, scale)),
        legend=keys_of_two("wall time", "CPU time"),
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
    """Draw what could be reached as steps, each as wide as the marks that stand beside it."""
    cores, given = evidence.cores, measured.parallelism()
    counts = sorted({case.workers for case in measured.select(workload=WORKLOAD) if case.against})
    ideal = {count: min(float(count), cores) for count in counts}
    lines = [Reference("ideal", IDEAL, _steps(ideal, most), _IDEAL_DASHES)]
    if given:
        reached = {1: 1.0} | {k: given[k].value for k in sorted(given) if 1 < k <= most}
        reached.setdefault(most, reached[max(reached)])
        lines.append(
            Reference("this machine’s ceiling", CEILING, _steps(reached, most), _CEILING_DASHES)
        )
    return lines


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
        f"Noise floor: the plain loop against itself came out as {formats.ratio_interval(floor)}; "
        "ratios within it are noise."
    )


def _name(case: Case) -> str:
    return case.model + (" again" if case.model == "sequential" and case.against else "")


def _value(estimate: Estimate | None) -> float | None:
    return estimate.value if estimate else None


def _efficiency(measured: Measured, case: Case) -> float | None:
    speedup = measured.speedup(case)
    return speedup.value / case.workers if speedup else None


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
    wall_time = f"{formats.seconds(wall.value)} wall time" if wall else "no wall time"
    return wall_time + (
        f", {formats.seconds(cpu.value)} CPU time" if cpu else ", CPU time not available"
    )


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
    """Say what processes did to CPU-bound work, and how close that is to the machine's ceiling."""
    return f"{_effect_of(evidence, 'processes')} {_of_ceiling(evidence, 'processes')}".strip()


def interpreters_sentence(evidence: Evidence) -> str:
    """Say what interpreters did to CPU-bound work."""
    if not evidence.result.interpreter.interpreters:
        return "Interpreters were not tested here: they need Python 3.14 or later."
    return f"{_effect_of(evidence, 'interpreters')} {_of_ceiling(evidence, 'interpreters')}".strip()


def pool_start_sentence(evidence: Evidence) -> str:
    """Say what starting the pool of processes took away from its speed-up."""
    measured = evidence.of(NAME)
    cold = best_case(evidence, "processes", "cold")
    warm = best_case(evidence, "processes", "warm")
    ratio = measured.ratio(cold, warm)
    cost = measured.wall_s(cold)
    if ratio is None or cost is None:
        raise MissingError("cold and warm pools of processes share no round here")
    word = {
        "faster": "The cold pool was faster than the warm one, which starting can’t explain",
        "slower": "With the start of the pool included, processes were slower",
        "no difference": "The start of the pool made no difference to work of this length",
        "undecided": "What the start of the pool cost can’t be told from noise here",
    }[difference(ratio)]
    return (
        f"{word}: a cold pool was {formats.ratio_interval(ratio)} as fast as a warm one, "
        f"for {formats.seconds(cost.value)} of work."
    )


def follows_sentence(evidence: Evidence) -> str:
    """Draw the conclusion for CPU-bound work from all models together."""
    helped = gains(evidence)
    if evidence.whole_cores == 1:
        return "On one usable core no model can make CPU-bound work faster."
    if not helped:
        return f"On this machine {no_gain(evidence)}."
    named = formats.listed(list(helped))
    read = _readings(evidence)
    others = [model for model, (_, _, word) in read.items() if word in {"slower", "no difference"}]
    rest = formats.sentence(f"{formats.listed(others)} did not") if others else ""
    return f"On this machine {named} made this work faster. {rest}".strip()


def gains(evidence: Evidence) -> dict[str, tuple[Case, Estimate]]:
    """Return the models that certainly made CPU-bound work faster."""
    return {
        model: (case, estimate)
        for model, (case, estimate, word) in _readings(evidence).items()
        if word == "faster"
    }


def no_gain(evidence: Evidence) -> str:
    """Say that nothing was faster, or that noise hides whether anything was."""
    read = _readings(evidence)
    if not read:
        raise MissingError("cpu-bound has no speed-up here: no case gave a figure")
    if any(word == "undecided" for _, _, word in read.values()):
        return "noise hides whether any model was faster than a plain loop"
    return "no model was measurably faster than a plain loop"


def _readings(evidence: Evidence) -> dict[str, tuple[Case, Estimate, Difference]]:
    """Return what each model did to CPU-bound work, with as many workers as usable cores."""
    measured = evidence.of(NAME)
    found: dict[str, tuple[Case, Estimate, Difference]] = {}
    for model in compared(measured):
        try:
            case = best_case(evidence, model)
        except MissingError:
            continue
        if estimate := measured.speedup(case):
            found[model] = (case, estimate, difference(estimate))
    return found


def _effect_of(evidence: Evidence, model: str) -> str:
    measured = evidence.of(NAME)
    case = best_case(evidence, model)
    found = measured.speedup(case)
    if found is None:
        failure = measured.failure(case)
        raise MissingError(f"{model} gave no speed-up" + (f": {failure.kind}" if failure else ""))
    workers = formats.plural(case.workers, "worker")
    terms = "" if model == "asyncio" else f"with {workers} "
    return formats.sentence(
        f"{model} {_EFFECT[difference(found)]}: {terms}it was {formats.ratio_interval(found)} as "
        "fast as a plain loop"
    )


def _of_ceiling(evidence: Evidence, model: str) -> str:
    measured = evidence.of(NAME)
    case = best_case(evidence, model)
    given = measured.parallelism().get(case.workers)
    found = measured.speedup(case)
    if given is None or found is None:
        return ""
    return (
        "As many processes that have nothing to do with each other reached "
        f"{formats.ratio_interval(given)}; this is {formats.share(found.value / given.value)} of "
        "that."
    )


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
