"""What the experiment ``io-bound`` found: throughput and latency along the concurrency level."""

from collections.abc import Iterator

from conc import formats
from conc.errors import MissingError
from conc.models import find as look
from conc.models import ordered, place
from conc.records import Case, Estimate
from conc.results.differences import MEANING, difference
from conc.results.evidence import Evidence, Measured
from conc.show import captions, specs
from conc.show.charts import Chart, Key
from conc.show.specs import CEILING, IDEAL, Axis, Panel, Point, Reference, Row, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import (
    ABSENT,
    NO_FIGURE,
    drawn_high,
    drawn_low,
    interval,
    interval_data,
    number,
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
    return columns.of_cases(
        measured,
        "I/O-bound: throughput on equal terms",
        (
            columns.latency(latency_ms),
            columns.LEVEL,
            columns.MODEL,
            columns.throughput(measured),
            Column(
                "of_ideal",
                "Of the ideal",
                lambda case: number(_of_ideal(measured, case), formats.share),
                "level over latency",
                "higher",
            ),
            columns.speed_up(measured),
            columns.against_sequential(measured),
            columns.rounds(measured.throughput),
        ),
        _in_order(measured),
        notes=(MEANING,),
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
    return columns.of_cases(
        measured,
        "I/O-bound: latency of a request, lower is better",
        (
            columns.latency(latency_ms),
            columns.LEVEL,
            columns.MODEL,
            *columns.percentiles(
                measured.percentiles_s, {"p50_s": "p50", "p95_s": "p95", "p99_s": "p99"}
            ),
            columns.counted(lambda case: len(measured.latencies_s(case)), "requests"),
        ),
        _in_order(measured),
        notes=("The p99 of fewer than 100 requests is about the slowest of them.",),
    )


def pair_table(evidence: Evidence) -> Table:
    """Compare asyncio with threads on equal terms, for every latency and concurrency level."""
    measured = evidence.of(NAME)
    levels = levels_of_pair(measured)
    if not levels:
        raise MissingError("io-bound has no pair of threads and asyncio on equal terms here")
    return Table.of(
        "asyncio over threads on equal terms: ratio of throughput",
        (
            columns.name("latency_ms", "Latency", columns.latency_cell),
            *(_pair_column(measured, level) for level in levels),
        ),
        latencies_ms(measured),
        notes=(
            "Above 1 asyncio has more throughput. In brackets the 95 % interval, then the faster.",
            MEANING,
        ),
    ).resting_on(measured.measurement)


def cost_table(evidence: Evidence) -> Table:
    """List what a request costs its client in CPU time and switches, at the middle latency."""
    measured = evidence.of(NAME)
    latency = _middle(measured)
    return columns.of_cases(
        measured,
        f"I/O-bound: what a request costs the client, at {latency:g} ms, lower is better",
        (
            columns.LEVEL,
            columns.MODEL,
            columns.CLIENT,
            Column(
                "cpu_s",
                "CPU time",
                lambda case: interval(measured.cpu_per_item_s(case), formats.seconds_interval),
                "a request, 95 % interval",
                otherwise=ABSENT,
            ),
            Column(
                "switches",
                "Context switches",
                lambda case: interval(measured.switches_per_item(case), formats.plain_interval),
                "a request",
                otherwise=ABSENT,
            ),
            columns.rounds(
                lambda case: measured.cpu_per_item_s(case) or measured.switches_per_item(case)
            ),
        ),
        [case for case in _in_order(measured) if latency_ms(case) == latency],
    )


def terms_table(evidence: Evidence) -> Table:
    """List the pairs that show what unequal terms, or another client, do to a comparison."""
    measured = evidence.of(NAME)
    others = [case for case in measured.select(workload=WORKLOAD) if not _is_fair(case)]
    if not others:
        raise MissingError("io-bound has no pairs with other clients or terms in this profile")
    return columns.of_cases(
        measured,
        "I/O-bound: other clients, and unequal terms",
        (
            columns.name("case", "Case", lambda case: case.model),
            columns.CLIENT,
            columns.LEVEL,
            columns.throughput(measured),
            Column(
                "ratio",
                "Ratio to the threads of its pair",
                lambda case: interval(measured.speedup(case), formats.ratio_interval),
                better="higher",
            ),
            columns.name("terms", "Terms", lambda case: _terms(measured, case)),
        ),
        others,
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
    return sorted({latency_ms(case) for case in _fair(measured)})


def latency_ms(case: Case) -> float:
    """Return the injected latency of a case on equal terms."""
    return float(case.parameters["latency_ms"])


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
    return sorted(
        _fair(measured),
        key=lambda c: (c.parameters["latency_ms"], c.workers, place(c.model)),
    )


def _middle(measured: Measured) -> float:
    latencies = latencies_ms(measured)
    if not latencies:
        raise MissingError("io-bound has no case on equal terms here")
    return latencies[len(latencies) // 2]


def _series(measured: Measured, latency: float) -> Iterator[Series]:
    for model in ordered(case.model for case in _fair(measured)):
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


def _of_ideal(measured: Measured, case: Case) -> float | None:
    found = measured.throughput(case)
    return found.value / _ideal(case.workers, latency_ms(case)) if found else None


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


def _pair_column(measured: Measured, level: int) -> Column[float]:
    def read(latency_ms: float) -> Cell | None:
        ratio = pair_ratio(measured, level, latency_ms)
        if ratio is None:
            return None
        word = {"faster": "asyncio", "slower": "threads"}.get(difference(ratio), difference(ratio))
        return Cell(f"{formats.ratio_interval(ratio)} {word}", interval_data(ratio))

    heading = f"{level} in flight"
    return Column(f"level_{level}", heading, read, figures=False, otherwise=NO_FIGURE)


def _terms(measured: Measured, case: Case) -> str:
    pair = next((other for other in measured.cases if other.id == case.against), None)
    if pair is None:
        return "the pair’s threads"
    return "equal" if pair.workers == case.workers else "unequal"
