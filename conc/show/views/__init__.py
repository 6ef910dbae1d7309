"""Views of the experiments, by the names that pages use. A new view is entered here."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from conc.results.evidence import Evidence
from conc.show.charts import Chart
from conc.show.tables import Table
from conc.show.views import (
    cpu_bound,
    io_bound,
    ledger,
    listings,
    method,
    overhead,
    sentences,
    tries,
)

T = TypeVar("T")

CHARTS: Mapping[str, Callable[[Evidence], Chart]] = {
    "cpu-bound/speed-up": cpu_bound.speed_up_chart,
    "cpu-bound/times": cpu_bound.times_chart,
    "io-bound/throughput": io_bound.throughput_chart,
    "io-bound/latency": io_bound.latency_chart,
    "overheads/costs": overhead.cost_chart,
    "overheads/memory": overhead.memory_chart,
    **ledger.CHARTS,
}
TABLES: Mapping[str, Callable[[Evidence], Table]] = {
    "cpu-bound/speed-up": cpu_bound.speed_up_table,
    "cpu-bound/times": cpu_bound.times_table,
    "io-bound/throughput": io_bound.throughput_table,
    "io-bound/latency": io_bound.latency_table,
    "io-bound/pair": io_bound.pair_table,
    "io-bound/costs": io_bound.cost_table,
    "io-bound/terms": io_bound.terms_table,
    "listings/rows": listings.rows_table,
    "overheads/costs": overhead.cost_table,
    "overheads/memory": overhead.memory_table,
    "method/machine": method.machine_table,
    "method/quality": method.quality_table,
    "method/ends": method.ends_table,
    "method/limits": method.limits_table,
    "method/failures": method.failures_table,
    "home/answers": sentences.answers_table,
    "own-function/computes": partial(tries.example_table, example="computes"),
    "own-function/waits": partial(tries.example_table, example="waits"),
    **ledger.TABLES,
}
SENTENCES: Mapping[str, Callable[[Evidence], str]] = {
    **sentences.SENTENCES,
    **listings.SENTENCES,
    "own-function/computes": partial(tries.example_advice, example="computes"),
    "own-function/waits": partial(tries.example_advice, example="waits"),
    **ledger.SENTENCES,
}
