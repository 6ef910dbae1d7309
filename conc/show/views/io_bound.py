"""What the experiment ``io-bound`` found: throughput and latency along the concurrency level."""

from collections.abc import Iterator

from conc import formats
from conc.errors import MissingError
from conc.records import MODELS, Case, Estimate
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.evidence import READING, Evidence, Measured, difference, failed
from conc.show.models import CEILING, IDEAL, look
from conc.show.specs import Axis, Panel, Point, Reference, Row, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views.cells import (
    ABSENT,
    NONE,
    drawn_high,
    drawn_low,
    either,
    interval_data,
    present,
)

NAME = "io-bound"
WORKLOAD = "io_bound"
SERVICE = "service_ceiling"
ITEM = "requests"

_IDEAL_DASHES = (2, 3)
_CEILING_DASHES = (9, 3)


def throughput_chart(evidence: Evidence) -> Chart:
    """Draw requests per second against the concurrency level, a panel a latency."""
    measured = evidence.of(NAME)
    latencies = [latency for latency in measured.values("latency_ms") if latency > 0]
    levels = sorted({case.workers for case in _fair(measured)})
    limit = service_limit(measured)
    panels = [
        Panel(
            f"latency {latency:g} ms",
            tuple(series),
            tuple(_references(latency, levels, limit)),
        )
        for latency in latencies
        if (series := list(_series(measured, latency)))
    ]
    if not panels:
        raise MissingError("io-bound has no throughput here: no case gave a figure")
    points = [point for panel in panels for drawn in panel.series for point in drawn.points]
    y = specs.log_axis(f"{ITEM} per second", [point.y for point in points], formats.tick)
    edge = 1.25
    x = Axis(
        "concurrency level",
        tuple(float(level) for level in levels),
        levels[0] / edge,
        levels[-1] * edge,
        log=True,
        labels=tuple(formats.count(level) for level in levels),
    )
    drawn = {series.label: series for panel in panels for series in panel.series}
    lines = {line.label: line for panel in panels for line in panel.references}
    return Chart(
        title="Throughput of I/O-bound work against the concurrency level",
        description=_describe(measured, latencies),
        caption=(
            "Higher is better; both axes are logarithmic, and the same in every panel.",
            "A mark is the median of the rounds, its bar the 95 % interval.",
            captions.sample_size(present(measured.throughput(case) for case in _fair(measured)))
            + ".",
            (
                "All models have as many requests in flight; threads, processes and sequential use "
                "http.client, asyncio uses aiohttp."
            ),
            "Dotted: the ideal, concurrency level over latency.",
            _limit_caption(limit),
        ),
        source=measured.measurement,
        drawings={layout.name: specs.lines(panels, x, y, layout) for layout in specs.LAYOUTS},
        legend=(
            *(Key.of(series.label, series.look) for series in drawn.values()),
            *(Key(line.label, line.colour, dashes=line.dashes) for line in lines.values()),
        ),
        table=throughput_table(evidence),
    )


def throughput_table(evidence: Evidence) -> Table:
    """List throughput, share of the ideal and speed-up of every case on equal terms."""
    measured = evidence.of(NAME)
    return Table(
        title="I/O-bound: throughput on equal terms",
        columns=(
            Column("latency_ms", "Latency", "of the service"),
            Column("level", "Level", "requests in flight"),
            Column("model", "Model", figures=False),
            Column("throughput", "Throughput", "requests/s, 95 % interval, higher is better"),
            Column("of_ideal", "Of the ideal", "level over latency, higher is better"),
            Column("speed_up", "Speed-up", "over sequential, higher is better"),
            Column("reading", "Against sequential", figures=False),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(_throughput_row(measured, case) for case in _in_order(measured)),
        source=measured.measurement,
        notes=(READING,),
    )


def latency_chart(evidence: Evidence) -> Chart:
    """Draw p50, p95 and p99 of the latency for each model and level, at the middle latency."""
    measured = evidence.of(NAME)
    latency = _middle(measured)
    cases = [
        case
        for case in _in_order(measured)
        if case.parameters["latency_ms"] == latency and measured.percentiles_s(case)
    ]
    if not cases:
        raise MissingError("io-bound recorded no latencies here")
    rows = tuple(_latency_row(measured, case) for case in cases)
    values = [point.x for row in rows for point in row.points]
    counts = [len(measured.latencies_s(case)) for case in cases]
    models = dict.fromkeys(case.model for case in cases)
    return Chart(
        title=f"Latency of a request to a service that takes {latency:g} ms",
        description="Dot plot of latency percentiles. "
        + "; ".join(f"{_label(case)}: {_percentiles(measured, case)}" for case in cases)
        + ".",
        caption=(
            "Lower is better; the axis is logarithmic.",
            (
                "From large to small, the marks of a row are p50, p95 and p99 of the time from "
                "sending a request to its answer."
            ),
            (
                f"n: {formats.count(min(counts))} to {formats.count(max(counts))} requests a row; "
                "a p99 of fewer than 100 is about the slowest of them."
            ),
        ),
        source=measured.measurement,
        drawings={
            layout.name: specs.dots(
                rows, specs.log_axis("latency", values, formats.tick_seconds), layout, joined=True
            )
            for layout in specs.LAYOUTS
        },
        legend=tuple(Key.of(model, look(model)) for model in models),
        table=latency_table(evidence),
    )


def latency_table(evidence: Evidence) -> Table:
    """List the percentiles of the latency, with their counts, of every case on equal terms."""
    measured = evidence.of(NAME)
    return Table(
        title="I/O-bound: latency of a request, lower is better",
        columns=(
            Column("latency_ms", "Latency", "of the service"),
            Column("level", "Level", "requests in flight"),
            Column("model", "Model", figures=False),
            Column("p50_s", "p50"),
            Column("p95_s", "p95"),
            Column("p99_s", "p99"),
            Column("n", "n", "requests"),
        ),
        rows=tuple(_latency_table_row(measured, case) for case in _in_order(measured)),
        source=measured.measurement,
        notes=("The p99 of fewer than 100 requests is about the slowest of them.",),
    )


def pair_table(evidence: Evidence) -> Table:
    """Compare asyncio with threads on equal terms, for every latency and concurrency level."""
    measured = evidence.of(NAME)
    levels = levels_of_pair(measured)
    if not levels:
        raise MissingError("io-bound has no pair of threads and asyncio on equal terms here")
    return Table(
        title="asyncio over threads on equal terms: ratio of throughput",
        columns=(
            Column("latency_ms", "Latency", figures=False),
            *(Column(f"level_{level}", f"{level} in flight", figures=False) for level in levels),
        ),
        rows=tuple(
            (
                Cell(f"{latency:g} ms", latency),
                *(_pair_cell(pair_ratio(measured, level, latency)) for level in levels),
            )
            for latency in latencies_ms(measured)
        ),
        source=measured.measurement,
        notes=(
            "Above 1 asyncio has more throughput. In brackets the 95 % interval, then the faster.",
            READING,
        ),
    )


def cost_table(evidence: Evidence) -> Table:
    """List what a request costs its client in CPU time and switches, at the middle latency."""
    measured = evidence.of(NAME)
    latency = _middle(measured)
    return Table(
        title=f"I/O-bound: what a request costs the client, at {latency:g} ms, lower is better",
        columns=(
            Column("level", "Level", "requests in flight"),
            Column("model", "Model", figures=False),
            Column("client", "Client", figures=False),
            Column("cpu_s", "CPU time", "a request, 95 % interval"),
            Column("switches", "Context switches", "a request"),
            Column("n", "n", "runs / rounds"),
        ),
        rows=tuple(
            _cost_row(measured, case)
            for case in _in_order(measured)
            if case.parameters["latency_ms"] == latency
        ),
        source=measured.measurement,
    )


def terms_table(evidence: Evidence) -> Table:
    """List the pairs that show what unequal terms, or another client, do to a comparison."""
    measured = evidence.of(NAME)
    others = [case for case in measured.select(workload=WORKLOAD) if not _is_fair(case)]
    if not others:
        raise MissingError("io-bound has no pairs with other clients or terms in this profile")
    return Table(
        title="I/O-bound: other clients, and unequal terms",
        columns=(
            Column("case", "Case", figures=False),
            Column("client", "Client", figures=False),
            Column("level", "Level", "requests in flight"),
            Column("throughput", "Throughput", "requests/s, 95 % interval, higher is better"),
            Column("ratio", "Ratio to the threads of its pair", "higher is better"),
            Column("terms", "Terms", figures=False),
        ),
        rows=tuple(_terms_row(measured, case) for case in others),
        source=measured.measurement,
        notes=(
            (
                "Unequal terms: more requests in flight on one side. The ratio then compares the "
                "levels, not the models."
            ),
        ),
    )


def service_limit(measured: Measured) -> Estimate | None:
    """Return the most requests a second that the ratings service itself can answer."""
    for case in measured.select(workload=SERVICE):
        return measured.throughput(case)
    return None


def fair_case(measured: Measured, model: str, level: int, latency_ms: float) -> Case:
    """Return the model's case on equal terms. Raises MissingError where it was not measured."""
    for case in _fair(measured):
        if (case.model, case.workers, case.parameters["latency_ms"]) == (model, level, latency_ms):
            return case
    raise MissingError(f"io-bound has no {model} at level {level} and {latency_ms:g} ms here")


def pair_ratio(measured: Measured, level: int, latency_ms: float) -> Estimate | None:
    """Return how many times as fast asyncio was as threads on equal terms, paired by round."""
    try:
        tasks = fair_case(measured, "asyncio", level, latency_ms)
        threads = fair_case(measured, "threads", level, latency_ms)
    except MissingError:
        return None
    return measured.ratio(tasks, threads)


def levels_of_pair(measured: Measured) -> list[int]:
    """Return the concurrency levels at which threads and asyncio were both measured."""
    threads = {case.workers for case in _fair(measured) if case.model == "threads"}
    tasks = {case.workers for case in _fair(measured) if case.model == "asyncio"}
    return sorted(threads & tasks)


def latencies_ms(measured: Measured) -> list[float]:
    """Return the injected latencies."""
    return sorted({float(case.parameters["latency_ms"]) for case in _fair(measured)})


def _is_fair(case: Case) -> bool:
    """Whether a case is on equal terms: compared with asking one by one, or that baseline."""
    return case.model == "sequential" or " sequential " in case.against


def _fair(measured: Measured) -> list[Case]:
    return [
        case
        for case in measured.select(workload=WORKLOAD)
        if _is_fair(case)
        and isinstance(latency := case.parameters.get("latency_ms"), int | float)
        and latency > 0
    ]


def _in_order(measured: Measured) -> list[Case]:
    """Return the cases on equal terms by latency, level and model, as tables show them."""
    order = {str(model): place for place, model in enumerate(MODELS)}
    return sorted(
        _fair(measured),
        key=lambda c: (c.parameters["latency_ms"], c.workers, order.get(c.model, len(order))),
    )


def _middle(measured: Measured) -> float:
    latencies = latencies_ms(measured)
    if not latencies:
        raise MissingError("io-bound has no case on equal terms here")
    return latencies[len(latencies) // 2]


def _series(measured: Measured, latency: float) -> Iterator[Series]:
    for model in MODELS:
        points = tuple(
            Point(
                case.workers,
                estimate.value,
                drawn_low(estimate),
                drawn_high(estimate),
                f"{_label(case)}, latency {latency:g} ms: {formats.rate_interval(estimate, ITEM)}",
            )
            for case in _in_order(measured)
            if case.model == model
            and case.parameters["latency_ms"] == latency
            and (estimate := measured.throughput(case))
        )
        if points:
            yield Series(model, look(model), points)


def _references(latency: float, levels: list[int], limit: Estimate | None) -> Iterator[Reference]:
    ideal = tuple((float(level), _ideal(level, latency)) for level in (levels[0], levels[-1]))
    yield Reference("ideal", IDEAL, ideal, _IDEAL_DASHES)
    if limit:
        ends = tuple((float(level), limit.value) for level in (levels[0], levels[-1]))
        yield Reference("the service’s ceiling", CEILING, ends, _CEILING_DASHES)


def _ideal(level: int, latency_ms: float) -> float:
    return level / (latency_ms / 1000)


def _limit_caption(limit: Estimate | None) -> str:
    if limit is None:
        return "The service’s own ceiling was not measured."
    return (
        "Dashed: the service’s own ceiling, "
        f"{formats.rate_interval(limit, ITEM)}; near it the service, not the model, is the limit."
    )


def _describe(measured: Measured, latencies: list[float]) -> str:
    found = []
    for latency in latencies:
        for case in _in_order(measured):
            estimate = measured.throughput(case)
            if case.parameters["latency_ms"] == latency and estimate:
                rate = formats.rate(estimate.value, ITEM)
                found.append(f"{latency:g} ms, {_label(case)}: {rate}")
    return "Line charts of throughput, one a latency. " + "; ".join(found) + "."


def _label(case: Case) -> str:
    return case.model if case.model == "sequential" else f"{case.model}, {case.workers} in flight"


def _place(case: Case) -> tuple[Cell, Cell, Cell]:
    latency = float(case.parameters["latency_ms"])
    return (
        Cell(f"{latency:g} ms", latency),
        Cell(formats.count(case.workers), case.workers),
        Cell(case.model),
    )


def _throughput_row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    estimate = measured.throughput(case)
    if estimate is None:
        return (*_place(case), Cell(failed(measured.failure(case))), *(NONE,) * 4)
    part = estimate.value / _ideal(case.workers, float(case.parameters["latency_ms"]))
    speedup = measured.speedup(case)
    failure = measured.failure(case)
    reading = difference(speedup) if speedup else "no paired round" if case.against else "baseline"
    return (
        *_place(case),
        Cell(formats.plain_interval(estimate), interval_data(estimate)),
        Cell(formats.share(part), part),
        either(speedup, formats.ratio_interval),
        Cell(reading + (f"; {failed(failure)}" if failure else "")),
        Cell(formats.sample_size(estimate.runs, estimate.rounds)),
    )


def _latency_row(measured: Measured, case: Case) -> Row:
    values = measured.percentiles_s(case)
    assert values is not None
    count = formats.count(len(measured.latencies_s(case)))
    points = tuple(
        Point(value, 0, value, value, f"{_label(case)}: {name} {formats.seconds(value)} of {count}")
        for name, value in zip(("p50", "p95", "p99"), values, strict=True)
    )
    return Row(_label(case), look(case.model), points)


def _percentiles(measured: Measured, case: Case) -> str:
    p50, p95, p99 = map(formats.seconds, measured.percentiles_s(case) or ())
    return f"p50 {p50}, p95 {p95}, p99 {p99}"


def _latency_table_row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    values = measured.percentiles_s(case)
    if values is None:
        return (*_place(case), Cell(failed(measured.failure(case))), NONE, NONE, NONE)
    count = len(measured.latencies_s(case))
    cells = (Cell(formats.seconds(value), value) for value in values)
    return (*_place(case), *cells, Cell(formats.count(count), count))


def _cost_row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    client = Cell(str(case.parameters.get("client", "–")))
    if not measured.timed(case):
        return (*_place(case)[1:], client, Cell(failed(measured.failure(case))), NONE, NONE)
    cpu, switches = measured.cpu_per_item_s(case), measured.switches_per_item(case)
    n = cpu or switches
    return (
        *_place(case)[1:],
        client,
        either(cpu, formats.seconds_interval, otherwise=ABSENT),
        either(switches, formats.plain_interval, otherwise=ABSENT),
        Cell(formats.sample_size(n.runs, n.rounds)) if n else NONE,
    )


def _pair_cell(ratio: Estimate | None) -> Cell:
    if ratio is None:
        return Cell("no figure")
    words = {"faster": "asyncio", "slower": "threads"}.get(difference(ratio), difference(ratio))
    return Cell(f"{formats.ratio_interval(ratio)} {words}", interval_data(ratio))


def _terms_row(measured: Measured, case: Case) -> tuple[Cell, ...]:
    pair = next((other for other in measured.cases if other.id == case.against), None)
    estimate = measured.throughput(case)
    equal = pair is None or pair.workers == case.workers
    return (
        Cell(case.model),
        Cell(str(case.parameters.get("client", "–"))),
        Cell(formats.count(case.workers), case.workers),
        either(estimate, formats.plain_interval, otherwise=Cell(failed(measured.failure(case)))),
        either(measured.speedup(case), formats.ratio_interval),
        Cell("the pair’s threads" if pair is None else "equal" if equal else "unequal"),
    )
