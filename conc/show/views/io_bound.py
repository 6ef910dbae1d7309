"""What the experiment ``io-bound`` found: throughput and latency along the concurrency level."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import get_args

from conc import formats
from conc.errors import MissingError
from conc.experiments.io_bound import WAVES, WAVES_MADE
from conc.figures import Counted, Given
from conc.models import ModelName, find, ordered, place
from conc.records import Case, Estimate
from conc.results.differences import MEANING, VERDICT_LEVEL, Difference, difference
from conc.results.estimates import at_most, quotient
from conc.results.evidence import Evidence, Measured
from conc.results.quantities import throughput_share
from conc.show import advice, captions, specs
from conc.show.charts import Chart, drawn, keys_of_lines, keys_of_models
from conc.show.specs import IDEAL, LIMIT, Dot, DotRow, Panel, Point, Reference, Series
from conc.show.tables import Cell, Column, Table
from conc.show.views import columns
from conc.show.views.cells import (
    ABSENT,
    NO_FIGURE,
    interval,
    interval_data,
    known,
    present,
)
from conc.show.views.registry import Views

NAME = "io-bound"
WORKLOAD = "io_bound"
SERVICE = "service_ceiling"
ITEM = "requests"
PAIR: tuple[ModelName, ModelName] = ("threads", "asyncio")

_PERCENTILES = {"p50_s": "p50", "p95_s": "p95", "p99_s": "p99"}
"""The percentiles of the latency: each key in JSON and its name."""

LEAST_P95, LEAST_P99 = 20, 100
"""So many requests at least have one that lies beyond these percentiles."""

MOST_NAMED = 4
"""More cells than that are counted and not named in a sentence."""

_IDEAL_DASHES = (2, 3)
_SERVICE_DASHES = (9, 3)


def throughput_chart(evidence: Evidence) -> Chart:
    """Draw requests per second against the concurrency level, a panel a latency."""
    measured = evidence.of(NAME)
    levels = sorted({case.workers for case in _fair(measured)})
    limit = service_limit(measured)
    panels = drawn(
        [
            Panel(f"latency {latency:g} ms", series, _references(latency, levels, limit))
            for latency in latencies_ms(measured)
            if (series := tuple(_series(measured, latency)))
        ],
        "io-bound has no throughput here: no case gave a figure",
    )
    rates = [point.y for panel in panels for one in panel.series for point in one.points]
    rates += [limit.value] if limit else []
    return Chart(
        title="Throughput of I/O-bound work against the concurrency level",
        description=_describe(measured),
        caption=(
            "Higher is better; both axes are logarithmic, and the same in every panel.",
            captions.marks("the typical throughput of a round"),
            captions.sample_size(present(measured.throughput(case) for case in _fair(measured))),
            (
                "All models have as many requests in flight; threads, processes and sequential use "
                "http.client, asyncio uses aiohttp."
            ),
            "Dotted: the ideal, concurrency level over latency.",
            _limit_caption(limit),
        ),
        source=measured.measurement,
        drawings=specs.lines(
            panels,
            replace(
                specs.log_axis_of(
                    "concurrency level", map(float, levels), formats.count, room=1.25
                ),
                dodge_px=0,
            ),
            specs.log_axis(f"{ITEM} per second", rates, formats.tick),
        ),
        legend=keys_of_lines(panels),
        table=throughput_table(evidence),
    )


def throughput_table(evidence: Evidence) -> Table:
    """List throughput, share of the ideal and speed-up of every case at the same level."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "I/O-bound: throughput at the same concurrency level",
        (
            columns.latency(latency_ms),
            columns.LEVEL,
            columns.MODEL,
            columns.throughput(measured),
            Column(
                "of_ideal",
                "Of the ideal",
                lambda case: known(of_ideal(measured, case), formats.share),
                "level over latency",
                "higher",
            ),
            columns.speed_up(measured),
            columns.against_sequential(measured),
            columns.rounds(measured.throughput),
        ),
        _in_order(measured),
        notes=(MEANING, *_fewer_waves(measured)),
    )


def _fewer_waves(measured: Measured) -> Iterator[str]:
    """Say which samples had no time for as many waves of requests as the others."""
    short = [case for case in _fair(measured) if WAVES_MADE in case.parameters]
    if short:
        at = dict.fromkeys(
            f"{_latency(latency_ms(case))} with {_level(case.workers)} in flight" for case in short
        )
        yield (
            f"A sample makes {_level(WAVES)} waves of requests, or as many as fit its time: fewer"
            f" at {formats.listed(list(at))}."
        )


def latency_chart(evidence: Evidence) -> Chart:
    """Draw p50, p95 and p99 of the latency for each model and level, at the middle latency."""
    measured = evidence.of(NAME)
    latency = _middle(measured)
    cases = drawn(
        [
            case
            for case in _in_order(measured)
            if case.parameters["latency_ms"] == latency and any(measured.percentiles_s(case))
        ],
        "io-bound recorded no latencies here",
    )
    rows = [_latency_row(measured, case) for case in cases]
    counts = [len(measured.latencies_s(case)) for case in cases]
    return Chart(
        title=f"Latency of a request to a service that takes {latency:g} ms",
        description=captions.description(
            "Dot plot of latency percentiles",
            (f"{row.label}: {', '.join(specs.tips([row]))}" for row in rows),
        ),
        caption=(
            captions.LOWER_ON_LOG,
            (
                "From large to small, the marks of a row are p50, p95 and p99 of the time from "
                "sending a request to its answer."
            ),
            (
                f"{captions.counted(measured, counts, 'requests a row')}; fewer than "
                f"{_level(LEAST_P99)} have no p99."
            ),
        ),
        source=measured.measurement,
        drawings=specs.percentiles(
            rows, specs.log_axis("latency", specs.places(rows), formats.tick_seconds)
        ),
        legend=keys_of_models(case.model for case in cases),
        table=latency_table(evidence),
    )


def latency_table(evidence: Evidence) -> Table:
    """List the percentiles of the latency, with their counts, of every case at the same level."""
    measured = evidence.of(NAME)
    return columns.of_cases(
        measured,
        "I/O-bound: latency of a request, lower is better",
        (
            columns.latency(latency_ms),
            columns.LEVEL,
            columns.MODEL,
            *columns.percentiles(measured.percentiles_s, _PERCENTILES),
            columns.counted(lambda case: len(measured.latencies_s(case)), "requests"),
        ),
        _in_order(measured),
        notes=(
            (
                f"Fewer than {_level(LEAST_P99)} requests have no p99, and fewer than "
                f"{_level(LEAST_P95)} no p95."
            ),
        ),
    )


def pair_chart(evidence: Evidence) -> Chart:
    """Draw asyncio over threads at the same level, a row for each latency and concurrency level."""
    measured = evidence.of(NAME)
    found = drawn(
        [
            (latency, level, ratio)
            for latency in latencies_ms(measured)
            for level in levels_of_pair(measured)
            if (ratio := pair_ratio(measured, level, latency))
        ],
        "io-bound has no pair of threads and asyncio at the same level here",
    )
    rows = [_pair_row(*cell) for cell in found]
    ends = [end for _, _, ratio in found for end in (ratio.low, ratio.high, ratio.value)]
    axis = specs.log_axis("asyncio over threads (×)", [*_within(ends, 8), 0.8, 1.25], formats.tick)
    return Chart(
        title="asyncio with aiohttp over threads with http.client: ratio of throughput",
        description=captions.description("Dot plot", specs.tips(rows)),
        caption=(
            "To the right of the dotted line asyncio made more requests, to the left threads did.",
            "The colour is that of the model with more throughput.",
            captions.marks("the typical ratio within rounds"),
            captions.sample_size(ratio for _, _, ratio in found),
            "Higher is better for asyncio; the axis is logarithmic.",
            "The clients are the usual ones and don’t cost the same; bare ones decide the verdict.",
        ),
        source=measured.measurement,
        drawings=specs.dots(rows, axis, even=1.0),
        legend=keys_of_models(
            ["threads", "asyncio", "neither"],
            lambda one: "neither, or undecided" if one == "neither" else f"{one} ahead",
        ),
        table=pair_table(evidence),
    )


def _pair_row(latency: float, level: int, ratio: Estimate) -> DotRow:
    word = {"faster": "asyncio", "slower": "threads"}.get(difference(ratio), difference(ratio))
    says = f"{formats.ratio_interval(ratio)}, {word}"
    return DotRow.of(f"{latency:g} ms, {level} in flight", find(word), ratio, says)


def _within(values: Iterable[float], most: float) -> list[float]:
    """Keep an axis to what is no further than so many times from 1, whatever noise does."""
    return [min(max(value, 1 / most), most) for value in values]


def pair_table(evidence: Evidence) -> Table:
    """Compare asyncio with threads at the same level, for every latency and concurrency level."""
    measured = evidence.of(NAME)
    levels = levels_of_pair(measured)
    if not levels:
        raise MissingError("io-bound has no pair of threads and asyncio at the same level here")
    return Table.of(
        "asyncio with aiohttp over threads with http.client: ratio of throughput",
        (
            columns.name("latency_ms", "Latency", columns.latency_cell),
            *(_pair_column(measured, level) for level in levels),
        ),
        latencies_ms(measured),
        notes=(
            "Above 1× asyncio has more throughput. In brackets the 95 % interval, then who leads.",
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
        "I/O-bound: other clients, and unequal levels",
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
    case = next(iter(measured.select(workload=SERVICE)), None)
    return measured.throughput(case) if case else None


def fair_case(measured: Measured, model: str, level: int, latency_ms: float) -> Case:
    """Return the model's case at the same level. Raises MissingError where it was not measured."""
    for case in _fair(measured):
        if (case.model, case.workers, case.parameters["latency_ms"]) == (model, level, latency_ms):
            return case
    raise MissingError(f"io-bound has no {model} at level {level} and {latency_ms:g} ms here")


def pair_ratio(measured: Measured, level: int, latency_ms: float) -> Estimate | None:
    """Return how many times as fast asyncio was as threads at the same level, paired by round."""
    try:
        tasks = fair_case(measured, "asyncio", level, latency_ms)
        threads = fair_case(measured, "threads", level, latency_ms)
    except MissingError:
        return None
    return measured.ratio(tasks, threads, level=VERDICT_LEVEL)


def levels_of_pair(measured: Measured) -> list[int]:
    """Return the concurrency levels at which threads and asyncio were both measured."""
    threads, tasks = (
        {case.workers for case in _fair(measured) if case.model == model}
        for model in ("threads", "asyncio")
    )
    return sorted(threads & tasks)


def latencies_ms(measured: Measured) -> list[float]:
    """Return the injected latencies."""
    return sorted({latency_ms(case) for case in _fair(measured)})


def latency_ms(case: Case) -> float:
    """Return the injected latency of a case at the same level."""
    return float(case.parameters["latency_ms"])


def _is_fair(case: Case) -> bool:
    """Whether a case is at the same level: compared with asking one by one, or that baseline."""
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
    """Return the cases at the same level by latency, level and model, as tables show them."""
    return sorted(
        _fair(measured),
        key=lambda c: (c.parameters["latency_ms"], c.workers, place(c.model)),
    )


def _middle(measured: Measured) -> float:
    latencies = latencies_ms(measured)
    if not latencies:
        raise MissingError("io-bound has no case at the same level here")
    return latencies[(len(latencies) - 1) // 2]


def _series(measured: Measured, latency: float) -> Iterator[Series]:
    for model in ordered(case.model for case in _fair(measured)):
        points = tuple(
            Point.of(
                case.workers,
                found,
                f"{_label(case)}, latency {latency:g} ms: {formats.rate_interval(found, ITEM)}",
            )
            for case in _in_order(measured)
            if case.model == model
            and case.parameters["latency_ms"] == latency
            and (found := measured.throughput(case))
        )
        if points:
            yield Series(model, find(model), points)


def _references(latency: float, levels: list[int], limit: Estimate | None) -> tuple[Reference, ...]:
    ends = (float(levels[0]), float(levels[-1]))
    ideal = tuple((level, _ideal(level, latency)) for level in ends)
    lines = (Reference("ideal", IDEAL, ideal, _IDEAL_DASHES),)
    if limit is None:
        return lines
    flat = tuple((level, limit.value) for level in ends)
    return (*lines, Reference("the service’s own limit", LIMIT, flat, _SERVICE_DASHES))


def _ideal(level: float, latency_ms: float) -> float:
    return level / (latency_ms / 1000)


def _limit_caption(limit: Estimate | None) -> str:
    if limit is None:
        return "The service’s own limit was not measured."
    return (
        "Dashed: the service’s own limit, "
        f"{formats.rate_interval(limit, ITEM)}; near it the service, not the model, is the limit."
    )


def _describe(measured: Measured) -> str:
    return captions.description(
        "Line charts of throughput, one a latency",
        (
            f"{case.parameters['latency_ms']:g} ms, {_label(case)}: {formats.rate(found, ITEM)}"
            for case in _in_order(measured)
            if (found := measured.throughput(case))
        ),
    )


def _label(case: Case) -> str:
    return case.model if case.model == "sequential" else f"{case.model}, {case.workers} in flight"


def of_ideal(measured: Measured, case: Case) -> Estimate | None:
    """Return the throughput as a share of that of waits that all overlap."""
    ideal_s = latency_ms(case) / 1000 / case.workers
    found = measured.estimate(case, throughput_share(ideal_s))
    return at_most(found, 1.0) if found else None


def _latency_row(measured: Measured, case: Case) -> DotRow:
    count = formats.count(len(measured.latencies_s(case)))
    dots = tuple(
        Dot.alone(one.value, f"{_label(case)}: {name} {formats.seconds(one)} of {count}")
        for name, one in _percentiles(measured, case)
    )
    return DotRow(_label(case), find(case.model), dots)


def _percentiles(measured: Measured, case: Case) -> list[tuple[str, Counted]]:
    """Return the percentiles of the latency that have requests beyond them, by their names."""
    found = zip(_PERCENTILES.values(), measured.percentiles_s(case), strict=True)
    return [(name, one) for name, one in found if one is not None]


def _pair_column(measured: Measured, level: int) -> Column[float]:
    def read(latency_ms: float) -> Cell | None:
        ratio = pair_ratio(measured, level, latency_ms)
        if ratio is None:
            return None
        found = difference(ratio)
        word = {"faster": "asyncio", "slower": "threads"}.get(found, found)
        return Cell(f"{formats.ratio_interval(ratio)} {word}", interval_data(ratio))

    heading = f"{level} in flight"
    return Column(f"level_{level}", heading, read, figures=False, otherwise=NO_FIGURE)


def _terms(measured: Measured, case: Case) -> str:
    pair = next((other for other in measured.cases if other.id == case.against), None)
    if pair is None:
        return "the pair’s threads"
    return "equal" if pair.workers == case.workers else "unequal"


def overlap_sentence(evidence: Evidence) -> str:
    """Say how much of the ideal overlap each model reached at the highest level."""
    measured, level, latency = corner(evidence)
    cases = [fair_case(measured, model, level, latency) for model in PAIR]
    said = [
        f"{case.model} made {formats.rate(found, ITEM)}, {formats.share(reached)} of the ideal"
        for case in cases
        if (found := measured.throughput(case)) and (reached := of_ideal(measured, case))
    ]
    if not said:
        raise MissingError("io-bound has no throughput at the same level here")
    terms = f"With {_level(level)} requests in flight, each answered after {_latency(latency)}"
    return f"{terms}, {', and '.join(said)}."


def pair_sentence(evidence: Evidence) -> str:
    """Say in how many cells asyncio was faster or slower than threads, and name those."""
    measured = evidence.of(NAME)
    found: dict[Difference, list[str]] = {}
    for latency in latencies_ms(measured):
        for level in levels_of_pair(measured):
            if ratio := pair_ratio(measured, level, latency):
                cell = f"{_level(level)} in flight at {_latency(latency)}, {formats.ratio(ratio)}"
                found.setdefault(difference(ratio), []).append(cell)
    total = sum(map(len, found.values()))
    if not total:
        raise MissingError("threads and asyncio share no round of io-bound here")
    compared = measured.counted("pairs of threads and asyncio", total)
    parts = [
        f"in {_amount(measured, word, len(cells), total)} {advice.IN_CELLS[word]}"
        f"{_named(word, cells)}"
        for word in get_args(Difference)
        if (cells := found.get(word))
    ]
    return (
        "Threads with http.client and asyncio with aiohttp were compared at "
        f"{formats.plural(compared, 'pair')} of latency and concurrency level: {'; '.join(parts)}."
    )


def _amount(measured: Measured, word: Difference, count: int, total: int) -> str:
    written = formats.count(measured.counted(f"pairs of threads and asyncio: {word}", count))
    return f"all {written}" if count == total > 1 else written


def _level(count: int) -> str:
    return formats.count(Given(count))


def _latency(latency_ms: float) -> str:
    return formats.tick_ms(Given(latency_ms))


def _named(word: Difference, cells: list[str]) -> str:
    """Name the cells where one model was faster, where they are few."""
    few = word in {"faster", "slower"} and len(cells) <= MOST_NAMED
    return f" ({', '.join(cells)})" if few else ""


def limit_sentence(evidence: Evidence) -> str:
    """Say whether the service, rather than a model, was the limit anywhere."""
    measured = evidence.of(NAME)
    limit = service_limit(measured)
    if limit is None:
        raise MissingError("the service’s own limit was not measured")
    rates = [
        (quotient(found, limit), case)
        for latency in latencies_ms(measured)
        for level in levels_of_pair(measured)
        for case in (fair_case(measured, "asyncio", level, latency),)
        if (found := measured.throughput(case))
    ]
    if not rates:
        raise MissingError("io-bound has no throughput at the same level here")
    most, case = max(rates, key=lambda pair: pair[0].value)
    rate = formats.rate_interval(limit, ITEM)
    return (
        f"The service itself can answer {rate}. asyncio came nearest to that with "
        f"{_level(case.workers)} requests in flight, each answered after "
        f"{_latency(latency_ms(case))}: {formats.share(most)} of it."
    )


def corner(evidence: Evidence) -> tuple[Measured, int, float]:
    """Return the measurement, the highest level of both models, and the longest latency."""
    measured = evidence.of(NAME)
    levels, latencies = levels_of_pair(measured), latencies_ms(measured)
    if not levels or not latencies:
        raise MissingError("io-bound has no pair of threads and asyncio at the same level here")
    return measured, levels[-1], latencies[-1]


VIEWS = Views(
    charts={
        "io-bound/throughput": throughput_chart,
        "io-bound/latency": latency_chart,
        "io-bound/pair": pair_chart,
    },
    tables={
        "io-bound/throughput": throughput_table,
        "io-bound/latency": latency_table,
        "io-bound/pair": pair_table,
        "io-bound/costs": cost_table,
        "io-bound/terms": terms_table,
    },
    sentences={
        "io-bound/overlap": overlap_sentence,
        "io-bound/threads-or-asyncio": pair_sentence,
        "io-bound/limit": limit_sentence,
    },
)
